"""One direction of one connection: reads, waits as it was told, writes."""

from __future__ import annotations

import asyncio
import enum
import socket
from typing import TYPE_CHECKING, Final, TypeVar

from ums_actors.testing.fault_proxy.toxics import (
    CUTS,
    Bandwidth,
    BlackHole,
    HalfClose,
    Latency,
    LimitData,
    ResetPeer,
    Slicer,
    SlowClose,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from ums_actors.testing.fault_proxy.toxics import Toxic

__all__ = ["End", "Pipe"]

CHUNK: Final = 65_536
"""Bytes that are read at once."""
WAITING: Final = 64
"""Chunks that may be under way in one direction; then the reader waits."""
SMOOTHNESS: Final = 50
"""Pieces a second in which a narrow line passes its bytes."""

_T = TypeVar("_T")


class End(enum.Enum):
    """How a direction, or the whole connection, ends."""

    FIN = "end of stream"
    RESET = "reset"


class Pipe:
    """Carries bytes from a source to a target; on the proxy's loop only.

    Args:
        random: source of jitter.
        count: is told of bytes that were written.
        end: ends the whole connection.

    Attributes:
        other: the opposite direction.
    """

    def __init__(
        self,
        random: Random,
        count: Callable[[int], None],
        end: Callable[[End], None],
    ) -> None:
        self.other: Pipe = self
        self._random = random
        self._count = count
        self._end = end
        self._toxics: list[Toxic] = []
        self._cuts: dict[ResetPeer | LimitData | HalfClose, int] = {}
        self._passable = asyncio.Event()
        self._passable.set()
        self._changed = asyncio.Event()
        self._way: asyncio.Queue[tuple[float, bytes | End]] = asyncio.Queue(WAITING)
        self._last_due = self._pardoned = 0.0
        self._swallows = False
        self._target: socket.socket | None = None

    # -- toxics

    def add(self, toxic: Toxic) -> None:
        """Let something be wrong from now on; the newest of a kind counts."""
        if isinstance(toxic, CUTS):
            self._cuts[toxic] = toxic.after
            self._strike()
            return
        self._toxics = [each for each in self._toxics if type(each) is not type(toxic)]
        self._toxics.append(toxic)
        self._stir()

    def clear(self) -> None:
        """Let nothing be wrong any more; what was cut stays cut."""
        self._toxics.clear()
        self._cuts.clear()
        self._pardoned = self._last_due  # what is under way is late no more
        self._last_due = 0.0
        self._stir()

    async def wait_passable(self) -> None:
        """Wait while it is a black hole."""
        await self._passable.wait()

    def _stir(self) -> None:
        if self._find(BlackHole) is None:
            self._passable.set()
        else:
            self._passable.clear()
        self._changed.set()  # whoever sleeps looks again
        self._changed.clear()

    def _find(self, kind: type[_T]) -> _T | None:
        return next((it for it in self._toxics if isinstance(it, kind)), None)

    # -- carrying

    async def read(self, source: socket.socket) -> None:
        """Take what comes until the source ends."""
        loop = asyncio.get_running_loop()
        what: bytes | End
        while True:
            await self._passable.wait()
            try:
                what = await loop.sock_recv(source, CHUNK) or End.FIN
            except OSError:
                what = End.RESET
            await self._way.put((self._due(loop.time()), what))
            if isinstance(what, End):
                return

    async def write(self, target: socket.socket) -> None:
        """Pass on what was taken, until its end."""
        self._target = target
        self._strike()
        while True:
            due, what = await self._way.get()
            if due > self._pardoned:
                await self._wait_until(due)
            await self._passable.wait()
            if what is End.RESET:
                self._end(End.RESET)
                return
            if isinstance(what, End):
                await self._pause(getattr(self._find(SlowClose), "delay", 0.0))
                await self._passable.wait()
                self._shut()
                return
            await self._pass_on(target, what)

    def _due(self, now: float) -> float:
        latency = self._find(Latency)
        if latency is not None:
            spread = self._random.uniform(-latency.jitter, latency.jitter)
            now += max(0.0, latency.seconds + spread)
        self._last_due = max(now, self._last_due)
        return self._last_due

    async def _pass_on(self, target: socket.socket, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        rest = memoryview(data)
        while rest and not self._swallows:
            await self._passable.wait()
            piece = rest[: self._room()]
            try:
                await loop.sock_sendall(target, piece)
            except OSError:  # as seen from here the target is gone: so told backwards
                self._swallows = True
                await self.other._way.put((loop.time(), End.RESET))
                return
            rest = rest[len(piece) :]
            self._count(len(piece))
            self._draw_near(len(piece))
            await self._pause(self._rest_after(len(piece)))

    def _room(self) -> int:
        """Give how many bytes may be written at once: 1 or more."""
        sizes = [CHUNK, *self._cuts.values()]
        if (slicer := self._find(Slicer)) is not None:
            sizes.append(slicer.size)
        if (narrow := self._find(Bandwidth)) is not None:
            sizes.append(max(1, narrow.rate // SMOOTHNESS))
        return min(sizes)

    def _rest_after(self, size: int) -> float:
        slicer, narrow = self._find(Slicer), self._find(Bandwidth)
        return (slicer.delay if slicer else 0.0) + (size / narrow.rate if narrow else 0)

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            await self._wait_until(asyncio.get_running_loop().time() + seconds)

    async def _wait_until(self, due: float) -> None:
        """Wait, unless the toxics change: a network that is well is well at once."""
        left = due - asyncio.get_running_loop().time()
        if left > 0:
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                return

    # -- cutting

    def _draw_near(self, size: int) -> None:
        for cut in self._cuts:
            self._cuts[cut] -= size
        self._strike()

    def _strike(self) -> None:
        """Carry out the cuts whose byte has come."""
        if self._target is None:
            return
        for cut, left in list(self._cuts.items()):
            if left > 0:
                continue
            del self._cuts[cut]
            self._swallows = True
            match cut:
                case HalfClose():
                    self._shut()
                case ResetPeer():
                    self._end(End.RESET)
                case LimitData():
                    self._end(End.FIN)

    def _shut(self) -> None:
        if self._target is not None:
            try:
                self._target.shutdown(socket.SHUT_WR)
            except OSError:  # it is gone, which the other direction finds out
                return
