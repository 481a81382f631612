"""Everything that goes wrong in a soak; each fault is lifted after a while."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ums_actors.testing.fault_proxy import (
    Bandwidth,
    BlackHole,
    HalfClose,
    Latency,
    LimitData,
    ResetPeer,
    Slicer,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from ums_actors.testing.fault_proxy import Toxic
    from ums_actors.testing.soak.scene import Scene

__all__ = ["FAULTS", "lift"]

_PROFILE = ".ams.userprofile.GetUserProfile"


def _toxic(make: Callable[[Random], Toxic]) -> Callable[[Scene, Random], None]:
    """Strike one of the ways, and in most cases the lines there are."""

    def strike(scene: Scene, random: Random) -> None:
        direction: Any = random.choice(["upstream", "downstream", "both"])
        way = random.choice([*scene.proxies, scene.socket, scene.socket])
        way.add(make(random), direction=direction)
        if way is not scene.socket:
            scene.server.expire_tokens()  # so that the way is needed
            scene.socket.reset()

    return strike


def _down(scene: Scene, random: Random) -> None:
    random.choice(scene.proxies).down()
    scene.socket.reset()


def _halt(scene: Scene, random: Random) -> None:
    del random
    scene.halt()


def _close(code: int, scene: Scene, random: Random) -> None:
    del random
    scene.server.close_sockets(code)


def _cut(scene: Scene, random: Random) -> None:
    del random
    scene.server.cut()


def _freeze(scene: Scene, random: Random) -> None:
    del random
    scene.server.freeze()


def _expire(scene: Scene, random: Random) -> None:
    del random
    scene.server.expire_tokens()


def _server(name: str, value: Any, scene: Scene, random: Random) -> None:
    """Let something be wrong with the service, and have it be met."""
    scene.server.add_fault(name, value=value)
    if name in ("login", "csds"):
        scene.server.expire_tokens()
    if name in ("login", "csds", "handshake") or random.random() < 0.3:  # noqa: PLR2004
        scene.server.cut()


def _crash(child: str, scene: Scene, random: Random) -> None:
    """Have an actor of one connection's tree fail: it knows no such message."""
    bot = random.choice(scene.bots)
    if child == "root":
        bot.subscribe.defer(object())  # a bad target, and nobody who waits to hear so
    else:
        bot.child(child).get(timeout=5).tell(object())


FAULTS: dict[str, Callable[[Scene, Random], None]] = {
    "latency": _toxic(lambda random: Latency(random.uniform(0, 1), 0.3)),
    "bandwidth": _toxic(lambda random: Bandwidth(random.randint(500, 20_000))),
    "slicer": _toxic(lambda random: Slicer(random.randint(1, 9), 0.0)),
    "black hole": _toxic(lambda _: BlackHole()),
    "reset peer": _toxic(lambda random: ResetPeer(random.randrange(5_000))),
    "half close": _toxic(lambda random: HalfClose(random.randrange(5_000))),
    "limit data": _toxic(lambda random: LimitData(random.randrange(5_000))),
    "down": _down,
    "halt": _halt,
    "cut": _cut,
    "freeze": _freeze,
    "expire tokens": _expire,
    **{f"close {code}": partial(_close, code) for code in (1001, 1011, 4401, 4407)},
    **{
        f"server: {name}": partial(_server, name, value)
        for name, value in {
            "csds": 503,
            "login": 503,
            "refresh": 500,
            "handshake": 502,
            "delay": {"seconds": 0.5, "types": _PROFILE},
            "drop": _PROFILE,
            "reject": {"code": 500, "type": _PROFILE},
            "too-many": 5,
            "duplicate": "notification",
            "malformed": "text",
            "unknown-field": "notification",
            "mute-pings": None,
            "half-open": 20,
            "process-then-disconnect": _PROFILE,
        }.items()
    },
    **{
        f"crash of {child}": partial(_crash, child)
        for child in ("socket", "correlator", "token", "supervisor", "root")
    },
}
"""By name: each strikes a scene, somewhere at random."""


def lift(scene: Scene) -> None:
    """Let nothing be wrong any more."""
    scene.go_on()
    for proxy in scene.proxies:
        proxy.clear()
        proxy.up()
    scene.server.clear_faults()
