"""One call of a script over HTTP: its parameters read, its answer written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web

from ums_actors.emulator.control.endpoints import CONTROL_PATH, ENDPOINTS, Endpoint
from ums_actors.emulator.failures import EmulatorError, Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Call", "answering", "refuse_unknown"]

_SEE: Final = f"GET {CONTROL_PATH} says what each call takes"


class Call:
    """One call; wrong parameters raise EmulatorError.

    Args:
        request: how it came.
        endpoint: what it may take.
    """

    def __init__(self, request: web.Request, endpoint: Endpoint) -> None:
        self._request = request
        self._endpoint = endpoint

    def check(self) -> None:
        """Refuse parameters that the call does not take, or takes once."""
        known = self._endpoint.query
        for name in self._request.query:
            if name not in known:
                takes = f"{self._endpoint.key} takes {', '.join(known) or 'none'}"
                raise EmulatorError(f"there is no parameter {name!r}; {takes}")
            if len(self._request.query.getall(name)) > 1:
                raise EmulatorError(f"{name} is given twice; give it once")

    def text(self, name: str) -> str | None:
        """Give a parameter, None if it is left out."""
        return self._request.query.get(name)

    def required(self, name: str) -> str:
        """Give a parameter that cannot be left out."""
        text = self.text(name)
        if not text:
            raise EmulatorError(f"{name} is missing; {_SEE}")
        return text

    def number(self, name: str, default: float) -> float:
        """Give a number, or the default if it is left out."""
        text = self.text(name)
        if text is None:
            return default
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise EmulatorError(f"{name} is no number; give a number")
        return number

    async def body(self) -> Any:
        """Give the decoded JSON."""
        try:
            return msgspec.json.decode(await self._request.read())
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise EmulatorError(f"the body is no JSON; {_SEE}") from None


def answering(
    endpoint: Endpoint, handler: Callable[[Call], Awaitable[Any]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Give a handler of requests that answers what a handler of calls gives."""

    async def answer(request: web.Request) -> web.Response:
        status = 200
        call = Call(request, endpoint)
        try:
            call.check()
            value = await handler(call)
        except Refused as refused:
            value, status = {"error": refused.text}, refused.code
        except EmulatorError as error:
            value, status = {"error": str(error)}, 400
        except msgspec.ValidationError as error:
            value, status = {"error": f"{error}; {_SEE}"}, 400
        if isinstance(value, web.Response):
            return value
        return _answer(value, status)

    return answer


async def refuse_unknown(request: web.Request) -> web.Response:
    """Answer a call that there is not."""
    path = request.path.removeprefix(CONTROL_PATH)
    methods = [it.method for it in ENDPOINTS if it.path == path]
    if methods:
        asked = f"{request.path} does not take {request.method}"
        sentence = f"{asked}; use {' or '.join(methods)}, {_SEE}"
        return _answer({"error": sentence}, 405, {"Allow": ", ".join(methods)})
    return _answer({"error": f"there is no such call; {_SEE}"}, 404)


def _answer(
    value: Any, status: int, headers: dict[str, str] | None = None
) -> web.Response:
    body = msgspec.json.encode(value)
    return web.Response(
        body=body, status=status, headers=headers, content_type="application/json"
    )
