"""The brand side of the service: its clients, and what each is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.frames import encode, notification
from ums_actors.emulator.records import conversation_record, event_record
from ums_actors.emulator.subscriptions import Subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.emulator.conversation import Conversation, Event
    from ums_actors.emulator.users import User
    from ums_actors.emulator.world import World

__all__ = ["BrandClient", "BrandSide", "agent_state_change", "change_notification"]

CHANGES: Final = ".ams.aam.ExConversationChangeNotification"
EVENTS: Final = ".ams.ms.OnlineEventDistribution"
AGENT_STATES: Final = ".ams.routing.AgentStateNotification"


class BrandClient:
    """One brand socket as the service sees it.

    Args:
        user: who is logged in.
        notify: has a notification written; the flag makes it wait for the response to
            the request in hand, however late that is.
    """

    def __init__(self, user: User, notify: Callable[[str, bool], None]) -> None:
        self.user = user
        self.notify = notify
        self.subscriptions = Subscriptions()


def change_notification(subscription_id: str, changes: str) -> str:
    """Give the frame of a change; ``changes`` is the JSON text of the list."""
    return (
        f'{{"kind":"notification","type":"{CHANGES}","body":'
        f'{{"subscriptionId":"{subscription_id}","changes":{changes}}}}}'
    )


def agent_state_change(user: User, state: str) -> dict[str, Any]:
    """Give one change of an AgentStateNotification."""
    result = {
        "channels": ["MESSAGING"],
        "availability": state,
        "description": "",
        "agentUserId": user.old_id,
    }
    return {"type": "UPSERT", "result": result}


class BrandSide:
    """Tells each brand client what it is to hear; a listener of the world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._clients: dict[str, list[BrandClient]] = {}

    def join(self, client: BrandClient) -> None:
        """Take in a client whose socket has opened."""
        self._clients.setdefault(client.user.old_id, []).append(client)

    def leave(self, client: BrandClient) -> None:
        """Let go a client whose socket has gone; its agent is OFFLINE with the last."""
        clients = self._clients[client.user.old_id]
        clients.remove(client)
        if not clients:
            del self._clients[client.user.old_id]
            if self._world.agent_state(client.user) != "OFFLINE":
                self._world.set_agent_state(client.user, "OFFLINE")

    def event_published(self, conversation: Conversation, event: Event) -> None:
        """Tell the active brand participants, the author too."""
        dialog = conversation.details.dialog(event.dialog_id)
        text = ""
        for identity in {member.id for member in dialog.participants}:
            if dialog.active(identity) is None:
                continue
            for client in self._clients.get(identity, ()):
                text = text or notification(EVENTS, event_record(event))
                client.notify(text, False)

    def conversation_changed(self, conversation: Conversation) -> None:
        """Tell each subscription that shows it, or showed it."""
        texts: dict[str, str] = {}
        for clients in self._clients.values():
            for client in clients:
                for identity, it in client.subscriptions.conversations.items():
                    kind = it.change(self._world.account, conversation)
                    if kind is None:
                        continue
                    if kind not in texts:
                        texts[kind] = self._changes(kind, conversation)
                    client.notify(change_notification(identity, texts[kind]), False)

    def agent_state_changed(self, user: User, state: str) -> None:
        """Tell who subscribed to the states of agents."""
        change = agent_state_change(user, state)
        for clients in self._clients.values():
            for client in clients:
                for identity, agent in client.subscriptions.agent_states.items():
                    if agent in (None, user.old_id):
                        body = {"subscriptionId": identity, "changes": [change]}
                        client.notify(notification(AGENT_STATES, body), False)

    def _changes(self, kind: str, conversation: Conversation) -> str:
        record = conversation_record(self._world, conversation)
        return encode([{"type": kind, "result": record}])
