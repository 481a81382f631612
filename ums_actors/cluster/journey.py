"""One call on its way: does what its route decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from ums_actors.cluster.calling import Done, Elsewhere, Raised, unpacked
from ums_actors.cluster.failures import error_of, told
from ums_actors.core import route
from ums_actors.errors import ConnectionLost, Delivery
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cluster.calling import Call, Reply
    from ums_actors.cluster.contact import Contact
    from ums_actors.runtime.loop import Loop
    from ums_actors.runtime.runtime import Pool
    from ums_actors.runtime.timers import Timer

__all__ = ["Journey", "cut_off"]

SPARE: Final = 0.25
"""Seconds of a call's time that are left for its verdict to come back."""


class Journey:
    """Takes one call to its shard; loop thread.

    Args:
        call: what is to be called.
        place: of its shard: the cluster's name, and its number.
        contact: what is known of the shard.
        loop: its deadlines are timers of this.
        find: looks the shard's actor up; it may block, and raises if there is none.
        finders: threads on which it does.
        ended: called at the end.

    Attributes:
        reply: done with what the call gave, or its error.
    """

    __slots__ = (
        "_call",
        "_contact",
        "_ended",
        "_finders",
        "_look_up",
        "_loop",
        "_place",
        "_route",
        "_timer",
        "_until",
        "reply",
    )

    def __init__(
        self,
        call: Call,
        place: tuple[str, int],
        contact: Contact,
        *,
        loop: Loop,
        find: Callable[[], Any],
        finders: Pool,
        ended: Callable[[Journey], object],
    ) -> None:
        self._call = call
        self._place = place
        self._contact = contact
        self._loop = loop
        self._look_up = find
        self._finders = finders
        self._ended = ended
        self._until = loop.clock.now() + call.patience
        self._route = route.Route(self._until)
        self._timer: Timer | None = None
        self.reply: LoopFuture[Any] = LoopFuture()

    def begin(self) -> None:
        """Set out."""
        now = self._loop.clock.now()
        self._tell(route.Begun(known=self._contact.is_fresh(now)))

    def give_up(self) -> None:
        """Fail it, for nobody will take it further; any thread."""
        sent = self._route.stage is route.Stage.SENT
        delivery = Delivery.UNKNOWN if sent else Delivery.NOT_SENT
        self.reply.try_fail(cut_off(self._call.method, delivery))

    def _tell(self, event: route.Event) -> None:
        for action in self._route.handle(event, self._loop.clock.now()):
            self._execute(action)

    def _execute(self, action: route.Action) -> None:
        match action:
            case route.Find():
                self._find()
            case route.Greet():
                self._ask(lambda actor: actor.greet.remote(), self._greeted)
            case route.Send():
                call = self._with_what_is_left()
                self._ask(lambda actor: actor.call.remote(call), self._answered)
            case route.Pause():
                self._arm(action.until)
            case route.Give():
                self._give(action.value)
            case route.Fail():
                cluster, shard = self._place
                place, timeout = f"shard {shard} of {cluster}", self._call.patience
                error = error_of(action, self._call.method, place, timeout)
                self._end()
                self.reply.try_fail(error)

    def _with_what_is_left(self) -> Call:
        """Give the call with the time that it has yet, less that of the way back."""
        left = self._until - self._loop.clock.now()
        return msgspec.structs.replace(self._call, patience=max(left - SPARE, left / 2))

    # -- the shard's actor

    def _find(self) -> None:
        """Look it up by its name; who has it already need not wait for it."""
        if self._contact.handle is not None:
            self._tell(route.Found())
            return
        left = max(0.0, self._until - self._loop.clock.now())
        found = self._finders.submit(self._loop, self._look_up, timeout=left)
        found.add_done_callback(self._found)

    def _found(self, found: LoopFuture[Any]) -> None:
        if found.exception() is not None:  # no such name, or Ray does not answer
            self._tell(route.NotFound())
            return
        self._contact.handle = found.get(timeout=0)
        self._tell(route.Found())

    def _ask(
        self, ask: Callable[[Any], Any], take: Callable[[Any, Any], object]
    ) -> None:
        """Call the actor; ``take(value, error)`` is called on the loop."""
        loop = self._loop
        try:
            future = ask(self._contact.handle).future()
        except Exception as error:  # noqa: BLE001  (Ray is shut down, the handle is None)
            failure = error
            loop.call_soon(lambda: take(None, failure))
            return

        def done(future: Any) -> None:  # on a thread of Ray's
            error = future.exception()
            value = None if error is not None else future.result()
            loop.call_soon(lambda: take(value, error))

        future.add_done_callback(done)

    def _greeted(self, packed: Any, error: BaseException | None) -> None:
        if self._heard(packed, error) is not None:
            self._tell(route.Greeted())

    def _answered(self, packed: Any, error: BaseException | None) -> None:
        reply = self._heard(packed, error)
        if reply is not None:
            self._tell(route.Answered(reply))

    def _heard(self, packed: Any, error: BaseException | None) -> Reply | None:
        """Give what the shard said; None, and the route knows, if it has no agents."""
        if error is not None:
            self._contact.doubt()
            self._tell(route.Broke(told(error)))
            return None
        reply = unpacked(packed)
        if isinstance(reply, Elsewhere):
            self._contact.doubt()
            self._tell(route.Moved(reply.why))
            return None
        self._contact.heard(self._loop.clock.now())
        return reply

    # -- time, and the end

    def _arm(self, until: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(until, lambda: self._tell(route.Due()))

    def _give(self, reply: Any) -> None:
        self._end()
        if isinstance(reply, Raised):
            self.reply.try_fail(reply.error)
        elif isinstance(reply, Done):
            self.reply.try_set(reply.value)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._ended(self)


def cut_off(method: str, delivery: Delivery) -> ConnectionLost:
    """Make the error of a call whose router is closed."""
    return ConnectionLost(
        f"{method}() has no way to its agent: the cluster's object is closed",
        delivery=delivery,
        request_type=method,
    )
