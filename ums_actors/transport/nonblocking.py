"""One websocket, non-blocking, for an event loop."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
from typing import TYPE_CHECKING

from websocket import ABNF

from ums_actors.errors import ConnectError, RemoteProtocolError
from ums_actors.transport.assembler import Assembler
from ums_actors.transport.sending_half import SendingHalf, line_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.transport.opened import Opened

__all__ = ["Websocket"]

_PLAIN_READ = 64 << 10
_TLS_READ = 16 << 10  # one record
_READ_BUDGET = 256 << 10  # bytes one call may read, so that others have their turn
_DROP = struct.pack("ii", 1, 0)  # a reset instead of what is still to be sent
_PONGS = 16  # answers to the pings of one piece read, the last ones (RFC 6455 5.5.3)


class Websocket(SendingHalf):
    """Frames over an upgraded socket. All methods on one thread; none ever blocks.

    The owner registers :meth:`fileno`, calls :meth:`read` when it is readable (and
    once on adoption, and again while :attr:`more`), :meth:`flush` after sending and
    when it is writable while :attr:`wants_write`, and :meth:`shutdown` at the end:
    when :attr:`failure`, :attr:`eof` or :attr:`closed_by_peer` is set. It looks at
    ``more`` and ``wants_write`` after each call of a method that reads or writes.

    Args:
        opened: adopted; the socket is ours from here.
        max_frame_size: bytes; a larger frame is refused with 1009.
        max_message_size: bytes; a larger message is refused with 1009.
        write_limit: bytes that may wait to be written.
        masks: from ``mask_pool``, shared by the websockets of one thread.

    Attributes:
        heard: set when bytes arrived; the owner resets it.
        pongs: how many pongs came.
        bytes_read: bytes received.
        bytes_written: bytes taken by the kernel or TLS.
        more: bytes may be there that no selector reports: call :meth:`read` again.
        wants_write: call :meth:`flush` when the socket is writable.
        eof: the peer ended the stream.
        failure: why the line is unusable: ``RemoteProtocolError`` or ``ConnectError``.
        over: whether a :meth:`read` has found one of these three: nothing more comes.
        closing: whether we sent a close frame; nothing is sent behind it.
        permit: asked before each write, if there is one; False ends the line, and
            nothing more is sent of what waits, not even by the kernel.

    Raises:
        ConnectError: ``opened`` was aborted or taken.
    """

    __slots__ = (
        "_answered",
        "_assembler",
        "_leftover",
        "bytes_read",
        "eof",
        "failure",
        "heard",
        "over",
        "pongs",
    )

    more: bool
    wants_write: bool

    def __init__(
        self,
        opened: Opened,
        *,
        max_frame_size: int,
        max_message_size: int,
        write_limit: int,
        masks: Iterator[int] | None = None,
    ) -> None:
        super().__init__(opened.take(), write_limit, masks)
        self._leftover = opened.leftover
        self._assembler = Assembler(max_frame_size, max_message_size)
        self._answered = False  # control frames came; what is due waits for a flush
        self.heard: bool = False
        self.pongs: int = 0
        self.bytes_read: int = 0
        self.eof: bool = False
        self.over: bool = False
        self.failure: RemoteProtocolError | ConnectError | None = None

    def fileno(self) -> int:
        """Give the descriptor; -1 after :meth:`shutdown`."""
        return self._sock.fileno()

    @property
    def closed_by_peer(self) -> tuple[int, str] | None:
        """Code and reason of the peer's close frame; 1005 if it gave none."""
        return self._assembler.closed

    @property
    def unfinished(self) -> int:
        """The number of the message whose end has not come yet, 0 if there is none."""
        return self._assembler.unfinished

    def read(self) -> list[bytes]:
        """Give the messages that have come, from about 256 KiB at most.

        Pings are answered and a close frame is echoed before it returns. What ended
        the line is in ``failure``, ``eof`` and ``closed_by_peer``, beside the messages
        that came before it.
        """
        messages: list[bytes] = []
        self.more = False
        if self.over:
            return messages
        try:
            self._receive(messages)
        except RemoteProtocolError as error:
            self.failure = error
            self.close(error.close_code)
        assembler = self._assembler
        closed = assembler.closed is not None
        if closed or assembler.controls or self._answered:
            self._react()
        if self._write_waits_for_read:
            self.flush()
        self.over = closed or self.eof or self.failure is not None
        return messages

    def shutdown(self) -> None:
        """Close the descriptor; idempotent."""
        sock = self._sock
        if sock.fileno() < 0:
            return
        self.more = self.wants_write = False
        if self.fenced:  # what the kernel still holds is not to arrive either
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP)
            sock.close()
            return
        if isinstance(sock, ssl.SSLSocket) and self.closing and not self.buffered:
            # The peer's TLS wants to be told; whether it can be does not matter.
            with contextlib.suppress(OSError, ValueError):
                sock.unwrap()
        sock.close()

    def _receive(self, messages: list[bytes]) -> None:
        assembler = self._assembler
        if self._leftover or assembler.full:
            self._take_held(messages)
        size = _TLS_READ if self._tls else _PLAIN_READ
        budget = _READ_BUDGET
        self._read_waits_for_write = False
        while assembler.closed is None:
            if assembler.full:
                self.more = True
                return
            try:
                data = self._sock.recv(size)
            except OSError as error:
                self._note(error)
                return
            if not data:
                self.eof = True
                return
            self.heard = True
            self.bytes_read += len(data)
            assembler.feed(data, messages)
            if assembler.controls:
                self._take_controls()
            if len(data) < size and not (self._tls and self._pending()):
                # Less than asked for: the kernel has no more. A line broken for
                # writing is read to its end, where the peer may give the reason.
                self.more = self._broken is not None
                return
            budget -= len(data)
            if budget <= 0:
                self.more = True
                return

    def _take_held(self, messages: list[bytes]) -> None:
        """Read what was received before."""
        data, self._leftover = self._leftover, b""
        if data:
            self.heard = True
            self.bytes_read += len(data)
            self._assembler.feed(data, messages)
            self._take_controls()
        if self._assembler.full:
            self._assembler.feed(b"", messages)
            self._take_controls()

    def _note(self, error: OSError) -> None:
        """Take it that there is nothing to read: not now, or not any more."""
        if isinstance(error, (BlockingIOError, ssl.SSLWantReadError)):
            self.failure = self._broken
        elif isinstance(error, ssl.SSLWantWriteError):
            self._read_waits_for_write = self.wants_write = True
        elif isinstance(error, (ssl.SSLZeroReturnError, ssl.SSLEOFError)):
            self.eof = True
        else:
            self.failure = self._broken or line_error(error)

    def _pending(self) -> int:
        return self._sock.pending() if isinstance(self._sock, ssl.SSLSocket) else 0

    def _react(self) -> None:
        """Write what is due to the control frames that came."""
        self._take_controls()
        if self._answered:
            self._answered = False
            self.flush()
        if self._assembler.closed is not None:
            self._echo_close(self._assembler.closed[0])

    def _take_controls(self) -> None:
        """Queue the answers to pings, and count pongs."""
        controls = self._assembler.controls
        if not controls:
            return
        pings = [payload for opcode, payload in controls if opcode == ABNF.OPCODE_PING]
        self.pongs += len(controls) - len(pings)
        controls.clear()
        # A peer that floods us with pings must not keep the loop from all others.
        for payload in pings[-_PONGS:]:
            self._pong(payload)
        self._answered = True
