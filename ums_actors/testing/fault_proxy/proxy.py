"""The proxy: a listener, a thread, and what is wrong with its connections."""

from __future__ import annotations

import asyncio
import contextlib
import random as _random
import socket
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias, get_args

from ums_actors.errors import LocalProtocolError
from ums_actors.testing.fault_proxy.connection import Connection
from ums_actors.testing.fault_proxy.pipe import End
from ums_actors.testing.fault_proxy.toxics import CUTS

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType

    from ums_actors.testing.fault_proxy.toxics import Toxic

__all__ = ["FaultProxy"]

Direction: TypeAlias = Literal["upstream", "downstream", "both"]
On: TypeAlias = Literal["present", "later", "all"]

BACKLOG: Final = 4_096
TIMEOUT: Final = 10.0
"""Seconds in which its own thread does what it is asked."""
_HOST: Final = "127.0.0.1"


class FaultProxy:
    """Passes TCP connections on to a port of loopback, as badly as it is told to.

    A context manager. Its methods may be called from any thread while it is open; when
    one has returned, what it asked for holds. Directions are ``upstream`` (what the
    client says), ``downstream`` (what the server says) or ``both``.

    Args:
        target_port: of the server on 127.0.0.1.
        random: source of jitter.

    Attributes:
        accepted: connections that came since the start.
        bytes: what was passed on since the start, by direction.
    """

    def __init__(
        self, target_port: int, *, random: _random.Random | None = None
    ) -> None:
        self._target = _HOST, target_port
        self._random = random or _random.Random()  # noqa: S311  (jitter, not secrets)
        self._later: list[tuple[Toxic, Direction]] = []
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._socket: socket.socket
        self._port = 0
        self._is_up = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._failures: list[BaseException] = []
        self.accepted: int = 0
        self.bytes: dict[str, int] = {"upstream": 0, "downstream": 0}

    # -- where it is, and what has passed

    @property
    def port(self) -> int:
        """Where it listens; the same for all its life."""
        return self._port

    @property
    def address(self) -> str:
        """``127.0.0.1:port``."""
        return f"{_HOST}:{self._port}"

    @property
    def connections(self) -> int:
        """How many there are now."""
        return len(self._connections)

    # -- what goes wrong

    def add(
        self, toxic: Toxic, *, direction: Direction = "both", on: On = "all"
    ) -> None:
        """Let something be wrong from now on.

        Of two of a kind the newer counts. Numbers of bytes are counted from here, for
        later connections from their start.

        Args:
            toxic: what.
            direction: in which direction.
            on: whether it strikes the connections that there are, later ones, or all.

        Raises:
            LocalProtocolError: no such direction, or no such ``on``.
        """
        _check("direction", direction, Direction)
        _check("on", on, On)
        self._call(self._add(toxic, direction, on))

    def clear(self) -> None:
        """Let nothing be wrong any more; what was held back passes at once."""
        self._call(self._clear())

    def reset(self) -> int:
        """Reset all present connections; give how many there were."""
        return int(self._call(self._end_all()))

    def down(self) -> None:
        """Refuse whoever connects, and reset those who are connected."""
        self._call(self._down())

    def up(self) -> None:
        """Accept again, on the same port."""
        self._call(self._up())

    async def _add(self, toxic: Toxic, direction: Direction, on: On) -> None:
        if on != "present":
            self._later.append((toxic, direction))
        if on == "later":
            return
        for connection in list(self._connections):
            for pipe in connection.pipes(direction):
                pipe.add(toxic)
            if isinstance(toxic, CUTS) and connection.is_ending:
                await connection.wait_closed()

    async def _clear(self) -> None:
        self._later.clear()
        for connection in self._connections:
            for pipe in connection.pipes("both"):
                pipe.clear()

    async def _end_all(self) -> int:
        ended = list(self._connections)
        for connection in ended:
            connection.end(End.RESET)
        for connection in ended:
            await connection.wait_closed()
        return len(ended)

    async def _down(self) -> None:
        if self._is_up:
            self._is_up = False
            listener, self._socket = self._socket, _bound(self._port)  # it stays ours
            asyncio.get_running_loop().remove_reader(listener)
            listener.close()
        await self._end_all()

    async def _up(self) -> None:
        if not self._is_up:
            self._is_up = True
            self._socket.listen(BACKLOG)
            loop = asyncio.get_running_loop()
            loop.add_reader(self._socket, self._accept, self._socket)

    # -- its life

    def __enter__(self) -> Self:
        if self._thread is not None:
            raise LocalProtocolError("a FaultProxy is opened once: make another one")
        self._socket = _bound(0)
        self._port = self._socket.getsockname()[1]
        started = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(started)),
            name="ums-fault-proxy",
            daemon=True,
        )
        self._thread.start()
        if not started.wait(TIMEOUT):
            raise TimeoutError("the fault proxy's thread does not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._thread is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(TIMEOUT)
        if self._failures and kind is None:
            raise self._failures[0]

    async def _serve(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        await self._up()
        started.set()
        await self._stop.wait()
        await self._down()
        await asyncio.gather(*self._connections.values(), return_exceptions=True)
        self._socket.close()

    def _accept(self, listener: socket.socket) -> None:
        try:
            client, _ = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # it has gone again
            return
        connection = Connection(client, self._random, self._count)
        for toxic, direction in self._later:
            for pipe in connection.pipes(direction):
                pipe.add(toxic)
        self.accepted += 1
        self._connections[connection] = task = asyncio.create_task(
            connection.run(self._target)
        )
        task.add_done_callback(partial(self._forget, connection))

    def _forget(self, connection: Connection, task: asyncio.Task[None]) -> None:
        self._connections.pop(connection, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failures.append(error)  # a fault of our own, for who closes it

    def _count(self, direction: str, size: int) -> None:
        self.bytes[direction] += size

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        if self._loop is None or self._loop.is_closed():
            work.close()
            raise LocalProtocolError("the FaultProxy is not open: use it in a with")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(TIMEOUT)


def _bound(port: int) -> socket.socket:
    """Give a socket that has a port, and on which nobody can connect yet."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.setblocking(False)
    made.bind((_HOST, port))
    return made


def _check(name: str, value: str, kind: Any) -> None:
    known = get_args(kind)
    if value not in known:
        raise LocalProtocolError(f"{name}={value!r} is none of {', '.join(known)}")
