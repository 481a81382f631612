"""Who writes what and what breaks when: decided before the run, by its seed."""

from __future__ import annotations

import enum
import random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ums_actors.cli.demo.settings import Settings

__all__ = ["Fault", "PlannedFault", "Say", "plan_faults", "plan_script"]

_ROUND = 15.0
"""Seconds that one round of the six faults gets in long runs."""
_MESSAGES_PER_SECOND = 30.0
"""Of all consumers together, when they are many."""
_RUSH = (-0.05, 0.3)
"""Seconds around a fault in which each consumer of the victim writes once more."""
_PHRASES = (
    "where is my order?",
    "may I change the address?",
    "the parcel came open",
    "thank you!",
    "what does express cost?",
    "is anybody there?",
    "I was charged twice",
    "can I talk to a person?",
)


class Fault(enum.StrEnum):
    """What is done to a connection."""

    CUT = "cut"
    CLOSE_4401 = "close 4401"
    CUT_THEN_401 = "cut, then 401"
    CORRELATOR = "correlator crash"
    SOCKET = "socket crash"
    TOKEN = "token crash"  # noqa: S105  (an actor of that name)


class PlannedFault(NamedTuple):
    """One fault, ``at`` seconds after the start, on the bot of that number."""

    at: float
    fault: Fault
    bot: int


class Say(NamedTuple):
    """One message of a consumer; the first of a conversation opens it."""

    at: float
    conversation: int
    text: str


def plan_faults(settings: Settings) -> list[PlannedFault]:
    """Spread the six faults over the run, in rounds if it is long."""
    chance = random.Random(f"faults {settings.seed}")  # noqa: S311
    rounds = max(1, int(settings.seconds // _ROUND))
    faults: list[Fault] = []
    for _ in range(rounds):
        faults += chance.sample(list(Fault), k=len(Fault))
    first, last = 0.12 * settings.seconds, 0.85 * settings.seconds
    step = (last - first) / (len(faults) - 1)
    return [
        PlannedFault(
            at=first + (number + chance.uniform(-0.2, 0.2)) * step,
            fault=fault,
            bot=number % settings.bots,
        )
        for number, fault in enumerate(faults)
    ]


def plan_script(settings: Settings, faults: list[PlannedFault]) -> list[Say]:
    """Give all consumers' messages in the order of their time.

    Consumers of a victim write around its fault, so that requests are in flight
    when the line goes, and messages come while nobody listens.
    """
    chance = random.Random(f"script {settings.seed}")  # noqa: S311
    rate = min(1.0, _MESSAGES_PER_SECOND / settings.conversations)
    each = max(2, round(rate * settings.seconds))
    script: list[Say] = []
    for conversation in range(settings.conversations):
        opened = chance.uniform(0.0, 0.4) * settings.seconds
        times = [opened]
        times += [chance.uniform(opened, settings.seconds) for _ in range(each - 1)]
        times += [
            min(settings.seconds, planned.at + chance.uniform(*_RUSH))
            for planned in faults
            if planned.bot == settings.owner(conversation) and planned.at > opened
        ]
        script += [
            Say(at, conversation, f"{number}. {chance.choice(_PHRASES)}")
            for number, at in enumerate(sorted(times), start=1)
        ]
    return sorted(script)
