"""One report for each exit: who, why, what follows, and what is left of the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ums_actors.actors.events import ExitReported
from ums_actors.core.course import State
from ums_actors.core.reason import Crashed
from ums_actors.core.severity import severity
from ums_actors.core.verdict import Verdict

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.intensity import Intensity
    from ums_actors.core.reason import Reason

__all__ = ["tell_crash", "tell_end"]

_TRYING = frozenset({State.AUTHENTICATING, State.CONNECTING, State.RESTORING})


def tell_crash(
    kernel: Kernel, who: str, reason: Reason, window: Intensity, *, gave_up: bool
) -> None:
    """Report a crash that ``window`` has counted; loop thread.

    Args:
        kernel: of the connection.
        who: the child's name, as in ``status().restarts``.
        reason: why.
        window: where the crashes of this child are counted.
        gave_up: whether it was one too many.
    """
    now = kernel.loop.clock.now()
    _tell(
        kernel,
        ExitReported(
            who=who,
            reason=str(reason),
            verdict=str(Verdict.GIVE_UP if gave_up else Verdict.CRASH),
            generation=kernel.session.generation,
            attempt=window.used(now),
            delay=None if gave_up else 0.0,
            budget_left=window.left(now),
            refilled_in=window.refilled_in(now),
        ),
        reason,
    )


def tell_end(
    kernel: Kernel, previous: State, reason: Reason, pause: float | None
) -> None:
    """Report the end of the line or attempt that was in ``previous``; loop thread.

    Args:
        kernel: of the connection; its session has judged the end already.
        previous: the state before.
        reason: why.
        pause: seconds until the next attempt; None if there will be none.
    """
    session = kernel.session
    _tell(
        kernel,
        ExitReported(
            who="attempt" if previous in _TRYING else "line",
            reason=str(reason),
            verdict=str(session.verdict),
            generation=session.generation,
            attempt=session.backoff.attempt,
            delay=pause,
        ),
        reason,
        failed=session.state is State.FAILED,
    )


def _tell(
    kernel: Kernel, report: ExitReported, reason: Reason, *, failed: bool = False
) -> None:
    level = severity(
        Verdict(report.verdict),
        report.attempt,
        followed=report.delay is not None,
        failed=failed,
    )
    kernel.note(_line(report))
    kernel.runtime.observer.observe(
        "connection.exit",
        level,
        {
            "connection": kernel.connection_id,
            **msgspec.structs.asdict(report),
            "kind": _kind(reason),
        },
    )
    kernel.subscribers.publish(report)


def _kind(reason: Reason) -> str:
    """Name the kind of a reason: one of a few, to count by."""
    return reason.error_type if isinstance(reason, Crashed) else type(reason).__name__


def _line(report: ExitReported) -> str:
    then = "nothing follows" if report.delay is None else f"again in {report.delay:g} s"
    left = "" if report.budget_left is None else f", {report.budget_left} more forgiven"
    return f"exit of {report.who}: {report.verdict}, {then}{left}: {report.reason}"
