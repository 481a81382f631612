"""Loops that are turned by hand, on a clock that stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pykka
import pytest

from ums_actors.runtime import Loop, LoopActor, Runtime

if TYPE_CHECKING:
    from collections.abc import Callable


class ManualClock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> float:
        return self.seconds


class FakePoller:
    """Counts its calls; gives the events a test has put into it."""

    def __init__(self) -> None:
        self.wakes = 0
        self.timeouts: list[float | None] = []
        self.events: list[tuple[int, int]] = []
        self.watched: dict[int, int] = {}
        self.while_polling: Callable[[], object] = lambda: None

    def add(self, fd: int, mask: int) -> None:
        self.watched[fd] = mask

    change = add

    def remove(self, fd: int) -> None:
        self.watched.pop(fd, None)

    def poll(self, timeout: float | None) -> list[tuple[int, int]]:
        self.timeouts.append(timeout)
        self.while_polling()
        events, self.events = self.events, []
        return events

    def wake(self) -> None:
        self.wakes += 1

    def close(self) -> None:
        self.watched.clear()


class Recorder:
    """An observer that keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, dict[str, Any]]] = []

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        self.heard.append((event, level, fields))

    @property
    def events(self) -> list[str]:
        return [event for event, _, _ in self.heard]


class Manual:
    """A runtime of one loop without a thread."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.poller = FakePoller()
        self.observer = Recorder()
        self.loop = Loop(self.clock, self.poller)
        self.runtime = Runtime([self.loop], clock=self.clock, observer=self.observer)

    def settle(self) -> None:
        """Turn until nothing is ready."""
        for _ in range(1000):
            if not self.loop.turn(block=False):
                return
        raise AssertionError("the loop does not come to rest")

    def advance(self, seconds: float) -> None:
        self.clock.seconds += seconds
        self.settle()


@pytest.fixture
def manual():
    made = Manual()
    yield made
    for ref in pykka.ActorRegistry.get_by_class(LoopActor):
        if ref.actor_inbox.runtime is made.runtime:
            ref.actor_inbox.bury()
    assert made.runtime.close(5.0)


@pytest.fixture
def turn_until(manual, eventually):
    """Turn the manual loop until a condition holds, with a deadline."""

    def holds(condition: Callable[[], object]) -> object:
        manual.loop.turn(block=False)
        return condition()

    return lambda condition: eventually(lambda: holds(condition))
