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
from typing import IO, TYPE_CHECKING, Final, Self

import msgspec

from ums_actors.emulator.choices import DEFAULT_RING_TIMEOUT
from ums_actors.emulator.emulator import DEFAULT_ACCOUNT
from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.remote import RemoteControls

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

__all__ = ["EmulatorProcess"]

START_TIMEOUT: Final = 30.0
STOP_TIMEOUT: Final = 5.0
_PACKAGE_PARENT: Final = str(Path(__file__).resolve().parents[2])


class _Ready(msgspec.Struct):
    csds: str
    account: str
    tls: bool
    ca: str | None
    control: str
    users: tuple[str, ...]


class EmulatorProcess(RemoteControls):
    """Runs ``python -m ums_actors.emulator``; it ends when this process does.

    The calls of RemoteControls work from any thread once it is started; as a context
    manager it starts and stops itself. The settings are those of :class:`Emulator`
    that the command line has.

    Attributes:
        csds: bare ``host:port``.
        account: the one account that exists.
        tls: whether it serves TLS.
        ca: path of the CA's file; None without TLS.
        control: base URL of the script's calls.
        users: login names.
        pid: of the process; None unless it runs.
    """

    csds: str
    account: str
    tls: bool
    ca: str | None
    control: str
    users: tuple[str, ...]

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
    ) -> None:
        words = ["--host", host, "--port", str(port), "--account", account]
        words += ["--tls"] if tls else []
        words += ["--ca-out", ca_out] if ca_out is not None else []
        words += [] if log else ["--no-log"]
        if isinstance(users, int):
            words += ["--users", str(users)]
        else:
            for name, password in users.items():
                words += ["--user", f"{name}:{password}"]
        words += ["--ring-timeout", str(ring_timeout)]
        for name, listed in (skills or {}).items():
            known = [listed] if isinstance(listed, str) else listed
            words += ["--skills", f"{name}={','.join(known)}"]
        self._command = [sys.executable, "-m", "ums_actors.emulator", *words]
        self._command.append("--exit-with-parent")
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> Self:
        """Start it and wait for its ready line, at most 30 s.

        Raises:
            EmulatorError: it cannot start; the text ends with what to do.
        """
        paths = [_PACKAGE_PARENT, os.environ.get("PYTHONPATH", "")]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environ,
            start_new_session=True,  # Ctrl-C is for the parent to handle
        )
        try:
            ready = self._ready()
        except BaseException:
            self.stop()
            raise
        for name in ready.__struct_fields__:
            setattr(self, name, getattr(ready, name))
        super().__init__(ready.control, ready.ca)
        return self

    def stop(self) -> None:
        """End it by SIGTERM, after 5 s by SIGKILL; may be called twice."""
        process, self._process = self._process, None
        errors, self._errors = self._errors, None
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_TIMEOUT)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
        if errors is not None:
            errors.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _ready(self) -> _Ready:
        line = self._first_line()
        try:
            return msgspec.json.decode(line, type=_Ready)
        except ValueError:
            raise EmulatorError(self._failure()) from None

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

    def _failure(self) -> str:
        """Say why there was no ready line, in the child's own last words."""
        said = ""
        if self._errors is not None:
            self._errors.seek(0)
            lines = self._errors.read().decode(errors="replace").strip().splitlines()
            said = lines[-1].removeprefix("error: ") if lines else ""
        way_out = "run python -m ums_actors.emulator by hand to see why"
        return said or f"the emulator's process did not get ready; {way_out}"
