"""A sliding window of futures: how a thread keeps many requests in flight."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from benchmarks.contestants.contestant import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["WINDOWS", "slide_window"]

WINDOWS = 4
"""Full windows that a slice has at least: else it would be all beginning and end."""


def slide_window(
    requests: Sequence[Callable[[], Any]], in_flight: int, seconds: float
) -> list[float]:
    """Wait for the oldest future, then make the next request; gives latencies.

    Args:
        requests: each makes one, of one connection, and gives its future.
        in_flight: futures that are open at any time, over all connections.
        seconds: how long, or for :data:`WINDOWS` windows if that takes longer; what
            is open then is still waited for.
    """
    clock, many = time.perf_counter, len(requests)
    latencies: list[float] = []
    window: deque[tuple[float, Any]] = deque()
    until, least = clock() + seconds, (WINDOWS - 1) * in_flight
    for number in range(in_flight):
        window.append((clock(), requests[number % many]()))
    number = in_flight
    while True:
        began, future = window.popleft()
        future.get(timeout=DEADLINE)
        now = clock()
        latencies.append(now - began)
        if now >= until and len(latencies) >= least:
            break
        window.append((now, requests[number % many]()))
        number += 1
    for began, future in window:
        future.get(timeout=DEADLINE)
        latencies.append(clock() - began)
    return latencies
