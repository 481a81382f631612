"""Where the cards of conversations are kept, and found again."""

from __future__ import annotations

from collections import OrderedDict
from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.core.card import Card
    from ums_actors.core.facts import DialogFacts

__all__ = ["Shelf"]

V = TypeVar("V")


class Shelf(Generic[V]):
    """Cards by the ids of conversations and dialogs; in each half, oldest news first.

    Written on the loop thread; any thread may look one up.
    """

    __slots__ = ("_by_dialog", "_ended", "_open")

    def __init__(self) -> None:
        self._open: OrderedDict[str, Card[V]] = OrderedDict()
        self._ended: OrderedDict[str, Card[V]] = OrderedDict()
        self._by_dialog: dict[str, Card[V]] = {}  # but main ones

    def __len__(self) -> int:
        return len(self._open) + len(self._ended)

    def __iter__(self) -> Iterator[Card[V]]:
        return chain(self._open.values(), self._ended.values())

    def get(self, conversation_id: str) -> Card[V] | None:
        """Find a card by its conversation; any thread."""
        return self._open.get(conversation_id) or self._ended.get(conversation_id)

    def find(self, conversation_id: str, dialog_id: str) -> Card[V] | None:
        """Find it by its conversation, or else by that of a dialog; any thread."""
        return self.get(conversation_id or dialog_id) or self._by_dialog.get(dialog_id)

    def oldest(self) -> Card[V]:
        """Give the one that can be spared first: ended, and long not heard of."""
        return next(iter((self._ended or self._open).values()))

    def put(self, card: Card[V], before: tuple[DialogFacts, ...] = ()) -> None:
        """Put a card where its state belongs, as the last one heard of.

        Args:
            card: the card.
            before: the dialogs that it had until now.
        """
        facts, conversation_id = card.facts, card.conversation_id
        target, other = self._open, self._ended
        if not facts.open:
            target, other = other, target
        if conversation_id in target:
            target.move_to_end(conversation_id)
        else:
            target[conversation_id] = card
            other.pop(conversation_id, None)
        if not _same_ids(before, facts.dialogs):
            self._forget_dialogs(before)
            for dialog in facts.dialogs:
                if dialog.dialog_id != conversation_id:
                    self._by_dialog[dialog.dialog_id] = card

    def take(self, card: Card[V]) -> None:
        """Take a card away."""
        self._open.pop(card.conversation_id, None)
        self._ended.pop(card.conversation_id, None)
        self._forget_dialogs(card.facts.dialogs)

    def _forget_dialogs(self, dialogs: tuple[DialogFacts, ...]) -> None:
        for dialog in dialogs:
            self._by_dialog.pop(dialog.dialog_id, None)


def _same_ids(old: tuple[DialogFacts, ...], new: tuple[DialogFacts, ...]) -> bool:
    return [each.dialog_id for each in old] == [each.dialog_id for each in new]
