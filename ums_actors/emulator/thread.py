"""An emulator on a thread of its own in this process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.emulator import Emulator
from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.ready import Ready
from ums_actors.emulator.running import RunningEmulator

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["EmulatorThread", "running_emulator"]

START_TIMEOUT: Final = 10.0
STOP_TIMEOUT: Final = 10.0


class EmulatorThread(RunningEmulator):
    """Runs an :class:`Emulator` on its own loop and thread.

    Takes the settings of :class:`Emulator`. To start and to stop take at most 10 s.

    Attributes:
        emulator: what runs; a restart makes another. Only its own loop may touch it.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(settings.pop("state", None))
        self._settings = settings
        self.emulator: Emulator = Emulator(**settings)
        self._run: _Run | None = None

    def _begin(self, state: str, port: int | None) -> Ready:
        if port is not None:
            self._settings["port"] = port
            self.emulator = Emulator(**self._settings)
        self.emulator.keep_in(state)
        self._run = _Run(self.emulator)
        self._run.start()
        return Ready.of(self.emulator)

    def _end(self, *, keep: bool) -> None:
        run, self._run = self._run, None
        if run is not None:
            if not keep:
                self.emulator.keep_in(None)
            run.stop()


class _Run:
    """One life of a thread, from an emulator's start to its stop."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._started: Future[None] = Future()
        self._ended: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(
            target=self._work, name="ums-emulator", daemon=True
        )

    def start(self) -> None:
        """Start it and wait until it listens; raise what kept it from that."""
        self._thread.start()
        self._started.result(START_TIMEOUT)

    def stop(self) -> None:
        """Stop it and join its thread; raise what it ended with."""
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_TIMEOUT)
        if self._thread.is_alive():
            raise EmulatorError(
                "the emulator's thread does not end; look for a call that blocks it"
            )
        if self._started.exception(0) is None:
            self._ended.result(0)

    def _work(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            which = self._ended if self._started.done() else self._started
            which.set_exception(error)
        else:
            self._ended.set_result(None)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with self._emulator:
                self._started.set_result(None)
                await self._stop.wait()
        finally:
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
