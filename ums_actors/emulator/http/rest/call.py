"""One REST call: who makes it, what it asks for, and what goes wrong with it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import msgspec

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.http.answers import NEVER, answer_of, failure, wait_for
from ums_actors.emulator.requests.table import answer_request
from ums_actors.emulator.sides.client import Client
from ums_actors.emulator.values import as_object
from ums_actors.emulator.wire.channel import reset
from ums_actors.emulator.wire.frames import Answer, Request, encode
from ums_actors.emulator.wire.outbox import Outbox
from ums_actors.emulator.wire.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from ums_actors.emulator.service import Service
    from ums_actors.emulator.world.users import User

__all__ = ["RestCall", "answered"]


class RestCall:
    """One call of a brand user's.

    Args:
        service: the account.
        user: who calls.
        request: the call.
        unanswered: how many calls of that user wait for their answer, this one too.
    """

    def __init__(
        self, service: Service, user: User, request: web.Request, unanswered: int
    ) -> None:
        self.service = service
        self.request = request
        self._client = Client(user, user.old_id, _unheard)
        self._unanswered = unanswered
        self._told: dict[str, Any] | None = None
        self._trouble = Trouble(service.faults, self._client, Outbox(0.0))

    async def read(self) -> None:
        """Read what it brings."""
        text = await self.request.text()
        self._log("in", text or "null")
        try:
            self._told = as_object(msgspec.json.decode(text))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            self._told = None

    @property
    def told(self) -> dict[str, Any]:
        """The JSON object that it brings.

        Raises:
            Refused: it brings none.
        """
        if self._told is None:
            raise Refused(400, "The body is no JSON object")
        return self._told

    def ask(self, kind: str, body: Any, metadata: Any = None) -> Answer:
        """Have a websocket's request carried out.

        Raises:
            Refused: it cannot be.
        """
        request = Request("rest", kind, body, metadata)
        return answer_request(self.service.world, self._client, request)

    async def answer(
        self, kind: str, handler: Callable[[RestCall], web.Response]
    ) -> web.StreamResponse:
        """Give the answer, unless a fault wants another one.

        Args:
            kind: the type by which faults name the call.
            handler: carries it out, and gives its answer; may raise Refused.
        """
        refusal = self._trouble.refusal(kind, self._unanswered)
        if refusal is not None:
            return self._refused(refusal.code, str(refusal.body), refusal.pause)
        try:
            answer = handler(self)
        except Refused as refused:
            answer = self._refused(refused.code, refused.text)
        if self._trouble.disconnects(kind):
            if isinstance(self.request.transport, asyncio.Transport):
                reset(self.request.transport)
            return answer
        if self._strikes("drop", kind):
            await wait_for(self.request, NEVER)
            return answer
        faults, name = self.service.faults, self._client.name
        late = faults.strike("delay", name, lambda it: it.setting.types.fit(kind))
        if late is not None:
            await wait_for(self.request, late.setting.seconds)
        self._log("out", answer.text or "null", answer.status)
        return answer

    def _strikes(self, name: str, kind: str) -> bool:
        faults, user = self.service.faults, self._client.name
        fault = faults.strike(name, user, lambda it: it.setting.fit(kind))
        return fault is not None

    def _refused(
        self, code: int, text: str, pause: float | None = None
    ) -> web.Response:
        answer = failure(code, text)
        if code == choices.TOO_MANY or pause is not None:
            wanted = choices.REST_RETRY_AFTER if pause is None else pause
            answer.headers["Retry-After"] = f"{wanted:g}"
        return answer

    def _log(self, direction: Any, text: str, status: int | None = None) -> None:
        """Keep it among the frames; calls have no socket, and so the number 0."""
        request = self.request
        told: dict[str, Any] = {"method": request.method, "path": request.path_qs}
        if "If-Match" in request.headers:
            told["ifMatch"] = request.headers["If-Match"]
        if status is not None:
            told["status"] = status
        try:
            body: Any = msgspec.json.decode(text)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            body = text
        told["body"] = body
        frame = encode(told)
        self.service.log.add(time.time(), 0, self._client, direction, frame)


def _unheard(_text: str, _strictly: bool) -> None:
    """Let go of what a websocket would hear: here it is told by webhooks, if at all."""


def answered(value: Any, status: int, etag: str | None = None) -> web.Response:
    """Give an answer with the ETag of what it shows."""
    answer = answer_of(value, status)
    if etag is not None:
        answer.headers["ETag"] = etag
    return answer
