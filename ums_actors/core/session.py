"""The life of a connection: ``handle(event, now) -> actions``.

Two brakes are kept apart. This machine holds the network's: jittered backoff, which
resets after proven stability. The intensity window for bugs is
:mod:`ums_actors.core.restart`; when it is exhausted it arrives here as
:class:`GaveUp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.core.backoff import Backoff
from ums_actors.core.course import (
    TRANSITIONS,
    Action,
    AttemptEnded,
    CloseLine,
    CloseRequested,
    DropToken,
    Event,
    Finish,
    OpenLine,
    OpenRequested,
    Prepare,
    Prepared,
    Proclaim,
    Restore,
    Restored,
    RetryDue,
    ScheduleRetry,
    SocketUp,
    State,
)
from ums_actors.core.pauses import TOO_MANY, LoginPauses
from ums_actors.core.reason import LoginFailed, RestoreFailed, UpgradeRefused
from ums_actors.core.verdict import Verdict, classify, suspects
from ums_actors.core.window import LEAST_PAUSE
from ums_actors.errors import LocalProtocolError

if TYPE_CHECKING:
    from ums_actors.core.reason import Reason
    from ums_actors.options import Options

__all__ = ["Session"]


class Session:
    """State, generation and patience of one connection.

    Attributes:
        verdict: on the last attempt or line that ended.
    """

    __slots__ = (
        "_logins",
        "_options",
        "_ready_at",
        "backoff",
        "down_since",
        "ever_ready",
        "fail_fast",
        "generation",
        "state",
        "suspected",
        "verdict",
    )

    def __init__(self, options: Options) -> None:
        self.state: State = State.NEW
        self.generation: int = 0
        self.ever_ready: bool = False
        self.fail_fast: bool = False
        self.suspected: bool = False
        self.verdict: Verdict = Verdict.STOP
        self.down_since: float | None = None
        self.backoff: Backoff = Backoff(
            options.backoff_base, options.backoff_cap, options.stable_after
        )
        self._options = options
        self._logins = LoginPauses()
        self._ready_at: float | None = None

    def allows(self, event: Event) -> bool:
        """Tell whether ``event`` means something in the present state."""
        return self.state in TRANSITIONS[type(event)]

    def handle(self, event: Event, now: float) -> list[Action]:
        """Take an event and give what is to be done, in order.

        Raises:
            LocalProtocolError: the event cannot happen in the present state.
        """
        allowed = TRANSITIONS[type(event)].get(self.state)
        if allowed is None:
            raise LocalProtocolError(
                f"{type(event).__name__} cannot happen in {self.state}: see "
                "ums_actors.core.course.TRANSITIONS"
            )
        if isinstance(event, AttemptEnded):
            state, actions = self._ended(event, now)
        elif len(allowed) == 1 and allowed[0] is self.state:
            return []
        else:
            state, actions = self._straight(event, allowed[0], now)
        self.state = state
        return actions

    def _straight(
        self, event: Event, target: State, now: float
    ) -> tuple[State, list[Action]]:
        """Handle the events that can lead to one state only."""
        match event:
            case OpenRequested():
                self.fail_fast = event.fail_fast
                self.ever_ready = False
                self.suspected = False
                self.down_since = now
                self.backoff.reset()
                self._logins.reset()
                return target, self._attempt()
            case RetryDue():
                return target, self._attempt()
            case Prepared():
                self._logins.reset()
                return target, [OpenLine(self.generation)]
            case SocketUp():
                return target, [Restore(self.generation)]
            case Restored():
                self.ever_ready = True
                self._ready_at = now
                self.down_since = None
                self.backoff.ready(now)
                return target, [Proclaim()]
            case CloseRequested() if target is State.CLOSING:
                return target, [CloseLine()]
            case _:
                return target, [Finish()]

    def _attempt(self) -> list[Action]:
        self.generation += 1
        return [Prepare(self.generation)]

    def _ended(self, event: AttemptEnded, now: float) -> tuple[State, list[Action]]:
        if self.state is State.CLOSING:
            self.verdict = Verdict.STOP
            return State.CLOSED, [Finish()]
        reason = event.reason
        self._note_loss(now)
        verdict = self.verdict = classify(reason, suspected=self.suspected)
        self.suspected = suspects(reason)
        actions: list[Action] = []
        if verdict is Verdict.RENEW_TOKEN:
            actions.append(DropToken(str(reason)))
        if verdict is Verdict.GIVE_UP or self._outage_over(now):
            return State.FAILED, [*actions, Finish()]
        impatient = self.fail_fast and not self.ever_ready
        if (
            verdict is Verdict.STOP
            or impatient
            or not self._options.maintain_connection
        ):
            return State.CLOSED, [*actions, Finish()]
        delay = self.backoff.next_delay(event.fraction, self._least_pause(reason))
        return State.BACKING_OFF, [*actions, ScheduleRetry(delay)]

    def _least_pause(self, reason: Reason) -> float:
        """Give the seconds for which the service wants to be left alone."""
        match reason:
            case LoginFailed():
                return max(reason.retry_after, self._logins.failed(reason.status))
            case RestoreFailed(code=code) | UpgradeRefused(status=code) if (
                code == TOO_MANY
            ):
                return LEAST_PAUSE
            case _:
                return 0.0

    def _note_loss(self, now: float) -> None:
        """Forget suspicion and backoff if the line had proven itself."""
        if self._ready_at is not None:
            if now - self._ready_at >= self._options.stable_after:
                self.suspected = False
            self.backoff.lost(now)
            self._ready_at = None
        if self.down_since is None:
            self.down_since = now

    def _outage_over(self, now: float) -> bool:
        limit = self._options.max_outage
        since = self.down_since
        return limit is not None and since is not None and now - since >= limit
