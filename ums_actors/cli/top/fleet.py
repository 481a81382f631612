"""All connections of a process, reading after reading: rates, totals, who is where."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.status.messages import Page, Process, Row

__all__ = ["Fleet", "Seen", "Series"]

SAMPLES: Final = 120
"""Readings that the curves show."""


class Seen(NamedTuple):
    """A connection as it was last read.

    Attributes:
        rate: requests that ended, a second; None at the first reading.
        failures: those of them that failed, a second.
        clock: when it was read, on the process's own clock.
    """

    row: Row
    rate: float | None
    failures: float | None
    clock: float


class Series:
    """Two curves of the last readings, those before the first among them, as zeros."""

    def __init__(self) -> None:
        nothing = [0.0] * SAMPLES
        self.rates: deque[float] = deque(nothing, maxlen=SAMPLES)
        self.latencies: deque[float] = deque(nothing, maxlen=SAMPLES)

    def add(self, rate: float | None, latency: float | None) -> None:
        """Go one reading on."""
        self.rates.append(rate or 0.0)
        self.latencies.append(latency or 0.0)


class Fleet:
    """What is known of a process.

    Attributes:
        process: which it is; None before the first reading.
        silent: its loop threads that did not answer the last reading; their connections
            are shown as they were.
        seen: its connections by id, in the order in which they began.
        curves: of all connections: requests a second, and the slowest p99.
    """

    def __init__(self) -> None:
        self.process: Process | None = None
        self.silent: int = 0
        self.seen: dict[str, Seen] = {}
        self.curves: Series = Series()

    def take(self, pages: Iterable[Page]) -> None:
        """Take a reading in, all of its pages."""
        now = dict[str, Seen]()
        self.silent = 0
        for page in pages:
            self._check_same(page.process)
            self.silent = max(self.silent, page.silent)
            for row in page.rows:
                now[row.id] = _read(row, page.clock, self.seen.get(row.id))
        if self.silent:  # who is not there is not read, or gone: nobody can tell
            kept = {**self.seen, **now}
            now = dict(sorted(kept.items(), key=_number))
        self.seen = now
        self.curves.add(self.rate, self.slowest)

    @property
    def rate(self) -> float:
        """Requests that ended, a second."""
        return sum(each.rate or 0.0 for each in self.seen.values())

    @property
    def slowest(self) -> float | None:
        """The highest p99 of all, seconds."""
        found = [each.row.p99 for each in self.seen.values()]
        return max((each for each in found if each is not None), default=None)

    def states(self) -> Counter[str]:
        """Count who is in which state."""
        return Counter(each.row.state for each in self.seen.values())

    def _check_same(self, process: Process) -> None:
        """Forget what another process's connections were, and keep the curves."""
        if self.process is not None and process.pid != self.process.pid:
            self.seen = {}
        self.process = process


def _number(item: tuple[str, Seen]) -> int:
    return item[1].row.number


def _read(row: Row, clock: float, last: Seen | None) -> Seen:
    if last is None or clock <= last.clock:
        return Seen(row, None, None, clock)
    passed = clock - last.clock
    return Seen(
        row,
        max(0, row.requests - last.row.requests) / passed,
        max(0, row.failed - last.row.failed) / passed,
        clock,
    )
