from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ums_actors.emulator import EmulatorThread, password_of, running_emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 30.0
"""Seconds in which an example ends, on a busy machine too."""


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def either(request: pytest.FixtureRequest) -> Iterator[EmulatorThread]:
    with running_emulator(users=2, tls=request.param) as emulator:
        yield emulator


@pytest.fixture
def emulator() -> Iterator[EmulatorThread]:
    with running_emulator(users=2, skills={"bot1": []}) as emulator:
        yield emulator


class Example:
    """An example in a process of its own."""

    def __init__(self, name: str, *arguments: str, **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"ums_actors.examples.{name}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        )

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> None:
        self._process.send_signal(number)

    def line(self) -> str:
        """Give the next line that it prints."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def end(self, said: str | None = None) -> tuple[int, str, str]:
        """Give exit code, standard output and standard error once it has ended."""
        output, error = self._process.communicate(said, timeout=PATIENCE)
        return self._process.returncode, output, error

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()


@pytest.fixture
def run() -> Iterator[Callable[..., Example]]:
    """Start an example; killed with the test if it has not ended."""
    started: list[Example] = []

    def begin(name: str, *arguments: str, **environment: str) -> Example:
        started.append(Example(name, *arguments, **environment))
        return started[-1]

    yield begin
    for example in started:
        example.kill()


@pytest.fixture
def run_on(run: Callable[..., Example]) -> Callable[..., Example]:
    """Start an example on an emulator that runs already, as bot1."""

    def begin(emulator: EmulatorThread, name: str, *arguments: str) -> Example:
        environment: dict[str, Any] = {
            "UMS_ACCOUNT": emulator.account,
            "UMS_USERNAME": "bot1",
            "UMS_PASSWORD": password_of("bot1"),
            "UMS_CSDS": emulator.csds if emulator.tls else f"http://{emulator.csds}",
            "UMS_CA": emulator.ca or "",
        }
        return run(name, *arguments, **environment)

    return begin


@pytest.fixture
def texts() -> Callable[..., list[str]]:
    """Give what was said in a conversation."""

    def said(emulator: EmulatorThread, conversation_id: str) -> list[str]:
        events = (each["event"] for each in emulator.transcript(conversation_id))
        return [each["message"] for each in events if each["type"] == "ContentEvent"]

    return said
