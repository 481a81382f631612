"""What one simulated connection is given from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.runtime import Runtime
from ums_actors.testing.hearing import VoiceObserver
from ums_actors.testing.idp import FakeIdp, anonymous
from ums_actors.testing.network import FakeNetwork
from ums_actors.testing.place import Place
from ums_actors.testing.tokens import FakeTokenSource
from ums_actors.testing.trace import Voice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.auth.source import TokenSource
    from ums_actors.testing.world import World

__all__ = ["Seat"]


class Seat:
    """A runtime of its own on the world's one loop, with a network and a login.

    Args:
        world: where it is.
        name: of the connection, in the trace.
        is_brand: which side it is.
        lines: gives numbers for websockets.
        ids: gives identifiers.

    Attributes:
        voice: writes what it does.
        observer: hears what it does.
        place: what the server keeps for it.
        network: what it dials with.
        source: its tokens.
        login: what the source calls; ``closed`` in the end.
        runtime: what its connection is started with.
    """

    def __init__(
        self,
        world: World,
        name: str,
        lines: Iterator[int],
        ids: Iterator[int],
        *,
        is_brand: bool,
    ) -> None:
        self.name = name
        self.is_brand = is_brand
        self.voice: Voice = Voice(world.trace, name)
        self.observer: VoiceObserver = VoiceObserver(self.voice)
        self.place: Place = Place(name, is_brand=is_brand)
        self.network: FakeNetwork = FakeNetwork(
            world.agenda,
            world.poller,
            world.server,
            self.place,
            effort=world.effort,
            chance=world.chance(f"network of {name}"),
            numbers=lines,
        )
        server, place, effort = world.server, self.place, world.effort
        chance = world.chance(f"login of {name}")
        self.source: TokenSource
        self.login: FakeTokenSource | FakeIdp
        if is_brand:
            self.source = self.login = FakeTokenSource(server, place, effort, chance)
        else:
            self.login = FakeIdp(server, place, effort, chance)
            self.source = anonymous(self.login)
        self.runtime: Runtime = Runtime(
            [world.loop],  # a list: no thread is started
            clock=world.clock,
            random=world.chance(f"tree of {name}"),
            ids=lambda: f"{next(ids):08x}{0:024x}",
            workers=world.pools,
            gate=world.gate,
            login_gate=world.login_gate,
            limits=world.limits,
            observer=self.observer,
            connector=self.network,
            tenure=world.tenure,
        )
