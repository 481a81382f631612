"""What all HTTP handlers share: answers, bodies, faults."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web

from ums_actors.emulator.faults.values import CUT
from ums_actors.emulator.values import as_object

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service

__all__ = ["NEVER", "answer_of", "failure", "object_of", "trouble_of", "wait_for"]

NEVER: Final = 3_600.0
"""Seconds for which a call is never answered; its client goes long before."""
LOOK_EVERY: Final = 0.25
"""Seconds after which it is seen that who waits has gone."""


def answer_of(value: Any, status: int = 200) -> web.Response:
    """Give a JSON answer."""
    body = msgspec.json.encode(value)
    return web.Response(body=body, status=status, content_type="application/json")


def failure(status: int, text: str) -> web.Response:
    """Give an answer that says no; both known clients read a string."""
    return answer_of({"error": text}, status)


async def object_of(request: web.Request) -> dict[str, Any] | None:
    """Read a JSON object; None if the body is something else."""
    try:
        return as_object(msgspec.json.decode(await request.read()))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


async def trouble_of(
    service: Service, request: web.Request, call: str, user: str | None
) -> web.Response | None:
    """Give the answer that a fault wants for a call, as late as it wants; else None.

    Args:
        service: whose faults are asked.
        request: the call.
        call: csds, login, refresh, idp, shift-status, msgstatistics or handshake.
        user: login name or consumer id, as far as it is known who calls.
    """
    fault = service.faults.strike(call, user)
    if fault is None:
        return None
    told = fault.setting
    await wait_for(request, NEVER if told.status == CUT else told.delay)
    if told.status == CUT:
        return failure(504, "Never answered")
    if told.body is not None:
        return _BODIES[told.body](told.status or 200)
    return None if told.status is None else failure(told.status, "A fault strikes")


async def wait_for(request: web.Request, seconds: float) -> None:
    """Wait, but not for a client that has gone."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while (left := end - loop.time()) > 0:
        if request.transport is None:
            return
        await asyncio.sleep(min(left, LOOK_EVERY))


def _wrong(status: int) -> web.Response:
    return answer_of({"unexpected": True}, status)


def _nonsense(status: int) -> web.Response:
    text = "<html><body>It works!</body></html>"
    return web.Response(text=text, status=status, content_type="text/html")


def _error(status: int) -> web.Response:
    told = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "message": "A fault strikes",
        "internalCode": 10,
        "responseStatus": "INTERNAL_SERVER_ERROR",
    }
    return answer_of({"error": told}, status)


_BODIES: Final = {"wrong": _wrong, "nonsense": _nonsense, "error": _error}
