"""Tells consumers' sockets what they are to hear, and the brand who is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from ums_actors.emulator.records.consumer import consumer_event_record, public_events
from ums_actors.emulator.sides.changes import change_notification, changes_of
from ums_actors.emulator.wire.dialects import short_notification
from ums_actors.emulator.wire.frames import notification
from ums_actors.emulator.world.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.conversation import Conversation, Event
    from ums_actors.emulator.world.world import World

__all__ = ["ConsumerSide", "events_notification"]

EVENTS: Final = short_notification(".ams.ms.OnlineEventDistribution")
GONE: Final = "BACKGROUND"
BACK: Final = "ACTIVE"


def events_notification(dialog_id: str, events: Iterable[Event]) -> str:
    """Give the frame that tells events of one dialog, without the private ones."""
    changes = [consumer_event_record(event) for event in public_events(events)]
    body = {"dialogId": dialog_id, "changes": changes}
    return notification(EVENTS, body)


class ConsumerSide(Listener):
    """Tells each consumer's client what it is to hear; a listener of the world.

    A consumer hears of conversations that are theirs at that moment, and of events in
    the dialogs that the socket has subscribed to.

    Attributes:
        away: consumers who were here, and whose sockets have all gone.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._clients: dict[str, list[Client]] = {}
        self.away: set[str] = set()
        self._owners: WeakKeyDictionary[Conversation, str] = WeakKeyDictionary()

    def join(self, client: Client) -> None:
        """Take in a client that has said who it is; a consumer who left is back."""
        consumer = client.identity
        self._clients.setdefault(consumer, []).append(client)
        if consumer in self.away:
            self.away.remove(consumer)
            self._announce(consumer, BACK)

    def leave(self, client: Client) -> None:
        """Let go a client whose socket has gone; the consumer is away with the last."""
        clients = self._clients[client.identity]
        clients.remove(client)
        if not clients:
            del self._clients[client.identity]
            self.away.add(client.identity)
            self._announce(client.identity, GONE)

    def event_published(self, conversation: Conversation, event: Event) -> None:
        """Tell who subscribed to the dialog, the author too."""
        consumer, text = conversation.consumer, ""
        if consumer not in event.recipients:
            return
        for client in self._clients.get(consumer, ()):
            if event.dialog_id in client.dialogs:
                text = text or events_notification(event.dialog_id, [event])
                client.notify(text, False)

    def conversation_changed(self, conversation: Conversation) -> None:
        """Tell each subscription of its consumer, and of the one who had it before."""
        owner = conversation.consumer
        before = self._owners.get(conversation, owner)
        self._owners[conversation] = owner
        for consumer in {owner, before}:
            for client in self._clients.get(consumer, ()):
                self._tell_change(client, conversation)

    def _tell_change(self, client: Client, conversation: Conversation) -> None:
        for identity, it in client.subscriptions.conversations.items():
            kind = it.change(self._world.account, conversation)
            if kind is not None:
                changes = changes_of(self._world, client, kind, [conversation])
                frame = change_notification(
                    client, identity, changes, is_older=it.is_older
                )
                client.notify(frame, False)

    def _announce(self, consumer: str, chat_state: str) -> None:
        for conversation in self._world.conversations_of(consumer):
            for dialog in conversation.details.dialogs:
                if dialog.state == "OPEN" and dialog.active(consumer) is not None:
                    self._world.announce(
                        conversation, dialog.dialog_id, consumer, chat_state
                    )
