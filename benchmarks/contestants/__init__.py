"""The contestants, by the names of the command line."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from benchmarks.contestants.contestant import Contestant, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ENTRIES", "Contestant", "Entry", "Unavailable", "make"]


class Entry(NamedTuple):
    """Where a contestant is found and what it needs."""

    title: str
    path: str
    packages: tuple[str, ...] = ()
    repeat: int = 1
    """How many times the requests of a round, where a round would be too short."""


ENTRIES: Final = {
    "ums": Entry(
        "ums_actors",
        "ums:UMS",
        ("ums_actors", "pykka", "websocket-client", "msgspec"),
    ),
    "websockets": Entry(
        "websockets + json", "websockets_json:WebsocketsJSON", ("websockets",)
    ),
    "picows": Entry(
        "picows + uvloop + msgspec",
        "picows_msgspec:PicowsMsgspec",
        ("picows", "uvloop", "msgspec"),
    ),
    "floor": Entry("raw socket (the floor)", "raw_floor:RawFloor", (), repeat=8),
}


def make(name: str) -> Contestant:
    """Import and make a contestant.

    Raises:
        Unavailable: a package of it is not installed, or its API is not there.
    """
    module, _, attribute = ENTRIES[name].path.partition(":")
    try:
        found = importlib.import_module(f"{__name__}.{module}")
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"the package {error.name} is not installed: pip install '.[bench]'"
        ) from None
    factory = cast("Callable[[], Contestant]", getattr(found, attribute))
    return factory()
