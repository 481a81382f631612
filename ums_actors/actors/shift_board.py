"""One poll of the shift status for all connections of a runtime that ask alike."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.core.polling import PollPace
    from ums_actors.protocol.shifts import SkillShift
    from ums_actors.runtime import Loop

__all__ = ["SLICE", "Sharer", "ShiftBoard"]

SLICE: Final = 100
"""Connections of a loop that are told in one turn."""


class Sharer(Protocol):
    """A connection that polls; its methods are called on its loop's thread."""

    @property
    def loop(self) -> Loop:
        """That of the connection."""
        ...

    def lead(self, due: float) -> None:
        """Poll for all, at this monotonic second and whenever the board says."""
        ...

    def learn(self, told: tuple[SkillShift, ...], asked_at: float) -> None:
        """Take an answer; ``asked_at`` is when the question was put."""
        ...

    def trouble(self, error: BaseException, *, own: bool) -> None:
        """Hear that polls have begun to fail; ``own`` is to who asked."""
        ...


class ShiftBoard:
    """Who polls for an account, when, and what came of it; any thread.

    Of those who share it one leads: it asks, with its own token and by its own way
    through the network, and all are told. There is one poll at a time, also if the
    leader goes meanwhile. After a failure another one leads, since the fault may be the
    leader's: its login, say. The pace is the board's, so it is kept whoever leads.

    Args:
        pace: of the polls.
        now: monotonic seconds.
    """

    __slots__ = (
        "_asked_at",
        "_asking",
        "_due",
        "_leader",
        "_lock",
        "_now",
        "_pace",
        "_sharers",
        "_told",
    )

    def __init__(self, pace: PollPace, now: Callable[[], float]) -> None:
        self._pace = pace
        self._now = now
        self._lock = threading.Lock()
        self._sharers: dict[Sharer, None] = {}  # who leads next comes first
        self._leader: Sharer | None = None
        self._due = now()  # of the next poll
        self._asking: Sharer | None = None  # whose poll is under way
        self._asked_at = 0.0
        self._told: tuple[SkillShift, ...] | None = None

    def __len__(self) -> int:
        return len(self._sharers)

    def join(self, sharer: Sharer) -> None:
        """Let a connection share what is polled, and perhaps poll."""
        with self._lock:
            self._sharers[sharer] = None
            told, asked_at = self._told, self._asked_at
            self._appoint()
        if told is not None:
            sharer.loop.call_soon(lambda: sharer.learn(told, asked_at))

    def leave(self, sharer: Sharer) -> None:
        """Let it go; another one leads if it did. What it asks for is still taken."""
        with self._lock:
            self._sharers.pop(sharer, None)
            if self._leader is sharer:
                self._leader = None
                self._appoint()

    def begin(self, sharer: Sharer) -> bool:
        """Say whether this one is to ask now; an end must follow then."""
        with self._lock:
            if self._leader is not sharer or self._asking is not None:
                return False
            self._asking, self._asked_at = sharer, self._now()
            return True

    def answered(self, told: tuple[SkillShift, ...], fraction: float) -> None:
        """The poll under way was answered; ``fraction`` is chance, 0 to below 1."""
        with self._lock:
            if self._told is not None and told == self._told:
                told = self._told  # the same object: nobody need look for changes
            self._told, asked_at = told, self._asked_at
            sharers = list(self._sharers)
            self._end(self._pace.answered(fraction))
        _tell(sharers, lambda sharer: sharer.learn(told, asked_at))

    def failed(self, error: BaseException, status: int | None, fraction: float) -> None:
        """The poll under way failed; a series of failures is told of once.

        One that its connection has gone from says nothing of the service.
        """
        with self._lock:
            asking = self._asking
            if asking is None or asking not in self._sharers:
                elapsed = self._now() - self._asked_at
                self._end(max(0.0, self._pace.interval - elapsed))
                return
            sharers = [] if self._pace.troubled else list(self._sharers)
            self._sharers[asking] = self._sharers.pop(asking)  # behind all others
            self._leader = None
            self._end(self._pace.failed(status, fraction))
        _tell(sharers, lambda sharer: sharer.trouble(error, own=sharer is asking))

    def close(self) -> None:
        """Be done with: all have left; idempotent."""

    def _end(self, pause: float) -> None:
        """Have the next poll after a pause; under the lock."""
        self._asking = None
        self._due = self._now() + pause
        leader = self._leader
        if leader is None:
            self._appoint()
        else:
            self._call(leader)

    def _appoint(self) -> None:
        """See that somebody leads, if there is anybody; under the lock."""
        if self._leader is None and self._sharers:
            self._leader = next(iter(self._sharers))
            if self._asking is None:  # else the end of that does it
                self._call(self._leader)

    def _call(self, leader: Sharer) -> None:
        due = self._due
        leader.loop.call_soon(lambda: leader.lead(due))


def _tell(sharers: list[Sharer], tell: Callable[[Sharer], None]) -> None:
    """Call each on its own thread."""
    by_loop: dict[Loop, list[Sharer]] = {}
    for sharer in sharers:
        by_loop.setdefault(sharer.loop, []).append(sharer)
    for loop, some in by_loop.items():
        loop.call_soon(partial(_tell_some, loop, some, tell))


def _tell_some(loop: Loop, some: list[Sharer], tell: Callable[[Sharer], None]) -> None:
    """Tell a few, and the others in the next turns: there may be thousands."""
    if len(some) > SLICE:
        loop.call_soon(partial(_tell_some, loop, some[SLICE:], tell))
    for each in some[:SLICE]:
        tell(each)
