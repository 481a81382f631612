"""How much the requests of many connections may take together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.arguments import whole
from ums_actors.errors import LocalProtocolError, Overloaded

if TYPE_CHECKING:
    from ums_actors.core.entry import Entry

__all__ = ["Allowance", "share"]


class Allowance:
    """Counts the requests in the tables of many connections, and bounds them.

    Each table charges an entry when it comes in and gives the charge back when it
    leaves, so the counts are exact. One thread: each loop has an allowance of its own.

    What the library itself asks is counted, but not refused: a line that cannot be
    restored would let none of those go who hold the room. It is little: what one line
    needs, a few requests at a time.

    A payload that is not encoded yet weighs nothing; it is weighed when it is. The
    copies that wait in the buffers of websockets are not counted beside: each is of an
    entry that is in a table, but for at most one frame a line that was begun before
    its entry left, so they are at most as much again.

    Args:
        requests: how many may be in the tables.
        request_bytes: what their payloads may weigh.
        among: how many such allowances there are; it is said in errors.

    Attributes:
        requests: how many are in the tables.
        request_bytes: what their payloads weigh.

    Raises:
        LocalProtocolError: a bound is no whole number, 1 or more.
    """

    __slots__ = ("_among", "_bytes", "_limit", "request_bytes", "requests")

    def __init__(self, requests: int, request_bytes: int, among: int = 1) -> None:
        self._limit = whole("requests", requests, 1)
        self._bytes = whole("request_bytes", request_bytes, 1)
        self._among = among
        self.requests: int = 0
        self.request_bytes: int = 0

    def refusal(self, entry: Entry, weight: int) -> Overloaded | None:
        """Give why an entry of so many bytes cannot come in; None if it can."""
        if not entry.internal and self.requests >= self._limit:
            return self._overloaded(entry, "requests", self._limit)
        return self._too_heavy(entry, weight)

    def charge(self, entry: Entry) -> None:
        """Count an entry that comes in.

        Raises:
            Overloaded: a bound is reached; nothing is counted.
        """
        weight = _weight(entry)
        if self.requests >= self._limit or self.request_bytes + weight > self._bytes:
            refusal = self.refusal(entry, weight)
            if refusal is not None:
                raise refusal
        entry.charged = weight
        self.requests += 1
        self.request_bytes += weight

    def weigh(self, entry: Entry) -> None:
        """Count what the present payload of an entry weighs, no more the former one.

        Raises:
            Overloaded: a bound is reached; nothing has changed.
        """
        weight = _weight(entry)
        more = weight - (entry.charged or 0)
        refusal = self._too_heavy(entry, more)
        if refusal is not None:
            raise refusal
        entry.charged = weight
        self.request_bytes += more

    def give_back(self, entry: Entry) -> None:
        """Count an entry no more; idempotent."""
        if entry.charged is not None:
            self.requests -= 1
            self.request_bytes -= entry.charged
            entry.charged = None

    def _too_heavy(self, entry: Entry, more: int) -> Overloaded | None:
        fits = self.request_bytes + more <= self._bytes
        if fits or entry.internal or more <= 0:
            return None
        return self._overloaded(entry, "request_bytes", self._bytes)

    def _overloaded(self, entry: Entry, name: str, limit: int) -> Overloaded:
        part = f", the share of one of {self._among} loops," if self._among > 1 else ""
        return Overloaded(
            f"Limits.{name}={limit}{part} is reached by all connections together: wait "
            "for answers, or raise the limit",
            request_id=entry.id,
            request_type=entry.type,
        )


def share(requests: int, request_bytes: int, among: int) -> list[Allowance]:
    """Split bounds evenly; together the shares are what was given.

    Raises:
        LocalProtocolError: a bound is no whole number, or too small to be split.
    """
    given = (("Limits.requests", requests), ("Limits.request_bytes", request_bytes))
    for name, value in given:
        if whole(name, value, 1) < among:
            raise LocalProtocolError(
                f"{name}={value} cannot be split over {among} loops: it must be "
                f"{among} or more"
            )
    return [
        Allowance(
            (requests + number) // among, (request_bytes + number) // among, among
        )
        for number in range(among)
    ]


def _weight(entry: Entry) -> int:
    payload = entry.payload
    return len(payload) if isinstance(payload, bytes) else 0
