"""An emulator in a process of its own."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import msgspec

from ums_actors.emulator.choices import DEFAULT_RING_TIMEOUT
from ums_actors.emulator.emulator import DEFAULT_ACCOUNT
from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.reading import read_as
from ums_actors.emulator.ready import Ready
from ums_actors.emulator.running import RunningEmulator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["EmulatorProcess"]

START_TIMEOUT: Final = 30.0
STOP_TIMEOUT: Final = 5.0
KEEP_TIMEOUT: Final = 30.0
"""Seconds to stop if the state is to be kept."""
_NOT_READY: Final = (
    "the emulator's process did not get ready; run python -m ums_actors.emulator by "
    "hand to see why"
)
_NOT_KEPT: Final = (
    "the emulator's process did not end in order, its state is lost; start it again"
)
_PACKAGE_PARENT: Final = str(Path(__file__).resolve().parents[2])


class EmulatorProcess(RunningEmulator):
    """Runs ``python -m ums_actors.emulator``; it ends when this process does.

    The settings are those of :class:`Emulator` that the command line has. To start
    takes at most 30 s. It is ended by SIGTERM, and by SIGKILL if it does not end.

    Attributes:
        pid: of the process; None unless it runs.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        ca_out: str | None = None,
        account: str = DEFAULT_ACCOUNT,
        users: int | Mapping[str, str] = 1,
        log: bool = True,
        ring_timeout: float = DEFAULT_RING_TIMEOUT,
        skills: Mapping[str, Iterable[str]] | None = None,
        survey: bool = False,
        state: str | None = None,
    ) -> None:
        super().__init__(state)
        words = ["--host", host, "--account", account]
        words += ["--tls"] if tls else []
        words += ["--ca-out", ca_out] if ca_out is not None else []
        words += [] if log else ["--no-log"]
        if isinstance(users, int):
            words += ["--users", str(users)]
        else:
            for name, password in users.items():
                words += ["--user", f"{name}:{password}"]
        words += ["--ring-timeout", str(ring_timeout)]
        words += ["--survey"] if survey else []
        for name, listed in (skills or {}).items():
            known = [listed] if isinstance(listed, str) else listed
            words += ["--skills", f"{name}={','.join(known)}"]
        self._command = [sys.executable, "-m", "ums_actors.emulator", *words]
        self._command.append("--exit-with-parent")
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process else None

    def _begin(self, state: str, port: int | None) -> Ready:
        paths = [_PACKAGE_PARENT, os.environ.get("PYTHONPATH", "")]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [
                *self._command,
                *("--port", str(self._port if port is None else port)),
                *("--state", state),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environ,
            start_new_session=True,  # Ctrl-C is for the parent to handle
        )
        line = self._first_line()
        try:
            return read_as(line, Ready)
        except (msgspec.MsgspecError, ValueError):
            raise EmulatorError(self._last_words(_NOT_READY)) from None

    def _end(self, *, keep: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.terminate()
            try:
                code = process.wait(KEEP_TIMEOUT if keep else STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                code = process.wait(STOP_TIMEOUT)
            if keep and code:
                raise EmulatorError(self._last_words(_NOT_KEPT))
        finally:
            for stream in (process.stdin, process.stdout, self._errors):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            self._errors = None

    def _first_line(self) -> bytes:
        process = self._process
        if process is None or process.stdout is None:
            return b""
        deadline = time.monotonic() + START_TIMEOUT
        line = b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not selector.select(max(deadline - time.monotonic(), 0)):
                    break
                part = os.read(process.stdout.fileno(), 65_536)
                if not part:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(STOP_TIMEOUT)
                    break
                line += part
        return line

    def _last_words(self, default: str) -> str:
        """Give why it went wrong, in the child's own last words if it has any."""
        said = ""
        if self._errors is not None:
            self._errors.seek(0)
            lines = self._errors.read().decode(errors="replace").strip().splitlines()
            said = lines[-1].removeprefix("error: ") if lines else ""
        return said or default
