"""A contestant's own process: one command a line in, one JSON line out.

``python -m benchmarks.worker NAME PORT``. The commands are ``connect``, ``run`` (with
``requests`` and ``in_flight``) and ``close``; the process also ends with its input, so
that it never outlives the harness.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.child import answer_commands
from benchmarks.contestants import make
from benchmarks.workload import Target

if TYPE_CHECKING:
    from benchmarks.contestants import Contestant

__all__ = ["main"]


def main() -> None:
    """Obey the commands of the harness until its input ends."""
    worker = _Worker(*sys.argv[1:])
    answer_commands(worker.obey, worker.close)


class _Worker:
    def __init__(self, name: str, port: str) -> None:
        self._name, self._port = name, port
        self._contestant: Contestant | None = None

    def obey(self, command: dict[str, Any]) -> dict[str, Any]:
        """Connect, or run once."""
        if self._contestant is None:
            self._contestant = make(self._name)
            self._contestant.connect(Target(int(self._port)))
            return {}
        return _measured(self._contestant, command["requests"], command["in_flight"])

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._contestant is not None:
            self._contestant.close()


def _measured(contestant: Contestant, requests: int, in_flight: int) -> dict[str, Any]:
    """Run once; durations are seconds, ``cpu`` that of the whole process."""
    cpu, began = time.process_time(), time.perf_counter()
    latencies = contestant.run(requests, in_flight)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    if len(latencies) != requests:
        raise ValueError(f"{len(latencies)} answers to {requests} requests")
    latencies.sort()
    return {
        "requests": requests,
        "seconds": seconds,
        "cpu": cpu,
        "p50": latencies[requests // 2],
        "p99": latencies[requests * 99 // 100],
    }


if __name__ == "__main__":
    main()
