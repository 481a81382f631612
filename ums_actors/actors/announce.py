"""Telling the world that a connection is in another state, or another user's."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ums_actors.actors.delivery import deliver
from ums_actors.actors.events import AttemptFailed, IdentityChanged, StateChanged
from ums_actors.actors.trouble import observed
from ums_actors.core.course import State

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.auth.session import Session

__all__ = ["adopt", "announce", "tell_failed_attempt"]

_TRYING = frozenset({State.AUTHENTICATING, State.CONNECTING, State.RESTORING})


def adopt(kernel: Kernel, login: Session) -> None:
    """Take a session over; what was another user's is forgotten; loop thread."""
    previous, before = kernel.own_id, kernel.login
    kernel.login = login
    current = kernel.own_id
    if current is not None and login.user_pid:
        kernel.ids.learn(current, login.user_pid)
    if previous is None and kernel.made("memory"):
        previous = kernel.memory.user or None  # whose memory it has
    if previous is None or current is None or previous == current:
        return
    kernel.login = before  # whose these were
    if kernel.made("intake"):
        kernel.intake.finish()
    if kernel.made("streams"):
        deliver(kernel, kernel.streams.abandon())
    kernel.login = login
    if kernel.made("conversations"):
        kernel.conversations.abandon()
    if kernel.services is not None and kernel.services.courier is not None:
        kernel.services.courier.rest(kernel.refusal())
    kernel.baseline_seen = False
    if kernel.made("memory"):
        kernel.memory.user = current
    fields = {"previous": previous, "current": current}
    observed(kernel, "identity.changed", logging.WARNING, fields)
    kernel.subscribers.publish(IdentityChanged(previous=previous, current=current))


def announce(kernel: Kernel, previous: State, now: float) -> None:
    """Note a transition, and tell it to observer and subscribers; loop thread."""
    state, generation = kernel.session.state, kernel.session.generation
    reason = str(kernel.last_reason or "")
    kernel.note(f"{previous} → {state} (line {generation})")
    kernel.runtime.observer.observe(
        "connection.state",
        logging.ERROR if state is State.FAILED else logging.INFO,
        {
            "connection": kernel.connection_id,
            "state": str(state),
            "previous": str(previous),
            "generation": generation,
            "reason": reason,
        },
    )
    kernel.subscribers.publish(
        StateChanged(
            state=str(state),
            previous=str(previous),
            generation=generation,
            at=now,
            reason=reason,
        )
    )


def tell_failed_attempt(
    kernel: Kernel, state: State, pause: float | None, error: BaseException | None
) -> None:
    """Tell subscribers that the attempt which was in ``state`` got no line."""
    if state not in _TRYING:
        return
    session = kernel.session
    at_once = 0.0 if session.state in _TRYING else None
    kernel.subscribers.publish(
        AttemptFailed(
            state=str(state),
            attempt=session.backoff.attempt,
            generation=session.generation,
            reason=str(kernel.last_reason or ""),
            error=error,
            retry_in=at_once if pause is None else pause,
        )
    )
