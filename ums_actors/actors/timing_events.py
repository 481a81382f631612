"""What subscribers hear of how long things take: attempts, logins, refreshes."""

from __future__ import annotations

from ums_actors.actors.traffic_events import Tap

__all__ = [
    "ConnectEnded",
    "ConnectStarted",
    "TokenFailed",
    "TokenInvalidated",
    "TokenObtained",
    "TokenRefreshed",
    "TokenRequested",
]


class ConnectStarted(Tap, frozen=True, kw_only=True):
    """An attempt to get a line begins.

    Attributes:
        generation: number of the line that it is to be.
        attempt: how many there have been since the line was last stable, this included.
        at: monotonic seconds.
    """

    generation: int
    attempt: int
    at: float


class ConnectEnded(Tap, frozen=True, kw_only=True):
    """An attempt is over: there is a READY line, or there is none.

    Heard by who named it before the attempt began.

    Attributes:
        generation: number of the line.
        state: READY, or that in which it failed.
        at: monotonic seconds.
        seconds: since it began.
        steps: what took how long, in order, in seconds. ``queue``: its turn among
            others; ``token``; ``address``: the look-up of the host; ``worker``: a free
            one, and what a thread's change takes; ``resolve``, ``tcp``, ``proxy``,
            ``tls``, ``upgrade``; ``restore``: subscriptions and agent state. Only
            those that were reached; the last one of a failure is that which failed.
        reason: why it failed, one line; empty if it did not.
    """

    generation: int
    state: str
    at: float
    seconds: float
    steps: tuple[tuple[str, float], ...]
    reason: str = ""


class TokenRequested(Tap, frozen=True, kw_only=True):
    """A token source is asked.

    Attributes:
        operation: ``login`` or ``refresh``.
        at: monotonic seconds.
    """

    operation: str
    at: float


class TokenObtained(Tap, frozen=True, kw_only=True):
    """A login succeeded. The token is not told.

    Attributes:
        agent_id: whose it is: ``account.user``, or a consumer's id.
        again: whether this connection had logged in before.
        at: monotonic seconds.
        seconds: that the login took; None if nobody listened when it began.
    """

    agent_id: str
    again: bool
    at: float
    seconds: float | None = None


class TokenRefreshed(Tap, frozen=True, kw_only=True):
    """A refresh succeeded.

    Attributes:
        renewed: whether it is another token now.
        at: monotonic seconds.
        seconds: that it took; None if nobody listened when it began.
    """

    renewed: bool
    at: float
    seconds: float | None = None


class TokenFailed(Tap, frozen=True, kw_only=True):
    """A login or refresh failed.

    Attributes:
        operation: ``login`` or ``refresh``.
        error: what it failed with.
        at: monotonic seconds.
        seconds: that it took; None if nobody listened when it began.
    """

    operation: str
    error: BaseException
    at: float
    seconds: float | None = None


class TokenInvalidated(Tap, frozen=True, kw_only=True):
    """The token that was held is worth nothing any more.

    Attributes:
        source: who said so: the reason for which a line or an attempt ended, the name
            of a method, or ``refresh``.
        at: monotonic seconds.
    """

    source: str
    at: float
