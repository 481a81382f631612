"""Which subscriptions show a conversation, and when one that none shows is removed."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from ums_actors.core.card import Card

__all__ = ["SAVED", "Presence"]

SAVED: Final = "saved"
"""Stands among the subscriptions that show a conversation for the word of an earlier
process: until another shows it, or all have shown what they have."""


class Presence:
    """The comings and goings of conversations; loop thread only.

    Args:
        patience: seconds from the end of the last interest to the removal.
    """

    __slots__ = ("_doubtful", "_leaving", "_patience")

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._leaving: OrderedDict[str, tuple[float, Card[Any]]] = OrderedDict()
        self._doubtful: dict[str, Card[Any]] = {}

    @property
    def doubts(self) -> bool:
        """Whether there is any that nobody who is left has shown."""
        return bool(self._doubtful)

    def comes(self, card: Card[Any], source: str) -> None:
        """Take note that a subscription shows it."""
        if source not in card.sources:
            known = [each for each in card.sources if each != SAVED]
            card.sources = (*known, source)
            self.forget(card)

    def goes(self, card: Card[Any], source: str, now: float) -> None:
        """Take note that a subscription shows it no more."""
        card.sources = tuple([each for each in card.sources if each != source])
        if not card.sources:
            self._doubtful.pop(card.conversation_id, None)
            when = now + self._patience
            self._leaving.setdefault(card.conversation_id, (when, card))

    def forget(self, card: Card[Any]) -> None:
        """Expect its removal no more."""
        self._leaving.pop(card.conversation_id, None)
        self._doubtful.pop(card.conversation_id, None)

    def keep_only(self, cards: Iterable[Card[Any]], sources: Collection[str]) -> None:
        """Forget all subscriptions but these; what none of them shows is doubtful."""
        for card in cards:
            left = tuple([each for each in card.sources if each in sources])
            if left != card.sources:
                card.sources = left
                if not left:
                    self._doubtful[card.conversation_id] = card

    def settle(self, now: float) -> None:
        """Let the doubtful go."""
        for card in list(self._doubtful.values()):
            self.goes(card, "", now)

    def next_at(self) -> float | None:
        """Give the time of the next removal, monotonic seconds."""
        first = next(iter(self._leaving.values()), None)
        return None if first is None else first[0]

    def due(self, now: float, remove: Callable[[Card[Any]], object]) -> None:
        """Have those removed whose time has come."""
        while (when := self.next_at()) is not None and when <= now:
            _, (_, card) = self._leaving.popitem(last=False)
            remove(card)
