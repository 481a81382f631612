"""Tells brand sockets what they are to hear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.emulator.records.agents import agent_state_change
from ums_actors.emulator.records.brand import event_record
from ums_actors.emulator.sides.changes import change_notification, changes_of
from ums_actors.emulator.wire.frames import notification
from ums_actors.emulator.world.listener import Listener

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.conversation import Conversation, Event
    from ums_actors.emulator.world.users import User
    from ums_actors.emulator.world.world import World

__all__ = ["BrandSide"]

EVENTS: Final = ".ams.ms.OnlineEventDistribution"
AGENT_STATES: Final = ".ams.routing.AgentStateNotification"


class BrandSide(Listener):
    """Tells each brand client what it is to hear; a listener of the world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._clients: dict[str, list[Client]] = {}

    def join(self, client: Client) -> None:
        """Take in a client whose socket has opened."""
        self._clients.setdefault(client.identity, []).append(client)

    def leave(self, client: Client) -> None:
        """Let go a client whose socket has gone; its agent is OFFLINE with the last."""
        clients = self._clients[client.identity]
        clients.remove(client)
        if clients:
            return
        del self._clients[client.identity]
        user = client.user
        if user is not None and self._world.agent_state(user) != "OFFLINE":
            self._world.set_agent_state(user, "OFFLINE")

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
                        texts[kind] = changes_of(
                            self._world, client, kind, [conversation]
                        )
                    client.notify(
                        change_notification(
                            client, identity, texts[kind], is_older=it.is_older
                        ),
                        False,
                    )

    def agent_state_changed(self, user: User, state: str) -> None:
        """Tell who subscribed to the states of agents."""
        change = agent_state_change(user, state)
        for clients in self._clients.values():
            for client in clients:
                for identity, agent in client.subscriptions.agent_states.items():
                    if agent in (None, user.old_id):
                        body = {"subscriptionId": identity, "changes": [change]}
                        client.notify(notification(AGENT_STATES, body), False)
