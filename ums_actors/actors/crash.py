"""Crashes of the two actors that hold the rest: the root and the supervisor.

They are restarted in place; a second crash in the window fails the connection, and
the address stays to say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ums_actors.actors.announce import announce
from ums_actors.actors.line import dismantle, finish
from ums_actors.core.course import GaveUp
from ums_actors.errors import RestartBudgetExhausted

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.cell import Cell

__all__ = ["crashed", "root_crashed"]


def root_crashed(cell: Cell, error: BaseException) -> None:
    """Take a crash of the root's; its kernel may not be there yet."""
    kernel = cast("Kernel | None", cell.keep)
    if kernel is None:
        cell.restart_within_budget(error)
    else:
        crashed(kernel, cell, error)
        if cell.dead:  # no hook of its own will do it
            dismantle(kernel, kernel.loop.clock.now())


def crashed(kernel: Kernel, cell: Cell, error: BaseException) -> None:
    """Count the crash, fail the connection if it is the second, and restart."""
    name, now = cell.actor_class.__name__, kernel.loop.clock.now()
    kernel.restarts[name] = kernel.restarts.get(name, 0) + 1
    kernel.history.append(f"{name}: crashed with {type(error).__name__}")
    if kernel.crashes.exhausted(now):
        kernel.last_error = RestartBudgetExhausted(
            f"{name} crashed twice in {kernel.options.restart_period:g} s: the "
            "connection has FAILED",
            child=name,
            history=tuple(kernel.history),
        )
        previous = kernel.session.state
        kernel.session.handle(GaveUp(), now)
        if kernel.session.state is not previous:
            announce(kernel, previous, now)
            finish(kernel, now)
    cell.restart_within_budget(error)
