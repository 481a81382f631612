"""One callback for the events of all agents, on threads of its own."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

from ums_actors.fleet.lines import Lines, as_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.events import Event
    from ums_actors.fleet.events import AgentEvent
    from ums_actors.fleet.limits import Limits
    from ums_actors.fleet.spec import Key

__all__ = ["CallbackHandler", "Troubles"]

IDLE_SECONDS: Final = 5.0
"""A thread without work for so long ends."""
SLOW_SECONDS: Final = 30.0
"""When each thread has been in one call for so long, nobody else is served."""


class Troubles(Protocol):
    """What a handler tells of: it has raised, is gone, or serves nobody; any thread."""

    def failed(self, error: BaseException, event: AgentEvent) -> None:
        """It raised."""
        ...

    def blocked(self, threads: int) -> None:
        """All threads are in calls that do not come back."""
        ...

    def gone(self, waiting: int) -> None:
        """There is no handler any more; so many events are not heard."""
        ...


class CallbackHandler(Lines):
    """Calls ``function``: one call at a time for an agent, several agents at a time.

    An agent whose call blocks keeps one thread, and no other agent waits for it; with
    as many such agents as there are threads, all wait.

    Args:
        function: what is called, with an :class:`AgentEvent`.
        limits: bounds of what waits.
        threads: how many may call at a time; started when there is work.
        troubles: told of what goes wrong.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        function: Callable[[Any], object],
        limits: Limits,
        threads: int,
        troubles: Troubles,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._function = function
        self._threads = threads
        self._troubles = troubles
        self._clock = clock
        self._condition = threading.Condition()
        super().__init__(limits, self._condition)
        self._alive: set[threading.Thread] = set()
        self._calls: dict[int, float] = {}  # by thread, since when
        self._idle = 0
        self._number = 0
        self._ended = False
        self._blocked = False

    # -- any thread

    def put(self, key: Key, event: Event) -> bool:
        """Take an event; tell whether none of this agent's was lost for it."""
        with self._condition:
            if self._ended:
                return True
            loser = self._lines.push(key, event)
            if self._idle:
                self._condition.notify()
            elif len(self._alive) < self._threads:
                self._grow()
            blocked = self._has_blocked()
        if blocked:
            self._troubles.blocked(self._threads)
        return loser != key

    @property
    def busy(self) -> int:
        """How many calls run."""
        return len(self._calls)

    def end(self) -> None:
        """Take nothing more; what waits is still heard."""
        with self._condition:
            self._ended = True
            self._condition.notify_all()

    def join(self, timeout: float, but: threading.Thread) -> bool:
        """Wait until all was heard, then forget the rest; tell whether all was.

        Args:
            timeout: seconds.
            but: a thread that is not waited for: it may wait for this itself.
        """
        deadline = time.monotonic() + timeout
        with self._condition:
            others = self._alive - {but}
        for thread in others:
            thread.join(max(0.0, deadline - time.monotonic()))
        with self._condition:
            heard = not self._lines.clear()
        return heard and not any(thread.is_alive() for thread in others)

    def _has_blocked(self) -> bool:
        """Tell, once, that no thread has come back for long; under the lock."""
        if self._blocked or len(self._calls) < self._threads:
            return False
        self._blocked = self._clock() - max(self._calls.values()) > SLOW_SECONDS
        return self._blocked

    def _grow(self) -> None:
        self._number += 1
        thread = threading.Thread(
            target=self._work, name=f"ums-handler-{self._number}", daemon=True
        )
        self._alive.add(thread)
        try:
            thread.start()
        except RuntimeError:  # the system has no more: the next event tries again
            self._alive.discard(thread)

    # -- its own threads

    def _work(self) -> None:
        while True:
            with self._condition:
                taken = self._lines.take(hold=True)
                notified = True
                while taken is None and notified and not self._ended:
                    self._idle += 1
                    notified = self._condition.wait(IDLE_SECONDS)
                    self._idle -= 1
                    taken = self._lines.take(hold=True)
                if taken is None:
                    self._alive.discard(threading.current_thread())
                    return
                self._calls[threading.get_ident()] = self._clock()
            self._call(as_event(taken))
            with self._condition:
                del self._calls[threading.get_ident()]
                self._blocked = False
                self._lines.release(taken.key)
                if self._idle and len(self._lines):
                    self._condition.notify()

    def _call(self, event: AgentEvent) -> None:
        try:
            self._function(event)
        except BaseException as error:  # noqa: BLE001  (a user's own)
            self._troubles.failed(error, event)
