"""An emulator that is started, stopped and restarted from here."""

from __future__ import annotations

import contextlib
import socket
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.remote import RemoteControls

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from ums_actors.emulator.ready import Ready

__all__ = ["RunningEmulator"]


class RunningEmulator(RemoteControls, ABC):
    """Starts and stops itself as a context manager.

    The calls of RemoteControls work from any thread once it is started; start, stop
    and restart are for one thread at a time.

    Args:
        state: directory in which its facts outlive :meth:`stop`; None has them outlive
            a :meth:`restart` only.
    """

    def __init__(self, state: str | None) -> None:
        self._state = state
        self._own_state: tempfile.TemporaryDirectory[str] | None = None
        self._known: Ready | None = None

    # -- what is known once it is ready

    @property
    def csds(self) -> str:
        """Bare ``host:port``."""
        return self._ready.csds

    @property
    def account(self) -> str:
        """The one account that exists."""
        return self._ready.account

    @property
    def tls(self) -> bool:
        """Whether it serves TLS."""
        return self._ready.tls

    @property
    def ca(self) -> str | None:
        """Path of the CA's file; None without TLS."""
        return self._ready.ca

    @property
    def control(self) -> str:
        """Base URL of the script's calls."""
        return self._ready.control

    @property
    def users(self) -> tuple[str, ...]:
        """Login names."""
        return self._ready.users

    @property
    def _ready(self) -> Ready:
        if self._known is None:
            raise EmulatorError("the emulator has not been started; call start() first")
        return self._known

    # -- its life

    def start(self) -> Self:
        """Start it and wait until it listens.

        Raises:
            EmulatorError: it cannot start; the text ends with what to do.
        """
        if self._state is None and self._own_state is None:
            self._own_state = tempfile.TemporaryDirectory(prefix="ums-emulator-")
        self._start(None)
        return self

    def stop(self) -> None:
        """Stop it; may be called twice.

        Raises:
            EmulatorError: it does not end, or its state could not be kept.
        """
        self._finish(keep=self._state is not None)

    def restart(self, down: float = 0.0) -> None:
        """Stop it, and start it again on its port, ``down`` seconds later.

        Conversations, people, working hours, live tokens and the CA are as before;
        sockets, agent states, faults, files, the log and all counts are not.

        Raises:
            EmulatorError: it does not come up again; it is stopped then.
        """
        host, _, port = self.csds.rpartition(":")
        with contextlib.ExitStack() as stack:
            try:
                self._end(keep=True)
                stack.enter_context(_reserved(host.strip("[]"), int(port)))
                time.sleep(down)
            except BaseException:
                self._finish(keep=False)
                raise
            self._start(int(port))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start(self, port: int | None) -> None:
        own = self._own_state
        try:
            self._known = self._begin(self._state or (own.name if own else ""), port)
        except BaseException:
            self._finish(keep=False)
            raise
        super().__init__(self._known.control, self._known.ca)

    def _finish(self, *, keep: bool) -> None:
        own, self._own_state = self._own_state, None
        try:
            self._end(keep=keep)
        finally:
            if own is not None:
                own.cleanup()

    @abstractmethod
    def _begin(self, state: str, port: int | None) -> Ready:
        """Start it with the state in a directory; None is the port of the settings."""

    @abstractmethod
    def _end(self, *, keep: bool) -> None:
        """End it if it runs; ``keep`` demands that its state is kept."""


@contextlib.contextmanager
def _reserved(host: str, port: int) -> Generator[None]:
    """See that nobody's connection goes out from a port on which nobody listens.

    Linux lets one bind beside it. Elsewhere one trusts to luck.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as holder:
        if sys.platform == "linux":
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):  # who has it now is told at the start
                holder.bind((host, port))
        yield
