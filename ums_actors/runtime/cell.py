"""The lasting identity of an actor, and the object that serves it now.

References point at the cell, so they stay valid when the object is replaced. A
crash under ``tell`` replaces it *in place*: the message is lost, the inbox is kept,
the next object (the next *generation*) handles the next message.
"""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

import pykka
from pykka.messages import ProxyCall, ProxyGetAttr, ProxySetAttr, _ActorStop

from ums_actors.core.restart import Intensity
from ums_actors.errors import RestartBudgetExhausted
from ums_actors.runtime.fence import Fenced, FencedAnywhere
from ums_actors.runtime.future import LoopFuture, foreign_future
from ums_actors.runtime.mortal import Mortal
from ums_actors.runtime.ref import LoopRef

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.actor import LoopActor
    from ums_actors.runtime.envelope import Bare, Envelope
    from ums_actors.runtime.loop import Loop
    from ums_actors.runtime.runtime import Runtime

__all__ = ["Cell"]

_TO_ATTRIBUTES = frozenset((ProxyCall, ProxyGetAttr, ProxySetAttr))
_RESTARTS, _PERIOD = 5, 60.0
"""Crashes of an unsupervised actor in a number of seconds that are forgiven."""


@functools.lru_cache(maxsize=256)
def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Give one tuple for all that are equal."""
    return names


class Cell(Mortal):
    """Life cycle of one actor on one loop."""

    __slots__ = (
        "args",
        "habits",
        "intensity",
        "keep",
        "names",
        "on_crash",
        "started",
        "suspended",
        "values",
    )

    generation: int

    def __init__(  # noqa: PLR0917  (only `_launch` calls it)
        self,
        actor_class: type[LoopActor],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        runtime: Runtime,
        loop: Loop,
        on_crash: Callable[[Cell, BaseException], None] | None,
    ) -> None:
        super().__init__(actor_class, runtime, loop)
        self.args: tuple[Any, ...] = args
        # two tuples in place of a dict; those who are made alike share the first
        self.names: tuple[str, ...] = _names(tuple(kwargs))
        self.values: tuple[Any, ...] = tuple(kwargs.values())
        self.on_crash: Callable[[Cell, BaseException], None] | None = on_crash
        # of the class, here since reading it there takes ten times as long
        self.habits: tuple[type[Bare] | None, bool] = actor_class._habits
        self.suspended: bool = False
        self.started: bool = False
        self.intensity: Intensity | None = None
        self.keep: Any = None  # what the actor wants to find again after a restart
        self.ref: LoopRef[Any] = LoopRef(self)
        self.actor: LoopActor = self._make()

    # -- loop thread, but for what says otherwise

    def launch(self) -> None:
        """Run ``on_start`` and the first messages in the loop's next turn."""
        self.loop.submit(self)

    def run(self, budget: int) -> None:
        """Handle at most ``budget`` messages."""
        if not self.started and not self.dead:
            self.started = True
            self.guard(self.actor.on_start)
        taken = self._taken
        bulk, drains = self.habits
        while budget and not self.suspended and not self.dead:
            if not taken:
                if not self._arrived:
                    break
                self._take()
            if type(taken[-1]) is bulk:
                before = len(taken)
                try:
                    self.actor._take_bulk(taken, budget)
                except BaseException as error:  # noqa: BLE001  (see `crash`)
                    self.crash(error)
                budget -= before - len(taken)
            else:
                budget -= 1
                self._handle(taken.pop())
        if drains and not self.suspended and not self.dead:
            self.guard(self.actor._on_drained)
        self._scheduled = False
        if (taken or self._arrived) and not self.suspended and not self.dead:
            self.schedule()

    def deliver(self, message: object) -> None:
        """Tell it something, and let it be handled at once if nothing waits before it.

        For what comes so often that the way through the run queue would cost: what is
        one after another here is also near each other in memory. To be said last, as
        the teller's own handler is not over yet.
        """
        if not self._resting():
            self.ref.tell(message)
            return
        self._scheduled = True  # what is told meanwhile waits for its turn
        try:
            self.actor._on_delivered(message)
        except BaseException as error:  # noqa: BLE001  (see `crash`)
            self.crash(error)
        self._scheduled = False
        if self._arrived and not self.suspended and not self.dead:
            self.schedule()

    def drain(self) -> None:
        """Call its ``_on_drained``: at once if nothing waits, else after what does."""
        if not self._resting():
            self.schedule()
            return
        try:
            self.actor._on_drained()
        except BaseException as error:  # noqa: BLE001  (see `crash`)
            self.crash(error)

    def _resting(self) -> bool:
        """Tell whether it could run now, and has nothing to do."""
        return not (
            self._scheduled
            or self._taken
            or self._arrived
            or self.suspended
            or self.dead
        )

    def _handle(self, envelope: Envelope | Bare) -> None:
        reply: Any = envelope.reply_to
        message = envelope.message
        kind = type(message)  # pyright: ignore[reportUnknownVariableType]
        try:
            if kind in _TO_ATTRIBUTES:
                result = self.actor._handle_receive(message)
            elif kind is _ActorStop:
                self._begin_stop(reply)
                return
            else:
                result = self.actor.on_receive(message)
            if reply is None:
                return
            if isinstance(result, pykka.Future):
                self._answer_later(reply, result)
            else:
                reply.try_set(result)
        except BaseException as error:  # noqa: BLE001  (see `crash`)
            if reply is None:
                self.crash(error)
            else:
                self._return_error(reply, error)

    def _answer_later(self, reply: LoopFuture[Any], result: Any) -> None:
        if isinstance(result, LoopFuture):
            reply.chain(result)  # pyright: ignore[reportUnknownArgumentType]
        else:
            self._return_error(reply, foreign_future(result))

    def _return_error(self, reply: LoopFuture[Any], error: BaseException) -> None:
        if not isinstance(error, Exception):
            contained = RuntimeError(
                f"{self.actor_class.__name__} raised {type(error).__name__}"
            )
            contained.__cause__ = error
            error = contained
        self._observe("actor.error_returned", logging.DEBUG, error)
        reply.try_fail(error)

    def guard(self, function: Callable[[], object]) -> None:
        """Run something of the actor's as if it had been told; a raise is a crash."""
        try:
            function()
        except BaseException as error:  # noqa: BLE001  (see `crash`)
            self.crash(error)

    def fenced(self, function: Callable[..., object]) -> Fenced:
        """Wrap a callback of the loop's: it dies with the object it was made for."""
        return Fenced(self, function)

    def fenced_anywhere(self, function: Callable[..., object]) -> Fenced:
        """Wrap a callback of a future's, which any thread may call."""
        return FencedAnywhere(self, function)

    # -- failing

    def crash(self, error: BaseException) -> None:
        """Contain an exception of the actor: report, then restart or ask the parent.

        Also what is no Exception (SystemExit) is contained here: in stock Pykka it
        would stop every actor of the process.
        """
        self._observe("actor.crashed", logging.ERROR, error)
        if self.ended:
            return
        try:
            self.actor.on_failure(type(error), error, error.__traceback__)
        except BaseException as second:  # noqa: BLE001
            self._observe("actor.on_failure_failed", logging.ERROR, second)
        self._replace(error)

    def _replace(self, error: BaseException) -> None:
        self.suspended = True
        if self.on_crash is None:
            self.restart_within_budget(error)
            return
        try:
            self.on_crash(self, error)
        except BaseException as second:  # noqa: BLE001
            self._observe("actor.on_crash_failed", logging.ERROR, second)
            self.bury()

    def restart_within_budget(self, error: BaseException) -> None:
        """Restart unless it has crashed too often; then stop for good."""
        if self.intensity is None:
            self.intensity = Intensity(_RESTARTS, _PERIOD)
        if self.intensity.exhausted(self.loop.clock.now()):
            exhausted = RestartBudgetExhausted(
                f"{self.actor_class.__name__} crashed more than {_RESTARTS} times in "
                f"{_PERIOD:g} s and is stopped",
                child=self.actor_class.__name__,
                exits=(repr(error),),
            )
            self._observe("actor.gave_up", logging.ERROR, exhausted)
            self.bury()
        else:
            self.restart()

    def restart(self) -> None:
        """Replace the object; the reference and the inbox stay."""
        if self.ended:
            return
        self.generation += 1
        try:
            self.actor = self._make()
        except BaseException as error:  # noqa: BLE001
            self._observe("actor.init_failed", logging.ERROR, error)
            self._replace(error)
            return
        self.suspended = False
        self.started = True
        self.guard(self.actor.on_start)
        if self.suspended:
            return
        if self._stop_replies is not None:
            self._prepare_stop()  # the predecessor was asked to, and took it along
        elif not self.empty():
            self.schedule()

    def _make(self) -> LoopActor:
        actor = self.actor_class.__new__(self.actor_class)
        actor._cell = self
        named = dict(zip(self.names, self.values, strict=True))
        actor.__init__(*self.args, **named)  # type: ignore[misc]
        return actor
