"""The addresses that a client calls: domains, login, refresh, logout, brand socket."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web

from ums_actors.emulator import choices
from ums_actors.emulator.values import as_object

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service
    from ums_actors.emulator.sessions import Session
    from ums_actors.emulator.users import User

__all__ = ["WireSide"]

SERVICES: Final = ("agentVep", "asyncMessagingEnt", "facadeMsg", "idp", "swift")
SESSION_TTL_MS: Final = 28_800_000
SESSION_COOKIE: Final = "Session_id"
_KEYS: Final = ("appKey", "secret", "accessToken", "accessTokenSecret")


def _json(value: Any, status: int = 200) -> web.Response:
    body = msgspec.json.encode(value)
    return web.Response(body=body, status=status, content_type="application/json")


def _failure(status: int, text: str) -> web.Response:
    return _json({"error": text}, status)  # both known clients read a string


class WireSide:
    """Handlers of the client's calls; each may be hit by a fault knob first."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def add_to(self, app: web.Application) -> None:
        """Add the addresses."""
        account = "/api/account/{account}"
        one = account + "/service/{service}/baseURI.json"
        app.router.add_get(account + "/service/baseURI.json", self._all_domains)
        app.router.add_get(
            "/csdr/account/{account}/service/baseURI.json", self._all_domains
        )
        app.router.add_get(one, self._one_domain)
        app.router.add_post(account + "/login", self._login)
        app.router.add_post(account + "/refresh", self._refresh)
        app.router.add_post(account + "/logout", self._logout)
        path = "/ws_api/account/{account}/messaging/brand/{bearer}"
        app.router.add_get(path, self._brand_socket)

    # -- domains

    async def _all_domains(self, request: web.Request) -> web.Response:
        if (refusal := await self._refuse_domains(request)) is not None:
            return refusal
        return _json(self._domains())

    async def _one_domain(self, request: web.Request) -> web.Response:
        if (refusal := await self._refuse_domains(request)) is not None:
            return refusal
        name = request.match_info["service"]
        for entry in self._domains()["baseURIs"]:
            if entry["service"] == name:
                return _json(entry)
        return _failure(404, "Unknown service")

    async def _refuse_domains(self, request: web.Request) -> web.Response | None:
        if (fault := await self._fault("csds", None)) is not None:
            return _failure(fault, "Fault knob")
        if request.match_info["account"] != self._service.account:
            return _failure(choices.UNKNOWN_ACCOUNT_STATUS, "Unknown account")
        return None

    def _domains(self) -> dict[str, list[dict[str, str]]]:
        account, authority = self._service.account, self._service.authority
        return {
            "baseURIs": [
                {"service": name, "account": account, "baseURI": authority}
                for name in SERVICES
            ]
        }

    # -- login

    async def _login(self, request: web.Request) -> web.Response:
        counters = self._service.counters
        body = await _object(request)
        name = str(body.get("username")) if body else None
        status, text = await self._fault("login", name), "Fault knob"
        user = None
        if status is None:
            user, status, text = self._judge_login(request, body)
        if user is None:
            counters.refused_logins += 1
            return _failure(status or 401, text)
        counters.logins += 1
        return self._logged_in(request, self._service.sessions.log_in(user))

    def _judge_login(
        self, request: web.Request, body: dict[str, Any] | None
    ) -> tuple[User | None, int, str]:
        if body is None or not isinstance(body.get("username"), str):
            return None, 400, "Invalid login request"
        user = self._service.users.by_name.get(body["username"])
        is_here = request.match_info["account"] == self._service.account
        if user is None or not is_here or not _proves(body, user):
            return None, 401, "Invalid site, user or password"
        return user, 200, ""

    def _logged_in(self, request: web.Request, session: Session) -> web.Response:
        user = session.user
        answer = _json(
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
                "csdsCollectionResponse": self._domains(),
                "accountData": {},
            }
        )
        answer.set_cookie(
            SESSION_COOKIE, session.session_id, httponly=True, secure=request.secure
        )
        return answer

    # -- refresh, logout

    async def _refresh(self, request: web.Request) -> web.Response:
        counters = self._service.counters
        session = await self._session(request)
        status = await self._fault("refresh", _name_of(session))
        if session is None or status is not None:
            counters.refused_refreshes += 1
            return _failure(status or 401, "CSRF token invalid or session expired")
        counters.refreshes += 1
        return web.Response()

    async def _logout(self, request: web.Request) -> web.Response:
        session = await self._session(request)
        if session is None:
            return _failure(401, "CSRF token invalid or session expired")
        self._service.sessions.log_out(session)
        return web.Response()

    async def _session(self, request: web.Request) -> Session | None:
        body = await _object(request)
        if not body or request.match_info["account"] != self._service.account:
            return None
        cookies = {name.lower(): value for name, value in request.cookies.items()}
        session_id = cookies.get(SESSION_COOKIE.lower(), "")
        return self._service.sessions.find(session_id, str(body.get("csrf")))

    # -- brand socket

    async def _brand_socket(self, request: web.Request) -> web.StreamResponse:
        service = self._service
        session = service.sessions.of_bearer(request.match_info["bearer"])
        status = await self._fault("handshake", _name_of(session))
        # asked again: the token may have died while the answer was held back
        session = service.sessions.of_bearer(request.match_info["bearer"])
        if session is None or request.match_info["account"] != service.account:
            status = status or 401
        elif request.query.get("v") not in choices.BRAND_VERSIONS:
            status = status or 400
        if session is None or status is not None:
            service.counters.refused_handshakes += 1
            return _failure(status or 401, "The handshake is refused")
        line = service.new_line(session.user)
        await line.open(request)
        service.counters.handshakes += 1
        service.add_line(line)
        try:
            return await line.serve()
        finally:
            service.remove_line(line)

    async def _fault(self, call: str, user: str | None) -> int | None:
        fault = self._service.faults.of_call(call, user)
        if fault is None:
            return None
        await asyncio.sleep(fault.delay)
        return fault.status


async def _object(request: web.Request) -> dict[str, Any] | None:
    try:
        return as_object(msgspec.json.decode(await request.read()))
    except (ValueError, RecursionError):
        return None


def _name_of(session: Session | None) -> str | None:
    return None if session is None else session.user.name


def _proves(body: dict[str, Any], user: User) -> bool:
    """A password, or the five-key form with the password as its ``secret``."""
    if all(isinstance(body.get(key), str) for key in _KEYS):
        return bool(body["secret"] == user.password)
    return bool(body.get("password") == user.password)
