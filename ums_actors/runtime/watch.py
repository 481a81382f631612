"""What the status endpoint tells: an instrument that knows all connections.

While nobody is attached it notes when a connection begins, ends, and changes its state,
and looks at each request once to let it pass. Requests are measured from the first look
until nobody has looked for a while.
"""

from __future__ import annotations

import bisect
import itertools
import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ums_actors._version import __version__
from ums_actors.arguments import shown
from ums_actors.core.latency import Latency
from ums_actors.core.outcome import Outcome
from ums_actors.errors import StatusError
from ums_actors.runtime.errand import Errand
from ums_actors.status.messages import Detail, Done, Page, Process, Row
from ums_actors.status.server import program_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.instrument import (
        Ending,
        Measured,
        RequestBegan,
        RequestEnded,
    )
    from ums_actors.runtime.loop import Loop

__all__ = ["Watch"]

PATIENCE: Final = 1.0
"""Seconds for which loop threads are waited for."""
WATCHED: Final = 15.0
"""Seconds after a look for which requests are measured."""
_SHARES: Final = (0.5, 0.99)


class _Noted:
    """What is noted of one connection; its loop's thread, but for the first three."""

    __slots__ = ("connection", "failed", "latency", "number", "requests", "since")

    def __init__(self, number: int, connection: Measured) -> None:
        self.number = number
        self.connection = connection
        self.since: float = connection.loop.clock.now()
        self.requests = 0
        self.failed = 0
        self.latency: Latency | None = None  # most are idle, or nobody looks

    def row(self) -> Row:
        """Tell how it is doing."""
        now = self.connection.loop.clock.now()
        row = self.connection.inspection.row(self.number)
        row.in_state = max(0.0, now - self.since)
        row.requests, row.failed = self.requests, self.failed
        if self.latency is not None:
            row.p50, row.p99 = self.latency.quantiles(now, *_SHARES)
        return row

    def ended(self, request: RequestEnded) -> None:
        """Take a request in."""
        self.requests += 1
        if request.outcome is Outcome.ANSWERED:
            now = self.connection.loop.clock.now()
            self.latency = self.latency or Latency()
            self.latency.add(now, request.seconds)
        else:
            self.failed += 1


class Watch:
    """The connections of a runtime, as somebody in another process may see them.

    It is an instrument; what is asked is answered on any thread but those of loops.
    """

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._program = program_name()
        self._noted: dict[str, _Noted] = {}
        self._numbers = itertools.count(1)
        self._until = 0.0
        self._last: dict[Loop, Errand] = {}

    # -- an instrument

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        """Note when a state began."""
        del level
        if event == "connection.state":
            noted = self._noted.get(fields["connection"])
            if noted is not None:
                noted.since = noted.connection.loop.clock.now()

    def connection_began(self, connection: Measured) -> None:
        """Know it from now on; any thread."""
        noted = _Noted(next(self._numbers), connection)
        self._noted[connection.connection_id] = noted

    def connection_ended(self, connection: Measured) -> None:
        """Know it no more."""
        self._noted.pop(connection.connection_id, None)

    def request_began(self, request: RequestBegan) -> Ending | None:
        """Want to hear of its end while somebody watches."""
        if time.monotonic() > self._until:
            return None
        noted = self._noted.get(request.connection_id)
        return None if noted is None else noted.ended

    # -- what is asked

    def page(self, after: int, limit: int) -> Page:
        """Give the next connections; those of loops that do not answer are left out."""
        self._look()
        everybody = sorted(self._noted.values(), key=_number)
        at = bisect.bisect_right(everybody, after, key=_number)
        chosen = everybody[at : at + limit]
        rows, silent = self._rows(chosen)
        return Page(
            process=self._process(),
            rows=sorted(rows, key=_number),
            clock=time.monotonic(),
            more=chosen[-1].number if at + limit < len(everybody) else None,
            silent=silent,
        )

    def show(self, connection_id: str) -> Detail:
        """Give all that there is to see of one connection.

        Raises:
            StatusError: there is none of that id, or its loop does not answer.
        """
        self._look()
        noted, told = self._known(connection_id), list[Detail]()

        def look() -> None:
            detail = Detail(
                process=self._process(),
                row=noted.row(),
                actors=[],
                history=[],
                pending=[],
                pending_total=0,
                clock=time.monotonic(),
            )
            noted.connection.inspection.tell(detail)
            told.append(detail)

        self._run(noted, look)
        return told[0]

    def reconnect(self, connection_id: str) -> Done:
        """Let one have a new line; raises as :meth:`show` does, and what it raises."""
        return self._command(
            connection_id, lambda noted: noted.connection.inspection.reconnect()
        )

    def close(self, connection_id: str) -> Done:
        """Let one close; raises as :meth:`show` does, and what it raises."""
        return self._command(
            connection_id, lambda noted: noted.connection.inspection.close()
        )

    # -- inside

    def _look(self) -> None:
        self._until = time.monotonic() + WATCHED

    def _process(self) -> Process:
        return Process(
            pid=os.getpid(),
            program=self._program,
            version=__version__,
            uptime=time.monotonic() - self._began,
            connections=len(self._noted),
        )

    def _known(self, connection_id: str) -> _Noted:
        noted = self._noted.get(connection_id)
        if noted is None:
            raise StatusError(
                f"there is no connection {shown(connection_id)} (any more): list them"
            )
        return noted

    def _rows(self, chosen: list[_Noted]) -> tuple[list[Row], int]:
        """Look into these on their loops' threads, all loops at once."""
        rows: list[Row] = []
        steps: dict[Loop, list[Callable[[], object]]] = {}
        for each in chosen:
            step = partial(_append, rows, each)
            steps.setdefault(each.connection.loop, []).append(step)
        deadline = time.monotonic() + PATIENCE
        errands = [self._send(loop, todo, deadline) for loop, todo in steps.items()]
        silent = 0
        for errand in errands:
            left = max(0.0, deadline - time.monotonic())
            if errand is None or not errand.wait(left):
                silent += 1
            if errand is not None:
                errand.call_off()
                errand.check()
        return [*rows], silent

    def _send(
        self, loop: Loop, steps: list[Callable[[], object]], deadline: float
    ) -> Errand | None:
        """Give a loop something to do; None if it has not done the last yet."""
        last = self._last.get(loop)
        if loop.stopping:
            self._last.pop(loop, None)
            return None
        if last is not None and not last.over:
            last.call_off()
            if not last.wait(max(0.0, deadline - time.monotonic())):
                return None
        errand = self._last[loop] = Errand(loop, steps)
        return errand

    def _run(self, noted: _Noted, step: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        errand = self._send(noted.connection.loop, [step], deadline)
        if errand is not None and errand.wait(max(0.0, deadline - time.monotonic())):
            errand.check()
            return
        if errand is None or errand.call_off():
            raise StatusError(
                "its loop thread does not answer: something blocks it; nothing was done"
            )
        raise StatusError("its loop thread is slow: it may be done, look again")

    def _command(self, connection_id: str, act: Callable[[_Noted], str]) -> Done:
        noted, told = self._known(connection_id), list[str]()
        self._run(noted, lambda: told.append(act(noted)))
        return Done(text=told[0])


def _number(each: _Noted | Row) -> int:
    return each.number


def _append(rows: list[Row], noted: _Noted) -> None:
    rows.append(noted.row())
