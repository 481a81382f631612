"""One actor for the events of all agents, fed no faster than it eats."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import pykka
from pykka._envelope import Envelope

from ums_actors.fleet.lines import Lines, as_event
from ums_actors.runtime import LoopFuture, LoopRef

if TYPE_CHECKING:
    from ums_actors.actors.events import Event
    from ums_actors.fleet.events import AgentEvent
    from ums_actors.fleet.handlers import Troubles
    from ums_actors.fleet.limits import Limits
    from ums_actors.fleet.spec import Key

__all__ = ["WINDOW", "ActorHandler"]

WINDOW: Final = 16
"""Events that are in the actor's inbox at a time: what floods waits before it."""


class ActorHandler(Lines):
    """Asks an actor with each event, and counts the answers; any thread.

    An event is asked, not told: what the actor raises over one is reported, and the
    actor lives on. The next event comes when one is answered.

    Args:
        ref: of the actor.
        limits: bounds of what waits.
        troubles: told of what goes wrong.
    """

    def __init__(
        self, ref: pykka.ActorRef[Any], limits: Limits, troubles: Troubles
    ) -> None:
        self._ref = ref
        self._troubles = troubles
        super().__init__(limits, threading.RLock())  # an answer may be there at once
        self._out = 0
        self._feeding = False
        self._ended = False
        self._empty = threading.Event()

    def put(self, key: Key, event: Event) -> bool:
        """Take an event; tell whether none of this agent's was lost for it."""
        with self._changing:
            if self._ended:
                return True
            loser = self._lines.push(key, event)
        self._feed()
        return loser != key

    @property
    def busy(self) -> int:
        """How many events the actor has not answered."""
        return self._out

    def end(self) -> None:
        """Take nothing more; what waits is still heard."""
        with self._changing:
            self._ended = True
        self._feed()

    def join(self, timeout: float, but: threading.Thread) -> bool:
        """Wait until all was heard, then forget the rest; tell whether all was."""
        del but  # an actor that waits for this is not told apart from a slow one
        heard = self._empty.wait(timeout)
        with self._changing:
            self._lines.clear()
        return heard

    def _feed(self) -> None:
        """Give the actor what it has room for, in order."""
        with self._changing:
            if self._feeding:
                return  # further down this very stack
            self._feeding = True
            try:
                while self._out < WINDOW and len(self._lines):
                    if not self._ref.is_alive():
                        self._give_up()
                        break
                    taken = self._lines.take()
                    if taken is not None:
                        self._ask(as_event(taken))
            finally:
                self._feeding = False
            if self._ended and not (len(self._lines) or self._out):
                self._empty.set()

    def _ask(self, event: AgentEvent) -> None:
        self._out += 1
        ref = self._ref
        if isinstance(ref, LoopRef):
            answer: LoopFuture[Any] = ref.ask(event, block=False)
        else:  # whose own future would have to be waited for by a thread
            answer = LoopFuture()
            ref.actor_inbox.put(Envelope(event, reply_to=answer))
        answer.add_done_callback(lambda answer: self._answered(answer, event))

    def _answered(self, answer: LoopFuture[Any], event: AgentEvent) -> None:
        error = answer.exception()
        if error is not None and not isinstance(error, pykka.ActorDeadError):
            self._troubles.failed(error, event)
        with self._changing:
            self._out = max(0, self._out - 1)  # it may have been given up
        self._feed()

    def _give_up(self) -> None:
        """Take nothing more: the actor has stopped for good."""
        self._ended, self._out = True, 0
        self._troubles.gone(self._lines.clear())
        self._empty.set()
