"""Crashes of the two actors that hold the rest, and of the hooks of a subclass.

The root and the supervisor are restarted in place; a second crash in the window fails
the connection, and the address stays to say so. A hook that raises ends an attempt; as
often as a child may crash, it may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ums_actors.actors.announce import announce
from ums_actors.actors.exits import tell_crash
from ums_actors.actors.line import dismantle, finish
from ums_actors.core.course import GaveUp
from ums_actors.core.reason import crash_of
from ums_actors.errors import RestartBudgetExhausted

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.reason import Crashed
    from ums_actors.runtime.cell import Cell

__all__ = ["crashed", "hook_gave_up", "root_crashed"]

_ROOT = "root"


def root_crashed(cell: Cell, error: BaseException) -> None:
    """Take a crash of the root's; its kernel may not be there yet."""
    kernel = cast("Kernel | None", cell.keep)
    if kernel is None:
        cell.restart_within_budget(error)
    else:
        crashed(kernel, cell, error)
        if cell.dead:  # no hook of its own will do it
            dismantle(kernel, kernel.loop.clock.now())


def hook_gave_up(kernel: Kernel, reason: Crashed, error: BaseException) -> bool:
    """Count a crash in a step that the root runs; tell whether it is one too many.

    What the network may raise (OSError, and with it TimeoutError) is no bug: a hook
    that calls a service of the user's has its outages, too.
    """
    if isinstance(error, OSError):
        return False
    options = kernel.options
    kernel.counters.restarts[_ROOT] += 1
    now = kernel.loop.clock.now()
    gave_up = kernel.hooks.exhausted(now)
    tell_crash(kernel, _ROOT, reason, kernel.hooks, gave_up=gave_up)
    if not gave_up:
        return False
    kernel.last_error = RestartBudgetExhausted(
        f"the connection's own steps crashed more than {options.restart_intensity} "
        f"times in {options.restart_period:g} s: the connection has FAILED",
        child=_ROOT,
        exits=_exits(kernel, _ROOT, now),
        history=kernel.history,
    )
    kernel.last_error.__cause__ = error
    return True


def crashed(kernel: Kernel, cell: Cell, error: BaseException) -> None:
    """Count the crash, fail the connection if it is the second, and restart."""
    name, now = cell.actor_class.__name__, kernel.loop.clock.now()
    kernel.counters.restarts[name] += 1
    gave_up = kernel.crashes.exhausted(now)
    tell_crash(kernel, name, crash_of(error), kernel.crashes, gave_up=gave_up)
    if gave_up:
        kernel.last_error = RestartBudgetExhausted(
            f"{name} crashed twice in {kernel.options.restart_period:g} s: the "
            "connection has FAILED",
            child=name,
            exits=_exits(kernel, name, now),
            history=kernel.history,
        )
        previous = kernel.session.state
        kernel.session.handle(GaveUp(), now)
        if kernel.session.state is not previous:
            announce(kernel, previous, now)
            finish(kernel, now)
    cell.restart_within_budget(error)


def _exits(kernel: Kernel, who: str, now: float) -> tuple[str, ...]:
    """Give the recorder's lines on the crashes of one actor in the window."""
    since = now - kernel.options.restart_period
    return tuple(
        str(entry)
        for entry in kernel.recorder.entries()
        if entry.last >= since and entry.text.startswith(f"exit of {who}:")
    )
