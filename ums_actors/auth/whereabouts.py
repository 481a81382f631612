"""What is known of hosts: for how long it is believed, and how long it serves."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Whereabouts"]


class _Place(Struct, frozen=True):
    host: str
    believed_until: float
    serves_until: float


class Whereabouts:
    """A cache of service → host; any thread.

    Args:
        fresh_seconds: how long an answer is believed.
        stale_seconds: how long it may serve beyond that.
        clock: monotonic seconds.

    Attributes:
        ever: whether anything was ever learnt.
    """

    __slots__ = (
        "_clock",
        "_complete_until",
        "_fresh_seconds",
        "_lock",
        "_places",
        "_stale_seconds",
        "ever",
    )

    def __init__(
        self, fresh_seconds: float, stale_seconds: float, clock: Callable[[], float]
    ) -> None:
        self.ever: bool = False
        self._fresh_seconds = fresh_seconds
        self._stale_seconds = stale_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}
        self._complete_until: float | None = None

    def learn(self, hosts: Mapping[str, str], *, complete: bool = False) -> None:
        """Take an answer; ``complete`` if there are no other services any more."""
        believed_until = self._clock() + self._fresh_seconds
        serves_until = believed_until + self._stale_seconds
        with self._lock:
            self.ever = self.ever or bool(hosts)
            if complete:
                self._places.clear()
            for service, host in hosts.items():
                self._places[service] = _Place(host, believed_until, serves_until)
            if complete:
                self._complete_until = believed_until

    def fresh(self, service: str) -> str | None:
        """Give the host if it is believed."""
        place, now = self._places.get(service), self._clock()
        return place.host if place is not None and now < place.believed_until else None

    def stale(self, service: str) -> str | None:
        """Give the host if it may serve for want of a better one."""
        place, now = self._places.get(service), self._clock()
        return place.host if place is not None and now < place.serves_until else None

    def is_absent(self, service: str) -> bool:
        """Tell whether all services are known, and this is none of them."""
        with self._lock:
            until = self._complete_until
            return (
                until is not None
                and self._clock() < until
                and service not in self._places
            )

    def prolong(self, service: str, seconds: float) -> None:
        """Believe an old host a little longer, though not beyond its bound."""
        with self._lock:
            place = self._places.get(service)
            if place is not None:
                until = min(self._clock() + seconds, place.serves_until)
                self._places[service] = _Place(place.host, until, place.serves_until)
