"""The children of a connection's supervisor: started, restarted, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.actors.carrier import Carrier
from ums_actors.actors.correlator import CorrelatorActor
from ums_actors.actors.exits import tell_crash
from ums_actors.actors.messages import ChildExited
from ums_actors.actors.socket import SocketActor
from ums_actors.actors.token import TokenActor
from ums_actors.core import restart
from ums_actors.core.reason import crash_of

if TYPE_CHECKING:
    from ums_actors.actors.child import Child
    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.reason import Crashed
    from ums_actors.runtime.cell import Cell

__all__ = ["Children"]

_KINDS: dict[str, type[Child]] = {
    "token": TokenActor,
    "correlator": CorrelatorActor,
}


_NO_NAMES: Final[dict[str, Any]] = {}


class Children:
    """What is done to the children; in which order is the tree's. Loop thread only.

    Args:
        kernel: of the connection; their references stay in it.
    """

    __slots__ = ("_kernel",)

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def start_all(self) -> None:
        """Start them, who is needed by others first."""
        for name in self._kernel.supervision.start_order():
            self.start(name)

    def stop_all(self) -> None:
        """Stop them, last started first."""
        for name in self._kernel.supervision.stop_order():
            ref = self._kernel.refs.get(name)
            if ref is not None:
                ref._cell.stop()

    def start(self, name: str) -> None:
        """Start one, or put a new object into the place of the present one."""
        kernel = self._kernel
        ref = kernel.refs.get(name)
        if ref is not None:
            ref._cell.restart()
            return
        kind = (kernel.carrier or SocketActor) if name == "socket" else _KINDS[name]
        kernel.refs[name] = kind._launch(
            (kernel,), _NO_NAMES, kernel.runtime, kernel.loop, self._tell_exit
        )

    def _tell_exit(self, cell: Cell, error: BaseException) -> None:
        """Tell the supervisor that a child has crashed."""
        kernel = self._kernel
        name = _name_of(cell.actor_class)
        exited = ChildExited(name, kernel.session.generation, crash_of(error))
        kernel.refs["supervisor"].tell(exited)

    def crashed(self, child: str, reason: Crashed) -> bool | restart.GiveUp:
        """Count a crash, report it, and restart who must be.

        Tells whether the line must be renewed, with its socket; gives what to give up
        for if it was one crash too many, and nobody is restarted then.
        """
        kernel = self._kernel
        kernel.counters.restarts[child] += 1
        plan = kernel.supervision.decide(
            child,
            restart.ExitKind.ABNORMAL,
            kernel.loop.clock.now(),
            note=str(reason),
        )
        gave_up = next((a for a in plan if isinstance(a, restart.GiveUp)), None)
        window = kernel.supervision.window(child)
        tell_crash(kernel, child, reason, window, gave_up=gave_up is not None)
        if gave_up is not None:
            return gave_up
        started = [a.name for a in plan if isinstance(a, restart.StartChild)]
        for name in started:  # a socket is stopped by losing the line
            if name != "socket":
                self.start(name)
        return "socket" in started


def _name_of(actor_class: type[Any]) -> str:
    if issubclass(actor_class, Carrier):
        return "socket"
    return next(name for name, kind in _KINDS.items() if kind is actor_class)
