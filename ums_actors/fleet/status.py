"""How a fleet is doing, in one record."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from ums_actors.core.course import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ums_actors.fleet.audience import Audience
    from ums_actors.fleet.member import Member
    from ums_actors.runtime import Runtime

__all__ = ["AgentTrouble", "FleetStatus", "take_status"]


class AgentTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """An agent that has failed for good, or gave way to somebody else.

    Attributes:
        contested: whether somebody else logs in as this user.
        retry_at: monotonic seconds of the next trial; None if there will be none.
    """

    user: str
    account_id: str
    reason: str
    contested: bool
    retry_at: float | None


class FleetStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot; it does not change.

    Attributes:
        agents: how many there are.
        states: how many are in each state of a connection.
        ready: how many are READY.
        failed: those that have failed for good, or gave way.
        contested: how many of them gave way to somebody else.
        retried: how often one of them was tried again.
        waiting_to_connect: attempts in line at the connect gate; None where that is not
            known.
        waiting_to_log_in: attempts in line at the login gate; likewise.
        in_flight: requests that wait for their answer.
        queued: requests that wait for a READY line.
        events_waiting: events that wait for the handler and those who iterate.
        events_dropped: events that were lost, since those were slow.
        handlers_busy: calls of the handler that run, or events that its actor has.
        handler_errors: calls of the handler that raised.
    """

    agents: int
    states: dict[str, int]
    ready: int
    failed: tuple[AgentTrouble, ...]
    contested: int
    retried: int
    waiting_to_connect: int | None
    waiting_to_log_in: int | None
    in_flight: int
    queued: int
    events_waiting: int
    events_dropped: int
    handlers_busy: int
    handler_errors: int


def take_status(
    members: Sequence[Member], audience: Audience, runtime: Runtime, *, retried: int
) -> FleetStatus:
    """Take the snapshot; any thread.

    It reads single numbers that loops change meanwhile, and asks no loop: so it costs
    the loops nothing, and also tells of a fleet whose loop does not answer. What it
    gives of one agent is right for the moment at which that one was looked at.
    """
    states: Counter[State] = Counter()
    failed: list[AgentTrouble] = []
    in_flight = queued = 0
    for member in members:
        kernel = member.look()
        if kernel is None:
            continue
        state, pending = kernel.session.state, kernel.pending
        states[state] += 1
        in_flight += pending.in_flight
        queued += pending.queued
        if state is State.FAILED or member.contested:
            failed.append(_trouble(member))
    return FleetStatus(
        agents=len(members),
        states={state.value: count for state, count in states.items()},
        ready=states[State.READY],
        failed=tuple(failed),
        contested=sum(each.contested for each in failed),
        retried=retried,
        waiting_to_connect=_waiting(runtime.gate),
        waiting_to_log_in=_waiting(runtime.login_gate),
        in_flight=in_flight,
        queued=queued,
        events_waiting=audience.board.depth,
        events_dropped=audience.board.dropped,
        handlers_busy=audience.busy,
        handler_errors=audience.errors,
    )


def _trouble(member: Member) -> AgentTrouble:
    account_id, user = member.key
    return AgentTrouble(
        user=user,
        account_id=account_id,
        reason=str(member.kernel.last_reason or ""),
        contested=member.contested,
        retry_at=member.retry_at,
    )


def _waiting(gate: object) -> int | None:
    """Give how many wait at a gate; None if it does not tell."""
    waiting = getattr(gate, "waiting", None)
    return waiting if isinstance(waiting, int) else None
