"""What goes wrong on purpose."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.wire.dialects import canonical

__all__ = ["CallFault", "Faults", "Knobs", "Rejection"]

Seconds = Annotated[float, msgspec.Meta(ge=0, le=3_600)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Code = Annotated[int, msgspec.Meta(ge=400, le=599)]

_CALLS: Final = ("csds", "login", "refresh", "handshake")


class Rejection(msgspec.Struct, forbid_unknown_fields=True):
    """The next ``times`` requests of a type are refused with ``code``."""

    code: Code
    times: Count = 1


class CallFault(msgspec.Struct, forbid_unknown_fields=True):
    """The next ``times`` HTTP calls of a kind fail, or are only late.

    Attributes:
        status: HTTP status of the answer; None answers as usual, after the delay.
        times: how many calls are still hit.
        user: the one user whose calls are hit; None hits all.
        delay: seconds until the answer.
    """

    status: Code | None = None
    times: Count = 1
    user: str | None = None
    delay: Seconds = 0.0


class Knobs(msgspec.Struct, forbid_unknown_fields=True):
    """All knobs; as made, nothing goes wrong."""

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


class Faults:
    """The knobs as they stand, and the counting down of those that count."""

    def __init__(self) -> None:
        self._knobs = Knobs()

    def set(self, knobs: dict[str, Any]) -> dict[str, Any]:
        """Set some knobs and give them all; ``reset`` clears the others first.

        Raises:
            EmulatorError: an unknown knob, or a value out of its bounds.
        """
        knobs = dict(knobs)
        old = {} if knobs.pop("reset", False) else self.as_dict()
        try:
            new = msgspec.convert({**old, **knobs}, Knobs)
        except msgspec.ValidationError as error:
            known = ", ".join(Knobs.__struct_fields__)
            raise EmulatorError(f"{error}; the knobs are {known} and reset") from None
        new.response_delay_types = [
            canonical(name) for name in new.response_delay_types
        ]
        new.drop_responses = {canonical(k): n for k, n in new.drop_responses.items()}
        new.reject = {canonical(name): it for name, it in new.reject.items()}
        self._knobs = new
        return self.as_dict()

    def as_dict(self) -> dict[str, Any]:
        """Give all knobs as they stand now."""
        knobs: dict[str, Any] = msgspec.to_builtins(self._knobs)
        return knobs

    @property
    def mute_pings(self) -> bool:
        """Whether pings are not answered."""
        return self._knobs.mute_pings

    def delay_of(self, kind: str) -> float:
        """Give the seconds that a response to this request type is late."""
        types = self._knobs.response_delay_types
        is_hit = not types or canonical(kind) in types
        return self._knobs.response_delay if is_hit else 0.0

    def drops(self, kind: str) -> bool:
        """Say whether the response to this request is to be dropped."""
        left = self._knobs.drop_responses
        kind = canonical(kind)
        if not left.get(kind):
            return False
        left[kind] -= 1
        return True

    def rejects(self, kind: str, concurrent: int) -> int | None:
        """Give the code that this request is to be refused with, if any."""
        most = self._knobs.max_concurrent
        if most is not None and concurrent > most:
            return 429
        rejection = self._knobs.reject.get(canonical(kind))
        if rejection is None or not rejection.times:
            return None
        rejection.times -= 1
        return rejection.code

    def of_call(self, call: str, user: str | None) -> CallFault | None:
        """Give what befalls this HTTP call: csds, login, refresh or handshake."""
        if call not in _CALLS:
            raise ValueError(call)
        fault: CallFault | None = getattr(self._knobs, call)
        if fault is None or not fault.times or fault.user not in (None, user):
            return None
        fault.times -= 1
        return fault
