"""One look at a process, as JSON."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from ums_actors.cli.top.fleet import Fleet
from ums_actors.status.client import Client

if TYPE_CHECKING:
    from pathlib import Path

    from ums_actors.cli.top.fleet import Seen

__all__ = ["snapshot"]


def snapshot(path: Path, seconds: float) -> dict[str, Any]:
    """Look at a process twice, so that rates are known; gives plain values.

    Args:
        path: of its endpoint.
        seconds: between the two looks; 0: there is one, and rates are not known.

    Raises:
        StatusError: nobody answers there.
    """
    fleet = Fleet()
    with Client(path) as client:
        fleet.take(client.pages())
        if seconds:
            time.sleep(seconds)
            fleet.take(client.pages())
    process = {} if fleet.process is None else msgspec.structs.asdict(fleet.process)
    process.pop("connections", None)  # how many: here they are themselves
    return {
        "socket": str(path),
        **process,
        "silent_loops": fleet.silent,
        "states": dict(fleet.states()),
        "connections": [_told(each) for each in fleet.seen.values()],
    }


def _told(seen: Seen) -> dict[str, Any]:
    row = msgspec.structs.asdict(seen.row)
    row["requests_per_second"] = seen.rate
    row["failed_per_second"] = seen.failures
    return row
