"""What a conversation is: dialogs, participants, events."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ums_actors.emulator.failures import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Author", "Conversation", "Details", "Dialog", "Event", "Participant"]


@dataclass(slots=True)
class Participant:
    """Somebody in a dialog, by old id or consumer id."""

    id: str
    role: str
    state: str = "ACTIVE"


@dataclass(slots=True)
class Dialog:
    """One dialog of a conversation; times are epoch milliseconds."""

    dialog_id: str
    dialog_type: str
    created: int
    participants: list[Participant] = field(default_factory=list)
    state: str = "OPEN"
    ended: int | None = None
    closed_by: str | None = None
    closed_cause: str | None = None

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


@dataclass(slots=True)
class Details:
    """All of a conversation that an update may change, apart from its events."""

    dialogs: list[Dialog]
    skill: str
    survey: bool = False
    note: str = ""
    ttr_type: str = "NORMAL"
    ttr_value: int = 3600
    manual_ettr: int | None = None
    csat: dict[str, Any] | None = None
    close_reason: str | None = None
    ended: int | None = None

    @property
    def main(self) -> Dialog:
        """The MAIN dialog."""
        return self.dialogs[0]

    @property
    def stage(self) -> str:
        """OPEN as long as any dialog is."""
        is_open = any(dialog.state == "OPEN" for dialog in self.dialogs)
        return "OPEN" if is_open else "CLOSE"

    def dialog(self, dialog_id: str) -> Dialog:
        """Find a dialog.

        Raises:
            Refused: there is none of that id.
        """
        for dialog in self.dialogs:
            if dialog.dialog_id == dialog_id:
                return dialog
        raise Refused(404, "Dialog not found")

    def draft(self) -> Details:
        """Copy it, so that an update is made as a whole or not at all."""
        return copy.deepcopy(self)


@dataclass(frozen=True, slots=True)
class Author:
    """Who published an event: old id or consumer id, PID or consumer id, role."""

    id: str
    pid: str
    role: str


@dataclass(frozen=True, slots=True)
class Event:
    """One published event; chat states have no sequence and no time."""

    conversation_id: str
    dialog_id: str
    author: Author
    body: dict[str, Any]
    audience: str
    metadata: list[Any] | None
    sequence: int | None
    timestamp: int | None

    @property
    def is_content(self) -> bool:
        """Whether it is text, a file or rich content."""
        return self.body["type"] in {"ContentEvent", "RichContentEvent"}


class Conversation:
    """One conversation; ``updated`` (epoch ms) grows with each change."""

    def __init__(
        self, conversation_id: str, consumer: str, details: Details, now: int
    ) -> None:
        self.conversation_id = conversation_id
        self.consumer = consumer
        self.details = details
        self.started = now
        self.updated = now
        self.events: dict[str, list[Event]] = {}
        self.unread: dict[str, int] = {}
        self.last_content: Event | None = None

    def touch(self, now: int) -> None:
        """Mark a change."""
        self.updated = max(now, self.updated + 1)

    def add(self, event: Event) -> None:
        """Keep an event that has a sequence, and count who has not read it."""
        self.events.setdefault(event.dialog_id, []).append(event)
        dialog = self.details.dialog(event.dialog_id)
        if event.is_content:
            self.last_content = event
            for participant in dialog.participants:
                if participant.id != event.author.id and participant.state == "ACTIVE":
                    identity = participant.id
                    self.unread[identity] = self.unread.get(identity, 0) + 1
        elif event.body["status"] == "READ":
            self.unread.pop(event.author.id, None)

    def events_from(self, since: int) -> Iterator[Event]:
        """Give the events of all dialogs from a sequence on, dialog by dialog."""
        for dialog in self.details.dialogs:
            yield from self.events.get(dialog.dialog_id, [])[max(since, 0) :]
