"""What is measured of actors, whoever runs them."""

from __future__ import annotations

import gc
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from benchmarks.contestants.contestant import DEADLINE
from benchmarks.memory import resident

if TYPE_CHECKING:
    import pykka

__all__ = ["ActorPeer"]

_STOPPED_AT_ONCE = 500


class ActorPeer(ABC):
    """Tells, asks, starts and stops actors of one kind."""

    most = 10_000
    """That can be weighed together: a process may not have as many threads."""

    def __init__(self) -> None:
        self._one: pykka.ActorRef[Any] | None = None

    @abstractmethod
    def start_one(self) -> pykka.ActorRef[Any]:
        """Start an actor that answers with what it is asked."""

    def measure(self, what: str, count: int) -> float:
        """Do it ``count`` times; gives seconds of one, for ``memory`` bytes.

        ``tell`` counts until all messages have been handled. ``start`` counts until
        the actors answer, ``stop`` until they have stopped.
        """
        if self._one is None:
            self._one = self.start_one()
        match what:
            case "tell":
                return self._tell(self._one, count)
            case "ask":
                return self._ask(self._one, count)
            case "start" | "stop":
                return self._live(count)[what]
            case _:
                return self._weigh(min(count, self.most))

    def close(self) -> None:
        """Stop what still runs."""
        if self._one is not None:
            self._one.stop(timeout=DEADLINE)

    def _tell(self, one: pykka.ActorRef[Any], count: int) -> float:
        began = time.perf_counter()
        for number in range(count):
            one.tell(number)
        one.ask(None, timeout=DEADLINE)
        return (time.perf_counter() - began) / count

    def _ask(self, one: pykka.ActorRef[Any], count: int) -> float:
        began = time.perf_counter()
        for number in range(count):
            one.ask(number, timeout=DEADLINE)
        return (time.perf_counter() - began) / count

    def _live(self, count: int) -> dict[str, float]:
        clock = time.perf_counter
        began = clock()
        refs = [self.start_one() for _ in range(count)]
        for ref in refs:
            ref.ask(None, timeout=DEADLINE)
        started = clock()
        self._stop(refs)
        return {"start": (started - began) / count, "stop": (clock() - started) / count}

    def _weigh(self, count: int) -> float:
        gc.collect()
        before = resident()
        refs = [self.start_one() for _ in range(count)]
        for ref in refs:
            ref.ask(None, timeout=DEADLINE)
        gc.collect()
        grown = resident() - before
        self._stop(refs)
        return grown / count

    def _stop(self, refs: list[Any]) -> None:
        for start in range(0, len(refs), _STOPPED_AT_ONCE):
            for ended in [
                ref.stop(block=False) for ref in refs[start : start + _STOPPED_AT_ONCE]
            ]:
                ended.get(timeout=DEADLINE)
