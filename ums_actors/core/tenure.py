"""The owner's side of one shard's lease: ``handle(event, now) -> actions``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from ums_actors.core.grant import Answer, Grant, Refusal, Refused
from ums_actors.core.ownership import (
    Acquire,
    Action,
    Answered,
    Begin,
    Due,
    End,
    Event,
    Release,
    Renew,
    Standing,
    Vacate,
)

if TYPE_CHECKING:
    from ums_actors.core.terms import Terms

__all__ = ["Tenure"]

_SOON = 0.25
"""Share of a pause after which a call is made again that got no answer."""
_LEAST = 0.01
"""Share of the ttl that a try waits at least, however soon a lease is to be had."""


class Tenure:
    """What an owner knows of its lease of one shard.

    A lease runs for the ttl from when a call was *decided*, by the owner's own clock,
    so that no delay on the way makes it longer. What was lost is not taken up again:
    the next lease has another epoch.

    Args:
        shard: of what.
        owner: a name that no other owner ever has, nor this one in another life.
        terms: the same as those of the book.
        now: seconds of the owner's clock, which goes on while the machine sleeps.

    Attributes:
        standing: where it stands.
        until: when the lease ends that is held; in the past if none is.
        late: answers that came when nobody waited for them any more.
    """

    __slots__ = (
        "_ask_at",
        "_call",
        "_calls",
        "_lease",
        "_owner",
        "_renew_at",
        "_sent",
        "_shard",
        "_terms",
        "late",
        "standing",
        "until",
    )

    def __init__(self, shard: int, owner: str, terms: Terms, now: float) -> None:
        self.standing: Standing = Standing.FREE
        self.until: float = -math.inf
        self.late: int = 0
        self._shard = shard
        self._owner = owner
        self._terms = terms
        self._lease: Grant | None = None
        self._calls = 0
        self._call = 0  # the one under way; 0 is none
        self._sent = now  # when it was decided
        self._ask_at = now
        self._renew_at = math.inf

    @property
    def epoch(self) -> int:
        """The epoch of the lease that runs by the last event; 0 if none does."""
        return 0 if self._lease is None else self._lease.epoch

    @property
    def waits(self) -> bool:
        """Whether the answer to a call is still to come."""
        return bool(self._call)

    def may_send(self, epoch: int, now: float) -> bool:
        """Tell whether this epoch's lease still runs: by time alone."""
        return now < self.until and epoch == self.epoch

    @property
    def next_at(self) -> float:
        """When :class:`Due` is to be told; infinite if nothing is waited for."""
        match self.standing:
            case Standing.FREE:
                return math.inf if self._call else self._ask_at
            case Standing.HELD:
                renew_at = math.inf if self._call else self._renew_at
                return min(renew_at, self.until - self._terms.safety)
            case Standing.ENDING:
                return self.until
            case _:
                return math.inf

    def handle(self, event: Event, now: float) -> list[Action]:
        """Take an event and give what is to be done, in order."""
        match event:
            case Due():
                return self._due(event.chance, now)
            case Answered():
                return self._answered(event, now)
            case _:
                return self._leave()

    # -- time

    def _due(self, chance: float, now: float) -> list[Action]:
        actions = self._expire(chance, now)
        if self._call:
            return actions
        if self.standing is Standing.FREE and now >= self._ask_at:
            return [*actions, Acquire(self._take_off(now))]
        if self.standing is Standing.HELD and now >= self._renew_at:
            return [*actions, *self._renew(now)]
        return actions

    def _expire(self, chance: float, now: float) -> list[Action]:
        """Notice how far the lease has run down."""
        actions: list[Action] = []
        if self.standing is Standing.HELD and now >= self.until - self._terms.safety:
            self.standing = Standing.ENDING
            actions.append(Vacate(self.epoch, "the lease was not renewed in time"))
        if self.standing is Standing.ENDING and now >= self.until:
            actions.append(self._end(now + self._terms.pause(chance) * _SOON))
        return actions

    def _end(self, ask_at: float) -> End:
        ended = End(self.epoch)
        self.standing = Standing.FREE
        self.until = -math.inf
        self._lease = None
        self._call = 0  # its answer would be for what is over
        self._ask_at = ask_at
        return ended

    # -- answers

    def _take_off(self, now: float) -> int:
        self._calls += 1
        self._call, self._sent = self._calls, now
        return self._call

    def _renew(self, now: float) -> list[Action]:
        lease = self._lease
        return [] if lease is None else [Renew(self._take_off(now), lease)]

    def _answered(self, event: Answered, now: float) -> list[Action]:
        actions = self._expire(event.chance, now)
        if event.call != self._call:
            self.late += 1
            return actions
        self._call = 0
        pause = self._terms.pause(event.chance)
        match self.standing:
            case Standing.FREE:
                return [*actions, *self._take(event.answer, pause, now)]
            case Standing.HELD:
                return [*actions, *self._extend(event.answer, pause, now)]
            case Standing.LEFT if isinstance(event.answer, Grant):
                return [Release(event.answer)]
            case _:
                return actions

    def _take(self, answer: Answer | None, pause: float, now: float) -> list[Action]:
        """Begin with a lease that has time left, or ask again."""
        until = self._sent + self._terms.ttl
        if isinstance(answer, Grant) and now < until - self._terms.safety:
            self.standing = Standing.HELD
            self._lease, self.until = answer, until
            self._renew_at = self._sent + pause
            return [Begin(answer.epoch)]
        wait = pause * _SOON
        if isinstance(answer, Refused):
            wait = min(max(answer.retry_after, self._terms.ttl * _LEAST), pause)
        self._ask_at = now + wait
        return []

    def _extend(self, answer: Answer | None, pause: float, now: float) -> list[Action]:
        """Go on with the lease, try again, or end it at once: it is not ours."""
        match answer:
            case Grant():
                self._lease, self.until = answer, self._sent + self._terms.ttl
                self._renew_at = self._sent + pause
                return []
            case Refused(why=Refusal.NOT_HELD):
                why = f"the lease book has it otherwise ({answer.owner or 'free'})"
                return [Vacate(self.epoch, why), self._end(now + pause)]
            case Refused(why=Refusal.OTHER_BOOK) if self._changes(answer.book):
                return self._renew(now)
            case _:
                self._renew_at = now + pause * _SOON
                return []

    def _changes(self, book: int) -> bool:
        """Take note of a new book; False if it is the one that was asked."""
        lease = self._lease
        if lease is None or lease.book == book:
            return False
        self._lease = msgspec.structs.replace(lease, book=book)
        return True

    # -- leaving

    def _leave(self) -> list[Action]:
        lease = self._lease
        actions: list[Action] = []
        if lease is not None:
            actions = [self._end(math.inf), Release(lease)]
        self.standing = Standing.LEFT  # what is still granted is given back
        return actions
