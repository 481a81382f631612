"""Agent states as brand sockets see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ums_actors.emulator.world.users import User

__all__ = ["agent_state_change"]


def agent_state_change(user: User, state: str) -> dict[str, Any]:
    """Give one change of an AgentStateNotification."""
    result = {
        "channels": ["MESSAGING"],
        "availability": state,
        "description": "",
        "agentUserId": user.old_id,
    }
    return {"type": "UPSERT", "result": result}
