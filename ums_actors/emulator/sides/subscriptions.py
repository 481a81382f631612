"""The subscriptions of one socket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakSet

from ums_actors.emulator.choices import MAX_SUBSCRIPTIONS, SNAPSHOT_LIMIT
from ums_actors.emulator.failures import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.emulator.sides.filters import Filter
    from ums_actors.emulator.sides.routing import RoutingSubscription
    from ums_actors.emulator.world.conversation import Conversation

__all__ = ["Subscription", "Subscriptions"]


@dataclass(slots=True)
class Subscription:
    """One subscription to conversations, and those it has shown and not deleted.

    Attributes:
        shown: those, and what was too much for its snapshot.
        is_older: whether the older of the two requests made it; what it tells has
            another name then.
    """

    query: Filter
    is_older: bool = False
    shown: WeakSet[Conversation] = field(default_factory=WeakSet)

    def change(self, account: str, conversation: Conversation) -> str | None:
        """Give UPSERT, DELETE, or None if the subscription does not care."""
        if self.query.matches(account, conversation):
            self.shown.add(conversation)
            return "UPSERT"
        if conversation in self.shown:
            self.shown.remove(conversation)
            return "DELETE"
        return None

    def snapshot(
        self, account: str, conversations: Iterable[Conversation]
    ) -> list[Conversation]:
        """Give what matches now: the latest changed, up to the service's limit.

        The others are covered all the same: what happens in them is told.
        """
        matching = [it for it in conversations if self.query.matches(account, it)]
        self.shown.update(matching)
        matching.sort(key=lambda conversation: conversation.updated, reverse=True)
        del matching[SNAPSHOT_LIMIT:]
        return matching

    def replace(self, account: str, query: Filter) -> list[Conversation]:
        """Take another query; give those shown that it does not show any more."""
        self.query = query
        gone = [it for it in self.shown if not query.matches(account, it)]
        self.shown.difference_update(gone)
        return gone


class Subscriptions:
    """All subscriptions of one socket, by id; they die with it."""

    def __init__(self) -> None:
        self.conversations: dict[str, Subscription] = {}
        self.agent_states: dict[str, str | None] = {}
        """The one agent (old id) that a subscription is about, or None for all."""
        self.routing: dict[str, RoutingSubscription] = {}
        self.is_over: bool = False
        """Whether the socket has gone; a last request of its may still be served."""

    def require_room(self) -> None:
        """Refuse one subscription too many."""
        count = len(self.conversations) + len(self.agent_states) + len(self.routing)
        if count >= MAX_SUBSCRIPTIONS:
            raise Refused(429, "There are too many subscriptions on this socket")

    def end_all(self) -> None:
        """End those that somebody keeps account of; the socket has gone."""
        self.is_over = True
        for identity in list(self.routing):
            self.end(identity)

    def end(self, identity: str) -> bool:
        """End a subscription; False if there is none of that id."""
        if (routing := self.routing.pop(identity, None)) is not None:
            routing.end()
            return True
        ended = self.conversations.pop(identity, None) is not None
        if identity in self.agent_states:
            del self.agent_states[identity]
            ended = True
        return ended
