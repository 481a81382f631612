"""What Ray's own failures mean for a call: the one place where they are translated."""

from __future__ import annotations

from typing import Any

from ums_actors.core.route import Fail, Failure
from ums_actors.errors import ConnectionLost, RequestError, RequestTimedOut

__all__ = ["error_of", "told"]


def told(error: BaseException) -> str:
    """Say in a few words why Ray gave no answer, without the addresses in its text."""
    name = type(error).__name__
    known = {
        "ActorDiedError": "its process has ended for good",
        "ActorUnavailableError": "its process has ended, or cannot be reached",
        "ActorUnschedulableError": "no node has the resources that it takes",
        "NodeDiedError": "its node has ended",
        "OutOfMemoryError": "its node ran out of memory",
        "OwnerDiedError": "its process has ended",
        "RaySystemError": "Ray itself failed",
        "TaskCancelledError": "it was cancelled",
        "WorkerCrashedError": "its process has ended",
    }
    return f"{known.get(name, 'it failed')} ({name})"


def error_of(fail: Fail, method: str, place: str, timeout: float) -> RequestError:
    """Give the error of a call that has no answer, with its verdict of delivery."""
    more: dict[str, Any] = {"delivery": fail.delivery, "request_type": method}
    if fail.failure is Failure.LATE:
        return RequestTimedOut(
            f"{method}() had no answer of {place} within {timeout:g} s: {fail.why}",
            **more,
        )
    return ConnectionLost(
        f"{method}() was lost on its way to {place}: {fail.why}", **more
    )
