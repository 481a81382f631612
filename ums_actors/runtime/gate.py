"""A gate that paces the attempts of many connections."""

from __future__ import annotations

import random as _random
import threading

from ums_actors.core.pace import Pace

__all__ = ["PacedGate"]


class PacedGate:
    """Lets so many connections a second begin an attempt, in order, with jitter.

    For processes with many connections: when a service restarts, all of them come back,
    and each attempt is a TLS handshake, perhaps a login. Give one to the runtime that
    they share: ``Runtime(gate=PacedGate(20))``. It may be shared by several runtimes. A
    lone attempt is not delayed. An attempt whose connection is closed while it waits
    leaves its place empty.

    Args:
        rate: attempts a second, of all connections together.
        burst: how many may begin at once after a rest.
        random: source of jitter.

    Raises:
        LocalProtocolError: a number is out of its bounds.
    """

    def __init__(
        self, rate: float, burst: int = 1, *, random: _random.Random | None = None
    ) -> None:
        self._pace = Pace(rate, burst)
        self._random = random or _random.Random()  # noqa: S311  (jitter, not secrets)
        self._lock = threading.Lock()  # loops have threads of their own

    def delay(self, now: float) -> float:
        """Take the next place in line; give the seconds until it comes."""
        with self._lock:
            return self._pace.reserve(now, self._random.random())

    def hold(self, now: float, seconds: float) -> None:
        """Let nobody begin for so long whose place is not given out yet."""
        with self._lock:
            self._pace.hold(now + seconds)
