"""``ums_actors`` with a loop that is lent to the thread that waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import ums_actors
from benchmarks.contestants.ums import UMS

__all__ = ["UMSLends"]


class UMSLends(UMS):
    """As a program is whose worker threads wait; the main one would never borrow."""

    def __init__(self) -> None:
        super().__init__()
        self._lending = self.runtime = ums_actors.Runtime(lends=True)
        self._thread = ThreadPoolExecutor(1)

    def run(self, in_flight: int, seconds: float) -> list[float]:
        """Drive from a thread of its own."""
        return self._thread.submit(super().run, in_flight, seconds).result()

    def close(self) -> None:
        """Close the connections, then their runtime."""
        super().close()
        self._thread.shutdown()
        self._lending.close()
