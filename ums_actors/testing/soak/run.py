"""A soak from its start to its verdict."""

from __future__ import annotations

import random as _random
import time
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ums_actors.emulator import EmulatorError
from ums_actors.testing.soak.faults import FAULTS, lift
from ums_actors.testing.soak.gauges import Gauges, Reading
from ums_actors.testing.soak.load import Load
from ums_actors.testing.soak.memory import give_back, is_exact
from ums_actors.testing.soak.scene import OPTIONS, Scene
from ums_actors.testing.soak.slope import Slope  # noqa: TC001  (msgspec does)
from ums_actors.testing.soak.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Callable

    _Tell = Callable[[str], object]

__all__ = ["Outcome", "growing", "soak"]

RECOVERY: Final = 60.0
"""Seconds in which all is well again after it."""
QUIET: Final = OPTIONS.stable_after + 1.0
"""Least seconds between two faults: pauses would go on growing from the last one."""
LEAK: Final = 1_000_000
"""Bytes an hour that memory may grow, T13. More is a failure if it is sure, and if
malloc's caches are off, which hide what is in use."""
LONG: Final = 1_500.0
"""Seconds of a soak of which that can be said."""


class Outcome(msgspec.Struct, kw_only=True):
    """What became of it; a soak is passed if ``violations`` is empty.

    Attributes:
        verdicts: how many requests ended how.
        conversations: how many ended, and were heard from their start to their end.
        exact: whether malloc's caches were off.
        memory: growth in bytes an hour over the settled part, of what is in RAM and of
            what is in use; unknown of a short soak.
        given_back: bytes in RAM at the end, when malloc has given back what it kept.
        readings: all of them.
        slowest_recovery: seconds from a fault's end until all connections served.
    """

    seed: int
    seconds: float = 0.0
    faults: dict[str, int] = msgspec.field(default_factory=dict)
    requests: int = 0
    verdicts: dict[str, int] = msgspec.field(default_factory=dict)
    hung: int = 0
    wrong: int = 0
    messages: int = 0
    conversations: int = 0
    generations: int = 0
    restarts: int = 0
    slowest_recovery: float = 0.0
    growth: dict[str, int] = msgspec.field(default_factory=dict)
    exact: bool = msgspec.field(default_factory=is_exact)
    memory: dict[str, Slope] = msgspec.field(default_factory=dict)
    given_back: int = 0
    readings: list[Reading] = msgspec.field(default_factory=list)
    violations: list[str] = msgspec.field(default_factory=list)


