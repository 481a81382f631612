"""The members of UpdateConversationField, applied to a draft of a conversation."""

from __future__ import annotations

from ums_actors.emulator.world.changes.members import apply_members
from ums_actors.emulator.world.changes.update import Update

__all__ = ["Update", "apply_members"]
