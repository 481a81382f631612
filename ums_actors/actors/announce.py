"""Telling the world that a connection is in another state, or another user's."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ums_actors.actors.events import IdentityChanged, StateChanged
from ums_actors.core.course import State

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.auth.session import Session

__all__ = ["adopt", "announce"]


def adopt(kernel: Kernel, login: Session) -> None:
    """Take a session over; what was another user's is forgotten; loop thread."""
    previous = kernel.own_id
    kernel.login = login
    current = kernel.own_id
    if previous is None or current is None or previous == current:
        return
    kernel.streams.abandon()
    kernel.baseline_seen = False
    kernel.history.append(f"the user {previous} became {current}")
    kernel.runtime.observer.observe(
        "identity.changed",
        logging.WARNING,
        {
            "connection": kernel.connection_id,
            "previous": previous,
            "current": current,
        },
    )
    kernel.subscribers.publish(IdentityChanged(previous=previous, current=current))


def announce(kernel: Kernel, previous: State, now: float) -> None:
    """Note a transition, and tell it to observer and subscribers; loop thread."""
    state, generation = kernel.session.state, kernel.session.generation
    reason = str(kernel.last_reason or "")
    kernel.history.append(f"{previous} → {state} (line {generation})")
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
