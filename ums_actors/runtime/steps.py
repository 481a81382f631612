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
        fence: wraps each resumption, so that it dies with the actor it belongs to;
            the future then stays open. Without one the steps always come to an end.
    """
    result: LoopFuture[T] = LoopFuture()

    def resume(done: LoopFuture[Any] | None) -> None:
        try:
            while done is None or done.done():
                done = _advance(steps, done)
            result.source = done
            done.add_done_callback(fence(resume) if fence else resume)
        except StopIteration as end:
            result.source = None
            result.try_set(end.value)
        except BaseException as error:  # noqa: BLE001  (it goes to whoever waits)
            result.source = None
            result.try_fail(error)

    resume(None)
    return result


def _advance(steps: Steps[Any], done: LoopFuture[Any] | None) -> LoopFuture[Any]:
    """Go on with what is there; give the next future to wait for."""
    waited: Any
    if done is None:
        waited = next(steps)
    elif (error := done.exception()) is not None:
        waited = steps.throw(error)
    else:
        waited = steps.send(done.get(timeout=0))
    if isinstance(waited, LoopFuture):
        return waited  # pyright: ignore[reportUnknownVariableType]
    raise TypeError(f"a step waits for a {type(waited).__name__}: yield LoopFutures")
