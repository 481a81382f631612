"""What breaks, done on schedule, and how long each recovery takes."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from ums_actors.cli.demo.injection import (
    CRASHES,
    Burst,
    Injection,
    LineLoss,
    TokenCrash,
)
from ums_actors.cli.demo.plan import Fault, Side, Strike
from ums_actors.cli.demo.snapshot import FaultRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ums_actors.cli.demo.ledger import Ledger
    from ums_actors.cli.demo.member import Member
    from ums_actors.cli.demo.plan import PlannedFault
    from ums_actors.emulator import EmulatorProcess

__all__ = ["Faults", "slow_down"]

_LATENCY = 0.05
"""Seconds the emulator takes to answer, as over a network: so that requests are in
flight when a line goes, and their senders must find out what became of them."""
_TICK = 0.02
"""Seconds between two looks at what is due; recoveries carry their own times."""
_CALL_TIMEOUT = 10.0
_BURST = 12
"""Messages that the service refuses in a row with code 429, if there are so many."""
_REFUSE, _PUBLISH = "reject", ".ams.ms.PublishEvent"


class Faults(threading.Thread):
    """Does the planned faults and watches the recoveries from them.

    A fault waits until a connection is stable and has no other fault to recover from:
    the planned victim if it can, any other of its side if not. What strikes everyone
    waits until nothing else is open.

    Args:
        begin: when the run began, monotonic seconds.
        report: told one line for each fault and recovery.
    """

    def __init__(
        self,
        plan: Sequence[PlannedFault],
        *,
        members: Sequence[Member],
        emulator: EmulatorProcess,
        ledger: Ledger,
        begin: float,
        report: Callable[[str], None],
    ) -> None:
        super().__init__(name="demo-faults", daemon=True)
        self._plan = deque(plan)
        self._members = {
            side: [member for member in members if side in (Side.ALL, member.side)]
            for side in Side
        }
        self._emulator = emulator
        self._ledger = ledger
        self._begin = begin
        self._report = report
        self._stopping = threading.Event()
        self._done: list[Injection] = []
        self.error: BaseException | None = None

    @property
    def over(self) -> bool:
        """Whether all are done and recovered from, or it broke down."""
        return not self.is_alive() or (
            not self._plan and all(one.over for one in self._done)
        )

    def run(self) -> None:
        """Do what is due, look at what is open, until stopped."""
        try:
            while not self._stopping.wait(_TICK):
                for injection in self._done:
                    if not injection.over:
                        self._look(injection)
                if self._plan and time.monotonic() - self._begin >= self._plan[0].at:
                    self._try_next()
        except Exception as error:  # noqa: BLE001  (told in the report)
            self.error = error

    def stop(self) -> None:
        """End the thread; bounded."""
        self._stopping.set()
        if self.is_alive():
            self.join(timeout=_CALL_TIMEOUT)

    def rows(self) -> tuple[FaultRow, ...]:
        """Give what has been done and what is planned, in this order."""
        done = [
            FaultRow(
                at=one.at - self._begin,
                fault=one.fault,
                side=one.side,
                whom=one.whom,
                injected=True,
                took=one.took,
                failure=one.failure,
            )
            for one in list(self._done)
        ]
        planned = [
            FaultRow(at=one.at, fault=one.fault, side=one.side)
            for one in list(self._plan)
        ]
        return (*done, *planned)

    def times(self) -> dict[Strike, list[float]]:
        """Give the seconds that recoveries took, by kind and side."""
        times: dict[Strike, list[float]] = {}
        for one in self._done:
            if one.took is not None and not one.failure:
                times.setdefault(Strike(one.fault, one.side), []).append(one.took)
        return times

    def missing(self) -> list[str]:
        """Give a line for each fault that was not done or not recovered from."""
        lines = [
            f"{one.fault} on {one.whom}: {one.failure or 'no recovery was seen'}"
            for one in self._done
            if one.took is None or one.failure
        ]
        lines += [f"{one.fault}: no connection was READY for it" for one in self._plan]
        if self.error is not None:
            lines.append(f"the faults broke down: {self.error}")
        return lines

    # -- doing

    def _try_next(self) -> None:
        planned = self._plan[0]
        victims = self._victims(planned)
        if victims is None:
            return
        self._plan.popleft()
        whom = planned.side if planned.side is Side.ALL else victims[0].name
        self._report(f"{whom}: fault: {planned.fault}")
        injection = self._injection(planned, victims, whom)
        self._done.append(injection)  # so that it is seen while it is done
        self._do(injection)

    def _victims(self, planned: PlannedFault) -> list[Member] | None:
        """Give whom to strike now, None if it must wait."""
        side = self._members[planned.side]
        still_open = [one for one in self._done if not one.over]
        if planned.side is Side.ALL:
            return side if not still_open and all(map(_is_well, side)) else None
        busy = {member for one in still_open for member in one.members}
        turns = (*side[planned.victim :], *side[: planned.victim])
        free = (member for member in turns if member not in busy and _is_well(member))
        return next(([member] for member in free), None)

    def _injection(
        self, planned: PlannedFault, victims: list[Member], whom: str
    ) -> Injection:
        if planned.fault is Fault.BURST_429:
            return Burst(victims, self._ledger, self._refuses_no_more)
        kind = TokenCrash if planned.fault is Fault.TOKEN else LineLoss
        return kind(planned.fault, planned.side, whom, victims)

    def _refuses_no_more(self) -> bool:
        return all(fault["name"] != _REFUSE for fault in self._emulator.faults())

    def _do(self, injection: Injection) -> None:
        fault, emulator = injection.fault, self._emulator
        if fault is Fault.BURST_429:
            size = min(_BURST, 1 + len(self._members[Side.CONSUMER]))
            refusal = {"code": 429, "type": _PUBLISH}
            emulator.add_fault(_REFUSE, count=size, value=refusal)
        elif fault is Fault.RESTART:
            emulator.restart()  # it is away for about a second
            slow_down(emulator)
        elif fault in CRASHES:
            self._crash(injection, CRASHES[fault])
        else:
            (member,) = injection.members
            if not self._on_the_wire(fault, member.user):
                injection.failure = "the emulator had no connection to do it to"

    def _crash(self, injection: Injection, name: str) -> None:
        (member,) = injection.members
        child = member.connection.child(name).get(timeout=_CALL_TIMEOUT)
        injection.at = time.monotonic()
        child.tell(object())  # nothing an actor knows: its handler raises
        if isinstance(injection, TokenCrash):
            injection.ask()

    def _on_the_wire(self, fault: Fault, user: str) -> int:
        """Do it in the emulator; give the number of connections it was done to."""
        emulator = self._emulator
        if fault is Fault.HALF_OPEN:
            return emulator.freeze(user=user)
        if fault is Fault.CLOSE_4401:
            return emulator.close_sockets(4401, user=user)
        if fault is Fault.CLOSE_4407:
            return emulator.close_sockets(4407, user=user)
        if fault is Fault.CUT_THEN_401:
            emulator.expire_tokens(user=user)
        return emulator.cut(user=user)

    # -- looking

    def _look(self, one: Injection) -> None:
        one.look()
        if one.took is not None:
            self._report(f"{one.whom}: recovered from {one.fault} in {one.took:.3f} s")


def slow_down(emulator: EmulatorProcess) -> None:
    """Let the emulator take its time, until it is restarted."""
    emulator.add_fault("delay", value=_LATENCY)


def _is_well(member: Member) -> bool:
    """Tell whether a connection is READY, and has been for a while."""
    return member.stable(time.monotonic()) and member.status().state == "READY"
