"""A websocket without a network: the near end that the socket actor holds."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from ums_actors.errors import ConnectError
from ums_actors.runtime.poller import READABLE, WRITABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from ums_actors.testing.clock import Agenda
    from ums_actors.testing.farend import FarEnd
    from ums_actors.testing.poller import FakePoller

__all__ = ["FakeWebsocket"]

_READS_A_TURN = 16
"""Frames one read takes at most; the rest is ``more``."""
_NEVER = 1e9


class _Outgoing:
    """One frame on its way into the kernel."""

    __slots__ = ("left", "payload", "request_id")

    def __init__(self, payload: bytes | None, request_id: str, size: int) -> None:
        self.payload = payload
        self.request_id = request_id
        self.left = size


class FakeWebsocket:
    """Has the interface of :class:`~ums_actors.transport.nonblocking.Websocket`.

    Both directions keep their order and take a seeded time. ``room`` is what the
    kernel still takes before it makes the sender wait, ``doom`` what it takes before
    the line breaks.

    Args:
        number: its name in the trace.
        agenda: the network's time.
        poller: gives the descriptor.
        chance: source of latencies.
        limit: bytes that may wait for the kernel.
    """

    def __init__(
        self,
        number: int,
        agenda: Agenda,
        poller: FakePoller,
        chance: Random,
        limit: int,
    ) -> None:
        self.number = number
        self.far: FarEnd | None = None
        self.closed_by_peer: tuple[int, str] | None = None
        self.failure: Exception | None = None
        self.eof: bool = False
        self.unfinished = 0  # its frames come whole
        self.more: bool = True
        self.heard: bool = False
        self.closing: bool = False
        self.permit: Callable[[], bool] | None = None
        self.room: float = _NEVER
        self.doom: float = _NEVER
        self.silent_since: float | None = None
        self._agenda = agenda
        self._poller = poller
        self._chance = chance
        self._limit = limit
        self._fd = poller.open(self._readiness)
        self._inbox: deque[Callable[[], bytes | None]] = deque()
        self._outbox: deque[_Outgoing] = deque()
        self._waiting = 0
        self._arrivals = {"up": 0.0, "down": 0.0}
        self._gone = False  # what is sent now does not arrive
        self._lossy = False  # nor does what is on its way up
        self._torn = False  # the next frame down is the last, and not whole

    # -- what the socket actor uses

    def fileno(self) -> int:
        """Give the descriptor, -1 after :meth:`shutdown`."""
        return self._fd

    @property
    def over(self) -> bool:
        """Tell whether nothing more comes."""
        return self._ended()

    @property
    def buffered(self) -> int:
        """Give the bytes that wait for the kernel."""
        return self._waiting

    @property
    def wants_write(self) -> bool:
        """Tell whether bytes wait for the kernel."""
        return bool(self._outbox)

    def read(self) -> list[bytes]:
        """Take what has arrived."""
        frames: list[bytes] = []
        for _ in range(_READS_A_TURN):
            if not self._inbox or self._ended():
                break
            frame = self._inbox.popleft()()
            self.heard = self.heard or not self._ended()
            if frame is not None:
                frames.append(frame)
        self.more = bool(self._inbox) and not self._ended()
        if self.closed_by_peer is not None:
            self.close(self.closed_by_peer[0])
        return frames

    def send_all(self, messages: list[tuple[str, bytes]]) -> list[str]:
        """Queue text frames; give the ids of those for which there was no room."""
        refused: list[str] = []
        for request_id, payload in messages:
            if self.closing or self._waiting + len(payload) > self._limit:
                refused.append(request_id)
            else:
                self._queue(payload, request_id, len(payload))
        messages.clear()
        return refused

    def write_all(self, messages: list[tuple[str, bytes]]) -> list[str]:
        """Queue text frames, and hand to the kernel what it takes."""
        refused = self.send_all(messages)
        self.flush()
        return refused

    @property
    def fenced(self) -> bool:
        """Whether ``permit`` says now that nothing may be written any more."""
        return self.permit is not None and not self.permit()

    def flush(self) -> None:
        """Hand to the kernel what it takes."""
        if self._fd < 0 or self.failure is not None:
            return
        if self.fenced:
            self.more = True
            return
        while self._outbox and self.room > 0 and self.doom > 0:
            first = self._outbox[0]
            taken = min(first.left, self.room, self.doom)
            first.left -= int(taken)
            self.room -= taken
            self.doom -= taken
            self._waiting -= int(taken)
            if not first.left:
                self._outbox.popleft()
                self._travel("up", first)
        if self.doom <= 0 and not self._gone:
            self.cut(reset=True)
            if self.far is not None:
                self._agenda.after(self._latency(), self.far.hung_up)

    def ping(self, payload: bytes = b"") -> None:
        """Ask for a pong, before all that the kernel has no byte of."""
        if not self.closing:
            size = 6 + len(payload)
            started = bool(self._outbox) and not _untouched(self._outbox[0])
            self._outbox.insert(int(started), _Outgoing(None, "ping", size))
            self._waiting += size
            self.flush()

    def close(self, code: int = 1000) -> None:
        """Say goodbye; the peer's own goodbye follows."""
        if not self.closing:
            self.closing = True
            self._queue(None, f"close {code}", 8)
            self.flush()

    def unsent(self) -> list[str]:
        """Give the requests of which the kernel has no byte."""
        return [each.request_id for each in self._outbox if _untouched(each)]

    def withdraw(self, request_id: str) -> bool:
        """Take back a request; tell whether the kernel had no byte of it."""
        for each in self._outbox:
            if each.request_id == request_id and _untouched(each):
                self._outbox.remove(each)
                self._waiting -= each.left
                return True
        return False

    def shutdown(self) -> None:
        """Close the descriptor at once."""
        if self._fd < 0:
            return
        self._poller.close_fd(self._fd)
        self._fd = -1
        self._outbox.clear()
        self._inbox.clear()
        far = self.far
        if far is not None:
            self._agenda.after(self._latency(), far.hung_up)

    # -- what the network does to it

    @property
    def live(self) -> bool:
        """Tell whether its descriptor is open."""
        return self._fd >= 0

    def deliver(self, payload: bytes) -> None:
        """Send a frame to this end."""
        if self._torn:
            self._arrive(lambda: None)  # bytes, but not all of a frame
            self.cut(reset=False)
            if self.far is not None:
                self.far.hung_up()
        else:
            self._arrive(lambda: payload)

    def close_by_peer(self, code: int, text: str = "") -> None:
        """Send this end a close frame, then the end of the stream."""

        def closed() -> None:
            self.closed_by_peer = (code, text)

        self._arrive(closed)
        self._arrive(self._end_of_file)

    def cut(self, *, reset: bool) -> None:
        """Break the TCP connection: an end of file, or a reset that loses more."""
        if self._gone:
            return
        if reset:
            self._inbox.clear()
            self._arrive(self._reset)
        else:
            self._arrive(self._end_of_file)
        self._gone = True
        self._lossy = reset

    def cut_writing(self, after: int) -> None:
        """Break the TCP connection when it has taken so many bytes more."""
        self.doom = after

    def cut_reading(self) -> None:
        """Let the next frame arrive in part, and then the end of the stream."""
        self._torn = True

    def open_up(self) -> None:
        """Make nobody wait any more."""
        self.room = _NEVER
        self._poller.touch(self._fd)

    def calm(self) -> None:
        """Be well behaved from now on."""
        self.doom = _NEVER
        self._torn = False
        self.open_up()

    def silence(self) -> None:
        """Let nothing through any more, in either direction, and tell nobody."""
        self._gone = self._lossy = True
        self.silent_since = self._agenda.now()

    # -- parts

    def _ended(self) -> bool:
        return self.eof or self.failure is not None or self.closed_by_peer is not None

    def _readiness(self) -> int:
        readable = READABLE if self._inbox or self.eof or self.failure else 0
        writable = self.room > 0 and self.doom > 0
        return readable | (WRITABLE if writable else 0)

    def _queue(self, payload: bytes | None, request_id: str, size: int) -> None:
        self._outbox.append(_Outgoing(payload, request_id, size))
        self._waiting += size

    def _latency(self) -> float:
        return self._chance.uniform(0.001, 0.04)

    def _travel(self, way: str, outgoing: _Outgoing) -> None:
        """Bring a frame to the far end, unless the line breaks on the way."""
        if not self._gone:
            self._on_arrival(way, lambda: self._at_far_end(outgoing))

    def _at_far_end(self, outgoing: _Outgoing) -> None:
        if self._lossy or self.far is None:
            return
        if outgoing.payload is not None:
            self.far.received(outgoing.payload)
        elif outgoing.request_id == "ping":
            self._arrive(lambda: None)  # the pong: bytes, but no frame for the actor
        else:
            self.far.goodbye(int(outgoing.request_id.removeprefix("close ")))

    def _arrive(self, item: Callable[[], bytes | None]) -> None:
        if self._gone:
            return

        def arrived() -> None:
            if self._fd >= 0 and self.silent_since is None:
                self._inbox.append(item)
                self._poller.touch(self._fd)

        self._on_arrival("down", arrived)

    def _on_arrival(self, way: str, call: Callable[[], object]) -> None:
        """Keep the order: nothing overtakes what was sent before it."""
        when = max(self._agenda.now() + self._latency(), self._arrivals[way])
        self._arrivals[way] = when
        self._agenda.at(when, call)

    def _end_of_file(self) -> None:
        self.eof = True

    def _reset(self) -> None:
        self.failure = ConnectError(
            "the line broke: Connection reset by peer", step="tcp"
        )


def _untouched(outgoing: _Outgoing) -> bool:
    full = 0 if outgoing.payload is None else len(outgoing.payload)
    return bool(outgoing.payload is not None and outgoing.left == full)
