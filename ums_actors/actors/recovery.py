"""What a supervisor's crash took along: messages that nobody will send again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.actors.carrier import Carrier
from ums_actors.actors.messages import ChildExited, OpenConnection
from ums_actors.core.reason import Crashed, LineBroken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.envelope import Bare, Envelope

__all__ = ["is_opening", "lost_exits"]

_LOST = "and the supervisor crashed over the news"


def lost_exits(
    kernel: Kernel, waiting: Iterable[Envelope | Bare]
) -> Iterator[ChildExited]:
    """Give the exits of children that their supervisor does not know of.

    Args:
        kernel: of the connection.
        waiting: the supervisor's inbox; what is in there is not lost.
    """
    messages = [envelope.message for envelope in waiting]
    known = {each.child for each in messages if isinstance(each, ChildExited)}
    line = kernel.session.generation
    for name in kernel.supervision.start_order():
        ref = kernel.refs.get(name)
        if ref is None or name in known:
            continue
        actor, kind = ref._cell.actor, ref._cell.actor_class.__name__
        if ref._cell.suspended:
            yield ChildExited(name, line, Crashed(kind, f"it crashed, {_LOST}"))
        elif isinstance(actor, Carrier) and actor.ended and kernel.websocket:
            yield ChildExited(name, line, LineBroken(f"the line ended, {_LOST}"))


def is_opening(waiting: Iterable[Envelope | Bare]) -> bool:
    """Tell whether an ``open()`` waits in the supervisor's inbox."""
    return any(isinstance(each.message, OpenConnection) for each in waiting)
