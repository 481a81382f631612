"""Threads that block: each makes one request after another."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from benchmarks.contestants.contestant import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["drive_threads"]


def drive_threads(
    requests: Sequence[Callable[[], object]], threads: int, seconds: float
) -> list[float]:
    """Let so many threads share the functions for so long; gives the latencies.

    Raises:
        BaseException: what a thread's request raised, the first of them.
    """
    clock = time.perf_counter
    gathered: list[list[float]] = [[] for _ in range(threads)]
    failures: list[BaseException] = []
    until = clock() + seconds

    def work(number: int) -> None:
        request, add = requests[number % len(requests)], gathered[number].append
        try:
            began = clock()
            while began < until or not gathered[number]:
                request()
                ended = clock()
                add(ended - began)
                began = ended
        except BaseException as error:  # noqa: BLE001  (raised below)
            failures.append(error)

    working = [
        threading.Thread(target=work, args=(number,), daemon=True)
        for number in range(threads)
    ]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join(seconds + DEADLINE)
        if thread.is_alive():
            raise TimeoutError("a thread was not answered")
    if failures:
        raise failures[0]
    return [each for one in gathered for each in one]
