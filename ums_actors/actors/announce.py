"""Telling the world that a connection is in another state."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ums_actors.actors.events import StateChanged
from ums_actors.core.course import State

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel

__all__ = ["announce"]


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
