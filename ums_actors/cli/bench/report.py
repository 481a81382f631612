"""What was measured."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from msgspec import Struct

from ums_actors._version import __version__

if TYPE_CHECKING:
    from ums_actors.cli.bench.histogram import Histogram

__all__ = ["Latency", "Report"]


class Latency(Struct, frozen=True):
    """Milliseconds from a request to its answer; None if there was none.

    ``p50`` is what half of them took at most; all but ``longest`` to 1 %.
    """

    p50: float | None
    p99: float | None
    p999: float | None
    longest: float | None

    @classmethod
    def of(cls, took: Histogram) -> Latency:
        """Read it off."""
        p50, p99, p999 = map(took.quantile, (0.5, 0.99, 0.999))
        return cls(_ms(p50), _ms(p99), _ms(p999), _ms(took.longest))


class Report(Struct, frozen=True, kw_only=True):
    """One run.

    Attributes:
        seconds: that were counted.
        requests: that were made and answered within them.
        failed: how many failed, by the name of the error; each ends one of those in
            flight.
        per_second: requests a second, of all connections together.
        latency: milliseconds.
        processor: microseconds of this process's processor time for each request, both
            the library's and the bench's own.
        memory: KiB of resident memory for each further connection; None where the
            system does not tell, or of one connection.
        connecting: seconds until all were READY.
        server_busy: of one core, 1 is all of it; None if the server is not ours.
    """

    connections: int
    in_flight: int
    tls: bool
    seconds: float
    requests: int
    failed: dict[str, int]
    per_second: float
    latency: Latency
    processor: float | None
    memory: float | None
    connecting: float
    server_busy: float | None
    version: str = __version__
    python: str = platform.python_version()

    @property
    def ok(self) -> bool:
        """Whether there were answers, and nothing else."""
        return bool(self.requests) and not self.failed


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1e3, 3)
