"""What a conversation is: its dialogs, its details, its events."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.world.dialog import Dialog, Participant
from ums_actors.emulator.world.event import Author, Event
from ums_actors.emulator.world.origin import Origin
from ums_actors.emulator.world.unread import Unread

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Author", "Conversation", "Details", "Dialog", "Event", "Participant"]


@dataclass(slots=True)
class Details:
    """All of a conversation that an update may change, apart from its events."""

    dialogs: list[Dialog]
    skill: str
    survey: bool = False
    note: str = ""
    topic: str | None = None
    ttr_type: str = "NORMAL"
    ttr_value: int = choices.TTR_SECONDS["NORMAL"]
    manual_ettr: int | None = None
    delay: dict[str, Any] | None = None
    csat: dict[str, Any] | None = None
    handler: dict[str, str] | None = None
    group: str = ""
    app_install: str | None = None
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

    @property
    def current(self) -> list[Dialog]:
        """The dialogs that say who takes part: MAIN, and others while they are open."""
        others = [dialog for dialog in self.dialogs[1:] if dialog.state == "OPEN"]
        return [self.main, *others]

    def in_role(self, role: str) -> list[str]:
        """List who takes part in a role, each once."""
        listed = (name for dialog in self.current for name in dialog.in_role(role))
        return list(dict.fromkeys(listed))

    def takes_part(self, identity: str) -> bool:
        """Say whether somebody takes part."""
        return any(dialog.active(identity) for dialog in self.current)

    def draft(self) -> Details:
        """Copy it, so that an update is made as a whole or not at all."""
        return copy.deepcopy(self)


class Conversation:
    """One conversation; ``updated`` (epoch ms) grows with each change.

    Attributes:
        origin: what it was asked for with.
        is_first: whether it is the first of its consumer.
        events: content and accept events by dialog; an event's place is its sequence.
        last_content: the latest message, private ones too.
        last_public_content: the latest message that consumers may see.
        unread_messages: which messages each participant has not read.
    """

    def __init__(
        self,
        conversation_id: str,
        consumer: str,
        details: Details,
        now: int,
        origin: Origin | None = None,
        *,
        is_first: bool = False,
    ) -> None:
        self.conversation_id = conversation_id
        self.consumer = consumer
        self.details: Details = details
        self.origin: Origin = origin or Origin()
        self.is_first = is_first
        self.started = now
        self.updated: int = now
        self.events: dict[str, list[Event]] = {}
        self.last_content: Event | None = None
        self.last_public_content: Event | None = None
        self.unread_messages: Unread = Unread()

    @property
    def unread(self) -> dict[str, int]:
        """How many messages each participant has not read."""
        return self.unread_messages.counts()

    @property
    def effective_ttr(self) -> int:
        """When an answer is due, in epoch milliseconds; -1 when none is."""
        details, last = self.details, self.last_public_content
        if details.main.state != "OPEN":  # nobody answers a survey
            return choices.NOTHING_DUE
        if details.manual_ettr is not None:
            return details.manual_ettr
        if last is None or last.timestamp is None or last.author.role != "CONSUMER":
            return choices.NOTHING_DUE
        due: int = last.timestamp + details.ttr_value * 1000
        return max(due, details.delay["tillWhen"]) if details.delay else due

    def touch(self, now: int) -> None:
        """Mark a change."""
        self.updated = max(now, self.updated + 1)

    def replace(self, details: Details, now: int) -> None:
        """Take changed details, and mark what has changed."""
        former = {dialog.dialog_id: dialog for dialog in self.details.dialogs}
        self.touch(now)
        self.details = details
        for dialog in details.dialogs:
            if dialog != former.get(dialog.dialog_id):
                dialog.updated = self.updated
        self.unread_messages.keep(
            {
                identity
                for dialog in details.current
                for identity in dialog.audience(is_private=False)
            }
        )

    def add(self, event: Event) -> None:
        """Keep an event that has a sequence, and count who has not read it."""
        self.events.setdefault(event.dialog_id, []).append(event)
        if event.is_content:
            self.last_content = event
            if self.consumer in event.recipients:
                self.last_public_content = event
            self.unread_messages.add(event)
        elif event.body["status"] == "READ":
            sequences = event.body["sequenceList"]
            self.unread_messages.read(event.author.id, event.dialog_id, sequences)

    def events_from(self, since: int) -> Iterator[Event]:
        """Give the events of all dialogs from a sequence on, dialog by dialog."""
        for dialog in self.details.dialogs:
            yield from self.events.get(dialog.dialog_id, [])[max(since, 0) :]
