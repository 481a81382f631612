"""Tokens of brand users, from the login service (agentVep)."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, Final

from ums_actors.auth.answers import (
    check_login,
    check_refresh,
    prolonged,
    read_session,
)
from ums_actors.auth.credentials import (
    AssertionLogin,
    ExistingSession,
    OAuth1Login,
    PasswordLogin,
    ReadyBearer,
)
from ums_actors.auth.csds import LOGIN_SERVICE
from ums_actors.auth.session import Session
from ums_actors.errors import AuthenticationRejected, LocalProtocolError, LoginError
from ums_actors.protocol.paths import path_part
from ums_actors.secret import Secret, reveal

if TYPE_CHECKING:
    from ums_actors.auth.credentials import Credentials
    from ums_actors.auth.csds import Csds
    from ums_actors.http.client import Answer, Http
    from ums_actors.http.deadline import Deadline

__all__ = ["BrandTokenSource"]

_VERSION: Final = "1.3"


class BrandTokenSource:
    """A :class:`TokenSource` for one brand user.

    A second ``login`` with a session or bearer made elsewhere means that the first
    died: a session is tried by refreshing it, a bearer cannot be helped. Nor is it
    logged out in the end: that is for whoever made it.

    Args:
        account_id: the account.
        credentials: what to log in with.
        csds: domains of the account.
        http: the client; :meth:`close` closes it.

    Raises:
        LocalProtocolError: ``credentials`` is none of the known kinds.
    """

    __slots__ = (
        "_account",
        "_body",
        "_credentials",
        "_csds",
        "_given_out",
        "_http",
        "_lock",
    )

    def __init__(
        self, account_id: str, credentials: Credentials, csds: Csds, http: Http
    ) -> None:
        self._body = _login_body(credentials)
        self._credentials = credentials
        self._account = path_part("account_id", account_id)
        self._csds = csds
        self._http = http
        self._lock = threading.Lock()
        self._given_out = False

    def login(self, timeout: float) -> Session:
        """Make a new session; see :meth:`TokenSource.login`."""
        deadline = self._http.deadline(timeout)
        if isinstance(self._credentials, _MADE_ELSEWHERE):
            return self._existing(_session_of(self._credentials), deadline)
        body = {name: reveal(value) for name, value in self._body.items()}
        answer = self._post("login", body, None, deadline)
        check_login(answer)
        return read_session(answer, self._http.now())

    def refresh(self, session: Session, timeout: float) -> Session | None:
        """Keep a session alive; see :meth:`TokenSource.refresh`."""
        if session.csrf is None:
            return None
        self._refresh(session, session.csrf, self._http.deadline(timeout))
        return prolonged(session, self._http.now())

    def logout(self, session: Session, timeout: float) -> None:
        """End a session as well as possible; see :meth:`TokenSource.logout`."""
        if session.csrf is None or isinstance(self._credentials, _MADE_ELSEWHERE):
            return
        with contextlib.suppress(LoginError):
            self._post(
                "logout",
                {"csrf": session.csrf.reveal()},
                session.session_id,
                self._http.deadline(timeout),
            )

    def close(self) -> None:
        """End a running call and refuse later ones; idempotent, any thread."""
        self._http.close()

    def _existing(self, session: Session, deadline: Deadline) -> Session:
        with self._lock:
            first, self._given_out = not self._given_out, True
        if first:
            return session
        if session.csrf is None:
            raise _died(None)
        try:
            self._refresh(session, session.csrf, deadline)
        except LoginError as error:
            if error.status != _UNAUTHORIZED:
                raise
        else:
            return session
        raise _died(_UNAUTHORIZED)

    def _refresh(self, session: Session, csrf: Secret, deadline: Deadline) -> None:
        body = {"csrf": csrf.reveal()}
        check_refresh(self._post("refresh", body, session.session_id, deadline))

    def _post(
        self,
        step: str,
        body: dict[str, Any],
        session_id: Secret | None,
        deadline: Deadline,
    ) -> Answer:
        return self._http.call(
            "POST",
            self._csds.find(LOGIN_SERVICE, deadline),
            f"/api/account/{self._account}/{step}?v={_VERSION}",
            step=step,
            deadline=deadline,
            body=body,
            cookie=None if session_id is None else f"session_id={session_id.reveal()}",
        )


_MADE_ELSEWHERE: Final = (ExistingSession, ReadyBearer)
_UNAUTHORIZED: Final = 401


def _died(status: int | None) -> AuthenticationRejected:
    return AuthenticationRejected(
        "the session given to the connection has died, and a new one cannot be made "
        "from it; give credentials that can log in, such as PasswordLogin",
        status=status,
    )


def _login_body(credentials: Credentials) -> dict[str, str | Secret]:
    """Give the JSON of a login, its secrets still wrapped."""
    match credentials:
        case PasswordLogin():
            return {
                "username": credentials.username,
                "password": credentials.password,
            }
        case OAuth1Login():
            return {
                "username": credentials.username,
                "appKey": credentials.app_key,
                "secret": credentials.secret,
                "accessToken": credentials.access_token,
                "accessTokenSecret": credentials.access_token_secret,
            }
        case AssertionLogin():
            return {"jwt": "dummy", "assertion": credentials.assertion}
        case ExistingSession() | ReadyBearer():
            return {}
    raise LocalProtocolError(
        f"credentials of type {type(credentials).__name__} are not known; give "
        "PasswordLogin, OAuth1Login, AssertionLogin, ExistingSession or ReadyBearer"
    )


def _session_of(credentials: ExistingSession | ReadyBearer) -> Session:
    if isinstance(credentials, ReadyBearer):
        return Session(token=_wrap(credentials.token), user_id=credentials.user_id)
    given = credentials
    return Session(
        token=_wrap(given.token),
        user_id=given.user_id,
        user_pid=given.user_pid,
        session_id=None if given.session_id is None else _wrap(given.session_id),
        csrf=None if given.csrf is None else _wrap(given.csrf),
    )


def _wrap(value: str | Secret) -> Secret:
    return Secret(reveal(value))
