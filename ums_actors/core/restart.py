"""Who is restarted when a child ends, and when that has happened too often.

The rules are those of OTP supervisors, with two differences: crashes are counted for
each child apart, and an exit whose cause is the network uses no budget.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from ums_actors.core.intensity import Intensity
from ums_actors.core.tree import (
    ChildSpec,
    ExitKind,
    Group,
    Restart,
    Strategy,
    flatten,
)
from ums_actors.errors import LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Action",
    "ChildSpec",
    "ExitKind",
    "GiveUp",
    "Group",
    "Intensity",
    "Restart",
    "StartChild",
    "StopChild",
    "Strategy",
    "Supervision",
]

_HISTORY_LIMIT = 50
"""Exits of one child that are remembered."""


class StopChild(msgspec.Struct, frozen=True):
    """Stop the child; one that has ended already is left as it is."""

    name: str


class StartChild(msgspec.Struct, frozen=True):
    """Start the child anew."""

    name: str


class GiveUp(msgspec.Struct, frozen=True):
    """The child crashed too often; ``history`` is its exits in the window."""

    child: str
    history: tuple[str, ...]


Action: TypeAlias = StopChild | StartChild | GiveUp


class _Record:
    """What is remembered of one child."""

    __slots__ = ("exits", "group", "spec", "window")

    def __init__(self, spec: ChildSpec, group: Group, window: Intensity) -> None:
        self.spec = spec
        self.group = group
        self.window = window
        self.exits: tuple[tuple[float, str], ...] = ()


_RESTARTED_AFTER = {
    Restart.PERMANENT: frozenset(ExitKind),
    Restart.TRANSIENT: frozenset({ExitKind.ABNORMAL}),
    Restart.TEMPORARY: frozenset[ExitKind](),
}

_RENEWED: dict[Strategy, Callable[[int], slice]] = {
    Strategy.ONE_FOR_ONE: lambda at: slice(at, at + 1),
    Strategy.REST_FOR_ONE: lambda at: slice(at, None),
    Strategy.ONE_FOR_ALL: lambda _: slice(None),
}
"""Which members of a group are renewed when the one at an index has ended."""


class Supervision:
    """Decide what follows from the exit of a child.

    Args:
        tree: the children.
        intensity: crashes of one child that a window forgives.
        period: length of the window, seconds.

    Attributes:
        stable_at: when the budgets were filled last, minus infinity if never.

    Raises:
        LocalProtocolError: ``intensity`` or ``period`` is out of its bounds.
    """

    __slots__ = ("_period", "_records", "stable_at")

    def __init__(self, tree: Group, *, intensity: int, period: float) -> None:
        self._period = period
        self.stable_at: float = -math.inf
        self._records: dict[str, _Record] = {}
        self._enter(tree, intensity)

    def start_order(self) -> list[str]:
        """Give the names of all children in the order of their start."""
        return list(self._records)

    def stop_order(self) -> list[str]:
        """Give the names of all children, the last started first."""
        return list(reversed(self._records))

    def spec(self, child: str) -> ChildSpec:
        """Give the specification of a child."""
        return self._record(child).spec

    def decide(
        self,
        child: str,
        kind: ExitKind,
        now: float,
        *,
        counts: bool = True,
        note: str = "",
    ) -> list[Action]:
        """Say what to do after an exit, in order.

        Args:
            child: the name of the child that ended by itself.
            kind: how it ended.
            now: monotonic seconds.
            counts: False for an exit that the network caused; it uses no budget.
            note: why it ended, one safe line for the history.

        Raises:
            LocalProtocolError: there is no such child.
        """
        record = self._record(child)
        free = "" if counts else " (not counted)"
        line = f"{now:.3f} s: {child} {kind.name}{free}{note and ': '}{note}"
        record.exits = (*record.exits, (now, line))[-_HISTORY_LIMIT:]
        if kind not in _RESTARTED_AFTER[record.spec.restart]:
            return []
        if counts and record.window.exhausted(now):
            since = max(now - self._period, self.stable_at)
            history = tuple(text for at, text in record.exits if at >= since)
            return [GiveUp(child, history)]
        return _plan(record)

    def budget_left(self, child: str, now: float) -> int:
        """Give the number of crashes of a child that would be forgiven at ``now``."""
        return self._record(child).window.left(now)

    def window(self, child: str) -> Intensity:
        """Give the window in which the crashes of a child are counted.

        Raises:
            LocalProtocolError: there is no such child.
        """
        return self._record(child).window

    def stable(self, at: float) -> None:
        """Give all children their full budget: the line had proven itself by then.

        A crash after ``at`` counts, also if this is noticed later.
        """
        self.stable_at = at
        for record in self._records.values():
            record.window.forgive(at)

    def _enter(self, group: Group, intensity: int) -> None:
        for member in group.children:
            if isinstance(member, Group):
                self._enter(member, intensity)
            else:
                window = Intensity(intensity, self._period)
                self._records[member.name] = _Record(member, group, window)

    def _record(self, child: str) -> _Record:
        record = self._records.get(child)
        if record is None:
            known = ", ".join(self._records)
            raise LocalProtocolError(
                f"there is no child {child!r}: it is one of {known}"
            )
        return record


def _plan(record: _Record) -> list[Action]:
    """Apply the strategy of the innermost group."""
    child, members = record.spec, record.group.children
    at = members.index(child)
    renewed = flatten(members[_RENEWED[record.group.strategy](at)])
    stops = [StopChild(spec.name) for spec in reversed(renewed) if spec is not child]
    starts = [
        StartChild(spec.name)
        for spec in renewed
        if spec.restart is not Restart.TEMPORARY
    ]
    return [*stops, *starts]
