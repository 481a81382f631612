"""The ways to those who hear events: callbacks, actors, queues, iterators."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pykka

from ums_actors.actors.ear import Ear
from ums_actors.actors.inbox import EventInbox
from ums_actors.errors import LocalProtocolError, Overloaded
from ums_actors.runtime.inbox import Inbox

if TYPE_CHECKING:
    from ums_actors.actors.events import Event
    from ums_actors.runtime.strand import Strand

__all__ = ["Target", "Way", "way_to"]

Target: TypeAlias = (
    Callable[[Any], object] | pykka.ActorRef[Any] | queue.Queue[Any] | EventInbox | Ear
)


class Way(NamedTuple):
    """How events get to a target; it never blocks.

    Attributes:
        push: takes an event; tells whether none was lost for it.
        close: lets no more come.
        depth: counts those that wait.
        waiting: gives those that have not been taken, or are being handled as far as
            that can be known; a copy; loop thread.
    """

    push: Callable[[Event], bool]
    close: Callable[[], None]
    depth: Callable[[], int]
    waiting: Callable[[], list[Any]]


def way_to(
    target: Target, limit: int, strand: Callable[[Callable[[Any], object]], Strand]
) -> Way:
    """Find the way to a target, bounded by ``limit``.

    Args:
        target: who hears.
        limit: events that may wait.
        strand: makes what calls a callback on workers.

    Raises:
        LocalProtocolError: it is none of those that can hear.
    """
    if isinstance(target, Ear):
        return Way(target.push, target.close, target.__len__, target.waiting)
    if isinstance(target, EventInbox):
        return Way(target.push, target.end, target.__len__, target.waiting)
    if isinstance(target, pykka.ActorRef):
        return _to_actor(target, limit)
    if isinstance(target, queue.Queue):
        return _to_queue(target, limit)
    if callable(target):
        calls = strand(target)
        return Way(calls.push, calls.close, calls.__len__, calls.waiting)
    raise LocalProtocolError(
        f"{type(target).__name__} cannot hear events: subscribe a callable, a "
        "pykka.ActorRef or a queue.Queue"
    )


def _to_actor(ref: pykka.ActorRef[Any], limit: int) -> Way:
    inbox: Any = ref.actor_inbox
    depth: Callable[[], int] = (
        inbox.__len__ if isinstance(inbox, Inbox) else getattr(inbox, "qsize", int)
    )

    def push(event: Event) -> bool:
        if depth() >= limit:
            return False
        try:
            ref.tell(event)
        except (pykka.ActorDeadError, Overloaded):
            return False
        return True

    def waiting() -> list[Any]:
        if isinstance(inbox, Inbox):
            return [each.message for each in inbox.waiting()]
        return [getattr(each, "message", None) for each in _in_queue(inbox)]

    return Way(push, _nothing, depth, waiting)


def _to_queue(target: queue.Queue[Any], limit: int) -> Way:
    def push(event: Event) -> bool:
        kept = True
        while target.qsize() >= limit or target.full():
            try:
                target.get_nowait()
            except queue.Empty:
                break
            kept = False
        try:
            target.put_nowait(event)
        except queue.Full:
            return False
        return kept

    return Way(push, _nothing, target.qsize, lambda: _in_queue(target))


def _in_queue(target: Any) -> list[Any]:
    """Look into a queue; what is none of the usual kind shows nothing."""
    if not isinstance(target, queue.Queue):
        return []
    with target.mutex:
        return list(target.queue)


def _nothing() -> None:
    """Close nothing: the target is the user's."""
