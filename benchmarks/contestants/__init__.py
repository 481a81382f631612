"""The contestants, by the names of the command line: one file each.

A new one is a file beside this and an entry below.
"""

from __future__ import annotations

import importlib
import shutil
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from benchmarks.contestants.contestant import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["ENTRIES", "NODE", "Entry", "Unavailable", "command", "make", "missing"]

NODE: Final = Path(__file__).resolve().parent.parent / "node"
"""The folder of the contestant in Node, and of its packages."""


class Entry(NamedTuple):
    """Where a contestant is found, what it does, and what it needs."""

    title: str
    does: Mapping[str, str]
    """Module and class by the kinds of workloads that it takes part in."""
    packages: tuple[str, ...] = ()
    node: bool = False


_OURS: Final = ("ums_actors", "pykka", "websocket-client", "msgspec")
_REQUESTS: Final = ("request", "load")
_LINES: Final = (*_REQUESTS, "scale", "memory", "receive", "recover")


def _all(path: str, *kinds: str) -> dict[str, str]:
    return dict.fromkeys(kinds, path)


ENTRIES: Final = {
    "ums": Entry(
        "ums_actors",
        {
            **_all("ums:UMS", *_LINES, "threads"),
            "recover": "ums:UMSReturning",
            "codec": "ums_codec:UMSCodec",
            "actors": "ums_actor:LoopActors",
        },
        _OURS,
    ),
    "ums-heard": Entry(
        "ums_actors, told to a callback", {"receive": "ums:UMSHeard"}, _OURS
    ),
    "ums-lends": Entry(
        "ums_actors, lending its loop",
        _all("ums_lends:UMSLends", "request", "threads"),
        _OURS,
    ),
    "ums-aio": Entry(
        "ums_actors.aio", _all("ums_aio:UMSAio", "request"), (*_OURS, "uvloop")
    ),
    "ums-hosted": Entry(
        "ums_actors.aio on the asyncio loop",
        _all("ums_aio:UMSHosted", "request"),
        (*_OURS, "uvloop"),
    ),
    "naive": Entry(
        "naive Pykka + websocket-client",
        _all("naive:NaivePykka", *_REQUESTS, "threads", "receive", "memory"),
        ("pykka", "websocket-client", "msgspec"),
    ),
    "websockets": Entry(
        "websockets + json",
        _all("websockets_peer:WebsocketsJSON", *_LINES),
        ("websockets",),
    ),
    "websockets-orjson": Entry(
        "websockets + orjson",
        _all("websockets_orjson:WebsocketsORJSON", *_REQUESTS, "threads", "receive"),
        ("websockets", "orjson"),
    ),
    "websockets-undecoded": Entry(
        "websockets, nothing decoded",
        _all("websockets_undecoded:WebsocketsUndecoded", "receive"),
        ("websockets",),
    ),
    "aiohttp": Entry(
        "aiohttp + orjson",
        _all("aiohttp_peer:AiohttpORJSON", *_LINES, "threads"),
        ("aiohttp", "orjson"),
    ),
    "aiohttp-uvloop": Entry(
        "aiohttp + uvloop + orjson",
        _all("aiohttp_uvloop:AiohttpUvloop", "request", "receive"),
        ("aiohttp", "uvloop", "orjson"),
    ),
    "picows": Entry(
        "picows + uvloop + msgspec",
        _all("picows_peer:PicowsMsgspec", *_LINES),
        ("picows", "uvloop", "msgspec"),
    ),
    "node": Entry(
        "Node + ws",
        _all("client.js", "request", "receive", "memory"),
        node=True,
    ),
    "wsclient": Entry(
        "websocket-client alone",
        {
            **_all("wsclient:WebsocketClient", "receive", "recover"),
            "codec": "wsclient_codec:WebsocketClientCodec",
        },
        ("websocket-client",),
    ),
    "pykka": Entry("stock Pykka", {"actors": "pykka_stock:StockPykka"}, ("pykka",)),
    "json": Entry("json", {"codec": "json_codec:JSONCodec"}),
    "orjson": Entry("orjson", {"codec": "orjson_codec:ORJSONCodec"}, ("orjson",)),
    "floor": Entry(
        "raw socket (the floor)", _all("floor:RawFloor", "request", "receive")
    ),
}


def make(name: str, kind: str) -> Any:
    """Import and make a contestant for workloads of that kind.

    Raises:
        Unavailable: a package of it is not installed.
    """
    module, _, attribute = ENTRIES[name].does[kind].partition(":")
    try:
        found = importlib.import_module(f"{__name__}.{module}")
    except ModuleNotFoundError as error:
        raise Unavailable(_not_installed(str(error.name))) from None
    return cast("Callable[[], Any]", getattr(found, attribute))()


def command(name: str, kind: str) -> tuple[str, ...]:
    """Give the command of a contestant's process, but for Python's own name.

    Raises:
        Unavailable: it is one of Node, and that or its package is missing.
    """
    if not ENTRIES[name].node:
        return ("-m", "benchmarks.worker", name, kind)
    node = shutil.which("node")
    if node is None:
        raise Unavailable("node is not installed")
    if not (NODE / "node_modules" / "ws").is_dir():
        raise Unavailable(
            "its package is not installed: npm ci --prefix benchmarks/node"
        )
    return (node, "--expose-gc", str(NODE / "client.js"))


def missing(name: str) -> str:
    """Say what a contestant lacks on this machine; empty if nothing."""
    entry = ENTRIES[name]
    if entry.node:
        try:
            command(name, next(iter(entry.does)))
        except Unavailable as error:
            return str(error)
    for package in entry.packages:
        if package == "ums_actors":  # also run from a checkout
            continue
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            return _not_installed(package)
    return ""


def _not_installed(package: str) -> str:
    return f"the package {package} is not installed: pip install '.[bench]'"
