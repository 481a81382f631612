"""The model of conversations: what notifications cost, and what a conversation takes.

Four claims: it is fed on the loop's thread; a notification of 1.5 KB costs so much from
its bytes to the updated object; so many conversations take so much memory; so many
notifications a minute leave the loop idle for more than half of the time.
"""

from __future__ import annotations

import gc
import json
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from benchmarks.feeding import Feeding
from benchmarks.loop import (
    LoopResult,
    LoopSettings,
    measure_loop,
    record_loop,
    show_loop,
)
from benchmarks.machine import load
from benchmarks.process import LineProcess
from benchmarks.ratio import Spread, paired, spread, within
from benchmarks.report import progress as progress_bar
from benchmarks.suite import Suite
from benchmarks.traffic import FRAME_SIZE, conversation_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.suite import Workload

__all__ = [
    "PARTS",
    "SUITE",
    "Costs",
    "ModelResult",
    "measure_model",
    "record",
    "run",
    "show",
]

PARTS: Final = ("costs", "memory", "plain", "tls")
"""What each round has, by the names that the progress shows."""
_CONVERSATIONS: Final = 1_000
"""That change in turn, so that no cache holds the next one."""
_SLICE: Final = 100
"""Of them each measured thing has its turn with."""
_KNOWN: Final = 10_000
"""Of which the memory is measured."""
_COST_BOUND: Final = 15e-6
_MEMORY_BOUND: Final = 60e6
_HOLDER_TIMEOUT: Final = 120.0


class Costs(NamedTuple):
    """Processor time of a notification, round by round; seconds.

    Attributes:
        whole: of all that the connection does with its bytes; nobody has subscribed.
        update: of that until the object is updated: without the look for missing
            messages and the telling.
        repeat: the whole for one that brings nothing new.
        plain: what ``json.loads`` takes for the same bytes.
    """

    whole: list[float]
    update: list[float]
    repeat: list[float]
    plain: list[float]


class ModelResult(NamedTuple):
    """What was measured.

    Attributes:
        costs: of a notification.
        memory: bytes by which a fresh process grew, round by round.
        known: how many conversations it came to know.
        loop: how busy the loop was.
    """

    costs: Costs
    memory: list[float]
    known: int
    loop: LoopResult


def run(rounds: int, quick: bool) -> dict[str, Any]:
    """Measure and show; gives the record."""
    with progress_bar("model", rounds, len(PARTS)) as progress:
        if quick:
            loop = LoopSettings(0.05, 5)
            result = measure_model(
                rounds, progress, conversations=5, known=200, loop=loop
            )
        else:
            result = measure_model(rounds, progress)
    show(result)
    return record(result)


def measure_model(
    rounds: int,
    progress: Callable[[str, int], object],
    *,
    conversations: int = _CONVERSATIONS,
    known: int = _KNOWN,
    loop: LoopSettings | None = None,
) -> ModelResult:
    """Measure.

    Args:
        rounds: how often.
        progress: called before each part with its name and the round, from 0.
        conversations: that change in turn.
        known: of which the memory is measured.
        loop: what is pushed, instead of what is claimed.

    Raises:
        ChildFailed: a process failed.
    """
    result = ModelResult(
        Costs([], [], [], []), [], known, LoopResult.empty(loop or LoopSettings())
    )
    with Feeding() as feeding:
        feeding.open(conversations)
        for number in range(rounds):
            progress("costs", number)
            _measure_costs(feeding, number, conversations, result.costs)
            progress("memory", number)
            with LineProcess("benchmarks.holder", str(known)) as holder:
                result.memory.append(holder.read(_HOLDER_TIMEOUT)["memory"])
            measure_loop(result.loop, number, progress)
    return result


def _measure_costs(
    feeding: Feeding, number: int, conversations: int, costs: Costs
) -> None:
    """Measure one round, which takes all conversations two steps on."""
    first, second = (
        [conversation_frame(each, version) for each in range(conversations)]
        for version in (2 * number + 1, 2 * number + 2)
    )
    gc.collect()
    turns: list[tuple[list[float], Callable[[bytes], object], list[bytes]]] = [
        (costs.whole, feeding.take, first),
        (costs.repeat, feeding.take, first),
        (costs.plain, json.loads, first),
        (costs.update, feeding.update, second),
    ]
    spent = [0.0] * len(turns)
    for start in range(0, conversations, _SLICE):  # a slow moment is one of all four
        for index, (_, function, frames) in enumerate(turns):
            spent[index] += _all(function, frames[start : start + _SLICE])
    feeding.check(conversations, 2 * number + 2)
    for (column, _, _), seconds in zip(turns, spent, strict=True):
        column.append(seconds / conversations)


def _all(function: Callable[[bytes], object], frames: list[bytes]) -> float:
    began = time.thread_time()  # whatever else the machine does meanwhile
    for data in frames:
        function(data)
    return time.thread_time() - began


def show(result: ModelResult) -> None:
    """Print what was measured beside what is wanted."""
    costs, memory = result.costs, result.memory
    updating = _times(paired(costs.update, costs.plain))
    feeding = _times(paired(costs.whole, costs.plain))
    gate = f"(gate: at most {_COST_BOUND * 1e6:g} µs)"
    print(f"model: a notification of {FRAME_SIZE:,} bytes, {len(memory)} rounds")
    print(
        f"  from bytes to the updated object: {_micros(costs.update)} {gate}: "
        f"{within(costs.update, _COST_BOUND)}; {updating} of json.loads"
    )
    print(
        f"  the whole feed, to the end of the frame: {_micros(costs.whole)} {gate}: "
        f"{within(costs.whole, _COST_BOUND)}; {feeding} of json.loads"
    )
    print(f"  one that brings nothing new: {_micros(costs.repeat)}")
    print(
        f"  {result.known:,} conversations: {_megabytes(memory)} (gate: at most "
        f"{_MEMORY_BOUND / 1e6:g} MB for {_KNOWN:,}): {within(memory, _MEMORY_BOUND)}"
    )
    show_loop(result.loop)
    waiting, cores = load()
    if waiting > cores:
        print(
            f"  The machine's load is {waiting} on {cores} cores: others slow this "
            "down, and only ratios say much."
        )


def record(result: ModelResult) -> dict[str, Any]:
    """Give it as JSON."""
    return {
        "frame_size": FRAME_SIZE,
        "costs": result.costs._asdict(),
        "memory": result.memory,
        "known": result.known,
        "loop": record_loop(result.loop),
        "gates": [
            _gate("update", result.costs.update, _COST_BOUND),
            _gate("whole", result.costs.whole, _COST_BOUND),
            _gate("memory", result.memory, _MEMORY_BOUND),
        ],
    }


def _gate(name: str, values: list[float], most: float) -> dict[str, Any]:
    return {
        "name": name,
        "most": most,
        "value": spread(values)._asdict(),
        "verdict": str(within(values, most)),
    }


def _micros(values: list[float]) -> str:
    return _shown(spread(values), 1e6, "µs")


def _megabytes(values: list[float]) -> str:
    return _shown(spread(values), 1e-6, "MB")


def _times(value: Spread) -> str:
    return f"{value.median:.2f} ({value.low:.2f}..{value.high:.2f})"


def _shown(value: Spread, factor: float, unit: str) -> str:
    median, low, high = (part * factor for part in value)
    return f"{median:.1f} {unit} ({low:.1f}..{high:.1f})"


def _none(_small: bool) -> tuple[Workload, ...]:
    return ()


SUITE: Final = Suite("model", "what notifications of conversations cost", _none, run)
