"""Alternating rounds: every contestant in each, all against one server.

In a round each contestant has a fresh process and connections, and they take turns in
short slices, so that a machine that slows down for a second slows all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from benchmarks.contestants import ENTRIES, Unavailable, command
from benchmarks.process import ChildFailed, LineProcess
from benchmarks.suite import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.suite import Workload

__all__ = ["Progress", "Result", "contestants_of", "measure", "steps"]

_START_TIMEOUT: Final = 60.0  # seconds: interpreter, imports and connection
_SERVER_TIMEOUT: Final = 60.0
_SLOWEST: Final = 50  # connections a second; slower is taken for a hang


class Result(NamedTuple):
    """Samples by contestant, one a round, and who is missing and why."""

    workload: Workload
    rounds: int
    samples: dict[str, list[dict[str, float]]]
    unavailable: dict[str, str]
    failed: dict[str, str]

    def column(self, name: str, metric: str) -> list[float]:
        """Give one metric of a contestant's samples, round by round; [] if it has none.

        What only some rounds have is not shown either.
        """
        samples = self.samples.get(name, [])
        if not all(metric in sample for sample in samples):
            return []
        return [sample[metric] for sample in samples]


Progress = Callable[[str, int], None]
"""Called before each slice with the contestant's name and the round, from 0."""


def contestants_of(workload: Workload, wanted: Sequence[str]) -> tuple[str, ...]:
    """Give those of the wanted that do this workload."""
    return tuple(
        name
        for name in wanted
        if workload.kind in ENTRIES[name].does
        and (not workload.peers or name in workload.peers)
    )


def steps(workload: Workload, wanted: Sequence[str]) -> int:
    """Say how often the progress is called in each round."""
    return workload.slices * len(contestants_of(workload, wanted))


def measure(
    workload: Workload, wanted: Sequence[str], rounds: int, progress: Progress
) -> Result:
    """Run all rounds; a contestant that fails is left out of all of them.

    Raises:
        ChildFailed: the server itself failed.
    """
    names = contestants_of(workload, wanted)
    result = Result(workload, rounds, {name: [] for name in names}, {}, {})
    with ExitStack() as stack:
        server, place = None, {}
        if workload.connections:
            kind = "tls" if workload.tls else "plain"
            server = stack.enter_context(LineProcess("benchmarks.server", kind))
            place = server.read(_SERVER_TIMEOUT)
            if "unavailable" in place:
                result.unavailable["the server"] = place["unavailable"]
                result.samples.clear()
        for number in range(rounds):
            _round(number, place, server, result, progress)
    return result


def _round(
    number: int,
    place: dict[str, Any],
    server: LineProcess | None,
    result: Result,
    progress: Progress,
) -> None:
    names = list(result.samples)
    if result.workload.together:
        groups = [names]
    else:
        groups = [[name] for name in _order(names, number)]
    for group in groups:
        _take_turns(group, number, place, server, result, progress)


def _take_turns(  # noqa: PLR0917  (those of `_round`, and who)
    group: list[str],
    number: int,
    place: dict[str, Any],
    server: LineProcess | None,
    result: Result,
    progress: Progress,
) -> None:
    """Let some have connections at the same time, and run one after another."""

    def present() -> list[str]:
        return [name for name in group if name in result.samples]

    with ExitStack() as stack:
        turns: dict[str, _Turns] = {}
        for name in group:
            with _leaving_out(name, result):
                worker = stack.enter_context(_worker(name, result.workload))
                turns[name] = _Turns(name, worker, place, server, result.workload)
        for turn in range(result.workload.slices):
            for name in _order(present(), number + turn):
                progress(name, number)
                with _leaving_out(name, result):
                    turns[name].take()
        for name in present():
            with _leaving_out(name, result):
                result.samples[name].append(turns[name].close())


def _worker(name: str, workload: Workload) -> LineProcess:
    return LineProcess.of(name, command(name, workload.kind))


@contextmanager
def _leaving_out(name: str, result: Result) -> Generator[None]:
    """Note why a contestant cannot go on, and go on without it."""
    try:
        yield
    except Unavailable as error:
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


class _Turns:
    """One contestant's slices of one round."""

    def __init__(
        self,
        name: str,
        worker: LineProcess,
        place: dict[str, Any],
        server: LineProcess | None,
        workload: Workload,
    ) -> None:
        self._name, self._worker, self._server = name, worker, server
        self._workload = workload
        self._turns: list[Turn] = []
        connecting = {"do": "connect", "connections": workload.connections, **place}
        patience = _START_TIMEOUT + workload.connections / _SLOWEST
        answer = worker.ask(connecting, patience)
        if "unavailable" in answer:
            raise Unavailable(answer["unavailable"])
        if workload.warm:
            self._run()

    def take(self) -> None:
        """Measure one slice."""
        before = self._stats()
        ran = self._run()
        after = self._stats()
        served = {name: after[name] - before[name] for name in after}
        self._check(ran, served)
        self._turns.append(Turn(ran, served))

    def close(self) -> dict[str, float]:
        """Close the contestant's connections and sum its slices up."""
        patience = _START_TIMEOUT + self._workload.patience
        self._worker.ask({"do": "close"}, patience)
        return self._workload.sum_up(self._turns)

    def _check(self, ran: dict[str, Any], served: dict[str, float]) -> None:
        """Hold what is claimed against what the server has counted."""
        for claimed, counted in (("requests", "answered"), ("frames", "pushed")):
            if ran.get(claimed, 0) > served.get(counted, 0):
                raise ChildFailed(
                    f"{self._name} claims {ran[claimed]} {claimed}, but the server has "
                    f"{counted} {served[counted]:.0f}"
                )

    def _run(self) -> dict[str, Any]:
        return self._worker.ask(self._workload.command, self._workload.patience)

    def _stats(self) -> dict[str, float]:
        if self._server is None:
            return {}
        return self._server.ask({"do": "stats"}, _SERVER_TIMEOUT)
