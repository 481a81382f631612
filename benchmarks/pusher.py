"""The server that tells of conversations at a pace, a process of its own.

``python -m benchmarks.pusher plain|tls CONVERSATIONS`` is the server of
:mod:`benchmarks.server`, on which ``load`` makes ``frames`` ready and ``push`` sends
them, ``rate`` a second, to whoever subscribed last. Each is sent when it is due, by
itself, so that a client cannot take several with one read unless it is late.
"""

from __future__ import annotations

import gc
import json
import selectors
import ssl
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from benchmarks.frames import server_frame
from benchmarks.server import Line, Server
from benchmarks.traffic import traffic

if TYPE_CHECKING:
    import socket

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
        super().__init__(commands, reports, selectors.SelectSelector())
        self._traffic = traffic(conversations)
        self._tls, self._ca = tls, ca
        self._loaded: list[bytes] = []
        self._subscriber: Line | None = None

    def _place(self) -> dict[str, Any]:
        return {**super()._place(), "ca": self._ca}

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

    def _answer(self, line: Line, request: dict[str, str]) -> bytes:
        if "SubscribeExConversations" in request["type"]:
            self._subscriber = line
        return super()._answer(line, request)

    # -- TLS

    def _welcome(self, sock: socket.socket) -> None:
        if self._tls is not None:
            sock.settimeout(_HANDSHAKE)
            try:
                sock = self._tls.wrap_socket(sock, server_side=True)
            except OSError:  # who cannot do it says so itself
                sock.close()
                return
        super()._welcome(sock)

    def _on_line(self, line: Line, events: int) -> None:
        super()._on_line(line, events)
        sock = line.sock
        while isinstance(sock, ssl.SSLSocket) and sock.fileno() >= 0 and sock.pending():
            super()._on_line(line, selectors.EVENT_READ)


def main() -> None:
    """Serve until the standard input ends."""
    kind, conversations = sys.argv[1], int(sys.argv[2])
    if kind == "plain":
        _serve(Pusher(0, 1, conversations))
        return
    try:
        from ums_actors.emulator.tls import Certificate  # noqa: PLC0415  (of the extra)
    except ModuleNotFoundError as error:
        text = f"the package {error.name} is not installed: pip install '.[bench]'"
        print(json.dumps({"unavailable": text}), flush=True)
        return
    own = Certificate.new()
    _serve(Pusher(0, 1, conversations, own.context(), own.ca))


def _serve(server: Pusher) -> None:
    try:
        server.serve()
    finally:
        server.close()


if __name__ == "__main__":
    main()
