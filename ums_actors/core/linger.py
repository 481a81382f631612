"""Conversations that are told of without a subscription, and how long after their end.

No subscription says when one of them is of interest no more. What is told of it late,
or once more, must still find it, or it would begin anew.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ums_actors.core.card import Card

__all__ = ["ENDED_FOR", "TOLD", "Linger"]

TOLD: Final = "webhooks"
"""Stands among the subscriptions that show a conversation for what shows it without."""
ENDED_FOR: Final = 180.0
"""Seconds from the end of such a conversation until it leaves: the service sends a
webhook that failed up to five times more, 30 s apart, and waits 5 s for each answer."""


class Linger:
    """Those that have ended, the one that leaves first before the others.

    Args:
        patience: seconds from the end.
    """

    __slots__ = ("_ended", "_patience")

    def __init__(self, patience: float = ENDED_FOR) -> None:
        self._patience = patience
        self._ended: OrderedDict[str, tuple[float, Card[Any]]] = OrderedDict()

    def note(self, card: Card[Any], now: float) -> None:
        """Take note of the state of one that is told of; monotonic seconds."""
        if card.facts.open:
            self.forget(card)
        else:
            until = now + self._patience
            self._ended.setdefault(card.conversation_id, (until, card))

    def forget(self, card: Card[Any]) -> None:
        """Expect its leaving no more."""
        self._ended.pop(card.conversation_id, None)

    def next_at(self) -> float | None:
        """Give the time at which the next one leaves."""
        for until, _ in self._ended.values():
            return until
        return None

    def due(self, now: float) -> list[Card[Any]]:
        """Give those whose time has come; they are forgotten here."""
        found: list[Card[Any]] = []
        while (until := self.next_at()) is not None and until <= now:
            found.append(self._ended.popitem(last=False)[1][1])
        return found
