"""Who was connected when: every socket since the start, bounded."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.emulator.wire.line import Line

__all__ = ["Visits"]

MAX_VISITS: Final = 100_000
"""Sockets that are remembered; those that were closed first go first."""


class Visits:
    """Sockets that are open, and those that were."""

    def __init__(self, limit: int = MAX_VISITS) -> None:
        self._open: dict[Line, float] = {}
        self._past: deque[dict[str, Any]] = deque(maxlen=limit)

    def begin(self, line: Line) -> None:
        """Take note that a socket is open."""
        self._open[line] = time.time()

    def end(self, line: Line) -> None:
        """Take note that it is closed, at either side's wish."""
        opened = self._open.pop(line)
        self._past.append(_told(line, opened, time.time()))

    def all(self, user: str | None = None) -> Iterator[dict[str, Any]]:
        """Give those of a user, or all; first those that are closed.

        Each has ``conn, generation, user``, and in epoch seconds ``opened``, ``heard``
        (when something was read of it last, also a ping) and ``closed`` (None: it is
        open).
        """
        still = [_told(line, opened, None) for line, opened in self._open.items()]
        for each in [*self._past, *still]:
            if user in (None, each["user"]):
                yield each


def _told(line: Line, opened: float, closed: float | None) -> dict[str, Any]:
    return {
        "conn": line.conn,
        "generation": line.client.generation,
        "user": line.client.name,
        "opened": opened,
        "heard": max(line.heard, opened),
        "closed": closed,
    }
