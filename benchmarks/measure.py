"""Alternating rounds: every contestant in each, all against one server.

In a round each contestant has a fresh process and connection, and they take turns in
short slices, so that a machine that slows down for a second slows all of them.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any, Final, NamedTuple

from benchmarks.contestants import ENTRIES
from benchmarks.process import ChildFailed, LineProcess

__all__ = ["SLICES", "Progress", "Result", "Sample", "Settings", "measure"]

SLICES: Final = 6
"""Turns of each contestant in a round."""

_START_TIMEOUT: Final = 60.0  # seconds: interpreter, imports and connection
_SERVER_TIMEOUT: Final = 15.0
_SLOWEST: Final = 500  # requests a second; slower is taken for a hang


class Settings(NamedTuple):
    """One suite's workload."""

    peers: tuple[str, ...]
    rounds: int = 5
    requests: int = 60_000
    """In a round; an entry's ``repeat`` multiplies it."""
    in_flight: int = 32


class Sample(NamedTuple):
    """One contestant's round; durations are seconds."""

    rate: float
    """Requests a second."""
    p50: float
    p99: float
    cpu: float
    """Processor time of the client's process per request."""
    server_busy: float
    """Processor time of the server per second, 0 to 1."""
    request_size: float
    """Bytes on the wire per request."""


class Result(NamedTuple):
    """Samples by contestant, one a round, and who is missing and why."""

    settings: Settings
    samples: dict[str, list[Sample]]
    unavailable: dict[str, str]
    failed: dict[str, str]

    def column(self, name: str, field: str) -> list[float]:
        """Give one field of a contestant's samples, round by round."""
        return [getattr(sample, field) for sample in self.samples[name]]


Progress = Callable[[str, int], None]
"""Called before each slice with the contestant's name and the round, from 0."""


def measure(settings: Settings, progress: Progress) -> Result:
    """Run all rounds; a contestant that fails is left out of all of them.

    Raises:
        ChildFailed: the server itself failed.
    """
    result = Result(settings, {name: [] for name in settings.peers}, {}, {})
    with LineProcess("benchmarks.server") as server:
        port = str(server.read(_SERVER_TIMEOUT)["port"])
        for number in range(settings.rounds):
            _round(number, port, server, result, progress)
    return result


def _round(
    number: int, port: str, server: LineProcess, result: Result, progress: Progress
) -> None:
    settings = result.settings
    with ExitStack() as stack:
        turns: dict[str, _Turns] = {}
        for name in list(result.samples):
            with _leaving_out(name, result):
                worker = stack.enter_context(
                    LineProcess("benchmarks.worker", name, port)
                )
                turns[name] = _Turns(name, worker, server, settings)
        for turn in range(SLICES):
            for name in _order(list(result.samples), number + turn):
                progress(name, number)
                with _leaving_out(name, result):
                    turns[name].take()
        for name in list(result.samples):
            with _leaving_out(name, result):
                result.samples[name].append(turns[name].close())


@contextmanager
def _leaving_out(name: str, result: Result) -> Generator[None]:
    """Note why a contestant cannot go on, and go on without it."""
    try:
        yield
    except _Unavailable as error:
        result.unavailable[name] = str(error)
        del result.samples[name]
    except ChildFailed as error:
        result.failed[name] = str(error)
        del result.samples[name]


def _order(names: list[str], number: int) -> list[str]:
    """Rotate and reverse: nobody is always first or behind the same neighbour."""
    first = number % len(names) if names else 0
    rotated = names[first:] + names[:first]
    return rotated if number % 2 == 0 else rotated[::-1]


class _Unavailable(Exception):  # not an error of the harness
    pass


class _Turns:
    """One contestant's slices of one round."""

    def __init__(
        self, name: str, worker: LineProcess, server: LineProcess, settings: Settings
    ) -> None:
        self._name, self._worker, self._server = name, worker, server
        self._in_flight = settings.in_flight
        total = settings.requests * ENTRIES[name].repeat
        self._requests = max(settings.in_flight, total // SLICES)
        self._ran: list[dict[str, float]] = []
        self._served: list[dict[str, float]] = []
        answer = worker.ask({"do": "connect"}, _START_TIMEOUT)
        if "unavailable" in answer:
            raise _Unavailable(answer["unavailable"])
        self._run(max(settings.in_flight, self._requests // 2))  # to warm up

    def take(self) -> None:
        """Measure one slice."""
        before = self._server.ask({"do": "stats"}, _SERVER_TIMEOUT)
        ran = self._run(self._requests)
        after = self._server.ask({"do": "stats"}, _SERVER_TIMEOUT)
        served = {name: after[name] - before[name] for name in after}
        if served["answered"] < self._requests:
            raise ChildFailed(
                f"{self._name} took {self._requests} answers, but the server gave "
                f"{served['answered']}"
            )
        self._ran.append(ran)
        self._served.append(served)

    def close(self) -> Sample:
        """Close the contestant's connection and sum its slices up."""
        self._worker.ask({"do": "close"}, _START_TIMEOUT)
        requests = self._requests * len(self._ran)
        seconds = sum(ran["seconds"] for ran in self._ran)
        served = sum(one["answered"] for one in self._served)
        return Sample(
            rate=requests / seconds,
            p50=statistics.median(ran["p50"] for ran in self._ran),
            p99=statistics.median(ran["p99"] for ran in self._ran),
            cpu=sum(ran["cpu"] for ran in self._ran) / requests,
            server_busy=sum(one["cpu"] for one in self._served) / seconds,
            request_size=sum(one["received"] for one in self._served) / served,
        )

    def _run(self, requests: int) -> dict[str, Any]:
        command = {"do": "run", "requests": requests, "in_flight": self._in_flight}
        return self._worker.ask(command, _START_TIMEOUT + requests / _SLOWEST)
