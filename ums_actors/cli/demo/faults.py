"""What breaks, done on schedule, and how long each recovery takes."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from ums_actors.cli.demo.plan import Fault
from ums_actors.cli.demo.snapshot import FaultRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ums_actors.cli.demo.member import Member
    from ums_actors.cli.demo.plan import PlannedFault
    from ums_actors.connection import ConnectionStatus
    from ums_actors.emulator import EmulatorProcess
    from ums_actors.runtime import LoopFuture

__all__ = ["Faults"]

_TICK = 0.02
"""Seconds between two looks at what is due; recoveries carry their own times."""
_RECOVERY_LIMIT = 30.0
"""Seconds after which a connection counts as not recovered."""
_CALL_TIMEOUT = 10.0

_CRASHES = {
    Fault.CORRELATOR: "correlator",
    Fault.SOCKET: "socket",
    Fault.TOKEN: "token",
}
_NEEDS_LOGIN = (Fault.CLOSE_4401, Fault.CUT_THEN_401)


class _Injection:
    """A fault that has been done."""

    def __init__(self, fault: Fault, member: Member, before: ConnectionStatus) -> None:
        self.fault = fault
        self.member = member
        self.before = before
        self.at = time.monotonic()
        self.took: float | None = None
        self.failure = ""
        self.token: LoopFuture[str] | None = None
        self.token_at: float | None = None

    @property
    def over(self) -> bool:
        """Whether it is recovered from, or never will be."""
        return self.took is not None or bool(self.failure)

    def recovered_at(self) -> float | None:
        """Give when the connection was well again, None if it is not yet."""
        if self.fault is Fault.TOKEN:
            return self.token_at
        return self.member.ready_after(self.before.generation)


class Faults(threading.Thread):
    """Does the planned faults and watches the recoveries from them.

    A fault waits until a connection is stable and has no other fault to recover from:
    the planned victim if it can, any other if not.

    Args:
        start: when the run began, monotonic seconds.
        report: told one line for each fault and recovery.
    """

    def __init__(
        self,
        plan: Sequence[PlannedFault],
        members: Sequence[Member],
        emulator: EmulatorProcess,
        start: float,
        report: Callable[[str], None],
    ) -> None:
        super().__init__(name="demo-faults", daemon=True)
        self._plan = deque(plan)
        self._members = members
        self._emulator = emulator
        self._begin = start
        self._report = report
        self._stopping = threading.Event()
        self._done: list[_Injection] = []
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
                bot=one.member.name,
                injected=True,
                took=one.took,
                failure=one.failure,
            )
            for one in list(self._done)
        ]
        planned = [
            FaultRow(at=one.at, fault=one.fault, bot=self._members[one.bot].name)
            for one in list(self._plan)
        ]
        return (*done, *planned)

    def times(self) -> dict[Fault, list[float]]:
        """Give the seconds that recoveries took, by kind."""
        times: dict[Fault, list[float]] = {}
        for one in self._done:
            if one.took is not None and not one.failure:
                times.setdefault(one.fault, []).append(one.took)
        return times

    def missing(self) -> list[str]:
        """Give a line for each fault that was not done or not recovered from."""
        lines = [
            f"{one.fault} on {one.member.name}: {one.failure or 'no recovery was seen'}"
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
        busy = {one.member for one in self._done if not one.over}
        wanted = self._members[planned.bot]
        for member in (wanted, *self._members):
            if member in busy or not member.stable(time.monotonic()):
                continue
            status = member.connection.status().get(timeout=_CALL_TIMEOUT)
            if status.state == "READY":
                self._plan.popleft()
                self._do(planned.fault, member, status)
                return

    def _do(self, fault: Fault, member: Member, before: ConnectionStatus) -> None:
        injection = _Injection(fault, member, before)
        self._report(f"{member.name}: fault: {fault}")
        if fault in _CRASHES:
            child = member.connection.child(_CRASHES[fault]).get(timeout=_CALL_TIMEOUT)
            injection.at = time.monotonic()
            child.tell(object())  # nothing an actor knows: its handler raises
            if fault is Fault.TOKEN:
                self._ask_token(injection)
        elif not self._on_the_wire(fault, member.name):
            injection.failure = "the emulator had no connection to do it to"
        self._done.append(injection)

    def _on_the_wire(self, fault: Fault, user: str) -> int:
        """Do it in the emulator; give the number of connections it was done to."""
        if fault is Fault.CLOSE_4401:
            return self._emulator.close_sockets(4401, user=user)
        if fault is Fault.CUT_THEN_401:
            self._emulator.expire_tokens(user=user)
        return self._emulator.cut(user=user)

    def _ask_token(self, injection: _Injection) -> None:
        def answered(future: LoopFuture[str]) -> None:
            if future.exception() is None:
                injection.token_at = time.monotonic()

        injection.token = injection.member.connection.get_token()
        injection.token.add_done_callback(answered)

    # -- looking

    def _look(self, one: _Injection) -> None:
        at = one.recovered_at()
        if at is None:
            if one.token is not None and one.token.done() and one.token_at is None:
                self._ask_token(one)
            if time.monotonic() - one.at > _RECOVERY_LIMIT:
                one.failure = f"not recovered within {_RECOVERY_LIMIT:g} s"
            return
        now = one.member.connection.status().get(timeout=_CALL_TIMEOUT)
        one.failure = _unproven(one, now)
        one.took = at - one.at
        self._report(
            f"{one.member.name}: recovered from {one.fault} in {one.took:.3f} s"
        )


def _unproven(one: _Injection, now: ConnectionStatus) -> str:
    """Say what the connection's own counters lack to prove the fault, if anything."""
    child = _CRASHES.get(one.fault)
    if child and now.restarts.get(child, 0) <= one.before.restarts.get(child, 0):
        return f"the {child} actor was not restarted"
    if one.fault in _NEEDS_LOGIN and now.logins <= one.before.logins:
        return "there was no new login"
    return ""
