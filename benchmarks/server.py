"""The one fast server of all contestants, a process of its own.

``python -m benchmarks.server [plain|tls]`` prints ``{"port": …, "ca": …}`` and answers
each line of its standard input with its processor time and counters; it ends with its
input. One thread, one ``recv`` and one ``send`` for all requests that came together.
"""

from __future__ import annotations

import gc
import heapq
import json
import os
import selectors
import socket
import ssl
import sys
import time
from typing import TYPE_CHECKING, Any, Final

from benchmarks.answers import SNAPSHOT, response, upgraded
from benchmarks.certificate import own_certificate
from benchmarks.floods import Flood
from benchmarks.frames import TEXT, FrameReader, OtherFrame, server_frame
from benchmarks.workload import CLOCK, CUT, FLOOD, raise_limits

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Line", "Server", "main", "serve"]

_READ: Final = selectors.EVENT_READ
_BOTH: Final = selectors.EVENT_READ | selectors.EVENT_WRITE
_CHUNK: Final = 1 << 16
_UPGRADE_LIMIT: Final = 1 << 16
_UNSENT_LIMIT: Final = 16 << 20  # a peer that does not read is dropped
_SNAPSHOT_DELAY: Final = 0.01  # seconds from a subscription to its first notification
_BACKLOG: Final = 4096  # thousands come at once, and none may be turned away
_CLOSE, _PING, _PONG = 0x88, 0x89, 0x8A
_NOT_NOW: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Line:
    """One accepted connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.upgrade: bytes | None = b""  # what came of it; None: it is done
        self.shaking = isinstance(sock, ssl.SSLSocket)  # hands, for TLS
        self.closing = False
        self.reader = FrameReader()
        self.unsent = b""
        self.flood: Flood | None = None


class Server:
    """Accepts on a loopback port and answers until its commands end.

    Args:
        commands: descriptor of the commands, one a line.
        reports: descriptor of the answers to them.
        tls: the server's context, None for a plain socket.
        ca: the certificate, PEM, of who vouches for it.
        selector: instead of the system's best.
    """

    def __init__(
        self,
        commands: int,
        reports: int,
        tls: ssl.SSLContext | None = None,
        ca: str | None = None,
        selector: selectors.BaseSelector | None = None,
    ) -> None:
        self._commands = commands
        self._reports = reports
        self._tls, self._ca = tls, ca
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        self._listener.setblocking(False)
        self._selector = selector or selectors.DefaultSelector()
        self._selector.register(self._listener, _READ)
        self._selector.register(commands, _READ)
        self._due: list[tuple[float, int, Line, bytes]] = []
        self._due_count = 0
        self._answered = self._other = self._received = self._pushed = 0
        self._cut_at = 0.0

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
        return {"port": self._listener.getsockname()[1], "ca": self._ca}

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
            "pushed": self._pushed,
        }

    def _accept(self) -> None:
        sock, _ = self._listener.accept()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is not None:
            sock = self._tls.wrap_socket(
                sock, server_side=True, do_handshake_on_connect=False
            )
        self._selector.register(sock, _READ, Line(sock))

    # -- one line

    def _on_line(self, line: Line, events: int) -> None:
        try:
            if line.shaking and not self._shake(line):
                return
            if events & selectors.EVENT_WRITE:
                self._write(line, b"")
            if events & _READ:
                self._read(line)
                self._read_what_tls_has(line)
        except (OSError, ValueError, KeyError, TypeError):
            self._drop(line)  # a contestant that vanishes says why itself

    def _shake(self, line: Line) -> bool:
        """Go on with TLS's handshake; tell whether it is done."""
        assert isinstance(line.sock, ssl.SSLSocket)
        try:
            line.sock.do_handshake()
        except _NOT_NOW:  # its answers are small: the kernel always takes them
            return False
        line.shaking = False
        return True

    def _read_what_tls_has(self, line: Line) -> None:
        """Read on where no selector can tell that there is more."""
        sock = line.sock
        while isinstance(sock, ssl.SSLSocket) and sock.fileno() >= 0 and sock.pending():
            self._read(line)

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
        if line.flood is not None:
            self._pour(line, line.flood, data)
            return
        data = line.unsent + data if line.unsent else data
        try:
            sent = line.sock.send(data)
        except _NOT_NOW:
            sent = 0
        waited, line.unsent = bool(line.unsent), data[sent:]
        if len(line.unsent) > _UNSENT_LIMIT:
            raise ValueError("the peer does not read")
        if waited != bool(line.unsent):
            self._watch(line)

    def _pour(self, line: Line, flood: Flood, data: bytes) -> None:
        """Send more of a flood; what else is to be said comes behind it."""
        flood.behind += data
        try:
            flood.sent(line.sock.send(flood.chunk()))
        except _NOT_NOW:
            return
        if flood.over:
            line.flood = None
            self._watch(line)
            self._write(line, flood.behind)

    def _watch(self, line: Line) -> None:
        both = line.unsent or line.flood is not None
        self._selector.modify(line.sock, _BOTH if both else _READ, line)

    def _drop(self, line: Line) -> None:
        if line.sock.fileno() < 0:  # cut meanwhile
            return
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
        self._write(line, upgraded(head))
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
            request = json.loads(frame.payload)
            if request["type"] == CUT:
                self._cut(line, request["body"])
            elif request["type"] == FLOOD:
                self._begin_flood(line, request)
            else:
                answers.append(self._answer(line, request))
        elif frame.first_byte != _PONG:
            raise ValueError("fragments and binary frames are not for this server")

    def _cut(self, line: Line, wanted: dict[str, Any]) -> None:
        """End lines as a service does that goes away."""
        lines = [line]
        if wanted.get("all"):
            keys = self._selector.get_map().values()
            lines = [key.data for key in keys if isinstance(key.data, Line)]
        self._cut_at = time.monotonic()
        for each in lines:
            if wanted["code"]:
                payload = wanted["code"].to_bytes(2, "big")
                self._write(each, server_frame(payload, _CLOSE))
            self._drop(each)

    def _begin_flood(self, line: Line, request: dict[str, Any]) -> None:
        """Send notifications as fast as they are taken, then the answer."""
        wanted = request["body"]
        flood = Flood(wanted["frames"], wanted["size"])
        flood.behind = line.unsent + self._answer(line, request)
        line.unsent, line.flood = b"", flood
        self._pushed += wanted["frames"]
        self._watch(line)

    def _answer(self, line: Line, request: dict[str, Any]) -> bytes:
        """Say yes to anything, with every field that a start-up may look for."""
        if "SubscribeExConversations" in request["type"]:
            when = time.monotonic() + _SNAPSHOT_DELAY
            self._push_at(when, line, SNAPSHOT)
        more = {"cut": self._cut_at} if request["type"] == CLOCK else {}
        return response(request, more)

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
    raise_limits()
    kind = sys.argv[1] if len(sys.argv) > 1 else "plain"
    certificate = own_certificate(kind)
    if certificate is not None:
        serve(Server(0, 1, *certificate))


def serve(server: Server) -> None:
    """Serve, and close whatever happens."""
    try:
        server.serve()
    finally:
        server.close()


if __name__ == "__main__":
    main()
