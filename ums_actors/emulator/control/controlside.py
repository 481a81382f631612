"""The addresses that a script calls, all below ``/emulator``."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web

from ums_actors.emulator.failures import EmulatorError, Refused
from ums_actors.emulator.values import as_list, as_object

if TYPE_CHECKING:
    from ums_actors.emulator.control.controls import Controls

__all__ = ["CONTROL_PATH", "ControlSide"]

CONTROL_PATH: Final = "/emulator"

Handler = Callable[[web.Request], Awaitable[Any]]


class _Action(msgspec.Struct, forbid_unknown_fields=True):
    """One action of a scripted consumer; each needs some of the fields."""

    action: str
    conversation: str = ""
    dialog: str | None = None
    text: str | None = None
    metadata: list[Any] | None = None
    sequences: list[int] = []
    status: str = "READ"
    skill: str | None = None
    assign: str | None = None
    consumer: str | None = None
    survey: bool = False
    since: int = 0


class ControlSide:
    """Handlers of the script's calls."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    def add_to(self, app: web.Application) -> None:
        """Add the addresses."""
        posts: dict[str, Handler] = {
            "/consumer": self._consumer,
            "/close": self._close,
            "/cut": self._cut,
            "/freeze": self._freeze,
            "/expire-tokens": self._expire_tokens,
            "/faults": self._set_faults,
        }
        gets: dict[str, Handler] = {
            "/faults": self._get_faults,
            "/transcript": self._transcript,
            "/conversations": self._conversations,
            "/state": self._state,
            "/log": self._log,
        }
        for path, handler in posts.items():
            app.router.add_post(CONTROL_PATH + path, _answering(handler))
        for path, handler in gets.items():
            app.router.add_get(CONTROL_PATH + path, _answering(handler))

    # -- consumers

    async def _consumer(self, request: web.Request) -> Any:
        body = await _body(request)
        if not isinstance(body, list):
            return self._act(body)
        return [self._act(action) for action in as_list(body)]

    def _act(self, body: Any) -> Any:
        action = msgspec.convert(body, _Action)
        act = getattr(self, f"_consumer_{action.action}", None)
        if act is None:
            raise EmulatorError(
                "unknown action; use open, write, accept, close or read"
            )
        return act(action)

    def _consumer_open(self, action: _Action) -> Any:
        opened = self._controls.open_conversation(
            skill=action.skill,
            assign=action.assign,
            text=action.text,
            consumer=action.consumer,
            survey=action.survey,
        )
        return {
            "conversation": opened.conversation_id,
            "dialog": opened.dialog_id,
            "consumer": opened.consumer_id,
            "sequence": opened.sequence,
        }

    def _consumer_write(self, action: _Action) -> Any:
        sequence = self._controls.write(
            action.conversation,
            action.text or "",
            dialog_id=action.dialog,
            metadata=action.metadata,
        )
        return {"sequence": sequence}

    def _consumer_accept(self, action: _Action) -> Any:
        sequence = self._controls.accept(
            action.conversation, action.sequences, action.status
        )
        return {"sequence": sequence}

    def _consumer_close(self, action: _Action) -> Any:
        self._controls.close_conversation(action.conversation)
        return {"closed": True}

    def _consumer_read(self, action: _Action) -> Any:
        events = self._controls.transcript(action.conversation, action.since)
        return self._told(action.conversation, events)

    async def _transcript(self, request: web.Request) -> Any:
        conversation = request.query.get("conversation", "")
        since = _number(request, "since", 0)
        wait = _number(request, "wait", 0.0)
        events = await self._controls.wait_for_events(conversation, int(since), wait)
        return self._told(conversation, events)

    def _told(self, conversation: str, events: list[dict[str, Any]]) -> Any:
        stage = self._controls.stage(conversation)
        return {"conversation": conversation, "stage": stage, "events": events}

    async def _conversations(self, _request: web.Request) -> Any:
        return {"conversations": self._controls.conversations()}

    # -- trouble

    async def _close(self, request: web.Request) -> Any:
        code = int(_number(request, "code", 0))
        return {"closed": await self._controls.close_sockets(code, _user(request))}

    async def _cut(self, request: web.Request) -> Any:
        return {"closed": self._controls.cut(_user(request))}

    async def _freeze(self, request: web.Request) -> Any:
        return {"frozen": self._controls.freeze(_user(request))}

    async def _expire_tokens(self, request: web.Request) -> Any:
        return {"expired": self._controls.expire_tokens(_user(request))}

    async def _set_faults(self, request: web.Request) -> Any:
        body = as_object(await _body(request))
        if body is None:
            raise EmulatorError("the knobs are no object; send {knob: value, …}")
        return self._controls.set_faults(**body)

    # -- looking inside

    async def _get_faults(self, _request: web.Request) -> Any:
        return self._controls.set_faults()

    async def _state(self, _request: web.Request) -> Any:
        return self._controls.state()

    async def _log(self, request: web.Request) -> Any:
        body = self._controls.log_lines(_user(request))
        return web.Response(body=body, content_type="application/x-ndjson")


def _answering(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        status = 200
        try:
            value = await handler(request)
        except Refused as refused:
            value, status = {"error": refused.text}, refused.code
        except (EmulatorError, msgspec.ValidationError) as error:
            value, status = {"error": str(error)}, 400
        if isinstance(value, web.Response):
            return value
        body = msgspec.json.encode(value)
        return web.Response(body=body, status=status, content_type="application/json")

    return answer


async def _body(request: web.Request) -> Any:
    try:
        return msgspec.json.decode(await request.read())
    except (ValueError, RecursionError):
        raise EmulatorError("the body is no JSON; send a JSON object") from None


def _user(request: web.Request) -> str | None:
    return request.query.get("user")


def _number(request: web.Request, name: str, default: float) -> float:
    text = request.query.get(name)
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise EmulatorError(f"{name} is no number; give a number")
    return number
