"""The addresses that a script calls, all below ``/emulator``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from aiohttp import web

from ums_actors.emulator.control.actions import (
    Accept,
    Action,
    Close,
    Cobrowse,
    Hours,
    Open,
    OpenMany,
    Submit,
    Write,
)
from ums_actors.emulator.control.calls import Call, answering, refuse_unknown
from ums_actors.emulator.control.endpoints import CONTROL_PATH, ENDPOINTS, described
from ums_actors.emulator.control.hooking import AskedWebhook
from ums_actors.emulator.control.placing import Place
from ums_actors.emulator.reading import take_as

if TYPE_CHECKING:
    from ums_actors.emulator.control.controls import Controls

__all__ = ["ControlSide"]

Handler: TypeAlias = Callable[[Call], Awaitable[Any]]


class _Fault(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    user: str | None = None
    count: int | None = None
    value: Any = None


class ControlSide:
    """Handlers of the script's calls."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """One for each call, by method and path."""
        return {
            "GET ": self._describe,
            "POST /consumer": self._consumer,
            "GET /conversations": self._conversations,
            "POST /conversation": self._place,
            "GET /transcript": self._transcript,
            "POST /shifts": self._set_shift,
            "GET /shifts": self._shifts,
            "POST /close": self._close,
            "POST /cut": self._cut,
            "POST /freeze": self._freeze,
            "POST /expire-tokens": self._expire_tokens,
            "POST /faults": self._add_fault,
            "GET /faults": self._faults,
            "DELETE /faults": self._clear_faults,
            "POST /webhooks": self._add_webhook,
            "GET /webhooks": self._webhooks,
            "DELETE /webhooks": self._remove_webhooks,
            "GET /state": self._state,
            "GET /sockets": self._sockets,
            "GET /history": self._history,
            "GET /log": self._log,
        }

    def add_to(self, app: web.Application) -> None:
        """Add the addresses."""
        handlers = self.handlers
        for endpoint in ENDPOINTS:
            handler = answering(endpoint, handlers[endpoint.key])
            app.router.add_route(endpoint.method, CONTROL_PATH + endpoint.path, handler)
        app.router.add_route("*", CONTROL_PATH, refuse_unknown)
        app.router.add_route("*", CONTROL_PATH + "/{rest:.*}", refuse_unknown)

    async def _describe(self, _call: Call) -> Any:
        return described()

    # -- consumers

    async def _consumer(self, call: Call) -> Any:
        body = await call.body()
        if isinstance(body, list):
            return [self._act(it) for it in take_as(body, list[Action])]
        return self._act(take_as(body, Action))

    def _act(self, action: Action) -> Any:
        controls = self._controls
        match action:
            case Open():
                return controls.open_conversation(**msgspec.structs.asdict(action))
            case OpenMany():
                asked = msgspec.structs.asdict(action)
                return {"conversations": controls.open_conversations(**asked)}
            case Write():
                sequence = controls.write(
                    action.conversation,
                    action.text,
                    dialog_id=action.dialog,
                    metadata=action.metadata,
                )
                return {"sequence": sequence}
            case Accept(conversation, sequences, status):
                return {"sequence": controls.accept(conversation, sequences, status)}
            case Submit(conversation, invitation, submission):
                sequence = controls.submit_form(conversation, invitation, submission)
                return {"sequence": sequence}
            case Cobrowse(conversation, session, mode):
                return {"dialog": controls.cobrowse(conversation, session, mode=mode)}
            case Close(conversation):
                controls.close_conversation(conversation)
                return {"closed": True}
            case _:
                events = controls.transcript(action.conversation, action.since)
                return self._told(action.conversation, events)

    async def _transcript(self, call: Call) -> Any:
        conversation = call.required("conversation")
        since, wait = int(call.number("since", 0)), call.number("wait", 0.0)
        events = await self._controls.wait_for_events(conversation, since, wait)
        return self._told(conversation, events)

    def _told(self, conversation: str, events: list[dict[str, Any]]) -> Any:
        stage = self._controls.stage(conversation)
        return {"conversation": conversation, "stage": stage, "events": events}

    async def _conversations(self, _call: Call) -> Any:
        return {"conversations": self._controls.conversations()}

    async def _place(self, call: Call) -> Any:
        told = take_as(await call.body(), Place)
        self._controls.place_conversation(
            told.conversation, group=told.group, app_install=told.app_install
        )
        return {"changed": True}

    # -- working hours

    async def _set_shift(self, call: Call) -> Any:
        shift = take_as(await call.body(), Hours)
        told = self._controls.set_shift(
            shift.skill, shift.on, next_on=shift.next_on, next_off=shift.next_off
        )
        return {"shifts": told}

    async def _shifts(self, _call: Call) -> Any:
        return {"shifts": self._controls.shifts()}

    # -- trouble

    async def _close(self, call: Call) -> Any:
        code = int(call.number("code", 0))
        return {"closed": await self._controls.close_sockets(code, call.text("user"))}

    async def _cut(self, call: Call) -> Any:
        return {"closed": self._controls.cut(call.text("user"))}

    async def _freeze(self, call: Call) -> Any:
        return {"frozen": self._controls.freeze(call.text("user"))}

    async def _expire_tokens(self, call: Call) -> Any:
        return {"expired": self._controls.expire_tokens(call.text("user"))}

    async def _add_fault(self, call: Call) -> Any:
        fault = take_as(await call.body(), _Fault)
        return {
            "faults": self._controls.add_fault(
                fault.name, user=fault.user, count=fault.count, value=fault.value
            )
        }

    async def _faults(self, _call: Call) -> Any:
        return {"faults": self._controls.faults()}

    async def _clear_faults(self, call: Call) -> Any:
        left = self._controls.clear_faults(call.text("name"), call.text("user"))
        return {"faults": left}

    # -- webhooks

    async def _add_webhook(self, call: Call) -> Any:
        asked = take_as(await call.body(), AskedWebhook)
        return {"webhooks": self._controls.add_webhook(**msgspec.structs.asdict(asked))}

    async def _webhooks(self, _call: Call) -> Any:
        return {"webhooks": self._controls.webhooks()}

    async def _remove_webhooks(self, call: Call) -> Any:
        return {"webhooks": self._controls.remove_webhook(call.text("url"))}

    # -- looking inside

    async def _state(self, _call: Call) -> Any:
        return self._controls.state()

    async def _sockets(self, call: Call) -> Any:
        return {"sockets": self._controls.sockets(call.text("user"))}

    async def _history(self, call: Call) -> Any:
        return {"sockets": self._controls.history(call.text("user"))}

    async def _log(self, call: Call) -> Any:
        body = self._controls.log_lines(call.text("user"))
        return web.Response(body=body, content_type="application/x-ndjson")
