"""The one fast server of all contestants, a process of its own.

``python -m benchmarks.server`` prints ``{"port": …}`` and answers each line of its
standard input with its processor time and counters; it ends with its input.
One thread, one ``recv`` and one ``send`` for all requests that came together.
"""

from __future__ import annotations

import base64
import gc
import hashlib
import heapq
import json
import os
import selectors
import socket
import ssl
import sys
import time
from typing import TYPE_CHECKING, Any, Final

from benchmarks.frames import TEXT, FrameReader, OtherFrame, server_frame
from benchmarks.workload import SUBSCRIPTION

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Line", "Server", "main"]

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_READ: Final = selectors.EVENT_READ
_BOTH: Final = selectors.EVENT_READ | selectors.EVENT_WRITE
_CHUNK: Final = 1 << 16
_UPGRADE_LIMIT: Final = 1 << 16
_UNSENT_LIMIT: Final = 16 << 20  # a peer that does not read is dropped
_SNAPSHOT_DELAY: Final = 0.01  # seconds from a subscription to its first notification
_CLOSE, _PING, _PONG = 0x88, 0x89, 0x8A
_NOT_NOW: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Line:
    """One accepted connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.upgrade: bytes | None = b""  # what came of it; None: it is done
        self.closing = False
        self.reader = FrameReader()
        self.unsent = b""


class Server:
    """Accepts on a loopback port and answers until its commands end.

    Args:
        commands: descriptor of the commands, one a line.
        reports: descriptor of the answers to them.
        selector: instead of the system's best.
    """

    def __init__(
        self,
        commands: int,
        reports: int,
        selector: selectors.BaseSelector | None = None,
    ) -> None:
        self._commands = commands
        self._reports = reports
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.setblocking(False)
        self._selector = selector or selectors.DefaultSelector()
        self._selector.register(self._listener, _READ)
        self._selector.register(commands, _READ)
        self._due: list[tuple[float, int, Line, bytes]] = []
        self._due_count = 0
        self._answered = self._other = self._received = 0

    def serve(self) -> None:
        """Announce the port and answer; returns when the commands end."""
        self._report(self._place())
        while True:
            for key, events in self._selector.select(self._pause()):
                if isinstance(key.data, Line):
                    self._on_line(key.data, events)
                elif key.fileobj is self._listener:
                    self._accept()
                elif not self._on_command():
                    return
            if self._due:
                self._push_due()

    def close(self) -> None:
        """Close every socket."""
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()

    def _place(self) -> dict[str, Any]:
        """Give what a client must know."""
        return {"port": self._listener.getsockname()[1]}

    def _report(self, report: Mapping[str, Any]) -> None:
        os.write(self._reports, json.dumps(report).encode() + b"\n")

    def _on_command(self) -> bool:
        commands = os.read(self._commands, 4096)
        for command in commands.splitlines():
            self._report(self._obey(json.loads(command)))
        return bool(commands)

    def _obey(self, command: dict[str, Any]) -> dict[str, Any]:
        """Do a command and give the answer; all there is here are the counters."""
        del command
        return {
            "cpu": time.process_time(),
            "answered": self._answered,
            "other": self._other,
            "received": self._received,
        }

    def _accept(self) -> None:
        sock, _ = self._listener.accept()
        self._welcome(sock)

    def _welcome(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(sock, _READ, Line(sock))

    # -- one line

    def _on_line(self, line: Line, events: int) -> None:
        try:
            if events & selectors.EVENT_WRITE:
                self._write(line, b"")
            if events & _READ:
                self._read(line)
        except (OSError, ValueError, KeyError, TypeError):
            self._drop(line)  # a contestant that vanishes says why itself

    def _read(self, line: Line) -> None:
        try:
            data = line.sock.recv(_CHUNK)
        except _NOT_NOW:  # TLS has not got a whole record yet
            return
        if not data:
            self._drop(line)
            return
        self._received += len(data)
        if line.upgrade is not None:
            data = self._upgrade(line, line.upgrade + data)
        answers, others = line.reader.read(data)
        self._answered += len(answers)
        for frame in others:
            self._on_other(line, frame, answers)
        if answers:
            self._write(line, b"".join(answers))
        if line.closing and not line.unsent:
            self._drop(line)

    def _write(self, line: Line, data: bytes) -> None:
        data = line.unsent + data if line.unsent else data
        try:
            sent = line.sock.send(data)
        except _NOT_NOW:
            sent = 0
        waited, line.unsent = bool(line.unsent), data[sent:]
        if len(line.unsent) > _UNSENT_LIMIT:
            raise ValueError("the peer does not read")
        if waited != bool(line.unsent):
            self._selector.modify(line.sock, _BOTH if line.unsent else _READ, line)

    def _drop(self, line: Line) -> None:
        self._selector.unregister(line.sock)
        line.sock.close()
        self._due = [entry for entry in self._due if entry[2] is not line]
        heapq.heapify(self._due)

    def _upgrade(self, line: Line, data: bytes) -> bytes:
        """Answer the upgrade once it is whole; gives the bytes behind it."""
        head, found, rest = data.partition(b"\r\n\r\n")
        if not found:
            if len(data) > _UPGRADE_LIMIT:
                raise ValueError("the upgrade is too big")
            line.upgrade = data
            return b""
        fields = [row.partition(b":") for row in head.split(b"\r\n")[1:]]
        names = {name.strip().lower(): value for name, _, value in fields}
        key = names.get(b"sec-websocket-key")
        path = head.split(b" ", 2)[1]
        if key is None or not path.startswith(b"/ws_api/account/"):
            raise ValueError("not a brand socket's upgrade")
        digest = hashlib.sha1(key.strip() + _GUID).digest()
        answer = (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
        )
        self._write(line, answer + base64.b64encode(digest) + b"\r\n\r\n")
        line.upgrade = None
        return rest

    # -- what is not measured

    def _on_other(self, line: Line, frame: OtherFrame, answers: list[bytes]) -> None:
        if frame.first_byte == _CLOSE:
            answers.append(server_frame(frame.payload[:2], _CLOSE))
            line.closing = True
        elif frame.first_byte == _PING:
            answers.append(server_frame(frame.payload, _PONG))
        elif frame.first_byte == TEXT:
            self._other += 1
            answers.append(self._answer(line, json.loads(frame.payload)))
        elif frame.first_byte != _PONG:
            raise ValueError("fragments and binary frames are not for this server")

    def _answer(self, line: Line, request: dict[str, str]) -> bytes:
        """Say yes to anything, with every field that a start-up may look for."""
        if "SubscribeExConversations" in request["type"]:
            snapshot = {
                "kind": "notification",
                "type": ".ams.aam.ExConversationChangeNotification",
                "body": {"subscriptionId": SUBSCRIPTION, "changes": list[object]()},
            }
            when = time.monotonic() + _SNAPSHOT_DELAY
            self._push_at(when, line, server_frame(json.dumps(snapshot).encode()))
        response = {
            "kind": "resp",
            "reqId": request["id"],
            "code": 200,
            "type": f"{request['type']}$Response",
            "body": {
                "sequence": 1,
                "subscriptionId": SUBSCRIPTION,
                "currentTime": int(time.time() * 1000),
            },
        }
        return server_frame(json.dumps(response).encode())

    def _push_at(self, when: float, line: Line, frame: bytes) -> None:
        self._due_count += 1
        heapq.heappush(self._due, (when, self._due_count, line, frame))

    def _pause(self) -> float | None:
        return max(0.0, self._due[0][0] - time.monotonic()) if self._due else None

    def _push_due(self) -> None:
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            _, _, line, frame = heapq.heappop(self._due)
            try:
                self._write(line, frame)
            except (OSError, ValueError):
                self._drop(line)


def main() -> None:
    """Serve until the standard input ends."""
    gc.freeze()  # what was imported is not garbage: no pause for it while measured
    server = Server(sys.stdin.fileno(), sys.stdout.fileno())
    try:
        server.serve()
    finally:
        server.close()


if __name__ == "__main__":
    main()
