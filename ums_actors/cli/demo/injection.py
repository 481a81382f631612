"""One fault that has been done: when it is recovered from, and what proves that."""

from __future__ import annotations

import abc
import time
from typing import TYPE_CHECKING

from ums_actors.cli.demo.plan import Fault, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ums_actors.cli.demo.ledger import Ledger
    from ums_actors.cli.demo.member import Member
    from ums_actors.connection import ConnectionStatus
    from ums_actors.runtime import LoopFuture

__all__ = ["CRASHES", "Burst", "Injection", "LineLoss", "TokenCrash"]

CRASHES = {
    Fault.CORRELATOR: "correlator",
    Fault.SOCKET: "socket",
    Fault.TOKEN: "token",
}
"""The actor that a fault crashes."""
_NEEDS_LOGIN = (Fault.CLOSE_4401, Fault.CLOSE_4407, Fault.CUT_THEN_401)
_ON_THE_WAY = 0.25
"""Seconds within which the service's answers arrive."""
_RECOVERY_LIMIT = 30.0
"""Seconds after which something counts as not recovered."""


class Injection(abc.ABC):
    """A fault that has been done.

    Args:
        whom: the name of who was struck.
        members: those whose connections it concerns.

    Attributes:
        at: when it was done, monotonic seconds.
        took: seconds to the recovery, None before it.
        failure: why it counts as not recovered from, empty if it does not.
    """

    def __init__(
        self, fault: Fault, side: Side, whom: str, members: Sequence[Member]
    ) -> None:
        self.fault = fault
        self.side = side
        self.whom = whom
        self.members: frozenset[Member] = frozenset(members)
        self.before: dict[Member, ConnectionStatus] = {
            member: member.status() for member in members
        }
        self.at: float = time.monotonic()
        self.took: float | None = None
        self.failure: str = ""

    @property
    def over(self) -> bool:
        """Whether it is recovered from, or never will be."""
        return self.took is not None or bool(self.failure)

    def look(self) -> None:
        """Find out whether it is recovered from by now."""
        at = self._recovered_at()
        if at is not None:
            self.took = at - self.at
            self.failure = self._unproven()
        elif time.monotonic() - self.at > _RECOVERY_LIMIT:
            self.failure = f"not recovered within {_RECOVERY_LIMIT:g} s"

    @abc.abstractmethod
    def _recovered_at(self) -> float | None:
        """Give when all was well again, None if it is not yet."""

    def _unproven(self) -> str:
        """Say what the connections' own counters lack to prove the fault, if any."""
        for member, before in self.before.items():
            lack = _lack(self.fault, before, member.status())
            if lack:
                return lack
        return ""


class LineLoss(Injection):
    """A fault that costs lines: it is over when each has a later one that is READY."""

    def _recovered_at(self) -> float | None:
        times: list[float] = []
        for member, before in self.before.items():
            at = member.ready_after(before.generation)
            if at is None:
                return None
            times.append(at)
        return max(times)


class TokenCrash(Injection):
    """A crash of the token actor: it is over when the next one gives a token."""

    _token: LoopFuture[str] | None = None
    _answered_at: float | None = None

    def _recovered_at(self) -> float | None:
        if self._token is not None and self._token.done() and not self._answered_at:
            self.ask()
        return self._answered_at

    def ask(self) -> None:
        """Ask for a token: who asks hears when there is one again."""

        def answered(future: LoopFuture[str]) -> None:
            if future.exception() is None:
                self._answered_at = time.monotonic()

        (member,) = self.members
        self._token = member.connection.get_token()
        self._token.add_done_callback(answered)


class Burst(Injection):
    """Refusals for now: it is over when all who were refused have been admitted.

    That is the connections' own doing, and that of bots and consumers where a request
    was refused more than once.

    Args:
        members: everyone.
        ledger: counts those whom a connection let know of it.
        is_spent: tells whether the service refuses no more.
    """

    _spent_at: float | None = None

    def __init__(
        self, members: Sequence[Member], ledger: Ledger, is_spent: Callable[[], bool]
    ) -> None:
        super().__init__(Fault.BURST_429, Side.ALL, Side.ALL, ())
        self._everyone = tuple(members)
        self._ledger = ledger
        self._is_spent = is_spent

    def _recovered_at(self) -> float | None:
        now = time.monotonic()
        if self._spent_at is None:
            self._spent_at = now if self._is_spent() else None
        if self._spent_at is None or now - self._spent_at < _ON_THE_WAY:
            return None
        resting = self._ledger.refused or any(
            member.status().resting for member in self._everyone
        )
        return None if resting else now


def _lack(fault: Fault, before: ConnectionStatus, now: ConnectionStatus) -> str:
    child = CRASHES.get(fault)
    if child and now.restarts.get(child, 0) <= before.restarts.get(child, 0):
        return f"the {child} actor was not restarted"
    if fault in _NEEDS_LOGIN and now.logins <= before.logins:
        return "there was no new login"
    return ""
