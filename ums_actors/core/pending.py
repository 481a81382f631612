"""Requests that wait: for a READY line, for room on it, or for their answer.

A request is *queued* until the line is READY and its window has room, and *in flight*
from then on. One that the service was too busy for (429) may *rest* and fly again. It
leaves the table exactly once, and says then on which side of the write it was.
"""

from __future__ import annotations

import math
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING

from ums_actors.core.deadlines import Deadlines
from ums_actors.core.entry import Entry, Payload
from ums_actors.core.flight import Flight
from ums_actors.core.waiting import Waiting
from ums_actors.core.window import Window
from ums_actors.errors import LocalProtocolError, Overloaded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ums_actors.core.allowance import Allowance

__all__ = ["Entry", "Payload", "Pending"]


class Pending:
    """The table of requests.

    No more than ``in_flight_limit`` are in flight, and no more than ``queue_limit`` are
    accepted into the queue or left to rest. Requests that come back from a lost line
    are let in beyond that, so the table never holds more than both limits together.

    Args:
        queue_limit: requests that may wait for a line, or rest.
        in_flight_limit: requests that may wait for their answer.
        allowance: what it shares with the tables of other connections.
        turn_timeout: seconds that one in flight may wait for its turn with what
            carries it; the time for its answer runs from :meth:`begin` on then.
        usual_timeout: seconds that almost all requests have; a matter of speed.

    Attributes:
        flight: those in flight; who takes one out himself calls :meth:`leave`, unless
            it is not ``timed`` and the table is not :attr:`shared`.
        shared: whether its requests are counted beside those of other tables.
        window: how many the present line may have in flight.
        late: answers to nobody: unknown ids, and those that came too late.
    """

    __slots__ = (
        "_allowance",
        "_deadlines",
        "_in_flight_limit",
        "_queue_limit",
        "_turn_timeout",
        "_waiting",
        "flight",
        "late",
        "shared",
        "window",
    )

    def __init__(
        self,
        *,
        queue_limit: int,
        in_flight_limit: int,
        allowance: Allowance | None = None,
        turn_timeout: float = 0.0,
        usual_timeout: float | None = None,
    ) -> None:
        self._turn_timeout = turn_timeout
        self._allowance = allowance
        self.shared: bool = allowance is not None
        self._queue_limit = queue_limit
        self._in_flight_limit = in_flight_limit
        self._waiting = Waiting(queue_limit)
        self.flight: Flight = Flight(None if turn_timeout else usual_timeout)
        self._deadlines: Deadlines[str] = Deadlines()
        self.window: Window = Window(in_flight_limit)
        self.late: int = 0

    def __len__(self) -> int:
        return len(self._waiting) + len(self.flight.table)

    @property
    def queued(self) -> int:
        """How many wait for a READY line, or for room on it."""
        return self._waiting.queued

    @property
    def in_flight(self) -> int:
        """How many wait for their answer."""
        return len(self.flight.table)

    @property
    def resting(self) -> int:
        """How many were too many for the service, and are sent again soon."""
        return self._waiting.resting

    @property
    def waits(self) -> bool:
        """Whether anybody is not in flight: :meth:`release` is due after answers."""
        waiting = self._waiting
        return bool(waiting.queue or waiting.rested)

    def submit(
        self, entry: Entry, now: float, *, queue_timeout: float, ready: bool
    ) -> None:
        """Take a request in.

        It is in flight at once (``entry.sent``: write its payload) if there is room in
        the window, and it is internal, or the line is ready and nobody waits before
        it; else it waits. Call :meth:`release` when the line becomes READY, at
        :meth:`next_release`, and after answers while :attr:`waits`.

        Args:
            entry: a new one, its id unique in the table.
            now: monotonic seconds.
            queue_timeout: seconds it may wait for a READY line and room on it.
            ready: whether the line is READY.

        Raises:
            Overloaded: a limit is reached.
            LocalProtocolError: the id is in the table, or the timeout is no number of
                seconds.
        """
        if not 0 <= entry.timeout < math.inf:
            raise LocalProtocolError(
                f"timeout {entry.timeout!r} is out of bounds: it must be finite and 0 "
                "or more"
            )
        if entry.id in self.flight.table or entry.id in self._deadlines:
            raise LocalProtocolError(
                f"request id {entry.id!r} is in use: ids must be unique"
            )
        limit = self.window.limit  # at its ceiling _launch refuses, nobody waits
        room = self.in_flight < limit or limit == self._in_flight_limit
        allowance = self._allowance
        try:
            if allowance is not None:
                allowance.charge(entry)
            if room and (entry.internal or (ready and not self._waiting.queue)):
                self._launch(entry, now)
            elif entry.internal:
                entry.answer_by = now + entry.timeout
                self._rest(entry, now)
            else:
                self._enqueue(entry, now, queue_timeout)
        except Overloaded:
            if allowance is not None:
                allowance.give_back(entry)
            raise

    def _launch(self, entry: Entry, now: float) -> None:
        if self.in_flight >= self._in_flight_limit:
            raise _overloaded(
                entry, f"in_flight_limit={self._in_flight_limit}", "wait for answers"
            )
        timeout = entry.timeout + self._turn_timeout
        entry.sent = True
        entry.round = self.window.round
        entry.answer_by = now + timeout
        entry.timed = not self.flight.in_step(timeout)
        if entry.timed:
            self._deadlines.add(entry.id, timeout, now)
        self.flight.launch(entry)

    def room(self) -> int:
        """Give how many may be put into :attr:`flight` without :meth:`submit`.

        That is for new ones as that leaves them, on a READY line; 0 where each has to
        be looked at.
        """
        if self.shared or self._waiting.queue:
            return 0
        return self.window.limit - len(self.flight.table)

    def launch_apart(self, entry: Entry, now: float) -> None:
        """Put one in flight, for which there is :meth:`room`, that is not in step."""
        entry.timed = True
        self._deadlines.add(entry.id, entry.timeout, now)
        self.flight.launch(entry)

    def _enqueue(self, entry: Entry, now: float, queue_timeout: float) -> None:
        if self._waiting.full:
            raise _overloaded(
                entry, f"queue_limit={self._queue_limit}", "let fewer wait"
            )
        self._deadlines.add(entry.id, queue_timeout, now)
        entry.queue_until = now + queue_timeout
        self._waiting.put(entry)

    def release(self, now: float, *, ready: bool = True) -> list[Entry]:
        """Let those go who may: first who rested, then, if READY, who was queued.

        Each first come first served, as far as the window has room. The caller writes
        them in this order.
        """
        room = self.window.limit - self.in_flight
        released = self._waiting.take_rested(now, room)
        for entry in released:  # its deadline goes on from the first time
            entry.sent = True
            entry.round = self.window.round
            self.flight.table[entry.id] = entry
        if ready:
            for entry in self._waiting.take_queued(room - len(released)):
                self._deadlines.discard(entry.id)
                self._launch(entry, now)
                released.append(entry)
        return released

    def answer(self, request_id: str) -> Entry | None:
        """Take out the request that is answered; None, counted, if nobody waits."""
        entry = self.flight.table.pop(request_id, None)
        if entry is None:
            self.late += 1
            return None
        self.leave(entry)
        return entry

    def leave(self, entry: Entry) -> None:
        """Forget what else is kept of one that was taken out of :attr:`flight`."""
        if entry.timed:
            self._deadlines.discard(entry.id)
        if self._allowance is not None:
            self._allowance.give_back(entry)

    def turn_back(
        self, entry: Entry, now: float, pause: float, again: tuple[str, bytes] | None
    ) -> bool:
        """Take a 429 for a request just answered; tell whether it is sent again.

        It keeps its deadline: one that would be over before the pause is leaves, as
        does one of too many.

        Args:
            entry: the request.
            now: monotonic seconds.
            pause: seconds it rests.
            again: the id and the payload with which it is sent again, if it may be; a
                late answer to the old id is then nobody's.
        """
        self.window.refused(entry.round, self.in_flight + 1)
        entry.refusals += 1
        if again is None or now + pause >= entry.answer_by:
            return False
        if self._waiting.full and not entry.internal:
            return False
        allowance = self._allowance
        if allowance is not None and allowance.refusal(entry, len(again[1])):
            return False
        entry.refused_as = entry.id
        entry.id, entry.payload = again
        if allowance is not None:
            allowance.charge(entry)
        self._rest(entry, now + pause)
        return True

    def _rest(self, entry: Entry, until: float) -> None:
        self._deadlines.add_at(entry.id, entry.answer_by)
        entry.timed = True
        entry.sent = False
        self._waiting.rest(entry, until)

    def begin(self, request_id: str, now: float) -> float | None:
        """Take note that the turn of one in flight has come; None: nobody waits for it.

        Gives when its answer must be there. One that was refused with 429 before keeps
        the end that it had.
        """
        entry = self.flight.table.get(request_id)
        if entry is None:
            return None
        if not entry.refusals:
            entry.answer_by = now + entry.timeout
            self._deadlines.discard(request_id)
            self._deadlines.add(request_id, entry.timeout, now)
            entry.timed = True
        return entry.answer_by

    def forget(self, request_id: str) -> Entry | None:
        """Take out a request that its caller gave up; None if it has left already."""
        entry = self.flight.table.pop(request_id, None)
        if entry is None:
            entry = self._waiting.pop(request_id)
        if entry is not None:
            self._deadlines.discard(request_id)
            self._give_back((entry,))
        return entry

    def weigh(self, entry: Entry) -> None:
        """Take note that one in the table has another payload, or none any more.

        Raises:
            Overloaded: there is no room for it; take it out.
        """
        if self._allowance is not None:
            self._allowance.weigh(entry)

    def _give_back(self, entries: Iterable[Entry]) -> None:
        if self._allowance is not None:
            for entry in entries:
                self._allowance.give_back(entry)

    def expire(self, now: float) -> list[Entry]:
        """Take out the requests whose time is over, earliest first."""
        due = [(entry.answer_by, entry) for entry in self.flight.overdue(now)]
        for _, entry in due:
            self.forget(entry.id)
        for request_id in self._deadlines.expired(now):
            queued = request_id in self._waiting.queue
            late = self.forget(request_id)
            if late is not None:
                end = late.queue_until if queued else late.answer_by
                due.append((end or 0.0, late))
        due.sort(key=itemgetter(0))
        return [entry for _, entry in due]

    def drop_line(
        self, not_sent: Collection[str], now: float, queue_timeout: float
    ) -> list[Entry]:
        """Sort out the requests of a line that died; its window is open again.

        Back to the front of the queue, in the old order, go those in ``not_sent``,
        those that rested and those with ``resend``, unless they are internal or their
        payload is forgotten. Each keeps the end of its patience from when it was first
        queued, and gets ``queue_timeout`` only if it never was: otherwise a line that
        drops again and again would hold a caller for ever. One whose patience is over
        leaves with the next :meth:`expire`.

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
        for entry in (*self.flight.table.values(), *self._waiting.take_all_resting()):
            self._deadlines.discard(entry.id)
            stays = entry.outlives_line(written=entry.id not in unsent)
            (back if stays else lost).append(entry)
        self.flight.clear()
        self._give_back(lost)
        self.window.reset()
        self._waiting.put_back(back)
        for entry in back:
            self._deadlines.add_at(entry.id, entry.wait_again(now + queue_timeout))
        return lost

    def drain(self) -> list[Entry]:
        """Take out all requests, those in flight first: the connection is at rest."""
        waiting = self._waiting
        entries = [*self.flight.table.values(), *waiting.take_all_resting()]
        entries += waiting.take_queued(waiting.queued)
        self.flight.clear()
        self._deadlines.clear()
        self._give_back(entries)
        return entries

    def first(self, count: int) -> list[tuple[str, Entry]]:
        """Give so many, and where each is: in flight, resting, or queued."""
        flight = self.flight.table.values()
        found = [("in flight", each) for each in islice(flight, count)]
        return found + self._waiting.first(count - len(found))

    def next_deadline(self) -> float | None:
        """Give the earliest deadline, None if nobody waits."""
        times = (self._deadlines.next_at(), self.flight.next_at())
        return min((time for time in times if time is not None), default=None)

    def next_release(self) -> float | None:
        """Give when the next has rested enough, None if nobody rests."""
        return self._waiting.next_due()


def _overloaded(entry: Entry, bound: str, way_out: str) -> Overloaded:
    return Overloaded(
        f"Options.{bound} is reached: {way_out}, or raise the limit",
        request_id=entry.id,
        request_type=entry.type,
    )
