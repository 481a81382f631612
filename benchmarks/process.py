"""A child process that speaks JSON lines; nothing waits for it without a deadline."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

__all__ = ["ChildFailed", "LineProcess"]

_ROOT = Path(__file__).resolve().parent.parent
_STOP_TIMEOUT = 5.0  # seconds for a child to end by itself
_SHOWN = 600  # characters of what a failed child wrote last


class ChildFailed(Exception):  # it says what failed
    """A child ended, answered an error, or did not answer in time."""


class LineProcess:
    """``python -m MODULE …`` as a context manager; always ended on exit."""

    def __init__(self, module: str, *arguments: str) -> None:
        name = " ".join([module.rpartition(".")[2], *arguments])
        self._begin(name, ["-m", module, *arguments])

    @classmethod
    def of(cls, name: str, command: Sequence[str]) -> Self:
        """Make one of another command; one that begins with an option is Python's."""
        made = cls.__new__(cls)
        made._begin(name, command)
        return made

    def _begin(self, name: str, command: Sequence[str]) -> None:
        self._name = name
        self._errors = tempfile.TemporaryFile()  # closed in __exit__  # noqa: SIM115
        python = [sys.executable] if command[0].startswith("-") else []
        self._process = subprocess.Popen(
            [*python, *command],
            cwd=_ROOT,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process = self._process
        with suppress(BrokenPipeError):  # it is gone already
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(0.0 if kind else _STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        self._errors.close()

    def tell(self, command: Mapping[str, object]) -> None:
        """Write one command.

        Raises:
            ChildFailed: the child is gone.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(command).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._failed("ended") from None

    def read(self, timeout: float) -> dict[str, Any]:
        """Read one answer, waiting at most ``timeout`` seconds.

        Raises:
            ChildFailed: it did not come, or says an error.
        """
        assert self._process.stdout is not None
        source, deadline = self._process.stdout.fileno(), time.monotonic() + timeout
        while b"\n" not in self._buffer:
            ready, _, _ = select.select(
                [source], [], [], max(0.0, deadline - time.monotonic())
            )
            if not ready:
                raise self._failed(f"did not answer within {timeout:g} s")
            data = os.read(source, 65536)
            if not data:
                raise self._failed("ended")
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise self._failed(f"failed with {answer['error']}")
        return answer

    def ask(self, command: Mapping[str, object], timeout: float) -> dict[str, Any]:
        """Tell a command and read its answer.

        Raises:
            ChildFailed: see :meth:`tell` and :meth:`read`.
        """
        self.tell(command)
        return self.read(timeout)

    def _failed(self, what: str) -> ChildFailed:
        self._errors.seek(0)
        written = self._errors.read().decode(errors="replace").strip()[-_SHOWN:]
        return ChildFailed(f"{self._name} {what}" + (f"\n{written}" if written else ""))


def _environment() -> dict[str, str]:
    """Let bytecode be kept.

    Compiling all at each start takes time, and leaves memory free into which what is
    measured would be put.
    """
    kept = dict(os.environ)
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept
