"""What the table shows of a connection, column by column."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ums_actors.cli.text import visible
from ums_actors.cli.top.figures import NOTHING, duration, latency, rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ums_actors.cli.top.fleet import Seen

__all__ = ["COLUMNS", "Column", "fitting", "ordered", "wanted"]

_KINDS: Final = {
    "BrandWebsocketConnection": "brand",
    "ConsumerWebsocketConnection": "consumer",
}
_ORDER: Final = (
    *("FAILED", "BACKING_OFF", "CLOSING", "AUTHENTICATING", "CONNECTING"),
    *("RESTORING", "NEW", "READY", "CLOSED"),
)
"""States, those first that somebody may want to look at."""
_GAP: Final = 1


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title: over it.
        width: characters.
        text: what stands in it.
        key: by what rows are sorted.
        rank: which go first where there is no room for all: the highest.
        right: whether it is adjusted to the right.
        falling: whether the highest come first.
    """

    title: str
    width: int
    text: Callable[[Seen], str]
    key: Callable[[Seen], float | str]
    rank: int = 0
    right: bool = False
    falling: bool = False


def _user(seen: Seen) -> str:
    return visible(seen.row.user) or NOTHING


def _state_order(seen: Seen) -> float:
    state = seen.row.state
    return _ORDER.index(state) if state in _ORDER else len(_ORDER)


def _or_last(value: float | None) -> float:
    return math.inf if value is None else value


def _or_least(value: float | None) -> float:
    return -1.0 if value is None else value


def _figure(
    title: str,
    width: int,
    text: Callable[[Seen], str],
    key: Callable[[Seen], float],
    rank: int = 0,
) -> Column:
    return Column(title, width, text, key, rank, right=True, falling=True)


COLUMNS: Final[tuple[Column, ...]] = (
    Column("ID", 8, lambda seen: visible(seen.row.id[:8]), lambda seen: seen.row.id),
    Column("USER", 18, _user, _user),
    Column(
        "KIND",
        8,
        lambda seen: _KINDS.get(seen.row.kind, visible(seen.row.kind)),
        lambda seen: seen.row.kind,
        5,
    ),
    Column("STATE", 14, lambda seen: visible(seen.row.state), _state_order),
    _figure(
        "FOR", 6, lambda seen: duration(seen.row.in_state), lambda s: s.row.in_state
    ),
    _figure(
        "LINE", 5, lambda seen: str(seen.row.generation), lambda s: s.row.generation, 2
    ),
    _figure(
        "CRASHES", 7, lambda seen: str(seen.row.restarts), lambda s: s.row.restarts, 3
    ),
    Column(
        "LEFT",
        4,
        lambda seen: str(seen.row.budget),
        lambda seen: seen.row.budget,
        4,
        right=True,
    ),
    _figure("LOGINS", 6, lambda seen: str(seen.row.logins), lambda s: s.row.logins, 3),
    _figure(
        "FLIGHT", 6, lambda seen: str(seen.row.in_flight), lambda s: s.row.in_flight, 1
    ),
    _figure(
        "QUEUE",
        5,
        lambda seen: str(seen.row.queued + seen.row.resting),
        lambda seen: seen.row.queued + seen.row.resting,
        2,
    ),
    _figure("REQ/S", 6, lambda seen: rate(seen.rate), lambda s: _or_least(s.rate)),
    _figure(
        "FAIL/S",
        6,
        lambda seen: rate(seen.failures),
        lambda seen: _or_least(seen.failures),
        4,
    ),
    _figure(
        "P50", 6, lambda seen: latency(seen.row.p50), lambda s: _or_least(s.row.p50), 3
    ),
    _figure(
        "P99", 6, lambda seen: latency(seen.row.p99), lambda s: _or_least(s.row.p99)
    ),
    Column(
        "RETRY",
        6,
        lambda seen: duration(seen.row.retry_in),
        lambda seen: _or_last(seen.row.retry_in),
        1,
        right=True,
    ),
    Column(
        "WHY THE LAST LINE ENDED",
        23,
        lambda seen: visible(seen.row.reason),
        lambda seen: seen.row.reason,
        3,
    ),
)


def fitting(width: int) -> tuple[Column, ...]:
    """Give the columns for which there is room; the last takes what is left over."""
    chosen = list(COLUMNS)
    while _needed(chosen) > width and len(chosen) > 1:
        chosen.remove(max(reversed(chosen), key=lambda column: column.rank))
    last = chosen[-1]
    if last is COLUMNS[-1]:
        over = width - _needed(chosen)
        chosen[-1] = replace(last, width=last.width + max(0, over))
    return tuple(chosen)


def _needed(columns: list[Column]) -> int:
    return sum(column.width + _GAP for column in columns)


def wanted(seen: Iterable[Seen], text: str) -> list[Seen]:
    """Give those of which all words of a filter stand in some column."""
    words = text.lower().split()
    if not words:
        return list(seen)
    return [each for each in seen if all(word in _all_text(each) for word in words)]


def _all_text(seen: Seen) -> str:
    row = seen.row
    told = (row.id, row.user, row.account, row.kind, row.state, row.reason)
    return " ".join(told).lower()


def ordered(seen: list[Seen], column: str, *, turned: bool) -> list[Seen]:
    """Give them by a column, and those alike by their age.

    Args:
        seen: which.
        column: its title.
        turned: the other way round than is usual there.
    """
    by = next(each for each in COLUMNS if each.title == column)
    return sorted(seen, key=by.key, reverse=by.falling != turned)
