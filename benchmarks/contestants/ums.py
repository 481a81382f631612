"""``ums_actors``: the whole supervised tree through its public actor surface."""

from __future__ import annotations

import contextlib
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import ums_actors
from benchmarks.contestants.contestant import DEADLINE
from benchmarks.contestants.threads import drive_threads
from benchmarks.contestants.window import slide_window
from benchmarks.workload import (
    ACCOUNT,
    BODY,
    CLOCK,
    CUT,
    FLOOD,
    NOTIFICATION_TYPE,
    REQUEST_TYPE,
    TOKEN,
    check_answer,
)
from ums_actors import NotificationReceived, StateChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.workload import Target
    from ums_actors import BrandWebsocketConnection, LoopRef

__all__ = ["UMS", "UMSHeard", "UMSReturning"]

_REQUEST = {"type": REQUEST_TYPE, "body": BODY}
_AT_ONCE = 64
"""Connections that are opened at the same time."""
_NO_BACKOFF = ums_actors.Options(backoff_base=1e-6, stable_after=1e-6)


class _Seat(NamedTuple):
    ref: LoopRef[BrandWebsocketConnection]
    proxy: Any


class UMS:
    """One driver thread with a sliding window of futures."""

    options: ums_actors.Options | None = None
    runtime: ums_actors.Runtime | None = None

    def __init__(self) -> None:
        self._seats: list[_Seat] = []

    def connect(self, target: Target, connections: int) -> None:
        """Start the trees and wait for READY."""
        for start in range(0, connections, _AT_ONCE):
            count = min(_AT_ONCE, connections - start)
            more = [self._seat(target, len(self._seats) + n) for n in range(count)]
            opening = [
                seat.proxy.open(timeout=DEADLINE, fail_fast=True) for seat in more
            ]
            for opened in opening:
                opened.get(timeout=DEADLINE)
            self._seats += more
        check_answer(self._ask(_REQUEST))

    def run(self, in_flight: int, seconds: float) -> list[float]:
        """Wait for the oldest future, then send the next request."""
        return slide_window(self._requests(), in_flight, seconds)

    def run_threads(self, threads: int, seconds: float) -> list[float]:
        """Send and wait, as the blocking façade does."""
        lines = [
            ums_actors.Connection(seat.ref, seat.proxy, DEADLINE)
            for seat in self._seats
        ]
        return drive_threads(
            [partial(line.send, _REQUEST) for line in lines], threads, seconds
        )

    def hear(self, frames: int, size: int) -> None:
        """Ask for a flood, whose answer comes last."""
        self._ask({"type": FLOOD, "body": {"frames": frames, "size": size}})

    def recover(self, code: int, *, every: bool) -> list[float]:
        """Wait until the states say READY again."""
        concerned = self._seats if every else self._seats[:1]
        ready, back = threading.Event(), list[float]()

        def hear(event: StateChanged) -> None:
            if event.state == ums_actors.State.READY:
                back.append(event.at)
                if len(back) == len(concerned):
                    ready.set()

        names = [
            seat.proxy.subscribe(hear, StateChanged).get(timeout=DEADLINE)
            for seat in concerned
        ]
        cut = {"type": CUT, "body": {"code": code, "all": every}}
        with contextlib.suppress(ums_actors.ConnectionLost):
            self._ask(cut)
        if not ready.wait(DEADLINE):
            raise TimeoutError(f"{len(back)} of {len(concerned)} lines came back")
        for seat, name in zip(concerned, names, strict=True):
            seat.proxy.unsubscribe(name).get(timeout=DEADLINE)
        at = self._ask({"type": CLOCK, "body": {}})["cut"]
        return [each - at for each in back]

    def close(self) -> None:
        """Close and stop the connections' actors."""
        for start in range(0, len(self._seats), _AT_ONCE):
            some = self._seats[start : start + _AT_ONCE]
            for ended in [seat.ref.stop(block=False) for seat in some]:
                ended.get(timeout=DEADLINE)

    def _seat(self, target: Target, number: int) -> _Seat:
        ref = ums_actors.BrandWebsocketConnection.start(
            account_id=ACCOUNT,
            auth=ums_actors.ReadyBearer(TOKEN, user_id=str(number + 1)),
            domains={"facadeMsg": target.origin},
            create_default_subscription=False,
            options=self.options,
            ssl_context=target.tls,
            runtime=self.runtime,
        )
        return _Seat(ref, ref.proxy())

    def _requests(self) -> list[Callable[[], Any]]:
        return [partial(seat.proxy.send, _REQUEST) for seat in self._seats]

    def _ask(self, request: dict[str, Any]) -> Any:
        return self._seats[0].proxy.send(request).get(timeout=DEADLINE)


class UMSReturning(UMS):
    """Comes back at once, so that what is measured is no chosen pause."""

    options = _NO_BACKOFF


class UMSHeard(UMS):
    """Each notification is told to a callback, on its worker thread."""

    def __init__(self) -> None:
        super().__init__()
        self._count = self._wanted = 0
        self._all = threading.Event()

    def connect(self, target: Target, connections: int) -> None:
        """Subscribe to what nobody else knows."""
        super().connect(target, connections)
        proxy = self._seats[0].proxy
        proxy.subscribe(self._hear, NotificationReceived).get(timeout=DEADLINE)

    def hear(self, frames: int, size: int) -> None:
        """Wait until the callback has been told of all."""
        self._all.clear()
        self._wanted = self._count + frames
        super().hear(frames, size)
        if not self._all.wait(DEADLINE):
            raise TimeoutError(f"{self._wanted - self._count} were not told")

    def _hear(self, event: NotificationReceived) -> None:
        if event.type == NOTIFICATION_TYPE:
            self._count += 1
            if self._count == self._wanted:
                self._all.set()
