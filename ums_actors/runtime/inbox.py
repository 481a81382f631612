"""The messages that wait for one actor, and its place in the loop's run queue.

They are two lists, since an empty deque takes ten times their memory: any thread
appends to the one, and the actor takes from the other, which has the oldest last.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pykka
from pykka.messages import _ActorStop

from ums_actors.runtime.future import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.envelope import Bare, Envelope
    from ums_actors.runtime.loop import Loop

__all__ = ["Inbox"]


class Inbox:
    """A Pykka inbox; any thread."""

    __slots__ = ("_arrived", "_lock", "_scheduled", "_taken", "dead", "loop")

    def __init__(self, loop: Loop) -> None:
        self.loop: Loop = loop
        self._arrived: list[Envelope | Bare] = []
        self._taken: list[Envelope | Bare] = []
        self.dead: bool = False
        """Whether nothing in here will be handled any more."""
        self._scheduled = True  # until launch() puts it into the run queue
        self._lock = loop.inboxes_lock

    def __len__(self) -> int:
        return len(self._arrived) + len(self._taken)

    def __bool__(self) -> bool:
        return True  # it is an actor's, also if nothing waits

    def put(self, envelope: Envelope | Bare, /) -> None:
        """Queue a message."""
        self._arrived.append(envelope)
        if self.dead:
            self._turn_away()
        elif not self._scheduled:  # as in schedule(): spares a call
            self._scheduled = True
            self.loop.submit(self)

    def get(self) -> Envelope | Bare:
        """Take the next message, never waits; loop thread.

        Raises:
            IndexError: there is none.
        """
        if not self._taken:
            self._take()
        return self._taken.pop()

    def empty(self) -> bool:
        """Tell whether no message waits."""
        return not (self._taken or self._arrived)

    def waiting(self) -> list[Envelope | Bare]:
        """Give what waits, oldest first; loop thread."""
        return [*reversed(self._taken), *self._arrived]

    def sift(self, wanted: Callable[[Any], bool]) -> None:
        """Drop the messages that are not ``wanted``; loop thread."""
        self._take()
        self._taken[:] = [each for each in self._taken if wanted(each.message)]

    def schedule(self) -> None:
        """Put it into its loop's run queue unless it is there."""
        if not self._scheduled:  # two at once may both: it is run once too often then
            self._scheduled = True
            self.loop.submit(self)

    def run(self, budget: int) -> None:
        """Handle at most ``budget`` messages; loop thread."""
        raise NotImplementedError

    def give_up(self) -> None:
        """Answer all who wait: the loop has ended; any thread."""
        raise NotImplementedError

    def _take(self) -> None:
        """Put what has arrived behind what was taken before."""
        if not self._taken and len(self._arrived) == 1:  # the usual case: no lock
            try:
                self._taken.append(self._arrived.pop(0))
            except IndexError:  # who turns away was quicker
                return
            return
        with self._lock:  # several may take when it is dead
            arrived = self._arrived[:]
            del self._arrived[: len(arrived)]  # others append meanwhile
            arrived.reverse()
            self._taken[:0] = arrived

    def _turn_away(self) -> None:
        """Answer each waiting message once: whoever pops it, answers it."""
        while True:
            try:
                envelope = self.get()
            except IndexError:
                return
            reply: pykka.Future[Any] | None = envelope.reply_to
            if reply is None:  # it may still carry one that somebody waits for
                reply = getattr(envelope.message, "reply", None)
            if not isinstance(reply, LoopFuture):
                self._observe("actor.dead_letter", logging.DEBUG)
            elif type(envelope.message) is _ActorStop:
                reply.try_set(None)
            else:
                reply.try_fail(
                    pykka.ActorDeadError(f"{self} stopped before handling the message")
                )

    def _observe(
        self, event: str, level: int, error: BaseException | None = None
    ) -> None:
        raise NotImplementedError
