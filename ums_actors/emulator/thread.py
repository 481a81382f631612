"""An emulator on a thread of its own in this process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, Self

from ums_actors.emulator.emulator import Emulator
from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.remote import RemoteControls

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

__all__ = ["EmulatorThread", "running_emulator"]

START_TIMEOUT: Final = 10.0
STOP_TIMEOUT: Final = 10.0


class EmulatorThread(RemoteControls):
    """Runs an :class:`Emulator` on its own loop and thread.

    Takes the settings of :class:`Emulator`. The calls of RemoteControls work from any
    thread once it is started; as a context manager it starts and stops itself.
    """

    def __init__(self, **settings: Any) -> None:
        self.emulator = Emulator(**settings)
        self._ready: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(
            target=self._run, name="ums-emulator", daemon=True
        )

    @property
    def csds(self) -> str:
        """Bare ``host:port``."""
        return self.emulator.csds

    @property
    def account(self) -> str:
        """The one account that exists."""
        return self.emulator.account

    @property
    def tls(self) -> bool:
        """Whether it serves TLS."""
        return self.emulator.tls

    @property
    def ca(self) -> str | None:
        """Path of the CA's file; None without TLS."""
        return self.emulator.ca

    @property
    def control(self) -> str:
        """Base URL of the script's calls."""
        return self.emulator.control

    @property
    def users(self) -> tuple[str, ...]:
        """Login names."""
        return self.emulator.users

    def start(self) -> Self:
        """Start it and wait until it listens, at most 10 s.

        Raises:
            EmulatorError: it cannot start; the text ends with what to do.
        """
        self._thread.start()
        try:
            self._ready.result(START_TIMEOUT)
        except BaseException:
            self.stop()
            raise
        super().__init__(self.control, self.ca)
        return self

    def stop(self) -> None:
        """Stop it and join its thread, at most 10 s; may be called twice.

        Raises:
            EmulatorError: the thread does not end.
        """
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_TIMEOUT)
        if self._thread.is_alive():
            raise EmulatorError(
                "the emulator's thread does not end; look for a call that blocks it"
            )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(error)
            else:
                raise

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with self.emulator:
            self._ready.set_result(None)
            await self._stop.wait()
        await _abort_leftovers(self._loop)


async def _abort_leftovers(loop: asyncio.AbstractEventLoop) -> None:
    """Abort the connections that nobody else ends any more; the loop is ours alone.

    They were accepted while the server stopped, or wait for a peer to take their last
    bytes.
    """
    for _ in range(3):
        for transport in list(getattr(loop, "_transports", {}).values()):
            if transport.get_extra_info("peername"):
                transport.abort()
        await asyncio.sleep(0)


@contextlib.contextmanager
def running_emulator(**settings: Any) -> Generator[EmulatorThread]:
    """Run an emulator on its own thread for the length of a ``with`` block."""
    with EmulatorThread(**settings) as emulator:
        yield emulator
