"""The errors of :mod:`ums_actors.errors`: what they mean, what follows, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors import errors
from ums_actors.cli.explaining.answer import (
    OPTIONS,
    Answer,
    Case,
    case_of,
    meaning,
    seconds,
)
from ums_actors.cli.explaining.lines import LINE_NOTES
from ums_actors.core.reason import from_error
from ums_actors.errors import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ERRORS", "error"]

ERRORS: Final = {
    kind.__name__: kind
    for kind in (getattr(errors, name) for name in errors.__all__)
    if issubclass(kind, errors.UMSError)
}
"""All of them, by name."""

_ENDS: Final[dict[type[errors.UMSError], Callable[[], errors.UMSError]]] = {
    errors.RemoteProtocolError: lambda: errors.RemoteProtocolError("what it did"),
    errors.ConnectError: lambda: errors.ConnectError("x", step="tcp"),
    errors.LoginError: lambda: errors.LoginError("x", step="login"),
    errors.AuthenticationRejected: lambda: errors.AuthenticationRejected("x"),
    errors.LeaseLost: lambda: errors.LeaseLost("x"),
    errors.ConnectionLost: lambda: errors.ConnectionLost(
        "the stream ended", delivery=Delivery.UNKNOWN
    ),
}
"""Those that end an attempt or a line, with one to ask the policy about."""

_SEE_STEP: Final = "How long, and what to check, depends on its step: explain that."
_NOTES: Final[dict[type[errors.UMSError], tuple[str, ...]]] = {
    errors.RemoteProtocolError: LINE_NOTES,
    errors.ConnectError: (_SEE_STEP,),
    errors.LoginError: (_SEE_STEP, "HTTP statuses 429 and 5xx ask for longer pauses."),
    errors.ConnectionLost: LINE_NOTES,
}

_BY_DELIVERY: Final = (
    "NOT_SENT: send it again. UNKNOWN: look whether it took effect, then decide; or "
    "use resend=True, or send_text(..., effectively_once=True), beforehand. ANSWERED: "
    "change the request."
)
_ADVICE: Final[dict[type[errors.UMSError], str]] = {
    errors.UMSError: "Catch it to catch all errors of this library.",
    errors.LocalProtocolError: "Nothing was sent: its text names the way out.",
    errors.WouldDeadlock: (
        "Give the future back instead of waiting for it, add a done callback, or wait "
        "on a thread of your own."
    ),
    errors.NotSupported: "Use a connection of the other side, brand or consumer.",
    errors.RingNotWaiting: "Nothing was sent; wait for the next RingOffered.",
    errors.RemoteProtocolError: (
        "Nothing, if it is rare. If not: something between you and the service changes "
        "frames, or the service has changed; report it with close_code and text."
    ),
    errors.ConnectError: "Look at its step, status and timed_out.",
    errors.LoginError: "Wait: it is tried again. Look at its step and status.",
    errors.AuthenticationRejected: (
        "Check the user name and the password (or keys), then open() again."
    ),
    errors.LeaseLost: (
        "Ask the cluster where the agent is; open() again when it is this process's."
    ),
    errors.AgentUnknown: (
        "Look who is there: 'key in fleet', iter(fleet); add() the agent, or give its "
        "account_id as well."
    ),
    errors.LeaseStoreError: (
        "Nothing, if it passes before the lease ends: the store is asked again. If it "
        "lasts, look after the process that keeps the lease book."
    ),
    errors.ClusterError: (
        "Look with 'ums-actors cluster status NAME' which shards are not open, and "
        "with 'ray status' whether Ray has the nodes and resources that they take."
    ),
    errors.FileError: (
        "Look at its step and status: 404 means that the file is not there (any more); "
        "without a status, or with 5xx, try again."
    ),
    errors.OutboxError: (
        "Make room on the disk, or check the file's rights; publish again what failed."
    ),
    errors.StatusError: (
        "Look for another endpoint: 'ums-actors top' without options lists those that "
        "are there. Connections do not suffer from it."
    ),
    errors.RestartBudgetExhausted: (
        "This is a bug: report it with its exits and its history. open() starts again "
        "with full budgets."
    ),
    errors.RequestError: _BY_DELIVERY,
    errors.ConnectionLost: _BY_DELIVERY,
    errors.RequestTimedOut: _BY_DELIVERY,
    errors.RequestForgotten: _BY_DELIVERY,
    errors.RequestRejected: (
        "Change the request; where may_pass is true, ask again after retry_after "
        "seconds. Its code is explained as an HTTP status."
    ),
    errors.Overloaded: "Slow down, then send it again: it was not accepted.",
}
_STAYS: Final[dict[type[errors.UMSError], str]] = {
    errors.RestartBudgetExhausted: (
        f"The connection has FAILED: one actor crashed more than "
        f"{OPTIONS.restart_intensity} times in {seconds(OPTIONS.restart_period)} "
        "(root and supervisor: more than once). Every future is answered."
    ),
    errors.RequestTimedOut: (
        f"The line stays. By default a request waits {seconds(OPTIONS.queue_timeout)} "
        f"for a READY line, and {seconds(OPTIONS.request_timeout)} for its answer."
    ),
    errors.RequestForgotten: (
        "The line stays. Whoever waited has given up; a late answer is only counted."
    ),
    errors.Overloaded: (
        f"The line stays. By default {OPTIONS.queue_limit:,} requests may wait for a "
        f"line, {OPTIONS.in_flight_limit:,} for an answer, and "
        f"{OPTIONS.write_buffer_limit:,} bytes for the kernel."
    ),
}


def error(name: str) -> Answer:
    """Explain an error by its class's name."""
    kind = ERRORS[name]
    return Answer(
        what=name,
        kind="error",
        means=meaning(kind),
        cases=tuple(_cases(kind)),
        advice=_ADVICE[kind],
    )


def _cases(kind: type[errors.UMSError]) -> Iterator[Case]:
    example = _ENDS.get(kind)
    if example is not None:
        when = "an attempt or a line ends by it"
        yield case_of(when, from_error(example()), *_NOTES.get(kind, ()))
    else:
        yield Case(
            when="it is raised",
            says=_STAYS.get(kind, "Who called gets it; the connection goes on."),
        )
