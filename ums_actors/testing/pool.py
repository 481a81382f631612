"""Worker threads without threads: a job takes as much virtual time as it says."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

from ums_actors.errors import Overloaded
from ums_actors.runtime.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from ums_actors.runtime.future import LoopFuture
    from ums_actors.runtime.loop import Loop
    from ums_actors.testing.clock import Agenda

__all__ = ["Effort", "VirtualPool"]

T = TypeVar("T")

_LONGEST_START = 0.01
"""Seconds a thread takes at most to pick a job up."""


class Effort:
    """The virtual time that the job being called spends."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def spend(self, seconds: float) -> None:
        """Be busy for so long; for code that runs in a :class:`VirtualPool`."""
        self._seconds += seconds

    def take(self) -> float:
        """Give the seconds spent since the last call."""
        seconds, self._seconds = self._seconds, 0.0
        return seconds


class VirtualPool:
    """Behaves as :class:`~ums_actors.runtime.workers.Workers` does, by the agenda.

    A job's function is called in one instant, outside the loop's turns; its result
    arrives after the time it says to have spent.
    """

    def __init__(
        self,
        name: str,
        agenda: Agenda,
        effort: Effort,
        chance: Random,
        *,
        threads: int,
        queue_limit: int = 20_000,
        spare: int = 16,
    ) -> None:
        self.name = name
        self._agenda = agenda
        self._effort = effort
        self._chance = chance
        self._threads = threads
        self._queue_limit = queue_limit
        self._spare = spare
        self._queue: deque[Job[Any]] = deque()
        self._running: dict[Job[Any], None] = {}
        self._stuck = 0
        self._closed = False

    def __len__(self) -> int:
        """Give the number of jobs that run or wait in line."""
        return len(self._queue) + len(self._running)

    @property
    def stuck(self) -> int:
        """Jobs that outlived their deadline and are not back yet."""
        return self._stuck

    def submit(
        self,
        loop: Loop,
        function: Callable[[], T],
        *,
        timeout: float,
        on_abandon: Callable[[], object] | None = None,
    ) -> LoopFuture[T]:
        """Run ``function``; the future is set in one of ``loop``'s turns."""
        job = Job(loop, function, on_abandon)
        if self._closed or len(self._queue) >= self._queue_limit:
            job.future.try_fail(Overloaded(f"the {self.name} workers take no more"))
            return job.future
        job.timer = loop.call_later(timeout, lambda: self._expire(job, timeout))
        self._queue.append(job)
        self._hurry()
        return job.future

    def close(self, timeout: float) -> bool:  # noqa: ARG002  (nothing takes real time)
        """Take no more work; what waits or runs fails."""
        self._closed = True
        waiting, self._queue = self._queue, deque()
        for job in waiting:
            job.finish(error=Overloaded(f"the {self.name} workers are closed"))
        for job in self._running:
            job.abandon()
            job.finish(error=TimeoutError(f"the {self.name} workers were closed"))
        return True

    def _hurry(self) -> None:
        self._agenda.after(self._chance.uniform(0, _LONGEST_START), self._start)

    def _start(self) -> None:
        free = self._threads + min(self._stuck, self._spare) - len(self._running)
        if not self._queue or free <= 0:
            return  # the next job that ends looks again
        job = self._queue.popleft()
        self._running[job] = None
        self._effort.take()
        value, error = job.call()
        self._agenda.after(self._effort.take(), lambda: self._end(job, value, error))

    def _end(self, job: Job[Any], value: Any, error: BaseException | None) -> None:
        del self._running[job]
        if job.abandoned:
            self._stuck -= 1
        job.finish(value, error)
        if self._queue:
            self._hurry()

    def _expire(self, job: Job[Any], timeout: float) -> None:
        """Give up a job whose deadline has passed; loop thread."""
        if job in self._running:
            where = "running"
            job.abandoned = True
            self._stuck += 1
            job.abandon()
            if self._queue:
                self._hurry()
        elif job in self._queue:
            where = "in line"
            self._queue.remove(job)
        else:
            return  # its result is on the way through the loop
        late = f"a {self.name} job was {where} for more than {timeout:g} s"
        job.settle(None, TimeoutError(late))
