"""An attempt's leave to log in: it has had its turn at the gate of logins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.core.course import State

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel

__all__ = ["clear", "lacks_clearance", "take_clearance"]


def clear(kernel: Kernel) -> None:
    """Let the present attempt log in, once; loop thread, as all of these."""
    kernel.cleared = kernel.session.generation


def lacks_clearance(kernel: Kernel) -> bool:
    """Tell whether the present attempt has to log in and has no leave to."""
    held = kernel.held
    if not kernel.asks:
        return False
    if held is not None and not held.has_ended(kernel.loop.clock.now()):
        return False
    return not _is_clear(kernel)


def take_clearance(kernel: Kernel) -> bool:
    """Tell whether who wants to log in has leave to; it is used up."""
    is_clear = _is_clear(kernel)
    kernel.cleared = 0
    return is_clear


def _is_clear(kernel: Kernel) -> bool:
    """Tell it; the leave ends with the step it was given for."""
    session = kernel.session
    return (
        session.state is State.AUTHENTICATING and kernel.cleared == session.generation
    )
