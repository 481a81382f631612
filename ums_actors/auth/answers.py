"""What the answers of the login service mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from ums_actors.auth.session import Session
from ums_actors.core.pauses import TOO_MANY_LOGINS_PAUSE, is_final
from ums_actors.errors import (
    AuthenticationRejected,
    LoginError,
    RemoteProtocolError,
)
from ums_actors.protocol.lenient import is_object, read_record
from ums_actors.secret import Secret

if TYPE_CHECKING:
    from ums_actors.http.client import Answer

__all__ = ["check_login", "check_refresh", "prolonged", "read_session"]

_PAUSE: Final = TOO_MANY_LOGINS_PAUSE
"""Least pause after 429 and a first 5xx, seconds; who tries on knows of longer ones."""
_OK: Final = range(200, 300)
_LONGEST_LIFE: Final = 30 * 86_400.0
"""Seconds; a service that promises more is not believed to have said anything."""
_MILLISECONDS: Final = 1_000
_DIGITS: Final = 15
_UNAUTHORIZED: Final = 401
_WHY: Final = {
    400: "user name or password (or keys) are wrong; check the credentials",
    401: "user name or password (or keys) are wrong; check the credentials",
    403: "the user may not log in here; check its profile",
    404: "the account is not known there; check account_id",
    451: "account or user are blocked; ask LivePerson's support",
}
_PERMANENT_TEXT: Final = "LeLogin1 failed"
"""Start of the error of a 500 that no later try has ever cured."""
_PASSING_NAMES: Final = frozenset(
    {
        "BAD_GATEWAY",
        "GATEWAY_TIMEOUT",
        "INTERNAL_SERVER_ERROR",
        "REQUEST_TIMEOUT",
        "SERVICE_UNAVAILABLE",
        "TOO_MANY_REQUESTS",
    }
)
"""``error.responseStatus`` of failures that pass."""


class _User(Struct, rename="camel"):
    user_id: str = ""
    user_pid: str = ""
    user_privileges: list[int] = []


class _Login(Struct, rename="camel"):
    """The answer of a login; it holds secrets, and goes nowhere from here."""

    bearer: str = ""
    session_id: str = ""
    csrf: str = ""
    life: str = field(default="", name="sessionTTl")
    config: _User = field(default_factory=_User)


def check_login(answer: Answer) -> None:
    """Raise what a failed login means; the service's own text is not repeated.

    Raises:
        AuthenticationRejected: the same login will fail again.
        LoginError: it may succeed later.
    """
    status = answer.status
    error = answer.fields().get("error")
    if status in _OK and not error:
        return
    if _is_permanent(status, error):
        why = _WHY.get(status, "it refuses this login; check account and credentials")
        raise AuthenticationRejected(
            f"the login service answered {status}: {why}", status=status
        )
    raise LoginError(
        f"the login service answered {status}"
        + (" and an error" if status in _OK else ""),
        status=status,
        retry_after=_PAUSE,
    )


def check_refresh(answer: Answer) -> None:
    """Raise what a failed refresh means.

    Raises:
        LoginError: with status 401 the session is dead; otherwise try again.
    """
    status = answer.status
    if status in _OK and not answer.fields().get("error"):
        return
    dead = status == _UNAUTHORIZED or status in _OK
    raise LoginError(
        "the login service refuses to refresh the session"
        if dead
        else f"the login service answered {status} to a refresh",
        step="refresh",
        status=_UNAUTHORIZED if dead else status,
        retry_after=0.0 if dead else _PAUSE,
    )


def read_session(answer: Answer, now: float | None = None) -> Session:
    """Read the session of a login that succeeded.

    Args:
        answer: of the login service.
        now: monotonic seconds; without them nobody knows when the session ends.

    Raises:
        LoginError: the answer lacks the bearer or the user's id.
    """
    try:
        login = read_record(answer.body, _Login)
    except RemoteProtocolError:
        login = _Login()
    user = login.config
    for name, value in (("bearer", login.bearer), ("config.userId", user.user_id)):
        if not value:
            raise LoginError(
                f"the answer of the login service holds no {name}",
                status=answer.status,
                retry_after=_PAUSE,
            )
    session = Session(
        token=Secret(login.bearer),
        user_id=user.user_id,
        user_pid=user.user_pid or None,
        session_id=Secret(login.session_id) if login.session_id else None,
        csrf=Secret(login.csrf) if login.csrf else None,
        privileges=tuple(user.user_privileges),
        life=_life(login.life),
    )
    return session if now is None else prolonged(session, now)


def prolonged(session: Session, now: float) -> Session:
    """Give the session as it is after a login or refresh at ``now``."""
    if session.life is None:
        return session
    return replace(session, valid_until=now + session.life)


def _life(milliseconds: str) -> float | None:
    if not (milliseconds.isascii() and milliseconds.isdigit()):
        return None
    life = int(milliseconds[:_DIGITS]) / _MILLISECONDS
    return life if 0 < life <= _LONGEST_LIFE else None


def _is_permanent(status: int, error: Any) -> bool:
    """Say whether a failed login will fail again."""
    text = error.get("message") if is_object(error) else error
    if isinstance(text, str) and text.startswith(_PERMANENT_TEXT):
        return True
    if status in _OK:  # an error on a 200: its own status, if any, decides
        name = error.get("responseStatus") if is_object(error) else None
        return name not in _PASSING_NAMES
    return is_final(status)
