"""``ums_actors``: the whole supervised tree through its public actor surface."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

import ums_actors
from benchmarks.contestants.contestant import DEADLINE
from benchmarks.workload import ACCOUNT, BODY, REQUEST_TYPE, TOKEN, USER, check_answer

if TYPE_CHECKING:
    from benchmarks.workload import Target
    from ums_actors import BrandWebsocketConnection, LoopRef

__all__ = ["UMS"]

_REQUEST = {"type": REQUEST_TYPE, "body": BODY}


class UMS:
    """One driver thread with a sliding window of futures."""

    def __init__(self) -> None:
        self._ref: LoopRef[BrandWebsocketConnection] | None = None
        self._proxy: Any = None

    def connect(self, target: Target) -> None:
        """Start the tree and wait for READY."""
        self._ref = ref = ums_actors.BrandWebsocketConnection.start(
            account_id=ACCOUNT,
            auth=ums_actors.ReadyBearer(TOKEN, user_id=USER),
            domains={"facadeMsg": target.origin},
            create_default_subscription=False,
        )
        self._proxy = ref.proxy()
        self._proxy.open(timeout=DEADLINE, fail_fast=True).get(timeout=DEADLINE)
        check_answer(self._proxy.send(_REQUEST).get(timeout=DEADLINE))

    def run(self, requests: int, in_flight: int) -> list[float]:
        """Wait for the oldest future, then send the next request."""
        send, clock = self._proxy.send, time.perf_counter
        latencies: list[float] = []
        window: deque[tuple[float, Any]] = deque()
        for _ in range(min(in_flight, requests)):
            window.append((clock(), send(_REQUEST)))
        for _ in range(requests - len(window)):
            began, future = window.popleft()
            future.get(timeout=DEADLINE)
            latencies.append(clock() - began)
            window.append((clock(), send(_REQUEST)))
        for began, future in window:
            future.get(timeout=DEADLINE)
            latencies.append(clock() - began)
        return latencies

    def close(self) -> None:
        """Close and stop the connection's actor."""
        if self._ref is not None:
            self._ref.stop(block=True, timeout=DEADLINE)
