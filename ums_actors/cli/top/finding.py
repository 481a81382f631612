"""Which endpoints there are to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ums_actors.errors import StatusError
from ums_actors.status.place import directories, found

__all__ = ["VARIABLE", "endpoints"]

VARIABLE: Final = "UMS_STATUS_SOCKET"
"""By which an endpoint is named in the environment."""


def endpoints(given: str | None) -> list[Path]:
    """Give the endpoint that is named; without a name all that are found.

    Raises:
        StatusError: there is none.
    """
    if given is not None:
        return [Path(given).expanduser()]
    places = directories()
    paths = [path for place in places for path in found(place)]
    if not paths:
        where = " or ".join(map(str, places))
        raise StatusError(
            f"no process of yours has a status socket in {where}; start one with "
            "Runtime(status_socket=True), or name its path with --socket or "
            f"{VARIABLE}"
        )
    return paths
