"""``proxy.events``: iterating over what a connection tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import pykka

from ums_actors.actors.events import Event
from ums_actors.actors.inbox import EventInbox
from ums_actors.actors.iterator import EventIterator
from ums_actors.actors.selection import selection
from ums_actors.arguments import seconds

if TYPE_CHECKING:
    from pykka._proxy import CallableProxy

    from ums_actors.actors.selection import Where
    from ums_actors.runtime import LoopFuture, LoopRef

__all__ = ["LIMIT", "EventsShortcut", "listen"]

E = TypeVar("E", bound=Event)

LIMIT = 10_000
"""Events that may wait for one who iterates."""


def listen(
    ref: LoopRef[Any],
    kinds: tuple[type[E], ...],
    *,
    where: Where | None = None,
    conversation_id: str | None = None,
    dialog_id: str | None = None,
    limit: int = LIMIT,
    timeout: float | None = None,
    strict: bool = False,
) -> EventIterator[E]:
    """Subscribe, and give the iterator; any thread, without waiting.

    Raises:
        LocalProtocolError: an argument is of no use.
    """
    narrower: dict[str, Any] = {
        "where": where,
        "conversation_id": conversation_id,
        "dialog_id": dialog_id,
    }
    selection(kinds, **narrower)  # what is wrong with it is said here
    inbox, patience = EventInbox(limit), seconds(timeout)
    handle: LoopFuture[str] = ref.proxy().subscribe(inbox, *kinds, **narrower)

    def failed(subscribed: LoopFuture[str]) -> None:
        error = subscribed.exception()
        if isinstance(error, pykka.ActorDeadError):
            inbox.end()
        elif isinstance(error, Exception):
            inbox.end(error)

    handle.add_done_callback(failed)

    def release() -> None:
        handle.add_done_callback(leave)

    def leave(subscribed: LoopFuture[str]) -> None:
        if subscribed.exception() is None:
            cell, known = ref.actor_inbox, subscribed.get(timeout=0)
            cell.loop.call_soon(lambda: cell.keep.subscribers.remove(known))

    return EventIterator(inbox, release, ref.is_alive, patience, strict=strict)


class EventsShortcut:
    """Lets ``proxy.events`` give the iterator itself, not a future of one."""

    __slots__ = ("_ref",)

    def __init__(self, ref: LoopRef[Any], long_way: CallableProxy[Any]) -> None:
        del long_way
        self._ref = ref

    def __call__(self, *kinds: type[E], **more: Any) -> EventIterator[E]:
        """Iterate over events of these classes; any thread."""
        return listen(self._ref, kinds, **more)
