"""Writing down what is known of conversations, for a later process.

The loop's thread only looks, at facts that are replaced and never changed; what it saw
is written down on a worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.actors.conversation_events import ConversationOpened
from ums_actors.actors.events import MessageReceived, MessagesMissed
from ums_actors.core import keeping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.card import Card
    from ums_actors.core.facts import DialogFacts
    from ums_actors.core.kept import Place
    from ums_actors.model.conversation import Conversation
    from ums_actors.runtime import LoopFuture

__all__ = ["PATIENCE", "save", "save_one", "side_of"]

PATIENCE: Final = 60.0
"""Seconds for writing or reading on a worker, waiting in line included."""


def side_of(*, follows: bool) -> str:
    """Name the side of a connection; consumers follow their dialogs."""
    return "consumer" if follows else "brand"


def save(kernel: Kernel, *, bodies: bool) -> LoopFuture[bytes]:
    """Write down all conversations, and the place in each dialog; loop thread."""
    untaken, opened = _untaken(kernel)
    places: dict[str, Place] = {}
    more: dict[str, Any] = {}
    if kernel.made("streams"):
        streams = kernel.streams
        places = streams.places(untaken)
        more = {
            "finished": streams.finished(places),
            "history_until": streams.history_until,
        }
    cards: Iterable[Card[Conversation]] = ()
    if kernel.made("conversations"):
        cards = kernel.conversations.book
    last = _last_in(places, untaken)
    sights = [
        _sight(kernel, card, last)
        for card in cards
        if card.conversation_id not in opened  # it will be announced then
    ]
    return _written(kernel, "connection", sights, bodies, places=places, **more)


def save_one(
    kernel: Kernel,
    card: Card[Conversation],
    dialog: DialogFacts | None,
    *,
    bodies: bool,
) -> LoopFuture[bytes]:
    """Write down one conversation, or one dialog of it; loop thread."""
    untaken, _ = _untaken(kernel)
    wanted = {each.dialog_id for each in card.facts.dialogs} | {*(card.talks or ())}
    if dialog is not None:
        wanted = {dialog.dialog_id}
    places: dict[str, Place] = {}
    if kernel.made("streams"):
        for where in wanted:
            place = kernel.streams.place(where, untaken.get(where))
            if place is not None:
                places[where] = place
    sight = _sight(kernel, card, _last_in(places, untaken), dialog)
    kind = "conversation" if dialog is None else "dialog"
    return _written(kernel, kind, [sight], bodies, places=places)


def _untaken(kernel: Kernel) -> tuple[dict[str, int], set[str]]:
    """Look what subscribers have not done with yet.

    Returns:
        the lowest number by dialog, and conversations whose opening waits to be heard.
    """
    lowest: dict[str, int] = {}
    opened: set[str] = set()
    for event in kernel.subscribers.untaken():
        kind: type[Any] = type(event)
        if kind is MessageReceived or kind is MessagesMissed:
            number = event.first if kind is MessagesMissed else event.sequence
            if number is not None and event.dialog_id:
                known = lowest.get(event.dialog_id, number)
                lowest[event.dialog_id] = min(known, number)
        elif kind is ConversationOpened:
            opened.add(event.conversation_id)
    return lowest, opened


def _last_in(
    places: Mapping[str, Place], untaken: Mapping[str, int]
) -> Callable[[str], int | None]:
    def last(dialog_id: str) -> int | None:
        place = places.get(dialog_id)
        if place is not None:
            return place.last
        number = untaken.get(dialog_id)
        return None if number is None else number - 1

    return last


def _sight(
    kernel: Kernel,
    card: Card[Conversation],
    last: Callable[[str], int | None],
    dialog: DialogFacts | None = None,
) -> keeping.Sight:
    digest = kernel.conversations.book.note_digest(card)
    return keeping.capture(card, last, dialog=dialog, note_digest=digest)


def _written(
    kernel: Kernel,
    kind: str,
    sights: list[keeping.Sight],
    bodies: bool,
    **more: Any,
) -> LoopFuture[bytes]:
    user = kernel.own_id or (kernel.memory.user if kernel.made("memory") else "")
    side, account = side_of(follows=kernel.follows), kernel.account_id

    def write() -> bytes:
        return keeping.document(
            kind,
            [keeping.written(each, bodies=bodies) for each in sights],
            account=account,
            user=user,
            side=side,
            bodies=bodies,
            **more,
        )

    pool = kernel.runtime.workers("hooks")
    return pool.submit(kernel.loop, write, timeout=PATIENCE)
