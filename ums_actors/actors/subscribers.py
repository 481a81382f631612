"""Who hears the events of a connection: callbacks, actors, queues; all bounded."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from ums_actors.actors.ear import Ear
from ums_actors.actors.events import ErrorOccurred, Event
from ums_actors.actors.inbox import EventInbox
from ums_actors.actors.selection import Selection, selection
from ums_actors.actors.targets import Target, Way, way_to
from ums_actors.actors.traffic_events import (
    NotificationReceived,
    RequestSent,
    ResponseReceived,
    Tap,
)
from ums_actors.runtime.strand import Strand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ums_actors.runtime import Loop, Runtime

__all__ = ["Subscribers", "Target"]

_TYPES: Final = 256
"""Types of notifications of which it is kept whether anybody wants them."""


class _Subscriber:
    """One target with what it wants to hear and its count of lost events."""

    __slots__ = ("dropped", "plain", "push", "selection", "target", "way")

    def __init__(self, target: Target, selection: Selection, way: Way) -> None:
        self.target = target
        self.selection = selection
        self.plain = selection.plain
        self.way = way
        self.push = way.push
        self.dropped = 0


_TRAFFIC: Final[frozenset[type[Event]]] = frozenset({RequestSent, ResponseReceived})
_NO_TYPES: Final[dict[str, bool]] = {}
_NO_PLACES: Final[dict[str, dict[str, Any]]] = {}


class _Tables:
    """Subscribers by their handles, and by what they hear."""

    __slots__ = ("all", "by_kind", "by_place", "by_type", "ended", "wide")

    def __init__(self) -> None:
        self.all: dict[str, _Subscriber] = {}
        self.wide: dict[str, _Subscriber] = {}  # those of no one place
        self.by_kind: dict[type[Event], tuple[_Subscriber, ...]] = {}
        self.ended: tuple[EventInbox, ...] = ()  # which still have something
        # most have none of these: they are made with the first that is put in
        self.by_type: dict[str, bool] = _NO_TYPES
        self.by_place: dict[str, dict[str, _Subscriber]] = _NO_PLACES


_NOBODY: Final = _Tables()
"""What all have whom nobody has subscribed to yet: it stays empty."""


class Subscribers:
    """Fan-out to subscribers; loop thread only. A slow one loses its oldest events.

    Args:
        runtime: whose workers call them.
        loop: that of the connection.
        limit: events that may wait for one of them.
        place: gives what each event for the observer begins with; any thread.

    Attributes:
        tapped: whether anybody hears of the traffic itself.
        timed: whether anybody hears how long things take.
    """

    __slots__ = (
        "_limit",
        "_loop",
        "_lost",
        "_place",
        "_runtime",
        "_tables",
        "tapped",
        "timed",
    )

    def __init__(
        self,
        runtime: Runtime,
        loop: Loop,
        limit: int,
        *,
        place: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self._runtime = runtime
        self._place = place
        self._loop = loop
        self._limit = limit
        self._tables = _NOBODY
        self._lost = 0  # events of subscribers that are gone
        self.tapped: bool = False
        self.timed: bool = False

    def add(self, target: Target, kinds: Iterable[type[Event]], **narrower: Any) -> str:
        """Add a subscriber of these kinds (none: all); give its handle.

        Args:
            target: who hears them.
            kinds: event classes.
            narrower: as for :func:`~ums_actors.actors.selection.selection`.

        Raises:
            LocalProtocolError: the target or a kind is of the wrong type.
        """
        chosen = selection(kinds, **narrower)
        way = way_to(target, self._limit, self._strand)
        handle = self._runtime.ids()
        if self._tables is _NOBODY:
            self._tables = _Tables()
        subscriber = _Subscriber(target, chosen, way)
        self._tables.all[handle] = subscriber
        if chosen.place is None:
            self._tables.wide[handle] = subscriber
        else:
            if self._tables.by_place is _NO_PLACES:
                self._tables.by_place = {}
            self._tables.by_place.setdefault(chosen.place, {})[handle] = subscriber
        self._refresh()
        return handle

    def remove(self, handle: str) -> bool:
        """Remove a subscriber; tell whether it was there."""
        subscriber = self._tables.all.pop(handle, None)
        if subscriber is None:
            return False
        self._tables.wide.pop(handle, None)
        place = subscriber.selection.place
        if place is not None:
            self._tables.by_place[place].pop(handle)
            if not self._tables.by_place[place]:
                del self._tables.by_place[place]
        self._lost += subscriber.dropped
        self._refresh()
        subscriber.way.close()
        return True

    def rest(self, error: Exception | None) -> None:
        """End those that iterate: the connection has come to rest."""
        for handle, subscriber in list(self._tables.all.items()):
            if isinstance(subscriber.target, EventInbox):
                subscriber.target.end(error)
                self.remove(handle)
                self._tables.ended = (*self._still_read(), subscriber.target)

    def token_refused(self) -> None:
        """Tell the library's own that the token which was held is dead."""
        for ear in self._ears():
            ear.token_refused()

    def _ears(self) -> list[Ear]:
        targets = (each.target for each in self._tables.all.values())
        return [target for target in targets if isinstance(target, Ear)]

    def close(self) -> None:
        """Remove all; callbacks still hear what waits for them."""
        for ear in self._ears():
            ear.close()
        self._tables.all.clear()
        self._tables.wide.clear()
        self._tables.by_place.clear()
        self._refresh()

    def _refresh(self) -> None:
        self._tables.by_kind.clear()
        self._tables.by_type.clear()
        self.tapped = self._hears(_TRAFFIC)
        self.timed = self._hears(set(Tap.__subclasses__()) - _TRAFFIC)

    def _hears(self, kinds: Iterable[type[Event]]) -> bool:
        return any(
            each.selection.wants(kind)
            for each in self._tables.all.values()
            for kind in kinds
        )

    def wants(self, kind: type[Event]) -> bool:
        """Tell whether anybody may hear events of this kind."""
        return bool(self._of(kind)) or any(
            each.selection.wants(kind)
            for place in self._tables.by_place.values()
            for each in place.values()
        )

    def wants_notification(self, notification_type: str) -> bool:
        """Tell whether anybody hears notifications of this type as they come."""
        if not self._tables.wide:
            return False
        known = self._tables.by_type.get(notification_type)
        if known is None:
            known = any(
                each.selection.takes_type(notification_type)
                for each in self._of(NotificationReceived)
            )
            if len(self._tables.by_type) < _TYPES:  # the server makes their names
                if self._tables.by_type is _NO_TYPES:
                    self._tables.by_type = {}
                self._tables.by_type[notification_type] = known
        return known

    def publish(self, event: Event) -> None:
        """Give an event to all who asked for it."""
        for subscriber in self._of(type(event)):
            self._offer(subscriber, event)
        if self._tables.by_place:
            self._publish_in_place(event)

    def _publish_in_place(self, event: Event) -> None:
        conversation_id = getattr(event, "conversation_id", "")
        dialog_id = getattr(event, "dialog_id", "")
        for place in {conversation_id, dialog_id} - {""}:
            for subscriber in tuple(self._tables.by_place.get(place, {}).values()):
                if subscriber.selection.wants(type(event)):
                    self._offer(subscriber, event)

    def _offer(self, subscriber: _Subscriber, event: Event) -> None:
        if not subscriber.plain and not self._selects(subscriber, event):
            return
        if not subscriber.push(event):
            subscriber.dropped += 1
            if subscriber.dropped == 1:
                self._observe("subscriber.overflow", limit=self._limit)

    def _selects(self, subscriber: _Subscriber, event: Event) -> bool:
        try:
            return subscriber.selection.takes(event)
        except Exception as error:  # noqa: BLE001  (a user's predicate)
            self._observe("subscriber.filter_failed", error=error)
            self._tell_failure("subscriber.filter_failed", error, event)
            return False

    @property
    def dropped(self) -> int:
        """Events that subscribers lost because they were slow."""
        return self._lost + sum(each.dropped for each in self._tables.all.values())

    def waiting(self) -> list[int]:
        """Give how many events wait for each subscriber."""
        return [each.way.depth() for each in self._tables.all.values()]

    def untaken(self) -> Iterator[Any]:
        """Give the events that wait for one or more of them, or are being handled.

        They come as often as there are who wait for them.
        """
        for each in self._tables.all.values():
            yield from each.way.waiting()
        for inbox in self._still_read():
            yield from inbox.waiting()

    def _still_read(self) -> Iterator[EventInbox]:
        """Give those of an earlier rest that are still being read."""
        return (each for each in self._tables.ended if each.waiting())

    def _of(self, kind: type[Event]) -> tuple[_Subscriber, ...]:
        tables = self._tables
        if not tables.wide:
            return ()
        found = tables.by_kind.get(kind)
        if found is None:
            found = tables.by_kind[kind] = tuple(
                each for each in tables.wide.values() if each.selection.wants(kind)
            )
        return found

    def _tell_failure(self, context: str, error: BaseException, event: Event) -> None:
        """Tell of a user's code that raised; not if that was told of just this."""
        if not isinstance(event, ErrorOccurred) and self.wants(ErrorOccurred):
            self.publish(ErrorOccurred(context=context, error=error, event=event))

    def _strand(self, function: Callable[[Any], object]) -> Strand:
        return Strand(
            self._runtime,
            self._loop,
            function,
            self._limit,
            lambda error, event: self._tell_failure("subscriber.failed", error, event),
            place=self._place,
        )

    def _observe(self, event: str, **fields: Any) -> None:
        told = {**self._place(), **fields}
        self._runtime.observer.observe(event, logging.WARNING, told)
