"""Why something ended: the reasons that actors tell each other.

Every reason is a frozen Struct; ``str()`` of it is one line without any secret.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from ums_actors.errors import (
    AuthenticationRejected,
    ConnectError,
    ConnectionLost,
    LeaseLost,
    LoginError,
    RemoteProtocolError,
    RequestError,
    RequestRejected,
    UMSError,
)
from ums_actors.protocol import consumer

if TYPE_CHECKING:
    from types import TracebackType

__all__ = [
    "ConnectFailed",
    "Crashed",
    "CredentialsRejected",
    "Fenced",
    "LineBroken",
    "LineClosed",
    "LoginFailed",
    "PeerMisbehaved",
    "PeerSilent",
    "Reason",
    "RestoreFailed",
    "Stopped",
    "TokenRefused",
    "UpgradeRefused",
    "crash_of",
    "from_error",
    "one_line",
]

_TOO_MANY = 429
_FIRST_SERVER_ERROR = 500
_TEXT_LIMIT = 200
"""Characters of a foreign text that are shown."""


class Stopped(msgspec.Struct, frozen=True, gc=False, tag=True):
    """It was asked to end."""

    def __str__(self) -> str:
        return "stopped on request"


class LineClosed(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The peer sent a close frame."""

    code: int
    reason: str = ""

    def __str__(self) -> str:
        return _with(f"the peer closed the line with code {self.code}", self.reason)


class LineBroken(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The line ended without a close frame: end of file, reset, network error."""

    text: str

    def __str__(self) -> str:
        return _with("the line broke", self.text)


class PeerSilent(msgspec.Struct, frozen=True, gc=False, tag=True):
    """Nothing was heard for ``seconds`` after a ping."""

    seconds: float

    def __str__(self) -> str:
        return f"the peer was silent for {self.seconds:g} s after a ping"


class PeerMisbehaved(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The peer broke the protocol; the line was closed with ``close_code``."""

    text: str
    close_code: int

    def __str__(self) -> str:
        what = f"the peer broke the protocol (closed with {self.close_code})"
        return _with(what, self.text)


class UpgradeRefused(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The websocket upgrade was answered with an HTTP status other than 101."""

    status: int

    def __str__(self) -> str:
        return f"the upgrade was refused with HTTP status {self.status}"


class TokenRefused(msgspec.Struct, frozen=True, gc=False, tag=True):
    """InitConnection was answered with a code that says no to the token."""

    code: int

    def __str__(self) -> str:
        return f"the token was refused with code {self.code}"


class ConnectFailed(msgspec.Struct, frozen=True, gc=False, tag=True):
    """No websocket came to be; ``step`` as in :class:`~ums_actors.errors.ConnectError`.

    ``timed_out`` says whether the deadline ended it.
    """

    step: str
    timed_out: bool = False

    def __str__(self) -> str:
        late = " by timeout" if self.timed_out else ""
        return f"connecting failed{late} at step {one_line(self.step)}"


class LoginFailed(msgspec.Struct, frozen=True, gc=False, tag=True):
    """No token came to be for now; wait at least ``retry_after`` seconds."""

    step: str
    status: int | None = None
    retry_after: float = 0.0

    def __str__(self) -> str:
        floor = f", retry after {self.retry_after:g} s" if self.retry_after else ""
        step = one_line(self.step)
        return f"login failed at step {step}{_http(self.status)}{floor}"


class CredentialsRejected(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The credentials are refused for good."""

    status: int | None = None

    def __str__(self) -> str:
        return f"the credentials were rejected{_http(self.status)}"


class Fenced(msgspec.Struct, frozen=True, gc=False, tag=True):
    """The lease has ended under which the agent was this process's."""

    def __str__(self) -> str:
        return "fenced: another process may own this agent by now"


class RestoreFailed(msgspec.Struct, frozen=True, gc=False, tag=True):
    """A request failed while subscriptions and agent state were being re-made.

    ``code`` is that of the response, None if there was no response.
    """

    text: str
    code: int | None = None

    def __str__(self) -> str:
        code = "" if self.code is None else f" with code {self.code}"
        return _with(f"restoring failed{code}", self.text)


class Crashed(msgspec.Struct, frozen=True, gc=False, tag=True):
    """A bug: an exception that nobody foresaw."""

    error_type: str
    text: str

    def __str__(self) -> str:
        return _with(f"crashed by {one_line(self.error_type)}", self.text)


Reason: TypeAlias = (
    Stopped
    | LineClosed
    | LineBroken
    | PeerSilent
    | PeerMisbehaved
    | UpgradeRefused
    | TokenRefused
    | ConnectFailed
    | LoginFailed
    | CredentialsRejected
    | Fenced
    | RestoreFailed
    | Crashed
)


def from_error(error: BaseException) -> Reason:
    """Translate an exception into the reason that it stands for.

    The text of an exception that is not the library's own may hold a URL and with it
    a token: of such a one, only the type and the place are kept.
    """
    match error:
        case AuthenticationRejected():
            return CredentialsRejected(error.status)
        case LoginError():
            return LoginFailed(error.step, error.status, error.retry_after)
        case ConnectError(step="upgrade", status=int(status)):
            return UpgradeRefused(status)
        case ConnectError():
            return ConnectFailed(error.step, error.timed_out)
        case LeaseLost():
            return Fenced()
        case RemoteProtocolError():
            return PeerMisbehaved(one_line(str(error)), error.close_code)
        case ConnectionLost():
            return LineBroken(one_line(str(error)))
        case RequestError():
            return _from_request(error)
        case UMSError():
            return Crashed(type(error).__name__, one_line(str(error)))
        case _:
            return Crashed(type(error).__name__, _place(error.__traceback__))


def _from_request(error: RequestError) -> TokenRefused | RestoreFailed:
    """Translate the failure of a request that was part of an attempt."""
    text = one_line(str(error))
    if not isinstance(error, RequestRejected):
        return RestoreFailed(text)
    passing = error.code == _TOO_MANY or error.code >= _FIRST_SERVER_ERROR
    if error.request_type == consumer.INIT_CONNECTION and not passing:
        return TokenRefused(error.code)
    return RestoreFailed(text, error.code)


def crash_of(error: BaseException) -> Crashed:
    """Translate what an actor raised: whatever it is, that it got there is a bug."""
    reason = from_error(error)  # which knows what is safe to tell
    if isinstance(reason, Crashed):
        return reason
    return Crashed(type(error).__name__, str(reason))


def _place(traceback: TracebackType | None) -> str:
    """Say where an exception was raised: module, line and function."""
    if traceback is None:
        return ""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    frame = traceback.tb_frame
    module = frame.f_globals.get("__name__", "?")
    return f"raised in {module}:{traceback.tb_lineno}, {frame.f_code.co_qualname}"


def _with(what: str, detail: str) -> str:
    detail = one_line(detail)
    return f"{what}: {detail}" if detail else what


def _http(status: int | None) -> str:
    return "" if status is None else f" with HTTP status {status}"


def one_line(text: str) -> str:
    """Cut foreign text to one printable line of bounded length."""
    return _one_line(text[:_TEXT_LIMIT])


@functools.lru_cache(maxsize=256)
def _one_line(text: str) -> str:
    """Give the same object for the same text: all lines are told of in a few ways."""
    if not text.isprintable():  # it mostly is, and a herd's end says thousands
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())
