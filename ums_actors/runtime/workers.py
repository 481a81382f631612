"""A bounded pool of threads for code that blocks.

A job's deadline includes its waiting in line. A thread that does not come back in
time is fenced (its result is dropped), counted and replaced, up to a cap; it works
on when it does come back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

from ums_actors.errors import Overloaded
from ums_actors.runtime.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.future import LoopFuture
    from ums_actors.runtime.loop import Loop

__all__ = ["Workers"]

T = TypeVar("T")
_logger = logging.getLogger("ums_actors")

IDLE_SECONDS = 5.0
"""A thread without work for so long ends."""


class Workers:
    """Threads of one kind of work.

    Args:
        name: is part of the threads' names.
        threads: how many work at a time.
        queue_limit: how many jobs may wait in line.
        spare: how many stuck threads are replaced.
    """

    def __init__(
        self, name: str, *, threads: int, queue_limit: int, spare: int = 16
    ) -> None:
        self.name = name
        self._threads = threads
        self._queue_limit = queue_limit
        self._spare = spare
        self._queue: deque[Job[Any]] = deque()
        self._running: set[Job[Any]] = set()
        self._condition = threading.Condition()
        self._alive: set[threading.Thread] = set()
        self._idle = 0
        self._stuck = 0
        self._number = 0
        self._closed = False

    @property
    def stuck(self) -> int:
        """Threads that outlived their job's deadline and are not back yet."""
        return self._stuck

    def submit(
        self,
        loop: Loop,
        function: Callable[[], T],
        *,
        timeout: float,
        on_abandon: Callable[[], object] | None = None,
    ) -> LoopFuture[T]:
        """Run ``function`` on a thread; the future is set on ``loop``'s thread.

        Args:
            loop: the calling loop; must be called on its thread.
            function: may block; what it raises goes to the future.
            timeout: seconds, waiting in line included; then TimeoutError.
            on_abandon: called on the loop thread when the deadline passes, or the
                pool is closed, while it runs, to shut what it waits for.
        """
        job = Job(loop, function, on_abandon)
        with self._condition:
            if self._closed or len(self._queue) >= self._queue_limit:
                job.future.try_fail(self._refusal())
                return job.future
            job.timer = loop.call_later(timeout, lambda: self._expire(job, timeout))
            self._queue.append(job)
            if self._idle >= len(self._queue):
                self._condition.notify()
            else:
                self._grow()
        return job.future

    def close(self, timeout: float) -> bool:
        """Take no more work; tell whether all threads ended within ``timeout``.

        Jobs that wait in line fail with Overloaded at once, those that still run at
        the end with TimeoutError; idempotent.
        """
        deadline = time.monotonic() + timeout
        with self._condition:
            self._closed = True
            waiting, running = list(self._queue), list(self._running)
            self._queue.clear()
            self._condition.notify_all()
            alive = self._alive - {threading.current_thread()}
        for job in waiting:
            job.finish(error=self._refusal())
        for job in running:
            job.abandon()
        for thread in alive:
            thread.join(max(0.0, deadline - time.monotonic()))
        for job in running:
            job.finish(error=TimeoutError(f"the {self.name} workers were closed"))
        return not any(thread.is_alive() for thread in alive)

    def _refusal(self) -> Overloaded:
        if self._closed:
            return Overloaded(f"the {self.name} workers are closed")
        return Overloaded(
            f"{self._queue_limit} jobs wait for the {self.name} workers: start fewer "
            "at a time"
        )

    def _allowed(self) -> int:
        return self._threads + min(self._stuck, self._spare)

    def _grow(self) -> None:
        """Start a thread if the pool may have one more; under the lock."""
        if len(self._alive) < self._allowed():
            self._number += 1
            thread = threading.Thread(
                target=self._work, name=f"ums-{self.name}-{self._number}", daemon=True
            )
            self._alive.add(thread)
            try:
                thread.start()
            except RuntimeError:  # the system has no more: the others, or the deadline
                self._alive.discard(thread)
                _logger.warning("workers.no_thread", extra={"ums_pool": self.name})

    def _work(self) -> None:
        while True:
            job = self._next()
            if job is None:
                return
            self._run(job)
            del job  # an idle thread must not keep it alive

    def _next(self) -> Job[Any] | None:
        """Wait for a job; None if this thread is one too many."""
        with self._condition:
            notified = True
            while not self._queue and notified and not self._closed:
                if len(self._alive) > self._allowed():
                    break
                self._idle += 1
                notified = self._condition.wait(IDLE_SECONDS)
                self._idle -= 1
            if not self._queue or len(self._alive) > self._allowed():
                self._alive.discard(threading.current_thread())
                return None
            job = self._queue.popleft()
            self._running.add(job)
            return job

    def _run(self, job: Job[Any]) -> None:
        value, error = job.call()
        with self._condition:
            self._running.discard(job)
            if job.abandoned:
                self._stuck -= 1
        job.finish(value, error)

    def _expire(self, job: Job[Any], timeout: float) -> None:
        """Give up a job whose deadline has passed; loop thread."""
        with self._condition:
            running = job in self._running
            if running:
                job.abandoned = True
                self._stuck += 1
                if self._queue:
                    self._grow()
            elif job in self._queue:
                self._queue.remove(job)
            else:
                return  # it has just come back
        _logger.warning("workers.deadline_passed", extra={"ums_pool": self.name})
        where = "running" if running else "in line"
        if running:
            job.abandon()
        late = f"a {self.name} job was {where} for more than {timeout:g} s"
        job.settle(None, TimeoutError(late))
