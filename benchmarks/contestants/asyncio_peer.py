"""What all peers on asyncio have in common: lines, a window of coroutines, a bridge."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from benchmarks.contestants.contestant import DEADLINE
from benchmarks.contestants.threads import drive_threads
from benchmarks.contestants.window import WINDOWS
from benchmarks.workload import CLOCK, CUT, FLOOD, check_answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence

    from benchmarks.workload import Target

__all__ = ["AsyncLine", "AsyncPeer", "run_window"]

_AT_ONCE = 32
"""Connections that are opened at the same time."""


class AsyncLine(ABC):
    """One connection: a dict of futures, resolved as answers come."""

    def __init__(self) -> None:
        self.pending: dict[str, asyncio.Future[Any]] = {}
        self.ids = itertools.count()

    @abstractmethod
    async def open(self, target: Target) -> None:
        """Connect."""

    @abstractmethod
    async def request(self) -> Any:
        """Make the measured request; gives the answer's body."""

    @abstractmethod
    def send_other(self, ident: str, kind: str, body: Any) -> Awaitable[object]:
        """Send another request."""

    @abstractmethod
    async def ended(self) -> None:
        """Wait until the peer has ended it."""

    @abstractmethod
    async def close(self) -> None:
        """Close it in good order."""

    async def ask(self, kind: str, body: Any) -> Any:
        """Make another request; gives the answer's body."""
        ident = f"o{next(self.ids)}"
        future = asyncio.get_running_loop().create_future()
        self.pending[ident] = future
        await self.send_other(ident, kind, body)
        return await asyncio.wait_for(future, DEADLINE)


L = TypeVar("L", bound=AsyncLine)


class AsyncPeer(Generic[L]):
    """A peer on asyncio; subclasses say what a line is."""

    loop_factory: ClassVar[Any] = None
    """Makes the loop, if not asyncio's own: a function, which is not to be bound."""
    make_line: Callable[[], L]

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=type(self).loop_factory)
        self._target: Target
        self.lines: list[L] = []

    def connect(self, target: Target, connections: int) -> None:
        """Open so many more lines; see one answer."""
        self._target = target
        self._runner.run(self._connect(connections))

    def run(self, in_flight: int, seconds: float) -> list[float]:
        """Run a window of coroutines."""
        requests = [line.request for line in self.lines]
        return self._runner.run(run_window(requests, in_flight, seconds))

    def run_threads(self, threads: int, seconds: float) -> list[float]:
        """Run the loop in a thread, as programs do whose own threads block."""
        loop = self._runner.get_loop()
        stop = asyncio.Event()
        beside = threading.Thread(target=loop.run_until_complete, args=(stop.wait(),))

        def through(request: Callable[[], Coroutine[Any, Any, object]]) -> object:
            return asyncio.run_coroutine_threadsafe(request(), loop).result(DEADLINE)

        beside.start()
        try:
            return drive_threads(
                [partial(through, line.request) for line in self.lines],
                threads,
                seconds,
            )
        finally:
            loop.call_soon_threadsafe(stop.set)
            beside.join(DEADLINE)

    def hear(self, frames: int, size: int) -> None:
        """Ask for a flood, whose answer comes last."""
        flood = self.lines[0].ask(FLOOD, {"frames": frames, "size": size})
        self._runner.run(flood)

    def recover(self, code: int, *, every: bool) -> list[float]:
        """Connect again as soon as the end is seen."""
        return self._runner.run(self._recover(code, every=every))

    def close(self) -> None:
        """Close the lines and the loop."""
        if self.lines:
            self._runner.run(self._close())
        self._runner.close()

    async def begin(self) -> None:
        """Make what all lines share; called before lines are opened."""

    async def end(self) -> None:
        """Give it back."""

    async def _connect(self, connections: int) -> None:
        await self.begin()
        for start in range(0, connections, _AT_ONCE):
            more = [self.make_line() for _ in range(min(_AT_ONCE, connections - start))]
            await asyncio.gather(*map(self._open, more))
            self.lines += more
        check_answer(await asyncio.wait_for(self.lines[0].request(), DEADLINE))

    async def _open(self, line: L) -> None:
        await asyncio.wait_for(line.open(self._target), DEADLINE)

    async def _recover(self, code: int, *, every: bool) -> list[float]:
        concerned = self.lines if every else self.lines[:1]
        back: list[float] = []
        fresh = [self.make_line() for _ in concerned]
        gate = asyncio.Semaphore(_AT_ONCE)

        async def come_back(old: L, new: L) -> None:
            await asyncio.wait_for(old.ended(), DEADLINE)
            async with gate:
                await self._open(new)
            back.append(time.monotonic())

        returning = asyncio.gather(*map(come_back, concerned, fresh))
        await self.lines[0].send_other("cut", CUT, {"code": code, "all": every})
        await returning
        self.lines[: len(fresh)] = fresh
        cut: float = (await fresh[0].ask(CLOCK, {}))["cut"]
        return [each - cut for each in back]

    async def _close(self) -> None:
        for start in range(0, len(self.lines), _AT_ONCE):
            some = self.lines[start : start + _AT_ONCE]
            closing = asyncio.gather(*(line.close() for line in some))
            await asyncio.wait_for(closing, DEADLINE)
        await self.end()


async def run_window(
    requests: Sequence[Callable[[], Awaitable[object]]], in_flight: int, seconds: float
) -> list[float]:
    """Let ``in_flight`` coroutines share the lines; gives latencies in seconds.

    It goes on for so long, or for as many windows as all have at least.
    """
    latencies: list[float] = []
    clock = time.perf_counter
    until, least = clock() + seconds, (WINDOWS - 1) * in_flight

    async def one(request: Callable[[], Awaitable[object]]) -> None:
        began = clock()
        while True:
            await request()
            ended = clock()
            latencies.append(ended - began)
            if ended >= until and len(latencies) > least:
                return
            began = ended

    await asyncio.gather(*(one(requests[i % len(requests)]) for i in range(in_flight)))
    return latencies
