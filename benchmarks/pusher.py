"""The server that tells of conversations at a pace, a process of its own.

``python -m benchmarks.pusher plain|tls CONVERSATIONS`` is the server of
:mod:`benchmarks.server`, on which ``load`` makes ``frames`` ready and ``push`` sends
them, ``rate`` a second, to whoever subscribed last. Each is sent when it is due, by
itself, so that a client cannot take several with one read unless it is late.
"""

from __future__ import annotations

import gc
import selectors
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from benchmarks.certificate import own_certificate
from benchmarks.frames import server_frame
from benchmarks.server import Line, Server, serve
from benchmarks.traffic import traffic

if TYPE_CHECKING:
    import ssl

__all__ = ["Pusher", "main"]

_HANDSHAKE: Final = 10.0  # seconds


class Pusher(Server):
    """Pushes the traffic of many conversations.

    Args:
        commands: as for the server.
        reports: as for the server.
        conversations: that it speaks of in turn.
        tls: the server's context, None for a plain socket.
        ca: the certificate, PEM, of who vouches for it.
    """

    def __init__(
        self,
        commands: int,
        reports: int,
        conversations: int,
        tls: ssl.SSLContext | None = None,
        ca: str | None = None,
    ) -> None:
        # epoll of the standard library rounds every pause up to a millisecond
        super().__init__(commands, reports, tls, ca, selectors.SelectSelector())
        self._traffic = traffic(conversations)
        self._loaded: list[bytes] = []
        self._subscriber: Line | None = None

    def _obey(self, command: dict[str, Any]) -> dict[str, Any]:
        if command["do"] == "load":
            return self._load(command["frames"])
        if command["do"] == "push":
            return self._push(command["rate"])
        return super()._obey(command)

    def _load(self, frames: int) -> dict[str, Any]:
        """Make frames ready, so that pushing them is no work; tell what they are."""
        found = list(islice(self._traffic, frames))
        self._loaded = [server_frame(payload) for _, payload in found]
        conversations = sum(of_conversation for of_conversation, _ in found)
        gc.collect()
        gc.freeze()
        return {"conversations": conversations, "messages": frames - conversations}

    def _push(self, rate: float) -> dict[str, Any]:
        if self._subscriber is None:
            raise RuntimeError("nobody has subscribed")
        frames, self._loaded = self._loaded, []
        began = time.monotonic()
        for number, frame in enumerate(frames):
            self._push_at(began + number / rate, self._subscriber, frame)
        return {"frames": len(frames)}

    def _answer(self, line: Line, request: dict[str, Any]) -> bytes:
        if "SubscribeExConversations" in request["type"]:
            self._subscriber = line
        return super()._answer(line, request)


def main() -> None:
    """Serve until the standard input ends."""
    kind, conversations = sys.argv[1], int(sys.argv[2])
    certificate = own_certificate(kind)
    if certificate is not None:
        serve(Pusher(0, 1, conversations, *certificate))


if __name__ == "__main__":
    main()
