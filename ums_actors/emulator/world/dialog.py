"""One dialog of a conversation, and who is in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Dialog", "Participant"]


@dataclass(slots=True)
class Participant:
    """Somebody in a dialog, by old id or consumer id."""

    id: str
    role: str
    state: str = "ACTIVE"


@dataclass(slots=True)
class Dialog:
    """One dialog of a conversation; times are epoch milliseconds.

    Attributes:
        metadata: what else is told of it; a survey names its application there.
        updated: when anything but its messages changed; grows with each change, and is
            no part of what dialogs are compared by.
    """

    dialog_id: str
    dialog_type: str
    created: int
    participants: list[Participant] = field(default_factory=list)
    channel_type: str = "MESSAGING"
    state: str = "OPEN"
    ended: int | None = None
    closed_by: str | None = None
    closed_cause: str | None = None
    metadata: dict[str, Any] | None = None
    updated: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        self.updated = self.updated or self.created

    def active(self, identity: str) -> Participant | None:
        """Find an active participant."""
        for participant in self.participants:
            if participant.id == identity and participant.state == "ACTIVE":
                return participant
        return None

    def in_role(self, role: str) -> list[str]:
        """List the active participants in a role."""
        return [
            participant.id
            for participant in self.participants
            if participant.role == role and participant.state == "ACTIVE"
        ]

    def audience(self, *, is_private: bool) -> tuple[str, ...]:
        """List who hears a message now, each once; consumers hear no private one."""
        return tuple(
            dict.fromkeys(
                participant.id
                for participant in self.participants
                if participant.state == "ACTIVE"
                and not (is_private and participant.role == "CONSUMER")
            )
        )
