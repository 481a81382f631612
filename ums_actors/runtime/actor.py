"""A Pykka actor that lives on an event loop instead of a thread of its own.

It keeps Pykka's contract (``start``, ``tell``, ``ask``, ``proxy``, ``stop``, the
hooks) except where that contract is a trap: a BaseException is contained, a failing
``on_start`` or ``on_stop`` is reported, an ``ask`` that races ``stop`` is answered,
an exception under ``tell`` restarts the actor in place. All its code runs on the
loop thread, so it must not block: :meth:`LoopActor._in_worker` is for that.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import pykka

from ums_actors.errors import LocalProtocolError
from ums_actors.runtime.cell import Cell
from ums_actors.runtime.future import LoopFuture
from ums_actors.runtime.runtime import Runtime
from ums_actors.runtime.stopped import StoppedFlag

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.envelope import Bare, Envelope
    from ums_actors.runtime.loop import Loop
    from ums_actors.runtime.ref import LoopRef
    from ums_actors.runtime.timers import Timer

__all__ = ["LoopActor"]

T = TypeVar("T")


class LoopActor(pykka.Actor):
    """Base class of actors on a loop."""

    _proxied: ClassVar[frozenset[str]] = frozenset()
    """Names with an underscore that proxies admit."""
    _in_registry: ClassVar[bool] = True
    """Whether Pykka's registry knows it; unregistering costs O(all actors)."""
    _in_bulk: ClassVar[type[Bare] | None] = None
    """The type of messages told that :meth:`_take_bulk` takes from the inbox itself;
    they stand there bare."""
    _habits: ClassVar[tuple[type[Bare] | None, bool]] = (None, False)
    """That type, and whether it has an :meth:`_on_drained` of its own."""
    _cell: Cell

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        drains = cls._on_drained is not LoopActor._on_drained
        cls._habits = cls._in_bulk, drains

    @classmethod
    def start(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, *args: Any, runtime: Runtime | None = None, **kwargs: Any
    ) -> LoopRef[Self]:
        """Start an actor on a loop of ``runtime``, or of the default one.

        ``__init__`` runs in the calling thread, here; every later object of a
        restart is made on the loop thread. What needs the loop (timers, workers)
        belongs into ``on_start``.
        """
        chosen = runtime or Runtime.default()
        return cls._launch(args, kwargs, chosen, chosen.next_loop(), None)

    @classmethod
    def _launch(
        cls,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        runtime: Runtime,
        loop: Loop,
        on_crash: Callable[[Cell, BaseException], None] | None,
    ) -> LoopRef[Self]:
        cell = Cell(cls, args, kwargs, runtime, loop, on_crash)
        if cls._in_registry:
            cell.registered = True
            pykka.ActorRegistry.register(cell.ref)
        cell.launch()
        return cell.ref

    def __init__(self) -> None:  # the base class would make an inbox of its own
        if not hasattr(self, "_cell"):  # to look into __dict__ would make one
            raise LocalProtocolError(
                f"{type(self).__name__}() was called: an actor is made by "
                f"{type(self).__name__}.start(…), which gives a reference to it"
            )

    # -- what Pykka's base class keeps in fields

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
    def actor_ref(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
    ) -> LoopRef[Self]:
        """The reference that also survives restarts."""
        return self._cell.ref

    @staticmethod
    def _create_actor_inbox() -> Any:
        raise NotImplementedError("the inbox is the cell's")

    @staticmethod
    def _create_future() -> LoopFuture[Any]:
        return LoopFuture()

    def _start_actor_loop(self) -> None:
        raise NotImplementedError("the cell launches the actor")

    def _stop(self) -> None:
        self._cell.stop()

    # -- for subclasses, on the loop thread

    @property
    def _runtime(self) -> Runtime:
        return self._cell.runtime

    @property
    def _loop(self) -> Loop:
        return self._cell.loop

    def _now(self) -> float:
        """Give monotonic seconds."""
        return self._cell.loop.clock.now()

    def _call_later(self, delay: float, function: Callable[[], object]) -> Timer:
        """Call in ``delay`` seconds, unless this object has been replaced by then."""
        return self._cell.loop.call_later(delay, self._cell.fenced(function))

    def _in_worker(
        self, function: Callable[[], T], *, timeout: float = 30.0
    ) -> LoopFuture[T]:
        """Run blocking code on a worker thread; at most ``timeout`` seconds."""
        return self._runtime.workers("hooks").submit(
            self._loop, function, timeout=timeout
        )

    def _observe(self, event: str, level: int = logging.INFO, **fields: Any) -> None:
        """Report an event with safe fields."""
        self._runtime.observer.observe(event, level, fields)

    def _take_bulk(self, waiting: list[Envelope | Bare], budget: int) -> None:
        """Handle messages of the type ``_in_bulk``; a raise is a crash.

        For what comes so often that a call from the cell for each would cost.

        Args:
            waiting: the inbox, the next message last: such a one to begin with. Each
                is popped before it is handled, so a crash leaves the rest in line.
            budget: how many may be popped, 1 or more.
        """
        raise NotImplementedError(f"{type(self).__name__} takes nothing in bulk")

    def _on_delivered(self, message: Any) -> None:
        """Handle what a neighbour on the loop delivers; a raise is a crash."""
        self.on_receive(message)

    def _on_drained(self) -> None:
        """Do what is worth doing once for many messages; after each turn's batch."""

    def _before_stop(self) -> LoopFuture[None]:
        """Start an orderly end; the actor stops when the future is done.

        Messages are still handled until then. It is called once an object: after a
        crash on the way, the next object is asked again.
        """
        done: LoopFuture[None] = LoopFuture()
        done.set(None)
        return done

    def _stop_anyway(self) -> None:
        """Give back what ``on_stop`` would have: it has raised, perhaps at once.

        Part of it may be done already.
        """
