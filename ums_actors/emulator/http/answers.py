"""What all HTTP handlers share: answers, bodies, faults."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from ums_actors.emulator.values import as_object

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service

__all__ = ["answer_of", "failure", "fault_of", "object_of"]


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
    except (ValueError, RecursionError):
        return None


async def fault_of(service: Service, call: str, user: str | None) -> int | None:
    """Give the status that a fault knob wants, after the delay that it wants."""
    fault = service.faults.of_call(call, user)
    if fault is None:
        return None
    await asyncio.sleep(fault.delay)
    return fault.status
