"""The messages that wait for one actor, and its place in the loop's run queue."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

import pykka
from pykka.messages import _ActorStop

from ums_actors.runtime.future import LoopFuture

if TYPE_CHECKING:
    from pykka._envelope import Envelope

    from ums_actors.runtime.loop import Loop

__all__ = ["Inbox", "StoppedFlag"]


class StoppedFlag:
    """The part of :class:`threading.Event` that Pykka uses, a tenth of its size."""

    __slots__ = ("_set",)

    def __init__(self) -> None:
        self._set = False

    def is_set(self) -> bool:
        """Tell whether the actor has stopped."""
        return self._set

    def set(self) -> None:
        """Mark it as stopped."""
        self._set = True


class Inbox:
    """A Pykka inbox; any thread."""

    __slots__ = ("_lock", "_scheduled", "dead", "loop", "queue")

    def __init__(self, loop: Loop) -> None:
        self.loop: Loop = loop
        self.queue: deque[Envelope[Any]] = deque()
        self.dead: bool = False
        """Whether nothing in here will be handled any more."""
        self._scheduled = True  # until launch() puts it into the run queue
        self._lock = threading.Lock()

    def put(self, envelope: Envelope[Any], /) -> None:
        """Queue a message."""
        self.queue.append(envelope)
        if self.dead:
            self._turn_away()
        elif not self._scheduled:
            self.schedule()

    def get(self) -> Envelope[Any]:
        """Take the next message; never waits."""
        return self.queue.popleft()

    def empty(self) -> bool:
        """Tell whether no message waits."""
        return not self.queue

    def schedule(self) -> None:
        """Put it into its loop's run queue unless it is there."""
        with self._lock:
            if self._scheduled:
                return
            self._scheduled = True
        self.loop.submit(self)

    def run(self, budget: int) -> None:
        """Handle at most ``budget`` messages; loop thread."""
        raise NotImplementedError

    def give_up(self) -> None:
        """Answer all who wait: the loop has ended; any thread."""
        raise NotImplementedError

    def _turn_away(self) -> None:
        """Answer each waiting message once: whoever pops it, answers it."""
        while self.queue:
            try:
                envelope = self.queue.popleft()
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
