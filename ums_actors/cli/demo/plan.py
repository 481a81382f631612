"""What breaks when, and at whom: decided before the run, by its seed."""

from __future__ import annotations

import enum
import random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ums_actors.cli.demo.settings import Settings

__all__ = ["STRIKES", "Fault", "PlannedFault", "Side", "Strike", "plan_faults"]

_ROUND = 20.0
"""Seconds that one round of all faults gets in long runs."""
_FIRST, _LAST = 0.1, 0.85
"""Parts of the run between which faults are spread."""


class Fault(enum.StrEnum):
    """What is done to a connection, or to the service."""

    CUT = "cut"
    HALF_OPEN = "half-open peer"
    CLOSE_4401 = "close 4401"
    CLOSE_4407 = "close 4407"
    CUT_THEN_401 = "cut, then 401"
    CORRELATOR = "correlator crash"
    SOCKET = "socket crash"
    TOKEN = "token crash"  # noqa: S105  (an actor of that name)
    BURST_429 = "429 burst"
    RESTART = "service restart"


class Side(enum.StrEnum):
    """Whom a fault strikes."""

    BOT = "bot"
    CONSUMER = "consumer"
    ALL = "everyone"


class Strike(NamedTuple):
    """One kind of fault on one side."""

    fault: Fault
    side: Side


_SIDES: dict[Fault, tuple[Side, ...]] = {
    Fault.CLOSE_4401: (Side.BOT,),
    Fault.CLOSE_4407: (Side.CONSUMER,),
    Fault.BURST_429: (Side.ALL,),
    Fault.RESTART: (Side.ALL,),
}
STRIKES = tuple(
    Strike(fault, side)
    for fault in Fault
    for side in _SIDES.get(fault, (Side.BOT, Side.CONSUMER))
)
"""What happens in each round."""


class PlannedFault(NamedTuple):
    """One fault, ``at`` seconds after the start.

    Attributes:
        victim: number among those of its side; 0 if it strikes everyone.
    """

    at: float
    fault: Fault
    side: Side
    victim: int


def plan_faults(settings: Settings) -> list[PlannedFault]:
    """Spread all faults over the run, in rounds if it is long."""
    chance = random.Random(f"faults {settings.seed}")  # noqa: S311
    strikes: list[Strike] = []
    for _ in range(max(1, int(settings.seconds // _ROUND))):
        strikes += _shuffled(chance)
    begin = _FIRST * settings.seconds
    step = (_LAST * settings.seconds - begin) / (len(strikes) - 1)
    turns = {Side.BOT: 0, Side.CONSUMER: 0, Side.ALL: 0}
    members = {Side.BOT: settings.bots, Side.CONSUMER: settings.consumers, Side.ALL: 1}
    plan: list[PlannedFault] = []
    for number, (fault, side) in enumerate(strikes):
        at = begin + (number + chance.uniform(-0.2, 0.2)) * step
        plan.append(PlannedFault(at, fault, side, turns[side] % members[side]))
        turns[side] += 1
    return plan


def _shuffled(chance: random.Random) -> list[Strike]:
    """Give one round.

    What strikes everyone comes in its first half: while there are many requests to
    refuse, and so that those who are the last to come back do not make the run longer.
    """
    strikes = chance.sample(STRIKES, k=len(STRIKES))
    half = len(strikes) // 2
    early = [at for at in range(half) if strikes[at].side is not Side.ALL]
    late = [at for at in range(half, len(strikes)) if strikes[at].side is Side.ALL]
    for one, other in zip(early, late, strict=False):
        strikes[one], strikes[other] = strikes[other], strikes[one]
    return strikes
