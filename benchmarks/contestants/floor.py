"""The floor: bare blocking sockets, no threads, frames encoded beforehand.

It does none of a client's work, so what it reaches is what kernel and server allow:
the ceiling of the server as this machine shows it.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import time
from typing import TYPE_CHECKING, Any

from benchmarks.contestants.contestant import DEADLINE
from benchmarks.contestants.window import WINDOWS
from benchmarks.floods import notification
from benchmarks.frames import server_frame
from benchmarks.workload import BODY, FLOOD, REQUEST_TYPE, check_answer

if TYPE_CHECKING:
    from benchmarks.workload import Target

__all__ = ["RawFloor"]

_FIRST_IDENT = 10_000  # all ids, and so all answers, are of one length
_READ = 256 << 10


class RawFloor:
    """Writes all that a window holds at once and counts the bytes of its answers."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._answer_size = 0

    def connect(self, target: Target, connections: int) -> None:
        """Upgrade by hand and learn how long one answer is."""
        self._sockets += [_opened(target) for _ in range(connections)]
        answer = self._asked(_request(_FIRST_IDENT, REQUEST_TYPE, BODY))
        self._answer_size = len(answer)
        check_answer(json.loads(_payload(answer))["body"])

    def run(self, in_flight: int, seconds: float) -> list[float]:
        """Go in lock step: to each socket its part of a window, then the answers."""
        clock = time.perf_counter
        shares = _shares(in_flight, len(self._sockets))
        lines = [
            (sock, _window(share), share * self._answer_size)
            for sock, share in zip(self._sockets, shares, strict=True)
            if share
        ]
        latencies: list[float] = []
        until, least = clock() + seconds, WINDOWS * in_flight
        while True:
            began = clock()
            for sock, window, _ in lines:
                sock.sendall(window)
            for sock, _, missing in lines:
                while missing:
                    missing -= len(_received(sock, missing))  # noqa: PLW2901
            ended = clock()
            latencies += [ended - began] * in_flight
            if ended >= until and len(latencies) >= least:
                return latencies

    def hear(self, frames: int, size: int) -> None:
        """Count the bytes of a flood; the answer comes behind them."""
        sock = self._sockets[0]
        missing = frames * len(server_frame(notification(size)))
        sock.sendall(_request(1, FLOOD, {"frames": frames, "size": size}))
        while missing:
            missing -= len(_received(sock, min(missing, _READ)))
        answer = _received(sock, 4096)
        if b'"reqId"' not in answer[:40]:
            raise ValueError("more came than was asked for")

    def close(self) -> None:
        """Close the sockets; the server takes the end of the stream as a close."""
        for sock in self._sockets:
            sock.close()

    def _asked(self, frame: bytes) -> bytes:
        self._sockets[0].sendall(frame)
        return _received(self._sockets[0], 4096)  # one small frame


def _opened(target: Target) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", target.port), timeout=DEADLINE)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if target.tls is not None:
        sock = target.tls.wrap_socket(sock, server_hostname="127.0.0.1")
    path = target.url.removeprefix(target.origin)
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n"
    )
    sock.sendall(upgrade.encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += _received(sock, 4096)
    return sock


def _shares(in_flight: int, sockets: int) -> list[int]:
    """Spread requests over sockets, the first ones first."""
    each, more = divmod(in_flight, sockets)
    return [each + (number < more) for number in range(sockets)]


def _window(requests: int) -> bytes:
    frames = [
        _request(_FIRST_IDENT + number, REQUEST_TYPE, BODY)
        for number in range(requests)
    ]
    return b"".join(frames)


def _received(sock: socket.socket, size: int) -> bytes:
    data = sock.recv(size)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data


def _payload(frame: bytes) -> bytes:
    return frame[2 if frame[1] < 126 else 4 :]


def _request(ident: int, kind: str, body: Any) -> bytes:
    """Frame a request under a zero mask: masking is a client's own work."""
    fields = {"kind": "req", "id": str(ident), "type": kind, "body": body}
    payload = json.dumps(fields, separators=(",", ":")).encode()
    size = len(payload)
    if size < 126:
        return bytes((0x81, 0x80 | size)) + bytes(4) + payload
    return b"\x81\xfe" + size.to_bytes(2, "big") + bytes(4) + payload