class _Soak:
    def __init__(self, scene: Scene, outcome: Outcome, tell: _Tell) -> None:
        self._scene = scene
        self._outcome = outcome
        self._tell = tell
        self._random = _random.Random(outcome.seed)  # noqa: S311  (no secrets)
        self._gauges = Gauges()
        self._turn: list[str] = []

    def run(self, seconds: float, every: float, lasts: float, rate: float) -> None:
        scene, outcome = self._scene, self._outcome
        for bot in scene.bots:
            bot.open().get(timeout=RECOVERY)
        begun = time.monotonic()
        load = Load(scene, rate, _random.Random(outcome.seed + 1))  # noqa: S311
        talk = Talk(scene)
        with talk, load:
            self._gauges.read()
            while (now := time.monotonic()) - begun < seconds:
                self._trouble(load, lasts)
                time.sleep(max(QUIET, now + every - time.monotonic()))
        self._recover("the end")
        outcome.hung += load.wait_for_answers()
        outcome.violations += [f"a message: {it}" for it in talk.differences(RECOVERY)]
        self._gauges.read()
        outcome.seconds = time.monotonic() - begun
        self._judge(load, talk)

    def _trouble(self, load: Load, lasts: float) -> None:
        if not self._turn:  # each once, before any twice
            self._turn = self._random.sample(list(FAULTS), len(FAULTS))
        name = self._turn.pop()
        counted = self._outcome.faults
        counted[name] = counted.get(name, 0) + 1
        try:
            FAULTS[name](self._scene, self._random)
        except EmulatorError as error:
            self._outcome.violations.append(f"{name}: {error}")
        time.sleep(lasts)
        lift(self._scene)
        took = self._recover(name)
        self._outcome.slowest_recovery = max(self._outcome.slowest_recovery, took)
        reading = self._gauges.read()
        if hung := load.hung():
            self._outcome.violations.append(f"{name}: {hung} requests hang")
        self._tell(
            f"{reading.at:6.0f} s  {name:32}{took:5.1f} s to recover  "
            f"{load.sent:7} requests  {reading.threads:3} threads  "
            f"{reading.descriptors:4} descriptors  {reading.memory / 1e6:6.2f} MB: "
            f"{reading.in_use / 1e6:.2f} in use, {reading.kept / 1e6:.2f} kept"
        )

    def _recover(self, name: str) -> float:
        """Wait until every connection serves; give the seconds it took."""
        begun = time.monotonic()
        for number, bot in enumerate(self._scene.bots, start=1):
            if not self._serves(bot, begun + RECOVERY):
                status = bot.status().get(timeout=RECOVERY)
                self._outcome.violations.append(
                    f"{name}: bot{number} is {status.state} after {RECOVERY:g} s; "
                    f"{status.last_reason}"
                )
        return time.monotonic() - begun

    def _serves(self, bot: Any, deadline: float) -> bool:
        while True:  # once at least: another one may have used all the time
            try:
                bot.wait_ready(5.0).get(timeout=10.0)
                return bool(bot.get_clock().get(timeout=RECOVERY))
            except Exception as error:  # noqa: BLE001  (whatever it is, it may pass)
                status = bot.status().get(timeout=RECOVERY)
                self._tell(
                    f"          not yet ({type(error).__name__}): {status.state}, "
                    f"attempt {status.attempt}, {status.last_reason}"
                )
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.1)

    def _judge(self, load: Load, talk: Talk) -> None:
        outcome, gauges = self._outcome, self._gauges
        outcome.requests, outcome.messages = load.sent, talk.said
        outcome.verdicts = dict(load.verdicts)
        outcome.wrong = len(load.wrong)
        outcome.conversations = talk.compared
        outcome.growth, outcome.readings = gauges.growth(), gauges.readings
        outcome.memory = {
            "in RAM": gauges.slope("memory"),
            "in use": gauges.slope("in_use"),
        }
        outcome.given_back = give_back()
        for bot in self._scene.bots:
            status = bot.status().get(timeout=RECOVERY)
            outcome.generations += status.generation
            outcome.restarts += sum(status.restarts.values())
        told = outcome.violations
        told += [f"{outcome.hung} requests were never answered"] if outcome.hung else []
        told += [f"a wrong answer: {it}" for it in load.wrong[:5]]
        told += [f"an error of no request: {it}" for it in load.foreign[:5]]
        if load.answered_twice:
            told.append(f"{load.answered_twice} requests were answered twice")
        if not gauges.are_flat():
            told.append(f"it holds more than before: {outcome.growth}")
        told += growing(outcome)


def growing(outcome: Outcome) -> list[str]:
    """Tell what of memory surely grows more than it may, if that can be said."""
    if not outcome.exact or outcome.seconds < LONG:
        return []
    return [
        f"memory {what} grows: {slope}"
        for what, slope in outcome.memory.items()
        if slope.is_surely_above(LEAK)
    ]


def soak(
    seconds: float,
    *,
    seed: int = 0,
    bots: int = 4,
    rate: float = 200.0,
    every: float = 10.0,
    lasts: float = 3.0,
    tell: _Tell = lambda _: None,
) -> Outcome:
    """Run connections through faults for a while; blocking.

    Args:
        seconds: for how long faults happen; the last answers are waited for after it.
        seed: decides which faults come when, and what is asked.
        bots: how many connections.
        rate: requests a second, of all together.
        every: seconds from one fault to the next, or as long as recovery takes.
        lasts: seconds for which something is wrong.
        tell: takes a line of progress.
    """
    outcome = Outcome(seed=seed)
    with Scene(bots) as scene:
        _Soak(scene, outcome, tell).run(seconds, every, lasts, rate)
    return outcome
