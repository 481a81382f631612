"""What a connection tells its status endpoint, and what may be asked of it there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from ums_actors.actors.kernel import TREE
from ums_actors.actors.messages import ApplyEvent, ChildExited
from ums_actors.actors.trouble import observed
from ums_actors.core import course
from ums_actors.core.course import State
from ums_actors.core.reason import LineBroken
from ums_actors.core.tree import Group
from ums_actors.errors import LocalProtocolError
from ums_actors.status.messages import Actor, Detail, Happened, Pending, Row

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.entry import Entry

__all__ = ["Inspection"]

_PENDING: Final = 200
"""Requests that are shown of one connection."""
_TYPE: Final = 80
"""Characters of a request's type that are shown: users make them."""
_ALIVE: Final = frozenset(course.TRANSITIONS[course.AttemptEnded]) - {State.CLOSING}


def _children(group: Group, name: str = "") -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for member in group.children:
        if isinstance(member, Group):
            found |= _children(member, "link, ")
        else:
            found[member.name] = ("supervisor", name + group.strategy.name.lower())
    return found


_PLACES: Final = {"root": ("", ""), "supervisor": ("root", ""), **_children(TREE)}
"""Of each actor, who supervises it, and with whom it is restarted."""


class Inspection:
    """A look into one connection; loop thread.

    Args:
        kernel: of the connection.
    """

    __slots__ = ("_kernel",)

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def row(self, number: int) -> Row:
        """Tell how it is doing."""
        kernel, now = self._kernel, self._now()
        session, counters, pending = kernel.session, kernel.counters, kernel.pending
        return Row(
            number=number,
            id=kernel.connection_id,
            kind=kernel.root.actor_class.__name__,
            account=kernel.account_id,
            user=kernel.own_id or "",
            state=str(session.state),
            generation=session.generation,
            restarts=sum(counters.restarts.values()),
            budget=min(window.left(now) for window in kernel.windows().values()),
            logins=counters.logins,
            reconnects=max(0, counters.reconnects - 1),
            attempt=session.backoff.attempt,
            retry_in=_left(kernel.next_retry, now),
            in_flight=pending.in_flight,
            queued=pending.queued,
            resting=pending.resting,
            window=pending.window.limit,
            reason=str(kernel.last_reason or ""),
        )

    def tell(self, detail: Detail) -> None:
        """Fill in the rest: its actors, its history, who waits."""
        kernel, now = self._kernel, self._now()
        detail.actors = self._actors(now)
        detail.history = [
            Happened(ago=now - each.last, text=each.text, times=each.times)
            for each in kernel.recorder.entries()
        ]
        first = kernel.pending.first(_PENDING)
        detail.pending = [self._pending(where, each, now) for where, each in first]
        detail.pending_total = len(kernel.pending)

    def reconnect(self) -> str:
        """End the pause between attempts, or give the line up for a new one."""
        kernel = self._kernel
        supervisor, generation = kernel.refs["supervisor"], kernel.session.generation
        if kernel.session.state is State.BACKING_OFF:
            self._told("reconnect")
            supervisor.tell(ApplyEvent(course.RetryDue()))
            return "the next attempt begins now"
        self._refuse_at_rest("reconnect")
        if kernel.session.state is not State.READY:
            raise LocalProtocolError("an attempt is under way already: wait for it")
        if not kernel.options.maintain_connection:
            raise LocalProtocolError(
                "it has Options(maintain_connection=False), and would not come back: "
                "close it, or let its own program open it again"
            )
        self._told("reconnect")
        wish = LineBroken("a new one was asked for at the status endpoint")
        supervisor.tell(ChildExited("socket", generation, wish))
        return f"line {generation} is given up; a new one follows after the usual pause"

    def close(self) -> str:
        """Begin to close, as its owner would."""
        self._refuse_at_rest("close")
        self._told("close")
        kernel = self._kernel
        kernel.closing = True  # in case that a crash loses the message
        kernel.refs["supervisor"].tell(ApplyEvent(course.CloseRequested()))
        return "it is closing; only its own program can open it again"

    # -- inside

    def _now(self) -> float:
        return self._kernel.loop.clock.now()

    def _actors(self, now: float) -> list[Actor]:
        kernel = self._kernel
        windows, refs = kernel.windows(), {"root": kernel.root, **kernel.refs}
        return [
            Actor(
                name=name,
                above=above,
                strategy=strategy,
                objects=refs[name].generation,
                inbox=len(refs[name].actor_inbox),
                alive=refs[name].is_alive(),
                restarts=kernel.counters.restarts[name],
                budget=windows[name].left(now) if name in windows else None,
                full_in=windows[name].refilled_in(now) if name in windows else 0.0,
            )
            for name, (above, strategy) in _PLACES.items()
            if name in refs
        ]

    def _pending(self, where: str, entry: Entry, now: float) -> Pending:
        queued = where == "queued"
        patience = self._kernel.options.queue_timeout if queued else entry.timeout
        until = entry.queue_until if queued else entry.answer_by
        left = _left(until, now) or 0.0
        return Pending(
            id=entry.id,
            type=entry.type[:_TYPE],
            where=where,
            age=max(0.0, patience - left),
            left=left,
            resend=entry.resend,
            refusals=entry.refusals,
        )

    def _refuse_at_rest(self, what: str) -> None:
        state = self._kernel.session.state
        if state not in _ALIVE:
            raise LocalProtocolError(
                f"the connection is {state}, there is nothing to {what}: only its own "
                "program can open it"
            )

    def _told(self, what: str) -> None:
        """Let log and flight recorder say that it was not the program's own wish."""
        observed(self._kernel, "status.command", logging.INFO, {"command": what})


def _left(until: float | None, now: float) -> float | None:
    return None if until is None else max(0.0, until - now)
