"""How an actor ends: asked to, prepared, and then for good."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol

import pykka

from ums_actors.core.reason import crash_of
from ums_actors.runtime.inbox import Inbox

if TYPE_CHECKING:
    from ums_actors.core.recorder import FlightRecorder
    from ums_actors.runtime.actor import LoopActor
    from ums_actors.runtime.future import LoopFuture
    from ums_actors.runtime.loop import Loop
    from ums_actors.runtime.ref import LoopRef
    from ums_actors.runtime.runtime import Runtime

__all__ = ["Mortal", "Owner"]

_logger = logging.getLogger("ums_actors")


class Owner(Protocol):
    """What an actor takes part in, such as a connection."""

    @property
    def recorder(self) -> FlightRecorder:
        """Where its crashes are written down."""
        ...

    def place(self) -> dict[str, Any]:
        """Give what each event of it begins with; any thread."""
        ...


class Mortal(Inbox):
    """An inbox whose actor can be stopped, and what is to be told of it."""

    __slots__ = (
        "_stop_replies",
        "_urn",
        "actor",
        "actor_class",
        "ended",
        "generation",
        "owner",
        "ref",
        "registered",
        "runtime",
    )

    actor: LoopActor
    ref: LoopRef[Any]

    def __init__(
        self, actor_class: type[LoopActor], runtime: Runtime, loop: Loop
    ) -> None:
        super().__init__(loop)
        self.actor_class: type[LoopActor] = actor_class
        self.runtime: Runtime = runtime
        self._urn: str | None = None
        self.generation: int = 1
        self.ended: bool = False
        self.registered: bool = False
        self.owner: Owner | None = None
        self._stop_replies: list[LoopFuture[Any]] | None = None

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def urn(self) -> str:
        """Its name among all actors, made when first asked for; any thread."""
        if self._urn is None:
            with self._lock:
                self._urn = self._urn or f"urn:uuid:{self.runtime.ids()}"
        return self._urn

    def give_up(self) -> None:
        """End without a hook, since the loop has ended; any thread."""
        self.bury()

    # -- loop thread

    def _begin_stop(self, reply: LoopFuture[Any] | None) -> None:
        first = self._stop_replies is None
        replies = self._stop_replies = self._stop_replies or []
        if reply is not None:
            replies.append(reply)
        if first:
            self._prepare_stop()

    def _prepare_stop(self) -> None:
        try:
            ready = self.actor._before_stop()
        except BaseException as error:  # noqa: BLE001
            self._observe("actor.before_stop_failed", logging.ERROR, error)
            self.stop()
            return
        if ready.done():
            self._prepared_stop(ready)
        else:
            ready.add_done_callback(
                lambda ready: self.loop.call_soon(lambda: self._prepared_stop(ready))
            )
            if not self.empty():
                self.schedule()

    def _prepared_stop(self, ready: LoopFuture[Any]) -> None:
        error = ready.exception()
        if error is not None:
            self._observe("actor.before_stop_failed", logging.ERROR, error)
        self.stop()

    def stop(self) -> None:
        """Run ``on_stop``, then end for good and answer all who still wait."""
        if self.ended:
            return
        self.ended = True
        try:
            self.actor.on_stop()
        except BaseException as error:  # noqa: BLE001
            self._observe("actor.on_stop_failed", logging.ERROR, error)
            self._stop_anyway()
        self.bury()

    def _stop_anyway(self) -> None:
        try:
            self.actor._stop_anyway()
        except BaseException as error:  # noqa: BLE001
            self._observe("actor.stop_anyway_failed", logging.ERROR, error)

    def bury(self) -> None:
        """End without a hook."""
        self.dead = True
        self.ended = True
        if self.registered:
            self.registered = False
            pykka.ActorRegistry.unregister(self.ref)
        self._turn_away()
        replies, self._stop_replies = self._stop_replies, None
        for reply in replies or ():
            reply.try_set(None)

    def _observe(
        self, event: str, level: int, error: BaseException | None = None
    ) -> None:
        owner = self.owner
        fields: dict[str, Any] = {} if owner is None else owner.place()
        fields |= {
            "actor": self.actor_class.__name__,
            "urn": self.urn,
            "incarnation": self.generation,
        }
        if error is not None:
            fields["error"] = error
            if level >= logging.ERROR and owner is not None:
                text = f"{event}: {self.actor_class.__name__} {crash_of(error)}"
                owner.recorder.note(self.loop.clock.now(), text)
                fields["history"] = owner.recorder.lines()
        try:
            self.runtime.observer.observe(event, level, fields)
        except Exception:
            _logger.exception("observer.failed")
