"""Several waits in a row, written as one function, without blocking the loop.

A generator yields futures and is sent their values (or thrown their exceptions) when
they are there, as a coroutine of an event loop would be.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from ums_actors.runtime.future import LoopFuture

__all__ = ["Steps", "run_steps"]

T = TypeVar("T")
Steps = Generator[LoopFuture[Any], Any, T]


def run_steps(
    steps: Steps[T],
    fence: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None,
) -> LoopFuture[T]:
    """Run the steps; the future has what the generator returns or raises.

    Args:
        steps: the generator.
        fence: wraps each resumption, so that it dies with the actor it belongs to
            (and the future is never set); without one the steps always end.
    """
    result: LoopFuture[T] = LoopFuture()

    def resume(done: LoopFuture[Any] | None) -> None:
        try:
            if done is None:
                waited = next(steps)
            elif (error := done.exception()) is not None:
                waited = steps.throw(error)
            else:
                waited = steps.send(done.get(timeout=0))
        except StopIteration as end:
            result.try_set(end.value)
        except BaseException as error:  # noqa: BLE001  (it goes to whoever waits)
            result.try_fail(error)
        else:
            waited.add_done_callback(fence(resume) if fence else resume)

    resume(None)
    return result
