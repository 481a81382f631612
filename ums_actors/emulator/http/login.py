"""The login service: login, refresh, logout of brand users."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from ums_actors.emulator.http.answers import (
    answer_of,
    failure,
    object_of,
    trouble_of,
)
from ums_actors.emulator.http.domains import domains_of
from ums_actors.emulator.http.saml import Served, subject_of

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service
    from ums_actors.emulator.world.sessions import Session
    from ums_actors.emulator.world.users import User

__all__ = ["Login"]

SESSION_TTL_MS: Final = 28_800_000
SESSION_COOKIE: Final = "Session_id"
_KEYS: Final = ("appKey", "secret", "accessToken", "accessTokenSecret")


class Login:
    """Handlers of the login service; each may be struck by a fault first."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._served = Served()

    def add_to(self, app: web.Application) -> None:
        """Add the addresses."""
        account = "/api/account/{account}"
        app.router.add_post(account + "/login", self._login)
        app.router.add_post(account + "/refresh", self._refresh)
        app.router.add_post(account + "/logout", self._logout)

    async def _login(self, request: web.Request) -> web.Response:
        counters = self._service.counters
        body = await object_of(request)
        name = _name_of(body) if body else None
        trouble = await trouble_of(self._service, request, "login", name)
        if trouble is not None:
            counters.refused_logins += 1
            return trouble
        user, status, text = self._judge_login(request, body)
        if user is None:
            counters.refused_logins += 1
            return failure(status, text)
        counters.logins += 1
        return self._logged_in(request, self._service.sessions.log_in(user))

    def _judge_login(
        self, request: web.Request, body: dict[str, Any] | None
    ) -> tuple[User | None, int, str]:
        name = None if body is None else _name_of(body)
        if body is None or name is None:
            return None, 400, "Invalid login request"
        user = self._service.users.by_name.get(name)
        is_here = request.match_info["account"] == self._service.account
        if user is None or not is_here or not self._proves(body, user):
            return None, 401, "Invalid site, user or password"
        return user, 200, ""

    def _proves(self, body: dict[str, Any], user: User) -> bool:
        """Judge a password, the five keys with it as the ``secret``, or an assertion.

        An assertion has named its user, and needs nothing else than to be a fresh one.
        """
        if "username" not in body:
            return self._served.takes(body["assertion"])
        if all(isinstance(body.get(key), str) for key in _KEYS):
            return bool(body["secret"] == user.password)
        return bool(body.get("password") == user.password)

    def _logged_in(self, request: web.Request, session: Session) -> web.Response:
        user = session.user
        answer = answer_of(
            {
                "csrf": session.csrf,
                "wsuk": "",
                "sessionId": session.session_id,
                "sessionTTl": str(SESSION_TTL_MS),
                "bearer": session.bearer,
                "config": {
                    "loginName": user.name,
                    "userId": user.user_id,
                    "userPid": user.pid,
                    "userPrivileges": [100],
                    "serverCurrentTime": int(time.time() * 1000),
                    "timeDiff": 0,
                    "isAdmin": False,
                    "isLPA": False,
                    "accountTimeZoneId": "Etc/UTC",
                },
                "csdsCollectionResponse": domains_of(self._service, request.host),
                "accountData": {},
            }
        )
        answer.set_cookie(
            SESSION_COOKIE, session.session_id, httponly=True, secure=request.secure
        )
        return answer

    async def _refresh(self, request: web.Request) -> web.Response:
        counters = self._service.counters
        session = await self._session(request)
        name = session.user.name if session else None
        trouble = await trouble_of(self._service, request, "refresh", name)
        if session is None or trouble is not None:
            counters.refused_refreshes += 1
            return trouble or failure(401, "CSRF token invalid or session expired")
        counters.refreshes += 1
        return web.Response()

    async def _logout(self, request: web.Request) -> web.Response:
        session = await self._session(request)
        if session is None:
            return failure(401, "CSRF token invalid or session expired")
        self._service.sessions.log_out(session)
        return web.Response()

    async def _session(self, request: web.Request) -> Session | None:
        body = await object_of(request)
        if not body or request.match_info["account"] != self._service.account:
            return None
        cookies = {name.lower(): value for name, value in request.cookies.items()}
        session_id = cookies.get(SESSION_COOKIE.lower(), "")
        return self._service.sessions.find(session_id, str(body.get("csrf")))


def _name_of(body: dict[str, Any]) -> str | None:
    """Give who wants in; of an assertion, its subject."""
    if "username" not in body:
        return subject_of(body.get("assertion"))
    name = body["username"]
    return name if isinstance(name, str) else None
