"""Who hears the events of a connection: callbacks, actors, queues; all bounded."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pykka

from ums_actors.actors.events import Event
from ums_actors.errors import LocalProtocolError, Overloaded
from ums_actors.runtime.strand import Strand

if TYPE_CHECKING:
    from ums_actors.runtime import Loop, Runtime

__all__ = ["Subscribers", "Target"]

Target = Callable[[Any], object] | pykka.ActorRef[Any] | queue.Queue[Any]


class _Subscriber:
    """One target with its filter and its count of lost events."""

    __slots__ = ("close", "dropped", "kinds", "push")

    def __init__(
        self,
        kinds: tuple[type[Event], ...],
        push: Callable[[Event], bool],
        close: Callable[[], None],
    ) -> None:
        self.kinds = kinds
        self.push = push
        self.close = close
        self.dropped = 0


class Subscribers:
    """Fan-out to subscribers; loop thread only. A slow one loses its oldest events."""

    def __init__(self, runtime: Runtime, loop: Loop, limit: int) -> None:
        self._runtime = runtime
        self._loop = loop
        self._limit = limit
        self._all: dict[str, _Subscriber] = {}
        self._by_kind: dict[type[Event], tuple[_Subscriber, ...]] = {}

    def add(self, target: Target, kinds: tuple[type[Event], ...]) -> str:
        """Add a subscriber of these kinds (none: all); give its handle.

        Raises:
            LocalProtocolError: the target or a kind is of the wrong type.
        """
        for kind in kinds:
            if not (isinstance(kind, type) and issubclass(kind, Event)):
                raise LocalProtocolError(
                    f"{kind!r} is no event class: subscribe to classes such as "
                    "ums_actors.MessageReceived, or to all with none"
                )
        push, close = self._pusher(target)
        handle = self._runtime.ids()
        self._all[handle] = _Subscriber(kinds, push, close)
        self._by_kind.clear()
        return handle

    def remove(self, handle: str) -> bool:
        """Remove a subscriber; tell whether it was there."""
        subscriber = self._all.pop(handle, None)
        self._by_kind.clear()
        if subscriber is not None:
            subscriber.close()
        return subscriber is not None

    def close(self) -> None:
        """Remove all; callbacks still hear what waits for them."""
        self._all.clear()
        self._by_kind.clear()

    def wants(self, kind: type[Event]) -> bool:
        """Tell whether anybody hears events of this kind."""
        return bool(self._of(kind))

    def publish(self, event: Event) -> None:
        """Give an event to all who asked for its kind."""
        for subscriber in self._of(type(event)):
            if not subscriber.push(event):
                subscriber.dropped += 1
                if subscriber.dropped == 1:
                    self._report("subscriber.overflow")

    @property
    def dropped(self) -> int:
        """Events that subscribers lost because they were slow."""
        return sum(subscriber.dropped for subscriber in self._all.values())

    def _of(self, kind: type[Event]) -> tuple[_Subscriber, ...]:
        found = self._by_kind.get(kind)
        if found is None:
            found = self._by_kind[kind] = tuple(
                subscriber
                for subscriber in self._all.values()
                if not subscriber.kinds or issubclass(kind, subscriber.kinds)
            )
        return found

    def _pusher(
        self, target: Target
    ) -> tuple[Callable[[Event], bool], Callable[[], None]]:
        if isinstance(target, pykka.ActorRef):
            return self._to_actor(target), _nothing
        if isinstance(target, queue.Queue):
            return self._to_queue(target), _nothing
        if callable(target):
            strand = Strand(self._runtime, self._loop, target, self._limit)
            return strand.push, strand.close
        raise LocalProtocolError(
            f"{type(target).__name__} cannot hear events: subscribe a callable, a "
            "pykka.ActorRef or a queue.Queue"
        )

    def _to_actor(self, ref: pykka.ActorRef[Any]) -> Callable[[Event], bool]:
        inbox: Any = ref.actor_inbox
        waiting = getattr(inbox, "queue", None)  # queue.Queue's, and our cell's

        def push(event: Event) -> bool:
            if waiting is not None and len(waiting) >= self._limit:
                return False
            try:
                ref.tell(event)
            except (pykka.ActorDeadError, Overloaded):
                return False
            return True

        return push

    def _to_queue(self, target: queue.Queue[Any]) -> Callable[[Event], bool]:
        def push(event: Event) -> bool:
            kept = True
            while target.qsize() >= self._limit or target.full():
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

        return push

    def _report(self, event: str) -> None:
        self._runtime.observer.observe(event, logging.WARNING, {"limit": self._limit})


def _nothing() -> None:
    """Close nothing: the target is the user's."""
