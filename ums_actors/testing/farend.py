"""The server's end of one websocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from ums_actors.testing.place import Place
    from ums_actors.testing.server import FakeServer
    from ums_actors.testing.wire import FakeWebsocket

__all__ = ["FarEnd"]


class FarEnd:
    """What the server knows of one line.

    Attributes:
        place: whose line it is.
        user: who has said so by a valid token; empty before.
        since: when the upgrade succeeded.
        unauthorized: whether the token was revoked since.
        subscriptions: of conversations, by id.
        dialogs: whose messages a consumer has subscribed to.
        made: subscriptions so far.
    """

    def __init__(
        self, server: FakeServer, wire: FakeWebsocket, place: Place, user: str
    ) -> None:
        self.wire = wire
        self.place = place
        self.user = user
        self.open: bool = True
        self.unauthorized = False
        self.since: float = server.agenda.now()
        self.made = 0
        self.subscriptions: list[str] = []
        self.dialogs: dict[str, None] = {}
        self._server = server

    def received(self, payload: bytes) -> None:
        """Take a text frame."""
        if self.open:
            self._server.serve(self, msgspec.json.decode(payload))

    def goodbye(self, code: int) -> None:
        """Take a close frame, and answer it."""
        if self.open:
            self.hung_up()
            self.wire.close_by_peer(code)

    def hung_up(self) -> None:
        """Take the end of the TCP connection."""
        self.open = False
        if self in self._server.lines:
            self._server.lines.remove(self)
            self.place.lines.remove(self)
            self._server.trace.add(f"server: line {self.wire.number} is gone")

    def close(self, code: int) -> None:
        """Say goodbye, and hear no more."""
        if self.open:
            self.wire.close_by_peer(code)
            self.hung_up()

    def send(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        if self.open:
            self.wire.deliver(msgspec.json.encode(frame))

    def notify(self, kind: str, body: Any) -> None:
        """Send a notification."""
        self.send({"kind": "notification", "type": kind, "body": body})
