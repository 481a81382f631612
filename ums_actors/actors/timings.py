"""How long attempts, logins and refreshes take, told to those who ask for it by name.

What is called here costs a look or two where nobody does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.actors.timing_events import (
    ConnectEnded,
    ConnectStarted,
    TokenFailed,
    TokenInvalidated,
    TokenObtained,
    TokenRefreshed,
    TokenRequested,
)
from ums_actors.core.course import State
from ums_actors.core.laps import laps

if TYPE_CHECKING:
    from ums_actors.actors.events import Event
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.messages import SubmitToken
    from ums_actors.core.laps import Laps

__all__ = [
    "Timings",
    "attempt_begins",
    "attempt_may_be_over",
    "dialled",
    "step_begins",
    "token_answered",
    "token_invalidated",
    "token_requested",
]

_TRYING: Final = frozenset({State.AUTHENTICATING, State.CONNECTING, State.RESTORING})
_OF_ATTEMPTS: Final = (ConnectStarted, ConnectEnded)
_OF_TOKENS: Final = (TokenRequested, TokenObtained, TokenRefreshed, TokenFailed)


class Timings:
    """What has begun and is not over; made when somebody wants to know.

    Attributes:
        generation: of the attempt that is going on.
        steps: (name, when it began) of that, in order; empty between attempts.
        asked: when the token source was asked last, None if that was answered.
    """

    __slots__ = ("asked", "generation", "steps")

    def __init__(self, _: Kernel) -> None:
        self.generation: int = 0
        self.steps: list[tuple[str, float]] = []
        self.asked: float | None = None


# -- attempts


def attempt_begins(kernel: Kernel) -> None:
    """Take note that an attempt begins to wait for its turn."""
    if not _wanted(kernel, _OF_ATTEMPTS):
        if kernel.made("timings"):
            kernel.timings.steps = []  # nobody listens any more
        return
    now, session = _now(kernel), kernel.session
    timings = kernel.timings
    timings.generation = session.generation
    timings.steps = [("queue", now)]
    kernel.subscribers.publish(
        ConnectStarted(
            generation=session.generation, attempt=session.backoff.attempt + 1, at=now
        )
    )


def step_begins(kernel: Kernel, name: str) -> None:
    """Take note that the next step of an attempt begins."""
    if kernel.made("timings") and kernel.timings.steps:
        kernel.timings.steps.append((name, _now(kernel)))


def dialled(kernel: Kernel, steps: Laps) -> None:
    """Take the steps of dialling, each with its seconds, up to now."""
    if not kernel.made("timings") or not kernel.timings.steps:
        return
    begins = _now(kernel) - sum(seconds for _, seconds in steps)
    for name, seconds in steps:
        kernel.timings.steps.append((name, begins))
        begins += seconds


def attempt_may_be_over(kernel: Kernel, previous: State) -> None:
    """Tell of the attempt's end if the state says that it is over."""
    state = kernel.session.state
    if not kernel.made("timings") or not kernel.timings.steps or state in _TRYING:
        return
    timings, now = kernel.timings, _now(kernel)
    took, began = laps(timings.steps, now), timings.steps[0][1]
    timings.steps = []
    well = state is State.READY
    kernel.subscribers.publish(
        ConnectEnded(
            generation=timings.generation,
            state=str(state if well else previous),
            at=now,
            seconds=now - began,
            steps=took,
            reason="" if well else _why(kernel, state),
        )
    )


def _why(kernel: Kernel, state: State) -> str:
    return "closed" if state is State.CLOSING else str(kernel.last_reason or "closed")


# -- tokens


def token_requested(kernel: Kernel, operation: str) -> None:
    """Take note that the token source is asked."""
    if not _wanted(kernel, _OF_TOKENS):
        if kernel.made("timings"):
            kernel.timings.asked = None
        return
    now = kernel.timings.asked = _now(kernel)
    kernel.subscribers.publish(TokenRequested(operation=operation, at=now))


def token_answered(kernel: Kernel, result: SubmitToken, *, renewed: bool) -> None:
    """Tell what the token source gave; after it has been taken over.

    Args:
        kernel: of the connection.
        result: what a worker brought.
        renewed: whether a refresh brought another token.
    """
    if not _wanted(kernel, _OF_TOKENS):
        return
    now, asked = _now(kernel), kernel.timings.asked
    kernel.timings.asked = None
    seconds = None if asked is None else now - asked
    if result.error is not None:
        told: TokenFailed | TokenObtained | TokenRefreshed = TokenFailed(
            operation=result.kind, error=result.error, at=now, seconds=seconds
        )
    elif result.kind == "login":
        told = TokenObtained(
            agent_id=kernel.own_id or "",
            again=kernel.counters.logins > 1,
            at=now,
            seconds=seconds,
        )
    else:
        told = TokenRefreshed(renewed=renewed, at=now, seconds=seconds)
    kernel.subscribers.publish(told)


def token_invalidated(kernel: Kernel, source: str) -> None:
    """Tell that the token which was held is worth nothing."""
    if _wanted(kernel, (TokenInvalidated,)):
        kernel.subscribers.publish(TokenInvalidated(source=source, at=_now(kernel)))


def _wanted(kernel: Kernel, kinds: tuple[type[Event], ...]) -> bool:
    """Tell whether anybody may hear one of these; quickly, if nobody does."""
    subscribers = kernel.subscribers
    return subscribers.timed and any(subscribers.wants(kind) for kind in kinds)


def _now(kernel: Kernel) -> float:
    return kernel.runtime.clock.now()
