"""A contestant's own process: one command a line in, one JSON line out.

``python -m benchmarks.worker NAME KIND``. ``connect`` comes first, with the server's
``port`` and ``ca``; the other commands are those of the workloads, and ``close``. The
process also ends with its input, so that it never outlives the harness.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.child import answer_commands
from benchmarks.contestants import make
from benchmarks.memory import resident
from benchmarks.suite import QUANTILES
from benchmarks.workload import Target, raise_limits

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["main"]


def main() -> None:
    """Obey the commands of the harness until its input ends."""
    raise_limits()
    worker = _Worker(*sys.argv[1:])
    answer_commands(worker.obey, worker.close)


class _Worker:
    def __init__(self, name: str, kind: str) -> None:
        self._name, self._kind = name, kind
        self._contestant: Any = None
        self._target: Target

    def obey(self, command: dict[str, Any]) -> dict[str, Any]:
        """Do a command; its other fields are the arguments."""
        arguments = {name: value for name, value in command.items() if name != "do"}
        found: dict[str, Any] = getattr(self, f"_{command['do']}")(**arguments)
        return found

    def close(self) -> None:
        """Close what was made."""
        if self._contestant is not None:
            self._contestant.close()

    def _connect(
        self, connections: int, port: int = 0, ca: str | None = None
    ) -> dict[str, Any]:
        self._contestant = make(self._name, self._kind)
        if connections:
            self._target = Target(port, ca)
            self._contestant.connect(self._target, connections)
        return {}

    def _run(self, in_flight: int, seconds: float) -> dict[str, Any]:
        with _spent() as used:
            found = self._contestant.run(in_flight, seconds)
        return {**used, **_told(found)}

    def _threads(self, threads: int, seconds: float) -> dict[str, Any]:
        with _spent() as used:
            found = self._contestant.run_threads(threads, seconds)
        return {**used, **_told(found)}

    def _load(self, in_flight: int, seconds: float) -> dict[str, Any]:
        """Make requests while a thread of this process computes something."""
        stop = threading.Event()
        burner = threading.Thread(target=_burn, args=(stop,), daemon=True)
        burner.start()
        try:
            return self._run(in_flight, seconds)
        finally:
            stop.set()
            burner.join()

    def _hear(self, frames: int, size: int, seconds: float) -> dict[str, Any]:
        until, floods = time.perf_counter() + seconds, 0
        with _spent() as used:
            while not floods or time.perf_counter() < until:
                self._contestant.hear(frames, size)
                floods += 1
        return {**used, "frames": floods * frames}

    def _recover(self, code: int, every: bool) -> dict[str, Any]:
        with _spent() as used:
            found = self._contestant.recover(code, every=every)
        return {**used, "back": sorted(found)}

    def _grow(self, connections: int) -> dict[str, Any]:
        gc.collect()
        before = resident()
        with _spent() as used:
            self._contestant.connect(self._target, connections)
        gc.collect()
        memory = (resident() - before) / connections
        return {**used, "memory": memory, "threads": threading.active_count()}

    def _scale(
        self, connections: int, in_flight: int, seconds: float, idle: float
    ) -> dict[str, Any]:
        grown = self._grow(connections)
        self._run(in_flight, seconds / 2)
        asked = self._run(in_flight, seconds)
        found = {
            "memory": grown["memory"],
            "threads": grown["threads"],
            "start": grown["seconds"] / connections,
            "start_cpu": grown["cpu"] / connections,
            "rate": asked["requests"] / asked["seconds"],
            "request_cpu": asked["cpu"] / asked["requests"],
            "p99": asked["quantiles"][QUANTILES.index(0.99)],
        }
        if idle and self._name == "ums":  # the others have no heartbeats here
            with _spent() as used:
                time.sleep(idle)
            found["idle_cpu"] = used["cpu"] / used["seconds"] / connections
        return found

    def _measure(self, what: str, count: int) -> dict[str, Any]:
        return {"value": self._contestant.measure(what, count)}


def _told(latencies: list[float]) -> dict[str, Any]:
    latencies.sort()
    count = len(latencies)
    quantiles = [latencies[min(count - 1, int(count * part))] for part in QUANTILES]
    return {"requests": count, "quantiles": quantiles}


@contextmanager
def _spent() -> Generator[dict[str, float]]:
    """Fill in seconds and processor seconds, those of all threads."""
    found: dict[str, float] = {}
    cpu, began = time.process_time(), time.perf_counter()
    yield found
    found["seconds"] = time.perf_counter() - began
    found["cpu"] = time.process_time() - cpu


def _burn(stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        for each in range(1_000):
            number += each


if __name__ == "__main__":
    main()
