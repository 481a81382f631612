"""How a connection is doing, in one record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel

__all__ = ["ConnectionStatus", "status_of"]


class ConnectionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot; it does not change.

    Attributes:
        generation: number of the present line or attempt.
        restarts: crashes of each child; ``root`` are those of a subclass's hooks.
        restarts_left: crashes the budget of each still allows.
        restarts_refilled_in: seconds until the full budget of each is back if it does
            not crash again; a line that holds for ``Options.stable_after`` gives it
            back earlier.
        reconnects: how often READY was reached again after the first time.
        window: requests that the present line may have in flight; fewer than
            ``Options.in_flight_limit`` after the service answered 429.
        resting: requests answered with 429 that are sent again soon.
        attempt: attempts since the line was last stable.
        next_retry: monotonic seconds of the next attempt, while backing off.
        duplicates: message events that came twice and were handed out once.
        absent: sequence numbers that are not there, as the service's answer has shown:
            private messages that a consumer does not see, for example.
        gaps: sequence numbers that were given up, since the service could not be asked;
            told as ``MessagesMissed``.
        dropped: events that slow subscribers lost.
        stale: events of earlier generations that were ignored.
        rings: rings that have not ended, as far as is known.
        stale_rings: announcements of rings that had ended, ignored.
        outbox: messages in the outbox that are on their way.
        conversations: that are kept true.
        evicted_conversations: that there was no room for.
        last_reason: why the last line or attempt ended, one line.
        history: the flight recorder: what happened last, one line each with its
            monotonic seconds, at most 200, oldest first.
    """

    connection_id: str
    account_id: str
    agent_id: str | None
    agent_state: str | None
    state: str
    generation: int
    restarts: dict[str, int]
    restarts_left: dict[str, int]
    restarts_refilled_in: dict[str, float]
    logins: int
    refreshes: int
    reconnects: int
    attempt: int
    next_retry: float | None
    in_flight: int
    queued: int
    window: int
    resting: int
    late_answers: int
    duplicates: int
    absent: int
    gaps: int
    dropped: int
    stale: int
    bad_frames: int
    failed_notifications: int
    rings: int
    stale_rings: int
    outbox: int
    conversations: int
    evicted_conversations: int
    last_reason: str
    history: tuple[str, ...]
    cut_snapshots: int


def status_of(kernel: Kernel, now: float) -> ConnectionStatus:
    """Take the snapshot; loop thread."""
    session, counters, pending = kernel.session, kernel.counters, kernel.pending
    windows = kernel.windows()
    streams = kernel.streams if kernel.made("streams") else None
    rings = kernel.rings.book if kernel.made("rings") else None
    duplicates = 0 if streams is None else streams.duplicates
    if kernel.made("intake"):
        duplicates += kernel.intake.duplicates
    talks = kernel.conversations.book if kernel.made("conversations") else None
    return ConnectionStatus(
        connection_id=kernel.connection_id,
        account_id=kernel.account_id,
        agent_id=kernel.own_id,
        agent_state=kernel.agent_state,
        state=str(session.state),
        generation=session.generation,
        restarts=dict(counters.restarts),
        restarts_left={name: window.left(now) for name, window in windows.items()},
        restarts_refilled_in={
            name: window.refilled_in(now) for name, window in windows.items()
        },
        logins=counters.logins,
        refreshes=counters.refreshes,
        reconnects=max(0, counters.reconnects - 1),
        attempt=session.backoff.attempt,
        next_retry=kernel.next_retry,
        in_flight=pending.in_flight,
        queued=pending.queued,
        window=pending.window.limit,
        resting=pending.resting,
        late_answers=pending.late,
        duplicates=duplicates,
        absent=0 if streams is None else streams.absent,
        gaps=0 if streams is None else streams.gaps,
        dropped=kernel.subscribers.dropped,
        stale=counters.stale,
        bad_frames=counters.bad_frames,
        failed_notifications=counters.failed_notifications,
        rings=0 if rings is None else rings.waiting,
        stale_rings=0 if rings is None else rings.stale,
        outbox=len(kernel.services.courier or ()),
        conversations=0 if talks is None else len(talks),
        evicted_conversations=0 if talks is None else talks.evicted,
        last_reason=str(kernel.last_reason or ""),
        history=kernel.history,
        cut_snapshots=0 if talks is None else talks.cut,
    )
