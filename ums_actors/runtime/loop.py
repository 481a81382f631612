"""One thread that runs descriptors, timers and actors in turns.

A turn polls (sleeping only when nothing is ready), handles the events, then the
due timers, then each ready actor once with a bounded number of messages: neither
sockets nor actors starve the other. Whoever submits wakes the thread only if it
sleeps. What is submitted after the loop has ended is given up at once, so that nobody
waits for it.

Threads that wait for futures are woken together, at the end of a turn: one that is
woken before would take the interpreter's lock at the next system call, for the one
answer that is there.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

from ums_actors.errors import LocalProtocolError
from ums_actors.runtime.future import on_loop_thread
from ums_actors.runtime.lending import Lending
from ums_actors.runtime.runnable import Call
from ums_actors.runtime.timers import Timer, Timers

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.poller import Poller
    from ums_actors.runtime.ports import Clock
    from ums_actors.runtime.runnable import Runnable, Sleeper

__all__ = ["Loop"]

_logger = logging.getLogger("ums_actors")

MESSAGES_A_TURN = 256
"""Messages one actor may handle before the others have their turn."""
PASSES_A_TURN = 3
"""Times the run queue is gone through before the next look at the descriptors: what
one actor tells another costs no system call."""
RUNS_UNTOLD = 64
"""Runs of actors after which waiting threads are woken within a turn."""
LAST_TURNS = 100
"""Turns after ``stop`` in which what is in line is still done."""
LONGEST_SLEEP = 60.0
"""Seconds; a bound for clocks that jump."""


class Loop:
    """An event loop for actors.

    Methods without a note are for the loop's own thread.
    """

    def __init__(
        self,
        clock: Clock,
        poller: Poller,
        name: str = "ums-loop",
        *,
        lends: bool = False,
    ) -> None:
        self.clock = clock
        self.name = name
        self._poller = poller
        self._ready: deque[Runnable] = deque()
        self._timers = Timers()
        self._handlers: dict[int, Callable[[int], object]] = {}
        self._to_wake: list[Sleeper] = []
        self._turning = False  # between two polls: `_to_wake` will be looked at
        self._sleeping = False
        self._stopping = False
        self._ended = False
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self.inboxes_lock: threading.Lock = (
            threading.Lock()
        )  # one for all: held for a moment
        self.lending: Lending | None = Lending(self) if lends else None

    # -- any thread

    def owned(self) -> bool:
        """Tell whether the calling code runs on this loop; any thread."""
        return getattr(on_loop_thread, "loop", None) is self

    def submit(self, runnable: Runnable) -> None:
        """Run it in the next turn; any thread."""
        self._ready.append(runnable)
        if self._sleeping:
            self._sleeping = False
            self._poller.wake()
        elif self._ended:
            self._give_up()

    def rouse(self) -> None:
        """End its sleep, if it sleeps; any thread."""
        if self._sleeping:
            self._sleeping = False
            self._poller.wake()

    @property
    def stopping(self) -> bool:
        """Whether it is to end, or has; any thread."""
        return self._stopping

    def call_soon(self, function: Callable[[], object]) -> None:
        """Call it in the next turn; any thread."""
        self.submit(Call(function))

    def start(self) -> None:
        """Start the thread, once; any thread."""
        with self._starting:
            if self._stopping:
                raise LocalProtocolError(
                    f"{self.name} is closed: make a new Runtime to go on"
                )
            if self._thread is None:
                thread = threading.Thread(target=self._run, name=self.name, daemon=True)
                thread.start()
                self._thread = thread

    def stop(self, timeout: float) -> bool:
        """End it; tell whether it ended within ``timeout`` seconds; idempotent.

        What is in line is still done, as far as it takes no waiting.
        """
        with self._starting:
            self._stopping = True
            thread = self._thread
        if thread is None:
            self._last_turns()
            return True
        self.call_soon(lambda: None)
        if self.lending is not None:
            self.lending.disturb()
        if not self.owned():
            thread.join(timeout)
        return not thread.is_alive()

    def disown(self) -> None:
        """Give up all that is in line, now and later: no thread runs this loop."""
        self._sleeping = False
        self._ended = True
        self._give_up()

    # -- loop thread

    def call_at(self, when: float, function: Callable[[], object]) -> Timer:
        """Call ``function`` at monotonic second ``when``."""
        return self._timers.add(when, function)

    def wake_soon(self, waiter: Sleeper) -> None:
        """Release what a thread waits with, at the end of this turn at the latest."""
        if self._turning:
            self._to_wake.append(waiter)
        else:
            waiter.release()

    def call_later(self, delay: float, function: Callable[[], object]) -> Timer:
        """Call ``function`` in ``delay`` seconds."""
        return self._timers.add(self.clock.now() + delay, function)

    def watch(self, fd: int, mask: int, handler: Callable[[int], object]) -> None:
        """Call ``handler(mask)`` whenever the descriptor is ready."""
        self._poller.add(fd, mask)
        self._handlers[fd] = handler

    def rewatch(self, fd: int, mask: int) -> None:
        """Wait for something else of a watched descriptor."""
        self._poller.change(fd, mask)

    def unwatch(self, fd: int) -> None:
        """Forget a descriptor, before it is closed; idempotent."""
        if self._handlers.pop(fd, None) is not None:
            self._poller.remove(fd)

    def turn(self, *, block: bool = True) -> bool:
        """Run one turn of a loop without a thread; tell whether anything ran."""
        outer = getattr(on_loop_thread, "loop", None)
        on_loop_thread.loop = self
        try:
            return self._turn(block=block)
        finally:
            on_loop_thread.loop = outer

    def run_until(self, done: Callable[[], bool], deadline: float | None) -> None:
        """Run turns until ``done()``, the deadline, or the loop's end; a borrower."""
        outer = getattr(on_loop_thread, "loop", None)
        on_loop_thread.loop = self
        try:
            self._run_ready()
            while not (done() or self._stopping or self._ended):
                left = LONGEST_SLEEP
                if deadline is not None:
                    left = deadline - self.clock.now()
                    if left <= 0:
                        return
                self._turn(block=True, longest=left)
            self._run_ready()  # what the answers gave to do
        finally:
            on_loop_thread.loop = outer

    def _turn(self, *, block: bool, longest: float = LONGEST_SLEEP) -> bool:
        timeout = self._sleep_time(longest) if block else 0.0
        if timeout:
            self._sleeping = True
            if self._ready:  # submitted between the look and the flag
                timeout = 0.0
        events = self._poller.poll(timeout)
        self._sleeping = False
        self._turning = True
        if self._ready and events:  # who was told before they came is first
            self._run_ready()
            self._turning = True
        for fd, mask in events:
            handler = self._handlers.get(fd)
            if handler is not None:
                try:
                    handler(mask)
                except BaseException:
                    _logger.exception("loop.handler_failed")
        due = self._timers.due(self.clock.now())
        for timer in due:
            try:
                timer.fire()
            except BaseException:
                _logger.exception("loop.timer_failed")
        return self._run_ready() or bool(events or due)

    def _run_ready(self) -> bool:
        """Run what is ready, and what that makes ready; tell whether anything was."""
        ready = self._ready
        ran = bool(ready)
        self._turning = ran
        for _ in range(PASSES_A_TURN):
            count = len(ready)
            if not count:
                break
            for number in range(1, count + 1):
                try:
                    ready.popleft().run(MESSAGES_A_TURN)
                except BaseException:
                    # nothing that runs here may end the thread of all connections
                    _logger.exception("loop.task_failed")
                if not number % RUNS_UNTOLD:
                    self._wake_all()
        self._turning = False
        if self._to_wake:
            self._wake_all()
        return ran

    def _wake_all(self) -> None:
        waiters = self._to_wake
        while waiters:
            waiters.pop().release()

    def next_timer(self) -> float | None:
        """Give the time of the next timer, for clocks that are moved by hand."""
        return self._timers.next_at()

    def idle(self) -> bool:
        """Tell whether nothing is ready to run."""
        return not self._ready

    def _sleep_time(self, longest: float) -> float:
        if self._ready:
            return 0.0
        when = self._timers.next_at()
        if when is None:
            return longest
        return min(max(0.0, when - self.clock.now()), longest)

    def _run(self) -> None:
        on_loop_thread.loop = self
        lending = self.lending
        if lending is not None:
            lending.own()
        try:
            while not self._stopping:
                self._turn(block=True)
                if lending is not None and lending.wanted:
                    lending.park()
        finally:
            self._last_turns()
            on_loop_thread.loop = None

    def _last_turns(self) -> None:
        try:
            for _ in range(LAST_TURNS):
                if self._ended or not self.turn(block=False):
                    break
        finally:
            self.disown()
            self._poller.close()

    def _give_up(self) -> None:
        """Give up each runnable once: whoever pops it, does it."""
        while self._ready:
            try:
                runnable = self._ready.popleft()
            except IndexError:
                return
            runnable.give_up()
