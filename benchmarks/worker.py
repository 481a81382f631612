"""A contestant's own process: one command a line in, one JSON line out.

``python -m benchmarks.worker NAME PORT``. The commands are ``connect``, ``run`` (with
``requests`` and ``in_flight``) and ``close``; the process also ends with its input, so
that it never outlives the harness.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.contestants import Contestant, Unavailable, make
from benchmarks.workload import Target

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]


def main() -> None:
    """Obey the commands of the harness until its input ends."""
    name, port = sys.argv[1:]
    with os.fdopen(os.dup(1), "w", buffering=1) as answers:
        os.dup2(2, 1)  # what a library prints is no answer
        contestant: Contestant | None = None
        try:
            contestant = make(name)
            _obey(contestant, Target(int(port)), answers.write)
        except Unavailable as error:
            answers.write(json.dumps({"unavailable": str(error)}) + "\n")
        except Exception as error:  # the harness reports it  # noqa: BLE001
            text = f"{type(error).__name__}: {error}"
            answers.write(json.dumps({"error": text}) + "\n")
            os._exit(1)  # its threads may hang now


def _obey(
    contestant: Contestant, target: Target, answer: Callable[[str], object]
) -> None:
    for line in sys.stdin:
        command = json.loads(line)
        report: dict[str, Any] = {}
        if command["do"] == "connect":
            contestant.connect(target)
        elif command["do"] == "run":
            report = _measured(contestant, command["requests"], command["in_flight"])
        else:
            contestant.close()
            answer("{}\n")
            return
        answer(json.dumps(report) + "\n")
    contestant.close()


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
