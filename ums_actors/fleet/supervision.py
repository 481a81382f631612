"""The supervisor over the connections of a fleet.

It is no actor: what it does for an agent it does on the loop of that agent's
connection, from the connection's own events, so that a fleet on several loops needs no
messages between them. Each connection is supervised by itself already; here is what is
done when that has come to its end.
"""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pykka

from ums_actors.actors.events import ErrorOccurred
from ums_actors.core.course import State
from ums_actors.core.rivalry import Rivalry
from ums_actors.errors import ConnectionLost, UMSError
from ums_actors.fleet.events import AgentContested, AgentFailed, AgentReady
from ums_actors.protocol.enums import AgentState
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.events import Event, StateChanged
    from ums_actors.core.trials import Trials
    from ums_actors.fleet.member import Member
    from ums_actors.fleet.switchboard import Switchboard
    from ums_actors.runtime import LoopFuture, Runtime

__all__ = ["Supervision"]

_AT_REST: Final = frozenset({State.FAILED, State.CLOSED})
_SUBSCRIBED, _ONLINE = 1, 2


class Supervision:
    """Brings agents online, and tries those again that have failed for good.

    Its methods are for the loop's thread of the agent they are given.

    Args:
        runtime: whose observer and chance it uses.
        board: told of what happens to agents.
        trials: when they are tried again; None never does.

    Attributes:
        settled: told once of each agent that is READY, or has failed; loop thread.
        stopped: told of each agent that is there no more; loop thread.
    """

    def __init__(
        self, runtime: Runtime, board: Switchboard, trials: Trials | None
    ) -> None:
        self._runtime = runtime
        self._board = board
        self._trials = trials
        self.settled: Callable[[Member], object] = lambda _: None
        self.stopped: Callable[[Member], object] = lambda _: None
        self._retried = 0
        self._counting = threading.Lock()  # of several loops

    @property
    def retried(self) -> int:
        """Trials so far."""
        return self._retried

    # -- what a connection tells

    def saw(self, member: Member, event: StateChanged) -> None:
        """Take note of a change; amid the connection's own work, so act later."""
        if event.previous == State.READY:
            self._note_loss(member, event.at)
        if member.leaving:
            return
        if event.previous in _AT_REST:  # opened again, by whomever
            _calm(member)
            member.contested = False
        if event.state == State.READY:
            member.ready_at = event.at
            member.loop.call_soon(partial(self._ready, member))
        elif event.state == State.FAILED:
            member.loop.call_soon(partial(self._failed, member))
        elif event.state == State.CLOSED:  # by its user
            member.loop.call_soon(partial(self._settle, member))

    def refused(self, member: Member) -> None:
        """Take note that the service has refused an agent's token."""
        if member.rivalry is None:
            member.rivalry = Rivalry()
        if member.rivalry.refused(member.loop.clock.now()) and not member.contested:
            member.contested = True
            member.loop.call_soon(partial(self._contest, member))

    def ended(self, member: Member) -> None:
        """Leave nothing of an agent whose connection has stopped for good."""
        _calm(member)
        self.stopped(member)

    def _note_loss(self, member: Member, now: float) -> None:
        since, member.ready_at = member.ready_at, None
        if since is not None and self._trials is not None:
            member.tried = self._trials.still(member.tried, now - since)

    # -- going online

    def _ready(self, member: Member) -> None:
        if member.busy or member.leaving or member.stage == _ONLINE:
            return
        member.busy = True
        done = run_steps(self._go_online(member))
        done.add_done_callback(partial(self._went_online, member))

    def _go_online(self, member: Member) -> Steps[None]:
        if not member.spec.online:
            return
        if member.stage < _SUBSCRIBED:
            yield member.call("create_routing_task_subscription")
            member.stage = _SUBSCRIBED
        yield member.call("set_agent_state", AgentState.ONLINE)

    def _went_online(self, member: Member, done: LoopFuture[None]) -> None:
        member.busy = False
        error = done.exception()
        if error is None:
            member.stage = _ONLINE
            self._tell(member, AgentReady())
            self._settle(member)
        elif isinstance(error, ConnectionLost):
            if member.is_there and member.kernel.session.state is State.READY:
                member.loop.call_soon(partial(self._ready, member))  # on another line
        elif not isinstance(error, pykka.ActorDeadError):
            self._report(member, "fleet.online_failed", error)
            self._settle(member)  # it is READY; the next line is the next chance

    # -- failing

    def _failed(self, member: Member) -> None:
        if member.leaving or not member.is_there:
            return
        kernel = member.kernel
        reason, tried = str(kernel.last_reason or ""), member.tried
        pause = self._try_later(member)
        self._observe(
            "fleet.agent_failed",
            logging.ERROR,
            member,
            reason=reason,
            retry_in=pause,
            tried=tried,
        )
        failed = AgentFailed(
            reason=reason, error=kernel.last_error, retry_in=pause, tried=tried
        )
        self._tell(member, failed)
        self._settle(member)

    def _contest(self, member: Member) -> None:
        if member.leaving or not member.is_there:
            return
        tried = member.tried
        member.call("close").add_done_callback(_read)
        pause = self._try_later(member)
        self._observe(
            "fleet.agent_contested", logging.ERROR, member, retry_in=pause, tried=tried
        )
        self._tell(member, AgentContested(retry_in=pause, tried=tried))
        self._settle(member)

    def _try_later(self, member: Member) -> float | None:
        _calm(member)
        if self._trials is None:
            return None
        pause = self._trials.pause(member.tried, self._runtime.random.random())
        loop = member.loop
        member.tried += 1
        member.retry_at = loop.clock.now() + pause
        member.timer = loop.call_later(pause, partial(self._try, member))
        return pause

    def _try(self, member: Member) -> None:
        """Open a connection again that has failed; the reference stays."""
        _calm(member)
        if member.leaving or not member.is_there:
            return
        if member.rivalry is not None:
            member.rivalry.tried(member.loop.clock.now())
        with self._counting:
            self._retried += 1
        self.open(member)

    # -- any thread

    def open(self, member: Member) -> None:
        """Have a connection opened; what comes of it is told by its events."""
        member.call("open").add_done_callback(_read)

    # -- telling

    def _settle(self, member: Member) -> None:
        if not member.settled:
            member.settled = True
            self.settled(member)

    def _tell(self, member: Member, event: Event) -> None:
        self._board.tell(member.key, event)

    def _report(self, member: Member, context: str, error: BaseException) -> None:
        fields: dict[str, Any] = (
            {"reason": str(error)} if isinstance(error, UMSError) else {"error": error}
        )
        self._observe(context, logging.WARNING, member, **fields)
        self._tell(member, ErrorOccurred(context=context, error=error))

    def _observe(self, event: str, level: int, member: Member, **more: Any) -> None:
        account_id, user = member.key
        place = {**member.kernel.place(), "account": account_id, "user": user}
        self._runtime.observer.observe(event, level, {**place, **more})


def _calm(member: Member) -> None:
    """Let no trial be due."""
    timer, member.timer, member.retry_at = member.timer, None, None
    if timer is not None:
        timer.cancel()


def _read(done: LoopFuture[Any]) -> None:
    """Let what came of it be known: its events tell it."""
    done.exception()
