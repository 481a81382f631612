"""The subscriptions of one brand socket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ums_actors.emulator.choices import MAX_SUBSCRIPTIONS, SNAPSHOT_LIMIT
from ums_actors.emulator.failures import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.emulator.sides.filters import Filter
    from ums_actors.emulator.world.conversation import Conversation

__all__ = ["Subscription", "Subscriptions"]


@dataclass(slots=True)
class Subscription:
    """One subscription to conversations, and those it has shown and not deleted."""

    query: Filter
    shown: set[str] = field(default_factory=set)

    def change(self, account: str, conversation: Conversation) -> str | None:
        """Give UPSERT, DELETE, or None if the subscription does not care."""
        identity = conversation.conversation_id
        if self.query.matches(account, conversation):
            self.shown.add(identity)
            return "UPSERT"
        if identity in self.shown:
            self.shown.remove(identity)
            return "DELETE"
        return None

    def snapshot(
        self, account: str, conversations: Iterable[Conversation]
    ) -> list[Conversation]:
        """Give what matches now: the latest changed, up to the service's limit."""
        matching = [it for it in conversations if self.query.matches(account, it)]
        matching.sort(key=lambda conversation: conversation.updated, reverse=True)
        del matching[SNAPSHOT_LIMIT:]
        self.shown.update(it.conversation_id for it in matching)
        return matching


class Subscriptions:
    """All subscriptions of one socket, by id; they die with it."""

    def __init__(self) -> None:
        self.conversations: dict[str, Subscription] = {}
        self.agent_states: dict[str, str | None] = {}
        """The one agent (old id) that a subscription is about, or None for all."""
        self.routing: set[str] = set()

    def require_room(self) -> None:
        """Refuse one subscription too many."""
        count = len(self.conversations) + len(self.agent_states) + len(self.routing)
        if count >= MAX_SUBSCRIPTIONS:
            raise Refused(429, "There are too many subscriptions on this socket")

    def end(self, identity: str) -> bool:
        """End a subscription; False if there is none of that id."""
        if identity in self.routing:
            self.routing.remove(identity)
            return True
        ended = self.conversations.pop(identity, None) is not None
        if identity in self.agent_states:
            del self.agent_states[identity]
            ended = True
        return ended
