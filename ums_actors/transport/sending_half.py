"""The half of a websocket that sends."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING

from websocket import ABNF

from ums_actors.errors import ConnectError, LocalProtocolError
from ums_actors.transport.frame import (
    encode_frame,
    encode_text,
    encode_texts,
    mask_pool,
)
from ums_actors.transport.outgoing import Outgoing

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

__all__ = ["SendingHalf", "line_error"]

_PONG_BACKLOG = 64 << 10
_PONG = "\0pong"  # no request has such an id
_MAX_REASON = 123
_MAX_CONTROL = 125
_NO_STATUS = 1005


class SendingHalf:
    """What ``Websocket`` sends with; see there."""

    __slots__ = (
        "_broken",
        "_masks",
        "_outgoing",
        "_read_waits_for_write",
        "_sock",
        "_tls",
        "_write_waits_for_read",
        "bytes_written",
        "closing",
        "more",
        "permit",
        "wants_write",
    )

    def __init__(
        self, sock: socket.socket, write_limit: int, masks: Iterator[int] | None
    ) -> None:
        self._sock = sock
        self._tls = isinstance(sock, ssl.SSLSocket)
        self._outgoing = Outgoing(write_limit, tls=self._tls)
        self._masks = masks or mask_pool()
        self._broken: ConnectError | None = None  # for writing; reading may go on
        self._read_waits_for_write = False
        self._write_waits_for_read = False
        self.bytes_written: int = 0
        self.closing: bool = False
        self.permit: Callable[[], bool] | None = None
        self.more: bool = True  # TLS, or the upgrade, may have read ahead
        self.wants_write: bool = False

    @property
    def buffered(self) -> int:
        """Bytes that wait to be written."""
        return self._outgoing.size

    def send(self, payload: bytes, tag: str | None = None) -> bool:
        """Queue a text message; :meth:`flush` writes it.

        Args:
            payload: UTF-8.
            tag: for :meth:`unsent` and :meth:`withdraw`.

        Returns:
            False, and nothing queued, if ``write_limit`` would be passed or the
            websocket is closing.
        """
        if self.closing:
            return False
        return self._outgoing.add(encode_text(payload, self._masks), tag)

    def send_all(self, messages: list[tuple[str, bytes]]) -> list[str]:
        """Queue text messages, (tag, payload) each; they leave the list.

        Returns:
            The tags of those for which :meth:`send` would have given False.
        """
        try:
            if self.closing:
                return [tag for tag, _ in messages]
            frames = encode_texts(messages, self._masks)
            return self._outgoing.add_all(frames, [tag for tag, _ in messages])
        finally:
            messages.clear()  # also if we fail over one: it would be tried for ever

    def write_all(self, messages: list[tuple[str, bytes]]) -> list[str]:
        """Do as :meth:`send_all` and :meth:`flush`; straight, if nothing waits."""
        outgoing = self._outgoing
        if (
            outgoing.size
            or self.closing
            or not messages
            or self.permit is not None
            or self._broken is not None
            or self._read_waits_for_write
        ):
            refused = self.send_all(messages)
            self.flush()
            return refused
        try:
            frames = encode_texts(messages, self._masks)
            chunk = frames[0] if len(frames) == 1 else b"".join(frames)
            size = len(chunk)
            taken = self._offer(chunk) if size <= outgoing.at_once else 0
            if taken == size:
                return []
            refused = outgoing.add_all(frames, [tag for tag, _ in messages])
        finally:
            messages.clear()
        if taken:
            outgoing.wrote(taken)
        self.flush()
        return refused

    def flush(self) -> None:
        """Write what the kernel takes.

        A failure to write is not yet the end: ``more`` is set, and ``read`` gives
        what the peer said last, then sets ``failure``.
        """
        self._write_waits_for_read = False
        if self._read_waits_for_write:
            self._read_waits_for_write = False
            self.more = True
        elif not self._outgoing.size and self._broken is None:
            self.wants_write = False  # as after each read that nothing is due to
            return
        blocked = False
        while self._outgoing.size and self._broken is None and not blocked:
            if self.permit is not None and not self.permit():  # before TLS has it
                self._broken = ConnectError("the line is not ours", step="tcp")
                self.more = True
            else:
                blocked = self._write(self._outgoing.chunk())
        readable_first = self._write_waits_for_read or self._broken is not None
        self.wants_write = blocked and not readable_first

    @property
    def fenced(self) -> bool:
        """Whether ``permit`` says now that nothing may be written any more."""
        return self.permit is not None and not self.permit()

    def _write(self, chunk: bytes | memoryview) -> bool:
        """Write once; True if that must not be tried again now."""
        count = self._offer(chunk)
        if not count:
            return True
        self._outgoing.wrote(count)
        return count < len(chunk) and not self._tls

    def _offer(self, chunk: bytes | memoryview) -> int:
        """Give the number of bytes that the kernel, or TLS, takes of a chunk now."""
        try:
            count = self._sock.send(chunk)
        except (BlockingIOError, ssl.SSLWantWriteError):
            return 0
        except ssl.SSLWantReadError:
            self._write_waits_for_read = True
            return 0
        except OSError as error:
            self._broken = line_error(error)
            self.more = True
            return 0
        self.bytes_written += count
        return count

    def ping(self, payload: bytes = b"") -> None:
        """Send a ping, before all messages that wait.

        Raises:
            LocalProtocolError: the payload has more than 125 bytes.
        """
        if len(payload) > _MAX_CONTROL:
            raise LocalProtocolError(
                f"a ping of {len(payload)} bytes: it may have at most {_MAX_CONTROL}"
            )
        if not self.closing:
            frame = encode_frame(ABNF.OPCODE_PING, payload, self._masks)
            self._outgoing.add_urgent(frame)
            self.flush()

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Send a close frame, once, behind all messages that wait.

        Args:
            code: 1000 to 1014 as far as RFC 6455 lets them be sent, or 3000 to 4999.
            reason: cut to 123 bytes.

        Raises:
            LocalProtocolError: the code must not be sent.
        """
        if not ABNF._is_valid_close_status(code):
            raise LocalProtocolError(
                f"the close code {code} must not be sent: use 1000, or 3000 to 4999"
            )
        text = reason.encode()[:_MAX_REASON].decode(errors="ignore").encode()
        self._send_close(code.to_bytes(2, "big") + text)

    def unsent(self) -> list[str]:
        """Give the tags of messages of which no byte was handed on; any time."""
        return [tag for tag in self._outgoing.unsent() if tag != _PONG]

    def withdraw(self, tag: str) -> bool:
        """Take back a queued message; False if it was touched or is unknown."""
        return self._outgoing.withdraw(tag)

    def _pong(self, payload: bytes) -> None:
        """Queue the answer to a ping."""
        if self.closing:
            return
        if self._outgoing.size > _PONG_BACKLOG:
            # RFC 6455 5.5.3 lets the last pong stand for all: a peer that pings and
            # does not read cannot fill our memory.
            self._outgoing.withdraw(_PONG)
        frame = encode_frame(ABNF.OPCODE_PONG, payload, self._masks)
        self._outgoing.add_urgent(frame, _PONG)

    def _echo_close(self, code: int) -> None:
        self._send_close(b"" if code == _NO_STATUS else code.to_bytes(2, "big"))

    def _send_close(self, payload: bytes) -> None:
        if not self.closing:
            self.closing = True
            frame = encode_frame(ABNF.OPCODE_CLOSE, payload, self._masks)
            self._outgoing.add_last(frame)
            self.flush()


def line_error(error: OSError) -> ConnectError:
    """Give an error of the established line as one of ours, with safe text."""
    if isinstance(error, ssl.SSLError):
        name = getattr(error, "reason", None) or "unknown"
        return ConnectError(f"the line broke: TLS error {name}", step="tls")
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return ConnectError(f"the line broke: {reason}", step="tcp")
