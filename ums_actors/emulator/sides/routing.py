"""Tells a brand socket of the rings that it has subscribed to."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from ums_actors.emulator.choices import SNAPSHOT_LIMIT
from ums_actors.emulator.records.routing import ring_change
from ums_actors.emulator.wire.frames import notification

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.rings import Ring
    from ums_actors.emulator.world.world import World

__all__ = ["RoutingSubscription"]

_TYPE: Final = ".ams.routing.RoutingTaskNotification"


class RoutingSubscription:
    """One subscription to the rings of one agent; an ear of the router.

    Anybody may listen to an agent's rings, but the agent is rung only while they
    listen themselves.

    Args:
        world: whose rings it tells.
        client: the socket that has subscribed.
        agent: whose rings, by old id.

    Attributes:
        identity: the subscription's id.
        is_own: whether it is the agent's own socket.
    """

    def __init__(self, world: World, client: Client, agent: str) -> None:
        self.identity: str = str(uuid.uuid4())
        self.agent: str = agent
        self.is_own: bool = client.identity == agent
        self._world = world
        self._client = client

    def begin(self) -> None:
        """Tell what rings now, then all that changes."""
        if self._client.subscriptions.is_over:
            return  # nobody would end it
        self._client.subscriptions.routing[self.identity] = self
        self._show()
        self._world.router.listen(self)

    def move(self, agent: str) -> None:
        """Tell of another agent's rings from now on, after what left with the first."""
        if agent == self.agent:
            self._show()
            return
        gone = self._world.router.rings.waiting(self.agent)
        self.end()
        if gone:
            self._tell(gone, strictly=True, kind="DELETE")
        self.agent = agent
        self.is_own = self._client.identity == agent
        self.begin()

    def end(self) -> None:
        """Tell no more."""
        self._world.router.unlisten(self)

    def ring_changed(self, ring: Ring) -> None:
        """Tell it, one ring a frame."""
        self._tell([ring], strictly=False)

    def _show(self) -> None:
        rings = self._world.router.rings.waiting(self.agent)
        self._tell(rings[:SNAPSHOT_LIMIT], strictly=True)

    def _tell(self, rings: list[Ring], *, strictly: bool, kind: str = "UPSERT") -> None:
        changes = [ring_change(self._world.account, ring, kind) for ring in rings]
        body = {"subscriptionId": self.identity, "changes": changes}
        self._client.notify(notification(_TYPE, body), strictly)
