"""What the consumers do, and when: decided before the run, by its seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from ums_actors.cli.demo.plan import Side
from ums_actors.cli.demo.settings import SKILLS
from ums_actors.cli.demo.talk import Question, Wish

if TYPE_CHECKING:
    from ums_actors.cli.demo.plan import PlannedFault
    from ums_actors.cli.demo.settings import Settings

__all__ = ["Ask", "Visit", "plan_visits"]

_RATE, _RATE_OF_ALL = 0.8, 16.0
"""Questions a second, of one consumer at most and of all together."""
_RUSH = (-0.05, 0.3)
"""Seconds around a fault in which those concerned ask once more."""
_LENGTH = (4, 9)
"""Questions in one conversation, unless few are left."""
_TRANSFERS = (Wish.COLLEAGUE, Wish.OTHER_SKILL, Wish.QUEUE)
_TRANSFERRED, _CLOSED_BY_BOT, _PATIENT, _CONCERNED = 0.7, 0.4, 0.4, 0.5
"""Chances: of a transfer in a conversation, that the bot closes it, of a question to
wait for the answers to those before it, and of a consumer to ask around a fault of
somebody else's."""


class Ask(NamedTuple):
    """One question, asked ``at`` seconds after the start or as soon after as can be.

    Attributes:
        patient: it also waits until the questions before it are answered.
    """

    at: float
    question: Question
    patient: bool


class Visit(NamedTuple):
    """One conversation of a consumer, which opens it with its first question.

    Attributes:
        skill: that it asks for.
    """

    skill: str
    asks: tuple[Ask, ...]

    @property
    def closed_by_bot(self) -> bool:
        """Whether the last question asks the bot to close it."""
        return self.asks[-1].question.wish is Wish.GOODBYE


def plan_visits(settings: Settings, faults: list[PlannedFault]) -> list[list[Visit]]:
    """Give each consumer's conversations, one after the other.

    A victim asks around its fault, and half of all consumers around one that strikes
    a bot or everyone, so that requests are in flight when a line goes, and messages
    come while nobody listens.
    """
    chance = random.Random(f"visits {settings.seed}")  # noqa: S311
    rate = min(_RATE, _RATE_OF_ALL / settings.consumers)
    each = max(_LENGTH[0], round(rate * settings.seconds))
    return [
        _visits(chance, _times(chance, settings, consumer, each, faults))
        for consumer in range(settings.consumers)
    ]


def _times(
    chance: random.Random,
    settings: Settings,
    consumer: int,
    each: int,
    faults: list[PlannedFault],
) -> list[float]:
    begin = chance.uniform(0.0, 0.3) * settings.seconds
    times = [begin]
    times += [chance.uniform(begin, settings.seconds) for _ in range(each - 1)]
    for planned in faults:
        concerned = (
            planned.victim == consumer
            if planned.side is Side.CONSUMER
            else chance.random() < _CONCERNED
        )
        at = planned.at + chance.uniform(*_RUSH)
        if concerned and at > begin:
            times.append(min(at, settings.seconds))
    return sorted(times)


def _visits(chance: random.Random, times: list[float]) -> list[Visit]:
    visits: list[Visit] = []
    said = 0
    while said < len(times):
        length = chance.randint(*_LENGTH)
        if len(times) - said - length < _LENGTH[0]:
            length = len(times) - said  # no stump is left over
        visits.append(_visit(chance, said, times[said : said + length]))
        said += length
    return visits


def _visit(chance: random.Random, said: int, times: list[float]) -> Visit:
    wishes = [Wish.NOTHING] * len(times)
    if chance.random() < _TRANSFERRED:
        wishes[chance.randrange(len(times) - 1)] = chance.choice(_TRANSFERS)
    if chance.random() < _CLOSED_BY_BOT:
        wishes[-1] = Wish.GOODBYE
    asks = tuple(
        Ask(
            at,
            Question(said + number, wish),
            patient=wish is Wish.GOODBYE or chance.random() < _PATIENT,
        )
        for number, (at, wish) in enumerate(zip(times, wishes, strict=True), start=1)
    )
    return Visit(chance.choice(SKILLS), asks)
