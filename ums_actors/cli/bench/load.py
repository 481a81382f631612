"""The requests: so many of each connection in flight, all the time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ums_actors.cli.bench.histogram import Histogram

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ums_actors as ums

__all__ = ["Load"]

_REQUEST: Final[dict[str, Any]] = {"type": ".GetClock", "body": {}}


class Load:
    """Asks, and asks again when an answer is there, as long as it runs.

    Each answer's callback makes the next request, so that nobody has to wake up in
    between. A request that fails is the last one of its place: what is broken is told,
    not tried on.

    Attributes:
        took: how long the answers took that count.
        failed: how many requests failed, by the name of the error.
    """

    def __init__(
        self, connections: Sequence[ums.BrandConnectionProxy], in_flight: int
    ) -> None:
        self._places = [each for each in connections for _ in range(in_flight)]
        self._out = 0
        self._goes_on = True
        self._counts = False
        self._home = threading.Event()
        self.took: Histogram = Histogram()
        self.failed: Counter[str] = Counter()

    @property
    def out(self) -> bool:
        """Whether a request is in flight."""
        return not self._home.is_set()

    def begin(self) -> None:
        """Make the first requests; their connections have one loop between them."""
        self._out = len(self._places)
        for connection in self._places:
            self._ask(connection)

    def count(self, *, wanted: bool) -> None:
        """Count the answers from now on, or no more."""
        self._counts = wanted

    def end(self, timeout: float) -> bool:
        """Make no more; tell whether all have been answered in so many seconds."""
        self._goes_on = False
        return self._home.wait(timeout)

    def _ask(self, connection: ums.BrandConnectionProxy) -> None:
        counts, began = self._counts, time.perf_counter()
        asked = connection.send(_REQUEST)
        asked.add_done_callback(partial(self._answered, connection, counts, began))

    def _answered(
        self,
        connection: ums.BrandConnectionProxy,
        counts: bool,
        began: float,
        answer: ums.LoopFuture[object],
    ) -> None:
        """Take an answer; on the loop's thread, as long as the line is up."""
        now = time.perf_counter()
        error = answer.exception()
        if error is not None:
            self.failed[type(error).__name__] += 1
        else:
            if counts and self._counts:
                self.took.add(now - began)
            if self._goes_on:
                self._ask(connection)
                return
        self._out -= 1
        if not self._out:
            self._home.set()
