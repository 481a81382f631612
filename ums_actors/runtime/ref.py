"""A reference that follows its actor through restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

import pykka
from pykka.messages import _ActorStop

from ums_actors.errors import Overloaded
from ums_actors.runtime.envelope import Envelope
from ums_actors.runtime.future import LoopFuture
from ums_actors.runtime.proxy import LoopProxy
from ums_actors.runtime.stopped import StoppedFlag

if TYPE_CHECKING:
    from ums_actors.runtime.actor import LoopActor
    from ums_actors.runtime.cell import Cell

__all__ = ["LoopRef"]

A = TypeVar("A", bound="LoopActor")

INBOX_LIMIT = 100_000
"""Messages that may wait in one inbox."""


class LoopRef(pykka.ActorRef[A]):
    """A :class:`pykka.ActorRef` to whatever object serves the actor now."""

    __slots__ = ("_cell",)

    def __init__(self, cell: Cell) -> None:  # the base class would pin an object
        self._cell = cell

    @property
    def actor_class(self) -> type[A]:  # type: ignore[override]
        """The class of the actor."""
        return self._cell.actor_class  # type: ignore[return-value]

    @property
    def actor_urn(self) -> str:  # type: ignore[override]
        """The URN of the actor; restarts keep it."""
        return self._cell.urn

    @property
    def actor_inbox(self) -> Cell:  # type: ignore[override]
        """The inbox; restarts keep it."""
        return self._cell

    @property
    def actor_stopped(self) -> Any:  # type: ignore[override]
        """Whether it has stopped for good."""
        return StoppedFlag(self._cell)

    @property
    def generation(self) -> int:
        """How many objects have served it, the present one included."""
        return self._cell.generation

    def _actor_weakref(self) -> A:  # type: ignore[override]
        """Give the present object, where Pykka's own proxies look for it."""
        return self._cell.actor  # type: ignore[return-value]

    def is_alive(self) -> bool:
        """Tell whether it has not stopped for good; it may be between two objects."""
        return not self._cell.ended

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LoopRef) and other._cell is self._cell

    def __hash__(self) -> int:
        return hash(id(self._cell))

    def tell(self, message: Any) -> None:
        """Send a message and expect nothing; any thread, never waits.

        Raises:
            pykka.ActorDeadError: it has stopped for good.
            Overloaded: its inbox is full.
        """
        cell = self._cell
        if cell.dead:
            raise pykka.ActorDeadError(f"{self} not found")
        arrived = cell._arrived
        if len(arrived) + len(cell._taken) >= INBOX_LIMIT:  # spares a call
            raise self._overloaded()
        if type(message) is not cell.habits[0]:
            message = Envelope(message)
        arrived.append(message)  # as in put(): spares another, or two
        if cell.dead:  # since we looked
            cell._turn_away()  # type: ignore[unreachable]
        elif not cell._scheduled:
            cell._scheduled = True
            cell.loop.submit(cell)

    @overload
    def ask(
        self, message: Any, *, block: Literal[False], timeout: float | None = None
    ) -> LoopFuture[Any]: ...
    @overload
    def ask(
        self, message: Any, *, block: Literal[True], timeout: float | None = None
    ) -> Any: ...
    @overload
    def ask(
        self, message: Any, *, block: bool = True, timeout: float | None = None
    ) -> Any | LoopFuture[Any]: ...
    def ask(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, message: Any, *, block: bool = True, timeout: float | None = None
    ) -> Any | LoopFuture[Any]:
        """Send a message and wait for, or get a future of, its answer; any thread.

        The future is always answered, also if the actor stops meanwhile.

        Raises:
            TimedOut: blocking, and no answer within ``timeout`` seconds.
            pykka.ActorDeadError: blocking, and the actor has stopped.
            Overloaded: blocking, and its inbox is full.
        """
        cell = self._cell
        future: LoopFuture[Any] = LoopFuture(cell.loop.lending)
        if cell.dead:
            future.try_fail(pykka.ActorDeadError(f"{self} not found"))
        elif len(cell) >= INBOX_LIMIT:
            future.try_fail(self._overloaded())
        else:
            cell.put(Envelope(message, future))
        return future.get(timeout=timeout) if block else future

    @overload
    def stop(self, *, block: Literal[True], timeout: float | None = None) -> bool: ...
    @overload
    def stop(
        self, *, block: Literal[False], timeout: float | None = None
    ) -> LoopFuture[bool]: ...
    @overload
    def stop(
        self, *, block: bool = True, timeout: float | None = None
    ) -> bool | LoopFuture[bool]: ...
    def stop(
        self, *, block: bool = True, timeout: float | None = None
    ) -> bool | LoopFuture[bool]:
        """Ask it to stop after the messages before this one; any thread.

        Returns:
            whether it was alive, or a future of that.
        """
        was_alive: LoopFuture[bool] = LoopFuture()
        if self._cell.dead:
            was_alive.set(False)
        else:
            asked: LoopFuture[None] = LoopFuture()
            asked.add_done_callback(lambda _: was_alive.set(True))
            self._cell.put(Envelope(_ActorStop(), asked))  # also into a full inbox
        return was_alive.get(timeout=timeout) if block else was_alive

    def proxy(self) -> LoopProxy[A]:
        """Give a proxy whose method calls are asks.

        Raises:
            pykka.ActorDeadError: it has stopped for good.
        """
        return LoopProxy(actor_ref=self)

    def _overloaded(self) -> Overloaded:
        return Overloaded(
            f"the inbox of {self.actor_class.__name__} holds {INBOX_LIMIT} messages: "
            "wait for answers before sending more"
        )
