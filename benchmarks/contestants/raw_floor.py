"""The floor: a bare blocking socket, no threads, frames encoded beforehand.

It does none of a client's work, so what it reaches is what kernel and server allow:
the ceiling of the server as this machine shows it.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import time
from typing import TYPE_CHECKING

from benchmarks.contestants.contestant import DEADLINE
from benchmarks.workload import BODY, REQUEST_TYPE, check_answer

if TYPE_CHECKING:
    from benchmarks.workload import Target

__all__ = ["RawFloor"]

_FIRST_IDENT = 10_000  # all ids, and so all answers, are of one length


class RawFloor:
    """Writes a full window at once and counts the bytes of its answers."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._answer_size = 0

    def connect(self, target: Target) -> None:
        """Upgrade by hand and learn how long one answer is."""
        self._socket = sock = socket.create_connection(
            ("127.0.0.1", target.port), timeout=DEADLINE
        )
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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
        sock.sendall(_request(_FIRST_IDENT))
        # One answer is one small frame with a header of two or four bytes.
        answer = _received(sock, 4096)
        header = 2 if answer[1] < 126 else 4
        check_answer(json.loads(answer[header:])["body"])
        self._answer_size = len(answer)

    def run(self, requests: int, in_flight: int) -> list[float]:
        """Go in lock step: a window out, all its answers in."""
        sock = self._socket
        assert sock is not None
        latencies: list[float] = []
        batch = [_request(_FIRST_IDENT + index) for index in range(in_flight)]
        window, clock = b"".join(batch), time.perf_counter
        while len(latencies) < requests:
            count = min(in_flight, requests - len(latencies))
            missing = count * self._answer_size
            began = clock()
            sock.sendall(window if count == in_flight else b"".join(batch[:count]))
            while missing:
                missing -= len(_received(sock, missing))
            latencies += [clock() - began] * count
        return latencies

    def close(self) -> None:
        """Close the socket; the server takes the end of the stream as a close."""
        if self._socket is not None:
            self._socket.close()


def _received(sock: socket.socket, size: int) -> bytes:
    data = sock.recv(size)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data


def _request(ident: int) -> bytes:
    """Frame a request under a zero mask: masking is a client's own work."""
    fields = {"kind": "req", "id": str(ident), "type": REQUEST_TYPE, "body": BODY}
    payload = json.dumps(fields, separators=(",", ":")).encode()
    return b"\x81\xfe" + len(payload).to_bytes(2, "big") + bytes(4) + payload
