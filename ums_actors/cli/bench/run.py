"""One run: connect, warm up, count, close."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

import ums_actors as ums
from ums_actors.cli.bench.load import Load
from ums_actors.cli.bench.process import busy_seconds, resident_bytes
from ums_actors.cli.bench.report import Latency, Report
from ums_actors.emulator import password_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.cli.bench.display import Display
    from ums_actors.cli.bench.place import Place
    from ums_actors.cli.bench.settings import Settings

__all__ = ["run_bench"]

_OPEN: Final = 30.0
"""Seconds for each group of connections to become READY."""
_AT_ONCE: Final = 16
_CLOSE: Final = 20.0
_FRAME: Final = 0.1
"""Seconds between two looks at how far it is."""


def run_bench(settings: Settings, place: Place, display: Display) -> Report:
    """Measure; an interrupt (KeyboardInterrupt) leaves nothing behind either.

    Raises:
        UMSError: a connection could not be opened.
    """
    with contextlib.ExitStack() as stack:
        runtime = ums.Runtime()
        stack.callback(runtime.close)
        party = _Party(place, runtime)
        stack.callback(party.close)
        stack.callback(display.stop)
        began = time.perf_counter()
        party.join(settings.first, display)
        before = resident_bytes()
        party.join(settings.connections - settings.first, display)
        connecting = time.perf_counter() - began
        memory = _each(before, resident_bytes(), settings.connections - settings.first)
        load, used = _counted(settings, party.connections, place, display)
        display.stop()
    answered = load.took.count
    return Report(
        connections=settings.connections,
        in_flight=settings.in_flight,
        tls=place.tls,
        seconds=round(used.seconds, 3),
        requests=answered,
        failed=dict(load.failed),
        per_second=round(answered / used.seconds, 1),
        latency=Latency.of(load.took),
        processor=round(used.here / answered * 1e6, 1) if answered else None,
        memory=memory,
        connecting=round(connecting, 3),
        server_busy=None if used.there is None else round(used.there / used.seconds, 3),
    )


class _Party:
    """The connections, of one user each."""

    def __init__(self, place: Place, runtime: ums.Runtime) -> None:
        self._place = place
        self._runtime = runtime
        self._refs: list[ums.LoopRef[ums.BrandWebsocketConnection]] = []
        self.connections: list[ums.BrandConnectionProxy] = []

    def join(self, count: int, display: Display) -> None:
        """Open so many more, a few at a time; the first that cannot ends it."""
        wanted = len(self.connections) + count
        while len(self.connections) < wanted:
            few = range(min(_AT_ONCE, wanted - len(self.connections)))
            more = [self._start() for _ in few]
            opening = [each.open(timeout=_OPEN, fail_fast=True) for each in more]
            for future in opening:
                future.get(timeout=_OPEN + _FRAME)
            self.connections += more
            display.connected(len(self.connections))

    def close(self) -> None:
        """Close them and stop their actors."""
        for ended in [each.stop(block=False) for each in self._refs]:
            with contextlib.suppress(TimeoutError):
                ended.get(timeout=_CLOSE)

    def _start(self) -> ums.BrandConnectionProxy:
        place, user = self._place, f"bot{len(self._refs) + 1}"
        ref = ums.BrandWebsocketConnection.start(
            place.account,
            auth=ums.PasswordLogin(user, password_of(user)),
            csds=place.csds,
            ca_file=place.ca,
            create_default_subscription=False,
            runtime=self._runtime,
        )
        self._refs.append(ref)
        return ums.proxy_of(ref)


class _Used:
    """Time that goes by, and processor time that is used, here and there."""

    def __init__(self, place: Place) -> None:
        self._pid = place.pid
        self._began = self._now()
        self.seconds = self.here = 0.0
        self.there: float | None = None

    def stop(self) -> None:
        """Take what it has been until now."""
        then, now = self._began, self._now()
        self.seconds, self.here = now[0] - then[0], now[1] - then[1]
        if then[2] is not None and now[2] is not None:
            self.there = now[2] - then[2]

    def _now(self) -> tuple[float, float, float | None]:
        return time.perf_counter(), time.process_time(), busy_seconds(self._pid)


def _counted(
    settings: Settings,
    connections: list[ums.BrandConnectionProxy],
    place: Place,
    display: Display,
) -> tuple[Load, _Used]:
    """Load them, for a while uncounted, then counted."""
    load = Load(connections, settings.in_flight)
    load.begin()
    try:
        for _ in _ticks(settings.warm_up, load):
            display.warming()
        used = _Used(place)
        load.count(wanted=True)
        for elapsed in _ticks(settings.seconds, load):
            display.counting(elapsed, load.took.count)
        load.count(wanted=False)
        used.stop()
    finally:
        load.end(ums.Options().request_timeout + _FRAME)
    return load, used


def _ticks(seconds: float, load: Load) -> Iterator[float]:
    """Let so many seconds go by; fewer, if nothing is in flight any more."""
    began = time.perf_counter()
    while load.out and (elapsed := time.perf_counter() - began) < seconds:
        yield elapsed
        time.sleep(min(_FRAME, seconds - elapsed))


def _each(before: int | None, after: int | None, count: int) -> float | None:
    """Give the KiB by which memory grew for each of so many."""
    if before is None or after is None or not count:
        return None
    return round(max(0, after - before) / count / 1024, 1)
