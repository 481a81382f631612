"""A network without sockets: dialling, and all websockets that came of it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, cast

from ums_actors.errors import ConnectError
from ums_actors.testing.wire import FakeWebsocket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from random import Random

    from ums_actors.core.laps import Laps
    from ums_actors.secret import Secret
    from ums_actors.testing.clock import Agenda
    from ums_actors.testing.place import Place
    from ums_actors.testing.poller import FakePoller
    from ums_actors.testing.pool import Effort
    from ums_actors.testing.server import FakeServer
    from ums_actors.transport.nonblocking import Websocket

__all__ = ["FakeNetwork"]

_SWITCHING = 101
_WRITE_LIMIT = 1 << 20


class _Dialling:
    """One attempt; see :class:`~ums_actors.actors.connector.Dialling`."""

    def __init__(
        self,
        network: FakeNetwork,
        path: str,
        timeout: float,
        headers: Mapping[str, Secret],
    ) -> None:
        self._network = network
        self._path = path
        self._headers = headers
        self._timeout = timeout
        self._aborted = False
        self._websocket: FakeWebsocket | None = None
        self.steps: Laps = ()

    def run(self) -> Websocket:
        """Connect after a while, or fail."""
        network = self._network
        if self._aborted:
            raise ConnectError("the attempt was given up", step="tcp")
        fate = network.fates.popleft() if network.fates else "well"
        if fate == "hang":
            network.effort.spend(self._timeout)
            raise ConnectError("no connection in time", step="tcp", timed_out=True)
        network.effort.spend(network.chance.uniform(*network.dialling))
        if fate == "refuse":
            raise ConnectError("connection refused", step="tcp")
        server, place = network.server, network.place
        status, user = server.upgrade(place, self._path, self._headers)
        server.trace.add(f"network: {place.name}'s upgrade is answered with {status}")
        if status != _SWITCHING:
            raise ConnectError(
                f"the upgrade was refused with {status}", step="upgrade", status=status
            )
        self._websocket = network.connect(user)
        return cast("Websocket", self._websocket)

    def abort(self) -> None:
        """Leave nothing open."""
        self._aborted = True
        if self._websocket is not None:
            self._websocket.shutdown()


class FakeNetwork:
    """A :class:`~ums_actors.actors.connector.Connector` to the fake server.

    Args:
        agenda: the network's time.
        poller: gives descriptors.
        server: at the far end.
        place: the client whose network it is.
        effort: what dialling takes.
        chance: source of latencies.
        numbers: for the websockets, unique in the world.

    Attributes:
        fates: what becomes of the next attempts: ``hang``, ``refuse`` or ``well``.
        dialling: least and most seconds that an attempt takes.
        connects: when each attempt began to be made.
        live: the websockets whose descriptor is open.
    """

    def __init__(
        self,
        agenda: Agenda,
        poller: FakePoller,
        server: FakeServer,
        place: Place,
        *,
        effort: Effort,
        chance: Random,
        numbers: Iterator[int],
    ) -> None:
        self.server = server
        self.place = place
        self.effort = effort
        self.chance = chance
        self.fates: deque[str] = deque()
        self.dialling: tuple[float, float] = (0.02, 0.6)
        self.connects: list[float] = []
        self.closed: bool = False
        self._sockets: list[FakeWebsocket] = []
        self._agenda = agenda
        self._poller = poller
        self._numbers = numbers

    def dial(
        self,
        url: Secret,
        timeout: float,
        headers: Mapping[str, Secret],
        permit: Callable[[], bool] | None = None,  # noqa: ARG002  (it takes no time)
    ) -> _Dialling:
        """Prepare an attempt."""
        self.connects.append(self._agenda.now())
        return _Dialling(self, url.reveal(), timeout, headers)

    def close(self) -> None:
        """Note that nobody will dial again."""
        self.closed = True

    def connect(self, user: str) -> FakeWebsocket:
        """Make a websocket with the server at its far end."""
        websocket = FakeWebsocket(
            next(self._numbers), self._agenda, self._poller, self.chance, _WRITE_LIMIT
        )
        self._sockets.append(websocket)
        self.server.accept(websocket, self.place, user)
        return websocket

    @property
    def live(self) -> list[FakeWebsocket]:
        """Give the websockets whose descriptor is open."""
        if not all(websocket.live for websocket in self._sockets):
            self._sockets = [each for each in self._sockets if each.live]
        return self._sockets

    def heal(self) -> None:
        """Be well behaved from now on; what is broken already stays broken."""
        self.fates.clear()
        for websocket in self.live:
            websocket.calm()
