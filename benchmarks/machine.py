"""Facts of the machine, without which a figure says nothing."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

from benchmarks.contestants import ENTRIES, NODE

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
    found["node"], found["ws"] = _node(), _ws()
    return found


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        return "not installed"
    asked = [node, "--version"]
    return subprocess.run(
        asked, capture_output=True, text=True, timeout=10, check=False
    ).stdout.strip()


def _ws() -> str:
    package = NODE / "node_modules" / "ws" / "package.json"
    if not package.exists():
        return "not installed"
    return str(json.loads(package.read_text())["version"])


def _processor() -> str:
    table = Path("/proc/cpuinfo")
    if table.exists():
        for line in table.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
