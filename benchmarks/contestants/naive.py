"""What one writes first: stock Pykka actors and a thread that blocks in the socket.

Three threads a connection: an actor that knows who waits, one that writes, a reader.
Quick where it can be without another design: msgspec, and no check of UTF-8 in Python.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pykka
import websocket

from benchmarks.contestants.contestant import DEADLINE
from benchmarks.contestants.threads import drive_threads
from benchmarks.contestants.window import slide_window
from benchmarks.workload import BODY, FLOOD, REQUEST_TYPE, check_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.workload import Target

__all__ = ["NaivePykka"]


class _Request(msgspec.Struct, tag_field="kind", tag="req", gc=False):
    id: str
    type: str
    body: Any


class _Response(msgspec.Struct, tag_field="kind", tag="resp", gc=False):
    req_id: str = msgspec.field(name="reqId")
    code: int
    type: str = ""
    body: Any = None


class _Notification(msgspec.Struct, tag_field="kind", tag="notification", gc=False):
    type: str
    body: msgspec.Raw


class _Ask(msgspec.Struct):
    type: str
    body: Any
    reply: pykka.ThreadingFuture[Any]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Response | _Notification).decode


class _Socket(pykka.ThreadingActor):
    """Writes what it is told."""

    use_daemon_thread = True

    def __init__(self, line: websocket.WebSocket) -> None:
        super().__init__()
        self._line = line

    def on_receive(self, message: bytes) -> None:
        self._line.send(message)


class _Correlator(pykka.ThreadingActor):
    """Knows who waits for which answer."""

    use_daemon_thread = True

    def __init__(self, writer: pykka.ActorRef[_Socket]) -> None:
        super().__init__()
        self._socket = writer
        self._pending: dict[str, pykka.ThreadingFuture[Any]] = {}
        self._ids = itertools.count()

    def on_receive(self, message: _Ask | _Response | _Notification) -> None:
        if isinstance(message, _Response):
            self._pending.pop(message.req_id).set(message.body)
        elif isinstance(message, _Ask):
            ident = str(next(self._ids))
            self._pending[ident] = message.reply
            self._socket.tell(_encode(_Request(ident, message.type, message.body)))


class _Line:
    """One connection with its actors and its reader."""

    def __init__(self, target: Target) -> None:
        trust = None if target.tls is None else {"context": target.tls}
        self._websocket = websocket.create_connection(
            target.url, timeout=DEADLINE, skip_utf8_validation=True, sslopt=trust
        )
        self._websocket.settimeout(None)
        assert self._websocket.sock is not None
        self._plain = self._websocket.sock
        self._socket = _Socket.start(self._websocket)
        self._correlator = _Correlator.start(self._socket)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def ask(self, kind: str, body: Any) -> pykka.ThreadingFuture[Any]:
        """Make a request; any thread."""
        reply: pykka.ThreadingFuture[Any] = pykka.ThreadingFuture()
        self._correlator.tell(_Ask(kind, body, reply))
        return reply

    def request(self) -> pykka.ThreadingFuture[Any]:
        """Make the measured request; any thread."""
        return self.ask(REQUEST_TYPE, BODY)

    def answer(self) -> Any:
        """Make the measured request and wait for its answer; any thread."""
        return self.request().get(timeout=DEADLINE)

    def close(self) -> None:
        """End actors, reader and socket."""
        self._correlator.stop(timeout=DEADLINE)
        self._socket.stop(timeout=DEADLINE)
        with contextlib.suppress(OSError):  # the peer was quicker
            self._plain.shutdown(socket.SHUT_RDWR)  # wakes the reader
        self._reader.join(DEADLINE)
        self._websocket.shutdown()  # type: ignore[no-untyped-call]

    def _read(self) -> None:
        receive = cast("Callable[[], tuple[int, bytes]]", self._websocket.recv_data)
        tell = self._correlator.tell
        with contextlib.suppress(
            OSError, websocket.WebSocketException, pykka.ActorDeadError
        ):
            while True:
                opcode, data = receive()
                if opcode != websocket.ABNF.OPCODE_TEXT:
                    return
                tell(_decode(data))


class NaivePykka:
    """One driver thread with a sliding window of futures, as for ums_actors."""

    def __init__(self) -> None:
        self._lines: list[_Line] = []

    def connect(self, target: Target, connections: int) -> None:
        """Connect one after another."""
        self._lines += [_Line(target) for _ in range(connections)]
        check_answer(self._lines[0].request().get(timeout=DEADLINE))

    def run(self, in_flight: int, seconds: float) -> list[float]:
        """Wait for the oldest future, then send the next request."""
        return slide_window([line.request for line in self._lines], in_flight, seconds)

    def run_threads(self, threads: int, seconds: float) -> list[float]:
        """Let each thread wait for its own future."""
        return drive_threads([line.answer for line in self._lines], threads, seconds)

    def hear(self, frames: int, size: int) -> None:
        """Ask for a flood, whose answer comes last."""
        flood = self._lines[0].ask(FLOOD, {"frames": frames, "size": size})
        flood.get(timeout=DEADLINE)

    def close(self) -> None:
        """Close all lines."""
        for line in self._lines:
            line.close()
