"""A loop of actors that an asyncio loop turns, on its own thread.

No thread is woken for an answer, which is most of what one request at a time costs;
in return, whatever blocks the asyncio loop blocks the actors too, heartbeats included.
Its poller's descriptor is watched by the asyncio loop, its next timer is a timer there.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ums_actors.runtime.future import on_loop_thread
from ums_actors.runtime.loop import Loop
from ums_actors.runtime.poller import poller as system_poller

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from ums_actors.runtime.ports import Clock
    from ums_actors.runtime.runnable import Runnable

__all__ = ["HostedLoop"]


class HostedLoop(Loop):
    """A loop without a thread of its own; made on the asyncio loop's thread.

    Methods without a note are for that thread.
    """

    def __init__(self, clock: Clock, host: asyncio.AbstractEventLoop) -> None:
        poller = system_poller()
        super().__init__(clock, poller, "ums-hosted-loop")
        self._host = host
        self._host_thread = threading.get_ident()
        self._descriptor = poller.fileno()
        self._timer: asyncio.TimerHandle | None = None
        self._due: float | None = None
        self._soon = False
        self._sleeping = True
        on_loop_thread.loop = self  # for good: a get() here would wait for itself
        self._gone = threading.Event()
        host.add_reader(self._descriptor, self._look)

    def owned(self) -> bool:
        """Tell whether the calling code runs on the asyncio loop's thread; any."""
        return threading.get_ident() == self._host_thread

    def submit(self, runnable: Runnable) -> None:
        """Run it in the next turn; any thread."""
        if threading.get_ident() != self._host_thread:
            super().submit(runnable)
            return
        self._ready.append(runnable)
        if self._ended:
            self._give_up()
        elif not self._soon and self._sleeping:
            self._soon = True
            self._host.call_soon(self._run_soon)

    def start(self) -> None:
        """Do nothing: the asyncio loop runs it already."""

    def stop(self, timeout: float) -> bool:
        """End it; tell whether it ended within ``timeout`` seconds; any thread."""
        with self._starting:
            first, self._stopping = not self._stopping, True
        if self.owned():
            if first:
                self._end()
        elif first:
            self._host.call_soon_threadsafe(self._end)
        return self._gone.wait(0 if self.owned() else timeout)

    def _end(self) -> None:
        """Do what is in line, as far as it takes no waiting, and leave the host."""
        if self._timer is not None:
            self._timer.cancel()
        self._host.remove_reader(self._descriptor)
        self._last_turns()
        if getattr(on_loop_thread, "loop", None) is self:
            on_loop_thread.loop = None
        self._gone.set()

    def _run_soon(self) -> None:
        """Run what was submitted; the descriptors are the asyncio loop's to look at."""
        self._soon = False
        if not self._ended:
            self._work(self._run_ready)

    def _look(self) -> None:
        """Turn once: a descriptor is ready, a timer due, or a thread has called."""
        if not self._ended:
            self._work(self._turn_once)

    def _turn_once(self) -> bool:
        return self._turn(block=False)

    def _work(self, function: Callable[[], object]) -> None:
        self._sleeping = False
        function()
        self._sleeping = True
        if self._ready and not self._soon:
            self._soon = True
            self._host.call_soon(self._run_soon)
        self._arm()

    def _arm(self) -> None:
        """Let the asyncio loop call at the next timer's time."""
        due = self._timers.next_at()
        if due == self._due:
            return
        self._due = due
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if due is not None:
            delay = max(0.0, due - self.clock.now())
            self._timer = self._host.call_later(delay, self._on_time)

    def _on_time(self) -> None:
        self._timer = self._due = None
        self._look()
