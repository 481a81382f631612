"""One piece of blocking code on its way through a pool and back to its loop."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ums_actors.runtime.future import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.loop import Loop
    from ums_actors.runtime.timers import Timer

__all__ = ["Job"]

T = TypeVar("T")
_logger = logging.getLogger("ums_actors")


class Job(Generic[T]):
    """A function, the future of its result, and the loop that wants it."""

    __slots__ = (
        "_function",
        "_on_abandon",
        "_shut",
        "abandoned",
        "future",
        "loop",
        "timer",
    )

    def __init__(
        self,
        loop: Loop,
        function: Callable[[], T],
        on_abandon: Callable[[], object] | None,
    ) -> None:
        self.loop: Loop = loop
        self.future: LoopFuture[T] = LoopFuture()
        self.timer: Timer | None = None
        self.abandoned: bool = False
        self._function = function
        self._on_abandon = on_abandon
        self._shut = False

    def call(self) -> tuple[T | None, BaseException | None]:
        """Call the function, give its value or its error; worker thread."""
        try:
            return self._function(), None
        except Exception as error:  # noqa: BLE001  (it goes to the future)
            return None, error
        except BaseException as error:  # noqa: BLE001  (it must not end the thread)
            contained = RuntimeError(f"a worker's job raised {type(error).__name__}")
            contained.__cause__ = error
            return None, contained

    def finish(
        self, value: T | None = None, error: BaseException | None = None
    ) -> None:
        """Have the future set on the loop's thread, unless it is; any thread."""
        self.loop.submit(_Result(self, value, error))

    def settle(self, value: T | None, error: BaseException | None) -> None:
        """Set the future unless it is; loop thread."""
        if self.timer is not None:
            self.timer.cancel()
        if error is None and self._shut:  # so is what it gives
            error = TimeoutError("the job was given up while it ran")
        if error is None:
            self.future.try_set(value)
        else:
            self.future.try_fail(error)

    def abandon(self) -> None:
        """Have shut what the function waits for, or gives; any thread.

        What has been given already is its owner's.
        """
        if self._on_abandon is None:
            return
        if self.loop.owned():
            if self.future.done():
                return
            self._shut = True
            try:
                self._on_abandon()
            except BaseException:
                _logger.exception("workers.abandon_failed")
        else:
            self.loop.call_soon(self.abandon)


class _Result:
    """Brings a job's result into the loop's run queue."""

    __slots__ = ("error", "job", "value")

    def __init__(self, job: Job[Any], value: Any, error: BaseException | None) -> None:
        self.job = job
        self.value = value
        self.error = error

    def run(self, budget: int) -> None:  # noqa: ARG002
        self.job.settle(self.value, self.error)

    def give_up(self) -> None:
        self.job.settle(self.value, self.error)
