"""The fault knobs of old, on top of the faults; goes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.wire.dialects import canonical

if TYPE_CHECKING:
    from ums_actors.emulator.faults.faults import Fault, Faults

__all__ = ["Knobs"]

Seconds = Annotated[float, msgspec.Meta(ge=0, le=3_600)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Code = Annotated[int, msgspec.Meta(ge=400, le=599)]
CALLS = ("csds", "login", "refresh", "handshake")


class Rejection(msgspec.Struct, forbid_unknown_fields=True):
    code: Code
    times: Count = 1


class CallFault(msgspec.Struct, forbid_unknown_fields=True):
    status: Code | None = None
    times: Count = 1
    user: str | None = None
    delay: Seconds = 0.0


class _Knobs(msgspec.Struct, forbid_unknown_fields=True):
    response_delay: Seconds = 0.0
    response_delay_types: list[str] = []
    drop_responses: dict[str, Count] = {}
    reject: dict[str, Rejection] = {}
    max_concurrent: Count | None = None
    mute_pings: bool = False
    csds: CallFault | None = None
    login: CallFault | None = None
    refresh: CallFault | None = None
    handshake: CallFault | None = None


class Knobs:
    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._knobs = _Knobs()
        self._made: dict[tuple[str, str], Fault] = {}

    def set(self, knobs: dict[str, Any]) -> dict[str, Any]:
        knobs = dict(knobs)
        old = {} if knobs.pop("reset", False) else self.as_dict()
        try:
            new = msgspec.convert({**old, **knobs}, _Knobs)
        except msgspec.ValidationError as error:
            known = ", ".join(_Knobs.__struct_fields__)
            raise EmulatorError(f"{error}; the knobs are {known} and reset") from None
        new.drop_responses = {canonical(k): n for k, n in new.drop_responses.items()}
        new.reject = {canonical(name): it for name, it in new.reject.items()}
        self._knobs = new
        for fault in self._made.values():
            if fault in list(self._faults):
                self._faults._remove(fault)
        self._made = {}
        self._make()
        return self.as_dict()

    def _make(self) -> None:
        knobs, add = self._knobs, self._faults.add
        if knobs.response_delay:
            delay = {
                "seconds": knobs.response_delay,
                "types": knobs.response_delay_types or None,
            }
            add("delay", value=delay)
            self._made["response_delay", ""] = list(self._faults)[-1]
        for kind, times in knobs.drop_responses.items():
            if times:
                self._made["drop", kind] = add("drop", count=times, value=kind)
        for kind, it in knobs.reject.items():
            if it.times:
                value = {"code": it.code, "type": kind}
                self._made["reject", kind] = add("reject", count=it.times, value=value)
        if knobs.max_concurrent is not None:
            fault = add("too-many", value=knobs.max_concurrent)
            self._made["too-many", ""] = fault
        if knobs.mute_pings:
            self._made["mute", ""] = add("mute-pings")
        for call in CALLS:
            fault_ = getattr(knobs, call)
            if fault_ is not None and fault_.times and (fault_.status or fault_.delay):
                value = {"delay": fault_.delay} | (
                    {"status": fault_.status} if fault_.status else {}
                )
                self._made["call", call] = add(
                    call, user=fault_.user, count=fault_.times, value=value
                )

    def as_dict(self) -> dict[str, Any]:
        alive = set(self._faults)

        def left(key: tuple[str, str]) -> int:
            fault = self._made.get(key)
            return fault.count or 0 if fault in alive and fault is not None else 0

        knobs = self._knobs
        for kind in knobs.drop_responses:
            knobs.drop_responses[kind] = left(("drop", kind))
        for kind, it in knobs.reject.items():
            it.times = left(("reject", kind))
        for call in CALLS:
            if getattr(knobs, call) is not None:
                getattr(knobs, call).times = left(("call", call))
        told: dict[str, Any] = msgspec.to_builtins(knobs)
        return told
