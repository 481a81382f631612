"""Writing down what is known of conversations, for a later process.

The loop's thread only looks, at facts that are replaced and never changed; what it saw
is written down on a worker.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ums_actors.actors.conversation_events import ConversationOpened
from ums_actors.actors.events import MessageReceived, MessagesMissed
from ums_actors.core import keeping
from ums_actors.runtime import LoopFuture
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.card import Card
    from ums_actors.core.facts import DialogFacts
    from ums_actors.core.kept import Place
    from ums_actors.model.conversation import Conversation

__all__ = ["PATIENCE", "gently", "next_turn", "save", "save_one", "side_of"]

T = TypeVar("T")

PATIENCE: Final = 60.0
"""Seconds for writing or reading on a worker, waiting in line included."""

_TURN: Final = 250
"""Dialogs or conversations that are looked at in a row: less than a millisecond."""
_GENTLY: Final = 8
"""Conversations that are written in a row: some tenths of a millisecond."""


def side_of(*, follows: bool) -> str:
    """Name the side of a connection; consumers follow their dialogs."""
    return "consumer" if follows else "brand"


def gently(things: Iterable[T]) -> Iterator[T]:
    """Let other threads go on now and then; on a worker.

    Otherwise the interpreter makes the loop's thread wait for 5 ms each time.
    """
    for number, each in enumerate(things):
        if not number % _GENTLY:
            time.sleep(0)
        yield each


def save(kernel: Kernel, *, bodies: bool) -> LoopFuture[bytes]:
    """Write down all conversations, and the place in each dialog; loop thread."""
    return run_steps(_saved(kernel, bodies))


def _saved(kernel: Kernel, bodies: bool) -> Steps[bytes]:
    places: dict[str, Place] = {}
    more: dict[str, Any] = {}
    if kernel.made("streams"):
        # first: a message that is said meanwhile is left out then, and heard again
        yield from _in_turns(
            kernel, kernel.streams.tracked(), partial(_look_at_places, kernel, places)
        )
        _look_at_places(kernel, places, _untaken(kernel)[0])
        more["finished"] = kernel.streams.finished(places)
        more["history_until"] = kernel.streams.history_until
    sights: list[keeping.Sight] = []
    if kernel.made("conversations"):
        yield from _in_turns(
            kernel,
            list(kernel.conversations.book),
            partial(_look_at_cards, kernel, places, sights),
        )
    written = yield _written(kernel, "connection", sights, bodies, places, **more)
    return bytes(written)


def _in_turns(
    kernel: Kernel, things: list[Any], look: Callable[[list[Any]], object]
) -> Steps[None]:
    """Look at some, let the loop do something else, and go on."""
    for first in range(0, len(things), _TURN):
        look(things[first : first + _TURN])
        yield next_turn(kernel)


def next_turn(kernel: Kernel) -> LoopFuture[None]:
    """Wait until the loop has done what else there is."""
    turn: LoopFuture[None] = LoopFuture()
    kernel.loop.call_soon(lambda: turn.try_set(None))
    return turn


def _look_at_places(
    kernel: Kernel, places: dict[str, Place], dialogs: Iterable[str]
) -> None:
    untaken, _ = _untaken(kernel)
    for dialog_id in dialogs:
        place = kernel.streams.place(dialog_id, untaken.get(dialog_id))
        if place is not None:
            places[dialog_id] = place


def _look_at_cards(
    kernel: Kernel,
    places: dict[str, Place],
    sights: list[keeping.Sight],
    cards: Iterable[Card[Conversation]],
) -> None:
    untaken, opened = _untaken(kernel)
    last = _last_in(places, untaken)
    sights += [
        _sight(kernel, card, last)
        for card in cards
        # what is not known to have been announced will be
        if not card.removed and card.conversation_id not in opened
    ]


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
    return _written(kernel, kind, [sight], bodies, places)


def _untaken(kernel: Kernel) -> tuple[dict[str, int], set[str]]:
    """Look what subscribers have not done with yet.

    Returns:
        the lowest number by dialog, and conversations whose opening waits to be heard.
    """
    lowest: dict[str, int] = {}
    opened: set[str] = set()
    for event in kernel.subscribers.untaken():
        if isinstance(event, ConversationOpened):
            opened.add(event.conversation_id)
        elif isinstance(event, (MessageReceived, MessagesMissed)):
            number = (
                event.first if isinstance(event, MessagesMissed) else event.sequence
            )
            if number is not None and event.dialog_id:
                known = lowest.get(event.dialog_id, number)
                lowest[event.dialog_id] = min(known, number)
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
    places: dict[str, Place],
    **more: Any,
) -> LoopFuture[bytes]:
    user = kernel.own_id or (kernel.memory.user if kernel.made("memory") else "")
    side, account = side_of(follows=kernel.follows), kernel.account_id

    def write() -> bytes:
        return keeping.document(
            kind,
            [keeping.written(each, bodies=bodies) for each in gently(sights)],
            account=account,
            user=user,
            side=side,
            bodies=bodies,
            places=places,
            **more,
        )

    pool = kernel.runtime.workers("hooks")
    return pool.submit(kernel.loop, write, timeout=PATIENCE)
