"""Crashes at any step of any actor: traps that raise before or after a method.

The methods that the loop calls of the five actors of a connection are wrapped for as
long as a :class:`Saboteur` is at work; one without a trap does what it always does.
"""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ums_actors.actors.correlator import CorrelatorActor
from ums_actors.actors.socket import SocketActor
from ums_actors.actors.supervisor import SupervisorActor
from ums_actors.actors.token import TokenActor
from ums_actors.connection.brand import BrandWebsocketConnection
from ums_actors.connection.consumer import ConsumerWebsocketConnection
from ums_actors.testing.hearing import CRASH_MARK

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from ums_actors.actors.child import Child
    from ums_actors.runtime import LoopActor, Runtime

__all__ = [
    "ERRORS",
    "POINTS",
    "STEPS",
    "MoreThanAnException",
    "Point",
    "Saboteur",
    "Trap",
]

_HOOKS: Final = ("__init__", "on_start", "on_stop", "on_failure")
_CHILDREN: Final[dict[str, type[Child]]] = {
    "supervisor": SupervisorActor,
    "token": TokenActor,
    "correlator": CorrelatorActor,
    "socket": SocketActor,
}
_OF_CALLS: Final = frozenset({"_call_answered", "_call_failed", "_calls_began"})
"""What no websocket has called: a carrier that makes HTTP calls does."""
_CALLBACKS: Final = {
    "supervisor": ("_proven",),
    "token": ("_refresh_due", "_logged_out"),
    "correlator": ("_expire", "_take_bulk"),
    "socket": ("_on_drained", "_adopt", "_ready", "_read", "_beat"),
}
"""What runs by a timer, a descriptor or a future, and after a batch of messages."""
_ROOT: Final = (
    *_HOOKS,
    "on_receive",
    "_prepare",
    "_restore_line",
    "_init_token",
    "_get_websocket_url",
    "_upgrade_headers",
    "_restore",
    "_before_stop",
)


class MoreThanAnException(BaseException):
    """What ``except Exception`` lets through."""


ERRORS: Final[tuple[type[BaseException], ...]] = (
    RuntimeError,
    SystemExit,
    KeyboardInterrupt,
    MoreThanAnException,
)


class Point(msgspec.Struct, frozen=True, order=True):
    """One method of one actor."""

    actor: str
    method: str

    def __str__(self) -> str:
        return f"{self.actor}.{self.method}"


POINTS: Final = (
    *(Point("root", method) for method in _ROOT),
    *(
        Point(name, method)
        for name, actor in _CHILDREN.items()
        for method in (*_HOOKS, *actor.handlers.values(), *_CALLBACKS[name])
        if method not in _OF_CALLS
    ),
)


STEPS: Final = (
    Point("supervisor", "_apply"),
    Point("supervisor", "_end_attempt"),
    Point("supervisor", "_close_line"),
    Point("socket", "_end"),
)
"""What handlers and timers alike go through, in the midst of their work."""


class Trap(msgspec.Struct):
    """Where to raise what, once.

    Attributes:
        point: where.
        error: what.
        after: whether when the method has done its work, or instead of it.
        skip: calls that are let through first.
        sprung: whether it has raised.
    """

    point: Point
    error: type[BaseException] = RuntimeError
    after: bool = False
    skip: int = 0
    sprung: bool = False

    def __str__(self) -> str:
        when = "after" if self.after else "before"
        return f"{self.error.__name__} {when} {self.point}"


class Saboteur:
    """Sets traps for connections; a context manager, one at a time in a process.

    Attributes:
        traps: those that are set.
        sprung: those that have raised.
    """

    def __init__(self) -> None:
        self.traps: list[Trap] = []
        self.sprung: list[Trap] = []
        self._runtimes: list[Runtime] = []
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        """Wrap the methods."""
        roots = BrandWebsocketConnection, ConsumerWebsocketConnection
        for point in (*POINTS, *STEPS):
            owners: tuple[type[LoopActor], ...] = roots
            if point.actor != "root":
                owners = (_CHILDREN[point.actor],)
            for owner in owners:
                self._wrap(owner, point)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let the methods be as they were."""
        while self._undo:
            self._undo.pop()()

    def set(self, trap: Trap, runtime: Runtime) -> Trap:
        """Set a trap for the connection of that runtime."""
        self.traps.append(trap)
        self._runtimes.append(runtime)
        return trap

    def clear(self) -> None:
        """Take all traps away."""
        self.traps.clear()
        self._runtimes.clear()

    def untidy(self) -> frozenset[str]:
        """Give the actors that were kept from tidying up before their restart.

        Their timers stay until they are due, and do nothing then.
        """
        return frozenset(
            _CHILDREN[trap.point.actor].__name__
            for trap in self.sprung
            if trap.point.method == "on_failure" and trap.point.actor in _CHILDREN
        )

    # -- parts

    def _wrap(self, owner: type[LoopActor], point: Point) -> None:
        name = point.method
        original: Callable[..., Any] = getattr(owner, name)
        inherited = name not in vars(owner)

        @functools.wraps(original)
        def method(actor: LoopActor, *args: Any, **kwargs: Any) -> Any:
            trap = self._due(actor, point) if self.traps else None
            if trap is None:
                return original(actor, *args, **kwargs)
            if trap.after:
                original(actor, *args, **kwargs)
            raise trap.error(f"{CRASH_MARK}: {trap}")

        def undo() -> None:
            if inherited:
                delattr(owner, name)
            else:
                setattr(owner, name, original)

        setattr(owner, name, method)
        self._undo.append(undo)

    def _due(self, actor: LoopActor, point: Point) -> Trap | None:
        """Take the trap at this point away if it is sprung by this call."""
        for index, trap in zip(itertools.count(), self.traps, strict=False):
            if trap.point != point or self._runtimes[index] is not actor._runtime:
                continue
            if trap.skip:
                trap.skip -= 1
                continue
            del self.traps[index], self._runtimes[index]
            trap.sprung = True
            self.sprung.append(trap)
            return trap
        return None
