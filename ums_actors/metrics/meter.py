"""What all backends of metrics have in common: an instrument that counts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from ums_actors.arguments import identifier
from ums_actors.core.outcome import Outcome
from ums_actors.metrics.bounded import Few, event_label, type_label
from ums_actors.metrics.census import Census
from ums_actors.metrics.totals import Totals
from ums_actors.runtime import LoopRef

if TYPE_CHECKING:
    from ums_actors.runtime.instrument import (
        Ending,
        Measured,
        RequestBegan,
        RequestEnded,
    )

__all__ = ["Meter"]

_REASONS: Final = 50
"""Classes of exceptions that get a label of their own."""
_ANSWERED: Final = frozenset(
    {
        Outcome.ANSWERED,
        Outcome.REJECTED_429,
        Outcome.REJECTED_4XX,
        Outcome.REJECTED_5XX,
    }
)


class Meter:
    """Counts what happens as it does, and reads the rest when it is wanted.

    On a loop's thread it adds to a few numbers at a request's end; all else is read
    from the connections at a scrape, some dozens a turn, so that it stops no loop.
    Labels are few, whatever happens: types of requests and events that the library does
    not know are ``other``. No id of a user, a conversation or a connection is one.

    Args:
        patience: seconds for which a scrape waits for the loop threads.
    """

    def __init__(self, patience: float = 1.0) -> None:
        self._census = Census(patience)
        self._lock = threading.Lock()
        self._counted = Totals()
        self._reason = Few(_REASONS)

    def name(self, connection: Any, name: str) -> None:
        """Let a connection have a label of its own, ``connection``; any thread.

        Best before it is opened: what it counted until then moves to that label. Those
        without a name are added up. A name is a label's value for good, so names should
        be few: those of bots, not of users.

        Args:
            connection: a connection's reference or proxy, or a façade's object.
            name: what it is called; several may have the same.

        Raises:
            LocalProtocolError: the name is empty, or no text.
        """
        ref = connection
        for attribute in ("actor_ref", "ref"):
            if not isinstance(ref, LoopRef):
                ref = getattr(connection, attribute, ref)
        kernel = ref.actor_inbox.keep
        self._census.rename(kernel.connection_id, identifier("name", name))

    def totals(self) -> Totals:
        """Give all values, but for those of histograms; any thread.

        It waits for the loop threads, at most as long as its patience.
        """
        read, silent = self._census.take()
        found = Totals(read)
        with self._lock:
            found.merge(self._counted)
        for name in ("dead_letters_total", "too_many_total"):
            found.put(name, 0, "")  # that it never happened is worth knowing
        found.put("silent_loops", silent, "")
        return found

    # -- an instrument

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        """Count an event of the log."""
        del level
        name = self._census.name_of(str(fields.get("connection", "")))
        with self._lock:
            put = self._counted.put
            put("log_events_total", 1, name, event_label(event))
            match event:
                case "actor.dead_letter":
                    put("dead_letters_total", 1, name)
                case "request.too_many":
                    put("too_many_total", 1, name)
                case "connection.exit":
                    self._count_exit(name, fields)
                case _:
                    pass

    def _count_exit(self, name: str, fields: dict[str, Any]) -> None:
        who, kind = str(fields["who"]), self._reason(str(fields["kind"]))
        if who in ("line", "attempt"):
            verdict = str(fields["verdict"])
            self._counted.put("exits_total", 1, name, who, kind, verdict)
        else:
            self._counted.put("restarts_total", 1, name, who, kind)

    def connection_began(self, connection: Measured) -> None:
        """Count it from now on."""
        self._census.add(connection)

    def connection_ended(self, connection: Measured) -> None:
        """Keep what it has counted."""
        self._census.remove(connection)

    def request_began(self, request: RequestBegan) -> Ending | None:
        """Want to hear of its end."""
        del request
        return self._request_ended

    def _request_ended(self, request: RequestEnded) -> None:
        name = self._census.name_of(request.connection_id)
        kind = type_label(request.type)
        with self._lock:
            self._counted.put("requests_total", 1, name, kind, request.outcome.value)
        if request.outcome in _ANSWERED:
            self._took(request.seconds, name, kind)

    def _took(self, seconds: float, name: str, kind: str) -> None:
        """Take the duration of an answered request in; loop thread."""
        raise NotImplementedError
