"""Facts of the machine, without which a figure says nothing."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

from benchmarks.contestants import ENTRIES

__all__ = ["facts", "load", "versions"]


def facts() -> dict[str, object]:
    """Give processor, cores, system, Python and the load before the run."""
    waiting, cores = load()
    return {
        "processor": _processor(),
        "cores": cores,
        "system": platform.platform(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": waiting,
    }


def load() -> tuple[float, int]:
    """Give how many processes ran or wanted to in the last minute, and the cores."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return round(os.getloadavg()[0], 2), cores


def versions() -> dict[str, str]:
    """Give the version of each package that a contestant needs, where installed."""
    found: dict[str, str] = {}
    for name in sorted({name for entry in ENTRIES.values() for name in entry.packages}):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    if found["ums_actors"] == "not installed":  # run from a checkout
        from ums_actors import __version__  # only where needed  # noqa: PLC0415

        found["ums_actors"] = __version__
    return found


def _processor() -> str:
    table = Path("/proc/cpuinfo")
    if table.exists():
        for line in table.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
