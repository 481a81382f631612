"""Is the peer still there? When to ping, and when to stop believing."""

from __future__ import annotations

import enum

__all__ = ["Beat", "Heartbeat"]


class Beat(enum.Enum):
    """What :meth:`Heartbeat.check` asks for."""

    NOTHING = enum.auto()
    PING = enum.auto()
    DEAD = enum.auto()


class Heartbeat:
    """Watch one line.

    A ping is due ``interval`` after the last byte heard or the last ping. The peer is
    dead when nothing at all was heard for ``timeout`` after a ping: any byte proves
    life, not only the pong. Read what the kernel holds before calling :meth:`check`,
    or a process that was suspended takes its own sleep for the peer's death.

    Args:
        interval: seconds of silence before a ping.
        timeout: seconds from the first unanswered ping to death.
        now: when the line came up; monotonic seconds.

    Attributes:
        heard_at: when a byte was heard last; monotonic seconds.
    """

    __slots__ = ("_interval", "_pinged_at", "_timeout", "_waiting_since", "heard_at")

    def __init__(self, interval: float, timeout: float, now: float = 0.0) -> None:
        self._interval = interval
        self._timeout = timeout
        self._pinged_at = now
        self._waiting_since: float | None = None
        self.heard_at: float = now

    def heard(self, now: float) -> None:
        """Note that bytes came in. Cheap: to be called after every read."""
        self.heard_at = now

    def check(self, now: float) -> Beat:
        """Say what to do now; PING is taken as carried out."""
        since = self._unanswered_since()
        if since is not None and now >= since + self._timeout:
            return Beat.DEAD
        if now < self._ping_due():
            return Beat.NOTHING
        self._pinged_at = now
        self._waiting_since = now if since is None else since
        return Beat.PING

    def next_at(self) -> float:
        """When to call :meth:`check` next; earlier calls do no harm."""
        since = self._unanswered_since()
        due = self._ping_due()
        return due if since is None else min(due, since + self._timeout)

    def _ping_due(self) -> float:
        return max(self.heard_at, self._pinged_at) + self._interval

    def _unanswered_since(self) -> float | None:
        since = self._waiting_since
        # Equal times count as heard: the ping was sent because of an older silence.
        return None if since is None or self.heard_at >= since else since
