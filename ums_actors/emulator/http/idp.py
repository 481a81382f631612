"""The identity service: tokens of consumers, anonymous or of a customer's own login."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.http.answers import answer_of, failure, object_of, trouble_of
from ums_actors.emulator.world.tokens import (
    EXTERNAL_ISSUER,
    INTERNAL_ISSUER,
    OUR_ISSUERS,
    has_expired,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from aiohttp import web

    from ums_actors.emulator.service import Service

__all__ = ["Idp"]

ANONYMOUS_IS_OFF: Final = 428
"""HTTP status where an account wants no anonymous consumers."""
SHARED_CLAIMS: Final = ("sub", "iss", "lp_sdes")
"""Claims of a customer's own login that its token for the websocket repeats."""

_SUBJECT: Final = re.compile(r"[^\x00-\x20\x7f]{1,128}")
_NAMESPACE: Final = uuid.UUID("3f0a3c0a-4a60-5d0e-9a39-5a6f0f0a7b52")

Work = Callable[[str, dict[str, Any]], dict[str, Any]]


class Idp:
    """Handlers of the identity service; each may be hit by a fault first.

    A customer's own login is believed without a look at its signature: whatever JWT
    has a ``sub`` is one, and that ``sub`` is the consumer's id.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._tokens = service.world.tokens
        self._consumers = service.world.consumers

    def add_to(self, app: web.Application) -> None:
        """Add the addresses."""
        routes: dict[str, Work] = {
            "/signup": self._sign_up,
            "/anonymous/authorize": self._authorize,
            "/app/{connector}/authenticate": self._authenticate,
            "/authenticate": self._authenticate_by_code,
        }
        for path, work in routes.items():
            app.router.add_post("/api/account/{account}" + path, self._answering(work))

    def _answering(
        self, work: Work
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            body = await object_of(request) if await request.read() else {}
            holder = self._holder_of(body)
            answer = await trouble_of(self._service, request, "idp", holder)
            if answer is None:
                answer = self._outcome(work, request, body)
            if answer.status >= 400:  # noqa: PLR2004 - what HTTP calls refused
                self._service.counters.refused_consumer_tokens += 1
            return answer

        return answer

    def _outcome(
        self, work: Work, request: web.Request, body: dict[str, Any] | None
    ) -> web.Response:
        if request.match_info["account"] != self._service.account:
            return failure(choices.UNKNOWN_ACCOUNT_STATUS, "Unknown account")
        if body is None:
            return failure(400, "The body is no object")
        try:
            return answer_of(work(request.match_info.get("connector", ""), body))
        except Refused as refused:
            return failure(refused.code, refused.text)

    def _holder_of(self, body: dict[str, Any] | None) -> str | None:
        """Give the ``sub`` of the token in a body, if it has one."""
        for token in (body or {}).values():
            if claims := self._tokens.peek(token):
                return str(claims.get("sub"))
        return None

    # -- anonymous

    def _sign_up(self, _connector: str, _body: dict[str, Any]) -> dict[str, Any]:
        return {"jwt": self._let_in(self._new_anonymous())}

    def _authorize(self, _connector: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make an anonymous identity, or renew one by any token that it ever had."""
        old = body.get("id_token")
        if old is None:
            consumer = self._new_anonymous()
            return {"token": self._tokens.issue(EXTERNAL_ISSUER, consumer)}
        claims = self._tokens.read(old)
        consumer = str(claims and claims.get("sub"))
        known = self._consumers.find(consumer)
        if claims is None or known is None or not known.is_anonymous:
            raise Refused(
                401, "The id_token is of no anonymous identity of this account"
            )
        if not self._tokens.is_renewable(claims):
            raise Refused(401, "The anonymous identity is too old to be renewed")
        made = {"auth_time": claims["auth_time"]}
        return {"token": self._tokens.issue(EXTERNAL_ISSUER, consumer, **made)}

    def _new_anonymous(self) -> str:
        if not self._service.anonymous:
            raise Refused(ANONYMOUS_IS_OFF, "Anonymous consumers are switched off")
        self._service.counters.signups += 1
        return self._consumers.new().consumer_id

    # -- by a token

    def _authenticate(self, connector: str, body: dict[str, Any]) -> dict[str, Any]:
        connectors = self._service.connectors
        if connectors is not None and connector not in connectors:
            raise Refused(404, "Unknown connector")
        if "id_token" in body:
            return {"token": self._exchange(body["id_token"])}
        if "code" not in body:
            raise Refused(400, "Send an id_token, or a code")
        if "lp_jwt" in body and self._tokens.consumer_of(body["lp_jwt"]) is None:
            raise Refused(401, "The lp_jwt is expired or not of this account")
        return {"token": self._mock(body["code"])}

    def _authenticate_by_code(
        self, _connector: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        return {"jwt": self._exchange(body.get("authCode"))}

    def _mock(self, code: object) -> str:
        """Let in a customer of any name, as if their own login had said so."""
        if not isinstance(code, str) or not _SUBJECT.fullmatch(code):
            raise Refused(400, "The code is no name of 1 to 128 characters")
        consumer = str(uuid.uuid5(_NAMESPACE, f"{self._service.account}/{code}"))
        return self._let_in_customer(consumer, {"sub": code, "given_name": code})

    def _exchange(self, token: object) -> str:
        claims = self._tokens.peek(token)
        if claims is None:
            raise Refused(400, "The token is no JWT")
        if claims.get("iss") in OUR_ISSUERS:
            ours = self._tokens.read(token)
            if ours is None or not self._tokens.is_live(ours, EXTERNAL_ISSUER):
                raise Refused(401, "The token is expired or not of this account")
            return self._let_in(str(ours["sub"]), auth_time=ours["auth_time"])
        if has_expired(claims, self._tokens.now()):
            raise Refused(401, "The token is expired")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
            raise Refused(400, "The token has no sub of 1 to 128 characters")
        users = self._service.users
        if users.find(subject) is not None or subject in users.by_name:
            raise Refused(400, "The sub of the token is a brand user's")
        return self._let_in_customer(subject, claims)

    def _let_in_customer(self, consumer: str, claims: dict[str, Any]) -> str:
        self._consumers.authenticate(consumer, claims)
        shared = {name: claims[name] for name in SHARED_CLAIMS if name in claims}
        return self._let_in(consumer, **{"lp.ext": shared})

    def _let_in(self, consumer: str, **more: Any) -> str:
        self._service.counters.consumer_tokens += 1
        return self._tokens.issue(INTERNAL_ISSUER, consumer, **more)
