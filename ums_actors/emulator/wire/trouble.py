"""What goes wrong on one socket: between what a line says and what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from ums_actors.emulator.faults import bending
from ums_actors.emulator.wire.dialects import canonical, short_notification
from ums_actors.emulator.wire.frames import Answer, encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.emulator.faults.faults import Fault, Faults
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.wire.outbox import Outbox, Reply

__all__ = ["REORDER_WAIT", "Trouble"]

REORDER_WAIT: Final = 1.0
"""Seconds that a change waits for the one that is to overtake it."""
_CHANGE: Final = "cqm.ExConversationChangeNotification"
_INIT: Final = "InitConnection"
_ON_NOTICES: Final = (
    "duplicate",
    "malformed",
    "omit-last-content",
    "reorder",
    "single-element",
    "unknown-enum",
    "unknown-field",
)


class Trouble:
    """Asks the faults whether they strike one socket, and carries them out.

    Args:
        faults: all that there are.
        client: who is at the other end, as far as known.
        outbox: what the socket still has to write.
    """

    def __init__(self, faults: Faults, client: Client, outbox: Outbox) -> None:
        self._faults = faults
        self._client = client
        self._outbox = outbox
        self._seen: dict[Fault, int] = {}

    # -- reading

    def mutes_ping(self) -> bool:
        """Say whether a ping gets no pong."""
        return self._strike("mute-pings") is not None

    def half_opens(self) -> bool:
        """Say whether the socket is half-open from the request in hand on."""
        return self._strike("half-open", self._is_over) is not None

    def close_code(self, kind: str) -> int | None:
        """Give the code that closes the socket at this request, 0 for a cut."""

        def hits(fault: Fault) -> bool:
            return fault.setting.types.fit(kind) and self._is_over(fault)

        fault = self._strike("close", hits)
        return None if fault is None else int(fault.setting.code)

    def refusal(self, kind: str, unanswered: int) -> Answer | None:
        """Give the refusal that a request gets without being carried out."""
        if canonical(kind) == _INIT and self._strike("init", _says("refused")):
            return Answer("Refused by a fault", code=401)
        if fault := self._strike("reject", lambda it: it.setting.types.fit(kind)):
            told = fault.setting
            return Answer(told.text, code=told.code, pause=told.retry_after)
        if self._strike("too-many", lambda it: unanswered > it.setting):
            return Answer("Too many requests at once", code=429)
        return None

    def ignores(self, kind: str) -> bool:
        """Say whether a request is neither carried out nor answered."""
        is_init = canonical(kind) == _INIT
        return is_init and self._strike("init", _says("unanswered")) is not None

    def disconnects(self, kind: str) -> bool:
        """Say whether TCP goes now that the request is carried out."""
        return self._strike("process-then-disconnect", _of_type(kind)) is not None

    def _is_over(self, fault: Fault) -> bool:
        """Count the request in hand; say whether the fault lets no more pass."""
        setting = fault.setting
        passing = setting if isinstance(setting, int) else setting.after
        seen = self._seen.pop(fault, 0)
        if seen >= passing:
            return True
        current = set(self._faults)
        self._seen = {it: n for it, n in self._seen.items() if it in current}
        self._seen[fault] = seen + 1
        return False

    # -- writing

    def answer(self, reply: Reply, kind: str, text: str, now: float) -> None:
        """Have the response to a request of this type written, or not."""
        if not self._faults:
            self._outbox.answer(reply, text, now)
        elif self._strike("drop", _of_type(kind)):
            self._outbox.withhold(reply, now)
        else:
            late = self._strike("delay", lambda it: it.setting.types.fit(kind))
            text = self._bent_response(kind, text)
            is_twice = self._strike("duplicate", _of_response(kind))
            delay = 0.0 if late is None else late.setting.seconds
            self._outbox.answer(reply, text, now, delay, twice=is_twice is not None)

    def notify(self, text: str, now: float, *, strictly: bool = False) -> None:
        """Have a notification written, in whatever shape, place and number."""
        if not self._faults or not any(map(self._find, _ON_NOTICES)):
            self._outbox.release()
            self._outbox.notify(text, strictly=strictly)
            return
        frame: dict[str, Any] = msgspec.json.decode(text)
        kind = str(frame.get("type"))
        if fault := self._strike("malformed"):
            nonsense = bending.malformed(fault.setting, text)
            self._outbox.notify(nonsense, strictly=strictly)
        text = self._bent_notice(kind, frame, text)
        is_change = short_notification(kind) == _CHANGE
        if is_change and not self._outbox.is_holding and self._find("reorder"):
            self._outbox.hold(text, now + REORDER_WAIT, strictly=strictly)
            return
        self._outbox.notify(text, strictly=strictly)
        if self._strike("duplicate", lambda it: it.setting.fit_notification(kind)):
            self._outbox.notify(text, strictly=strictly)
        if is_change and self._outbox.is_holding:
            self._strike("reorder")
            self._outbox.release()

    def _bent_response(self, kind: str, text: str) -> str:
        has_more = self._strike("unknown-field", _of_response(kind))
        has_less = self._strike("single-element", _of_response(kind))
        if not has_more and not has_less:
            return text
        frame = msgspec.json.decode(text)
        if has_more:
            bending.add_unknown_fields(frame)
        return encode(bending.unwrap_single_elements(frame) if has_less else frame)

    def _bent_notice(self, kind: str, frame: dict[str, Any], text: str) -> str:
        def adds_fields(fault: Fault) -> bool:
            if is_meant := bool(fault.setting.fit_notification(kind)):
                bending.add_unknown_fields(frame)
            return is_meant

        bends = [
            self._strike(
                "omit-last-content", lambda _: bending.omit_last_content(frame)
            ),
            self._strike(
                "unknown-enum", lambda it: bending.add_unknown_enum(frame, it.setting)
            ),
            self._strike("unknown-field", adds_fields),
        ]
        if self._strike("single-element", lambda it: it.setting.fit_notification(kind)):
            return encode(bending.unwrap_single_elements(frame))
        return encode(frame) if any(bends) else text

    # -- the faults

    def _find(self, name: str) -> Fault | None:
        return self._faults.find(name, self._client.name)

    def _strike(
        self, name: str, hits: Callable[[Fault], bool] | None = None
    ) -> Fault | None:
        if not self._faults:
            return None
        return self._faults.strike(name, self._client.name, hits)


def _says(word: str) -> Callable[[Fault], bool]:
    return lambda fault: fault.setting == word


def _of_type(kind: str) -> Callable[[Fault], bool]:
    return lambda fault: fault.setting.fit(kind)


def _of_response(kind: str) -> Callable[[Fault], bool]:
    return lambda fault: fault.setting.fit_response(kind)
