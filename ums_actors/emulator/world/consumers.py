"""The consumers that are known, and what kind of identity each has."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Consumer", "Consumers"]


@dataclass(slots=True)
class Consumer:
    """One consumer.

    Attributes:
        consumer_id: the ``sub`` of their tokens, their name in requests and records.
        is_anonymous: False once a customer's own login has named them.
        claims: of that login; empty for the anonymous.
        conversations: ids of those that are theirs, oldest first.
    """

    consumer_id: str
    is_anonymous: bool = True
    claims: dict[str, Any] = field(default_factory=dict)
    conversations: dict[str, None] = field(default_factory=dict)


class Consumers:
    """All consumers by id: those who signed up, and those that a script plays."""

    def __init__(self) -> None:
        self._by_id: dict[str, Consumer] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Consumer]:
        return iter(self._by_id.values())

    def find(self, consumer_id: str) -> Consumer | None:
        """Find a consumer."""
        return self._by_id.get(consumer_id)

    def new(self) -> Consumer:
        """Make an anonymous consumer with an id of its own.

        Raises:
            Refused: there are too many consumers.
        """
        return self.meet(str(uuid.uuid4()))

    def meet(self, consumer_id: str) -> Consumer:
        """Find a consumer, or make an anonymous one of that id.

        Raises:
            Refused: there are too many consumers.
        """
        consumer = self._by_id.get(consumer_id)
        if consumer is None:
            if len(self._by_id) >= choices.MAX_CONSUMERS:
                raise Refused(429, "There are too many consumers; restart the emulator")
            consumer = self._by_id[consumer_id] = Consumer(consumer_id)
        return consumer

    def hand_over(self, conversation_id: str, before: str, after: str) -> None:
        """Let a conversation be another consumer's, if it is not already.

        Raises:
            Refused: there are too many consumers.
        """
        if before == after:
            return
        owner = self.meet(after)
        self.meet(before).conversations.pop(conversation_id, None)
        owner.conversations[conversation_id] = None

    def put(self, consumer: Consumer) -> None:
        """Take in a consumer who was known before."""
        self._by_id[consumer.consumer_id] = consumer

    def authenticate(self, consumer_id: str, claims: dict[str, Any]) -> Consumer:
        """Note that a customer's own login names this consumer.

        Raises:
            Refused: there are too many consumers.
        """
        consumer = self.meet(consumer_id)
        consumer.is_anonymous = False
        consumer.claims = claims
        return consumer

    def close_code(self, consumer_id: str) -> int:
        """Give the close code that says whose work it is to renew the identity."""
        consumer = self._by_id.get(consumer_id)
        if consumer is not None and consumer.is_anonymous:
            return choices.ANONYMOUS_CLOSE_CODE
        return choices.AUTHENTICATED_CLOSE_CODE
