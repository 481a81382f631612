"""What the four actors have in common: the kernel, and a crash that is reported."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar

from ums_actors.actors.trouble import observed
from ums_actors.errors import ConnectionLost, Delivery, LocalProtocolError
from ums_actors.runtime import LoopActor, LoopFuture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.envelope import Bare, Envelope

__all__ = ["Child", "turn_away"]


class Child(LoopActor):
    """An actor of one connection, driven by messages only.

    Subclasses fill :attr:`handlers`: message type → name of the method that takes
    it. A message of an unknown type is a bug of the sender's, and crashes the child.
    """

    _in_registry = False
    handlers: ClassVar[dict[type[Any], str]] = {}

    def __init__(self, kernel: Kernel) -> None:
        super().__init__()
        self._kernel = kernel
        self._in_hand: Any = None  # the message whose caller only we can answer
        self._cell.owner = kernel

    def on_receive(self, message: object) -> Any:
        """Hand the message to its handler."""
        name = self.handlers.get(type(message))
        if name is None:
            raise LocalProtocolError(
                f"{type(self).__name__} does not know {type(message).__name__}: it "
                f"takes {', '.join(sorted(kind.__name__ for kind in self.handlers))}"
            )
        self._in_hand = message
        try:
            return getattr(self, name)(message)
        except BaseException:
            self._answer_for(self._in_hand)
            raise
        finally:
            self._in_hand = None

    def _take_bulk(self, waiting: list[Envelope | Bare], budget: int) -> None:
        """Hand such messages to their handler, as :meth:`on_receive` would each."""
        kind = self._in_bulk
        handle = getattr(self, self.handlers[kind])  # type: ignore[index]
        last = len(waiting) - budget
        try:
            while waiting and len(waiting) > last:
                if type(waiting[-1]) is not kind:
                    break
                message: Any = waiting.pop()
                self._in_hand = message
                handle(message)
        except BaseException:
            self._answer_for(self._in_hand)
            raise
        finally:
            self._in_hand = None

    def _let_wait(self, reply: LoopFuture[Any], waiter: LoopFuture[Any]) -> None:
        """Give the caller of the message in hand what the kernel will answer."""
        reply.chain(waiter)
        self._in_hand = None  # whatever becomes of us

    def _answer_for(self, message: Any) -> None:
        """Leave nobody hanging whose message is lost by a crash of ours."""
        reply = getattr(message, "reply", None)
        if isinstance(reply, LoopFuture):
            reply.try_fail(
                ConnectionLost(
                    f"the {type(self).__name__} crashed over this",
                    delivery=Delivery.UNKNOWN,  # how far it came is not known here
                    request_type=getattr(message, "type", ""),
                )
            )

    def on_stop(self) -> None:
        """Answer those whose messages nobody will handle any more."""
        turn_away(self._cell.waiting())

    def _observe(self, event: str, level: int = logging.INFO, **fields: Any) -> None:
        """Report an event with safe fields; the flight recorder keeps it."""
        observed(self._kernel, event, level, fields)

    def _tell(self, name: str, message: Any) -> None:
        """Send to another actor of the connection."""
        self._kernel.refs[name].tell(message)


def turn_away(waiting: Iterable[Envelope | Bare]) -> None:
    """Fail the futures that messages carry; Pykka's own are the cell's duty."""
    for envelope in waiting:
        reply = getattr(envelope.message, "reply", None)
        if isinstance(reply, LoopFuture):
            reply.try_fail(
                ConnectionLost("the connection was stopped", delivery=Delivery.NOT_SENT)
            )
