"""Requests that wait: for a READY line, or for their answer.

A request is *queued* until the line is READY and *in flight* from then on. It leaves
the table exactly once, and says then on which side of the write it was.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from ums_actors.core.deadlines import Deadlines
from ums_actors.core.entry import Entry
from ums_actors.errors import LocalProtocolError, Overloaded

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Entry", "Pending"]


class Pending:
    """The table of requests.

    No more than ``in_flight_limit`` are in flight and no more than ``queue_limit`` are
    accepted into the queue. Requests that come back from a lost line are let in beyond
    that, so the table never holds more than both limits together.

    Attributes:
        late: answers to nobody: unknown ids, and those that came too late.
    """

    __slots__ = (
        "_deadlines",
        "_in_flight",
        "_in_flight_limit",
        "_queue",
        "_queue_limit",
        "late",
    )

    def __init__(self, *, queue_limit: int, in_flight_limit: int) -> None:
        self._queue_limit = queue_limit
        self._in_flight_limit = in_flight_limit
        self._queue: OrderedDict[str, Entry] = OrderedDict()
        self._in_flight: dict[str, Entry] = {}
        self._deadlines: Deadlines[str] = Deadlines()
        self.late = 0

    def __len__(self) -> int:
        return len(self._queue) + len(self._in_flight)

    @property
    def queued(self) -> int:
        """How many wait for a READY line."""
        return len(self._queue)

    @property
    def in_flight(self) -> int:
        """How many wait for their answer."""
        return len(self._in_flight)

    def submit(
        self,
        request_id: str,
        request_type: str,
        payload: bytes,
        reply: Any,
        *,
        now: float,
        timeout: float,
        queue_timeout: float,
        resend: bool = False,
        internal: bool = False,
        ready: bool,
    ) -> Entry:
        """Take a request in.

        It is in flight at once (``entry.sent``: write its payload) if it is internal,
        or if the line is ready and nobody waits before it; else it is queued. Call
        :meth:`release` when the line becomes READY, and after answers while
        :attr:`queued` is not 0.

        Args:
            request_id: its id on the wire, unique in the table.
            request_type: its wire type.
            payload: the encoded request.
            reply: whatever will be answered.
            now: monotonic seconds.
            timeout: seconds it may wait for its answer.
            queue_timeout: seconds it may wait for a READY line.
            resend: whether it may be sent on a second line.
            internal: whether it belongs to this line, and so is never queued.
            ready: whether the line is READY.

        Raises:
            Overloaded: a limit is reached.
            LocalProtocolError: the id is in the table, or ``timeout`` is no number of
                seconds.
        """
        if request_id in self._in_flight or request_id in self._queue:
            raise LocalProtocolError(
                f"request id {request_id!r} is in use: ids must be unique"
            )
        if not 0 <= timeout < math.inf:
            raise LocalProtocolError(
                f"timeout {timeout!r} is out of bounds: it must be finite and 0 or more"
            )
        entry = Entry(
            request_id, request_type, payload, reply, timeout, resend, internal
        )
        if internal or (ready and not self._queue):
            self._launch(entry, now)
        else:
            self._enqueue(entry, now, queue_timeout)
        return entry

    def _launch(self, entry: Entry, now: float) -> None:
        if len(self._in_flight) >= self._in_flight_limit:
            raise _overloaded(
                entry, f"in_flight_limit={self._in_flight_limit}", "wait for answers"
            )
        entry.sent = True
        self._in_flight[entry.id] = entry
        self._deadlines.add(entry.id, entry.timeout, now)

    def _enqueue(self, entry: Entry, now: float, queue_timeout: float) -> None:
        if len(self._queue) >= self._queue_limit:
            raise _overloaded(
                entry, f"queue_limit={self._queue_limit}", "wait until READY"
            )
        entry.queue_until = now + queue_timeout
        self._queue[entry.id] = entry
        self._deadlines.add(entry.id, queue_timeout, now)

    def release(self, now: float) -> list[Entry]:
        """Let queued requests go, first come first served, up to the in-flight limit.

        The caller writes them in this order.
        """
        queue, deadlines = self._queue, self._deadlines
        room = self._in_flight_limit - len(self._in_flight)
        released: list[Entry] = []
        while queue and len(released) < room:
            request_id, entry = queue.popitem(last=False)
            deadlines.discard(request_id)
            deadlines.add(request_id, entry.timeout, now)
            entry.sent = True
            self._in_flight[request_id] = entry
            released.append(entry)
        return released

    def answer(self, request_id: str) -> Entry | None:
        """Take out the request that is answered; None, counted, if nobody waits."""
        entry = self._in_flight.pop(request_id, None)
        if entry is None:
            self.late += 1
            return None
        self._deadlines.discard(request_id)
        return entry

    def forget(self, request_id: str) -> Entry | None:
        """Take out a request that its caller gave up; None if it has left already."""
        entry = self._in_flight.pop(request_id, None)
        if entry is None:
            entry = self._queue.pop(request_id, None)
        if entry is not None:
            self._deadlines.discard(request_id)
        return entry

    def expire(self, now: float) -> list[Entry]:
        """Take out the requests whose time is over, earliest first."""
        expired: list[Entry] = []
        for request_id in self._deadlines.expired(now):
            entry = self._in_flight.pop(request_id, None)
            expired.append(self._queue.pop(request_id) if entry is None else entry)
        return expired

    def drop_line(
        self, not_sent: Collection[str], now: float, queue_timeout: float
    ) -> list[Entry]:
        """Sort out the requests in flight on a line that died.

        Back to the front of the queue, in the old order, go those in ``not_sent`` and
        those with ``resend``, unless they are internal or their payload is forgotten.
        Each keeps the end of its patience from when it was first queued, and gets
        ``queue_timeout`` only if it never was: otherwise a line that drops again and
        again would hold a caller for ever. One whose patience is over leaves with the
        next :meth:`expire`.

        Args:
            not_sent: ids of which no byte reached the kernel.
            now: monotonic seconds.
            queue_timeout: seconds a request may wait for a READY line.

        Returns:
            Those that are lost, with the right ``delivery``.
        """
        unsent = frozenset(not_sent)
        lost: list[Entry] = []
        back: list[Entry] = []
        for request_id, entry in self._in_flight.items():
            self._deadlines.discard(request_id)
            written = request_id not in unsent
            entry.sent = written
            wanted = (entry.resend or not written) and not entry.internal
            (back if wanted and entry.payload is not None else lost).append(entry)
        self._in_flight.clear()
        for entry in reversed(back):
            entry.doubtful = entry.doubtful or entry.sent
            entry.sent = False
            if entry.queue_until is None:
                entry.queue_until = now + queue_timeout
            self._queue[entry.id] = entry
            self._queue.move_to_end(entry.id, last=False)
            self._deadlines.add_at(entry.id, entry.queue_until)
        return lost

    def drain(self) -> list[Entry]:
        """Take out all requests, those in flight first: the connection is at rest."""
        entries = [*self._in_flight.values(), *self._queue.values()]
        self._in_flight.clear()
        self._queue.clear()
        self._deadlines.clear()
        return entries

    def next_deadline(self) -> float | None:
        """Give the earliest deadline, None if nobody waits."""
        return self._deadlines.next_at()


def _overloaded(entry: Entry, bound: str, way_out: str) -> Overloaded:
    return Overloaded(
        f"Options.{bound} is reached: {way_out}, or raise the limit",
        request_id=entry.id,
        request_type=entry.type,
    )
