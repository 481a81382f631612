"""The calls of one generation: which may go, and in which order."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from ums_actors.actors.rest.flight import Flight, Stage
from ums_actors.core.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ums_actors.http.kept import Kept

__all__ = ["RestLine"]


class RestLine:
    """What there is in place of a socket; loop thread only.

    Calls about one conversation go one after the other, in the order in which they
    were asked for, as they would on a socket; others beside them, as many as there is
    room for.

    Args:
        limit: calls that are made at the same time.
        kept: the lines that they go on.
        wake: has the carrier look who may go.
    """

    __slots__ = ("_flights", "_lanes", "_limit", "_ready", "_running", "_wake", "kept")

    def __init__(self, limit: int, kept: Kept, wake: Callable[[], object]) -> None:
        self.kept: Kept = kept
        self._limit = limit
        self._wake = wake
        self._flights: dict[str, Flight] = {}
        self._lanes: Lanes[Flight] = Lanes()
        self._ready: deque[Flight] = deque()
        self._running = 0

    def __len__(self) -> int:
        return len(self._flights)

    def add(self, flight: Flight) -> None:
        """Let a call wait for its turn."""
        self._flights[flight.request_id] = flight
        if self._lanes.add(flight.lane, flight):
            self._ready.append(flight)

    def due(self) -> Iterator[Flight]:
        """Give those that may go now; they run from then on."""
        while self._ready and self._running < self._limit:
            flight = self._ready.popleft()
            if flight.withdrawn:
                self._pass(flight)
                continue
            flight.stage = Stage.RUNNING
            self._running += 1
            yield flight

    def rest(self, flight: Flight) -> None:
        """Let one that runs keep its place without running: it is to go again."""
        self._running -= 1
        flight.stage = Stage.RESTING

    def again(self, flight: Flight) -> None:
        """Let one that rests go again, before all others, unless it was withdrawn."""
        if flight.stage is Stage.RESTING:
            flight.stage = Stage.WAITING
            self._ready.appendleft(flight)

    def done(self, flight: Flight) -> None:
        """Let one go that has run."""
        self._running -= 1
        self._flights.pop(flight.request_id, None)
        self._pass(flight)

    def _pass(self, flight: Flight) -> None:
        following = self._lanes.done(flight.lane)
        if following is not None:
            self._ready.append(following)

    # -- as a line

    def withdraw(self, request_id: str) -> bool:
        """Take a request back; tells whether no byte of it has gone.

        One that runs ends at once, and its turn is over when its worker says so.
        """
        flight = self._flights.pop(request_id, None)
        if flight is None:
            return True  # not taken yet: it is not in the table any more either
        unsent = flight.withdraw()
        if flight.stage is Stage.RESTING:
            flight.stage = Stage.WAITING
            self._pass(flight)
            self._wake()
        return unsent

    def unsent(self) -> list[str]:
        """Give the ids of those of which no byte has gone, and let none go any more."""
        return [each for each, flight in self._flights.items() if flight.withdraw()]

    @staticmethod
    def fileno() -> int:
        """Give -1: its sockets are the workers'."""
        return -1

    def shutdown(self) -> None:
        """End all calls at once, and their lines."""
        for flight in self._flights.values():
            flight.withdraw()
        self.kept.close()
