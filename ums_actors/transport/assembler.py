"""From received bytes to messages: the frame rules of RFC 6455 for a client."""

from __future__ import annotations

import codecs
from io import BytesIO

from websocket import ABNF

from ums_actors.errors import RemoteProtocolError
from ums_actors.transport.refusal import check_utf8, fail, read_close

__all__ = ["Assembler"]

_FIN = 0x80
_FIN_TEXT = _FIN | ABNF.OPCODE_TEXT
_RESERVED = 0x70
_OPCODE = 0x0F
_OPCODES = frozenset(ABNF.OPCODES)
_CONTROL = 0x08
_MASKED = 0x80
_SIZE_16 = 126  # the length is in two more bytes; 127: in eight
_HEADERS = {_SIZE_16: 4, 127: 10}  # their lengths in bytes, where it is not 2
_MAX_INLINE = 125  # a length that fits the second byte, or a control frame
_CUT = 16 << 10
"""Bytes of a frame whose pieces are simply joined: a read ends amid a frame almost
always, and at each record of TLS. Of larger ones each piece is held once."""
CONTROLS_AT_ONCE = 1024
"""Control frames that are read before others have their turn: each takes the loop
microseconds, and one piece of a stream can hold 32,000."""

_from_bytes = int.from_bytes
_utf8_decoder = codecs.getincrementaldecoder("utf-8")


class Assembler:
    """Feeds on received bytes; gives whole messages and control frames.

    Sizes are checked in the frame's header, before anything is buffered. What has come
    of an unfinished message is held once, and is the message when its end comes, so
    that a message never takes much more than its own size. Text is checked as it
    comes, however it is cut, but a short frame's when it is whole. After a close frame
    or an error everything further is ignored. One thread.

    Args:
        max_frame_size: bytes of one frame's payload.
        max_message_size: bytes of one message.

    Attributes:
        controls: (opcode, payload) of pings and pongs in order; the owner empties it
            after each :meth:`feed`.
        closed: code and reason of the peer's close frame; 1005 if it gave none.
        full: whether it has stopped amid a flood of control frames: feed it on, with
            nothing, in another turn.
        begun: how many messages came in more than one piece so far.
    """

    __slots__ = (
        "_due",
        "_last",
        "_left",
        "_message",
        "_over",
        "_simple_limit",
        "_tail",
        "_text",
        "begun",
        "closed",
        "controls",
        "full",
        "max_frame_size",
        "max_message_size",
    )

    def __init__(self, max_frame_size: int, max_message_size: int) -> None:
        self.max_frame_size: int = max_frame_size
        self.max_message_size: int = max_message_size
        self._simple_limit = min(max_frame_size, max_message_size)
        self.controls: list[tuple[int, bytes]] = []
        self.closed: tuple[int, str] | None = None
        self._tail = b""  # the beginning of a header, or of a short frame
        self._due = 0  # bytes missing of the short message that the tail begins
        self._message: BytesIO | None = None  # what has come of an unfinished message
        self._text: codecs.IncrementalDecoder | None = None  # checks it, if it is text
        self._left = 0  # bytes still due of its present frame ...
        self._last = False  # ... and whether that frame ends it
        self._over = False
        self.full: bool = False
        self.begun: int = 0

    @property
    def unfinished(self) -> int:
        """The number of the message whose end has not come yet, 0 if there is none."""
        return self.begun if self._due or self._message is not None else 0

    def feed(self, data: bytes, out: list[bytes]) -> None:
        """Append the messages that ``data`` completes to ``out``.

        Text and binary messages are treated alike, since real peers send JSON in
        both; but only text is promised to be UTF-8.

        Raises:
            RemoteProtocolError: a rule is broken; ``out`` and ``controls`` hold what
                was complete before.
        """
        if self._over:
            return
        position = 0
        try:
            if not (self._tail or self._due or self._message is not None):
                position = self._take_usual(data, 0, out)
                if position == len(data):  # the usual case
                    self.full = False
                    return
            if self._due:
                data, position = self._join(data, out)
            elif self._message is not None and self._left:
                position = self._fill(self._message, data, 0, out)
            elif self._tail:
                data = self._tail + data
            if not self._due:
                position = self._parse(data, position, out)
        except RemoteProtocolError:
            self._stop()
            raise
        self._tail = b"" if self._over else data[position:]
        self.full = bool(self._tail) and len(self.controls) >= CONTROLS_AT_ONCE

    def _join(self, data: bytes, out: list[bytes]) -> tuple[bytes, int]:
        """Go on with a short message; give what there is, and up to where it is taken.

        What follows is not moved: it is most of what was read.
        """
        due = self._due
        if len(data) < due:
            self._due = due - len(data)
            return self._tail + data, 0
        frame = self._tail + data[:due]
        self._due = 0
        payload = frame[_HEADERS.get(frame[1], 2) :]
        if not payload.isascii():
            check_utf8(payload)
        out.append(payload)
        return data, due

    def _parse(self, data: bytes, position: int, out: list[bytes]) -> int:
        """Give the position up to which ``data`` was taken."""
        total = len(data)
        while True:
            if self._message is None:
                position = self._take_usual(data, position, out)
            if total - position < 2:  # noqa: PLR2004
                return position
            begin, position = position, self._take_other(data, position, out)
            waits = position == begin
            if waits or self._over or len(self.controls) >= CONTROLS_AT_ONCE:
                return position

    def _take_usual(self, data: bytes, position: int, out: list[bytes]) -> int:
        """Take whole messages of text as long as there are any: almost all are."""
        limit, total = self._simple_limit, len(data)
        last = total - 1
        while position < last and data[position] == _FIN_TEXT:
            size = data[position + 1]
            begin = position + 2
            if size > _MAX_INLINE:
                if size > _SIZE_16 or begin >= last:
                    break
                size = data[begin] << 8 | data[begin + 1]
                begin += 2
            end = begin + size
            if end > total or size > limit:
                break
            payload = data[begin:end]
            if not payload.isascii():
                check_utf8(payload)
            out.append(payload)
            position = end
        return position

    def _take_other(self, data: bytes, position: int, out: list[bytes]) -> int:
        """Take a frame, or the beginning of one; give where the next begins."""
        first, size = data[position], data[position + 1]
        self._check(first, size)
        begin, total = position + 2, len(data)
        if size > _MAX_INLINE:
            head = begin
            begin += 2 if size == _SIZE_16 else 8
            if begin > total:
                return position
            size = _from_bytes(data[head:begin], "big")
        self._check_size(first, size)
        end = begin + size
        if end <= total:
            self._take(first, data[begin:end], out)
            return end
        if self._waits_whole(first, size, end - total):
            return position
        return self._fill(self._begin(first, size), data, begin, out)

    def _waits_whole(self, first: int, size: int, due: int) -> bool:
        """Tell whether the beginning of a frame is kept until its end comes."""
        if first & _CONTROL:
            return True
        if first == _FIN_TEXT and size <= _CUT and self._message is None:
            self._due = due
            self.begun += 1
        return self._due > 0

    def _stop(self) -> None:
        self._over = True
        self._tail = b""
        self._message = self._text = None

    def _check(self, first: int, size: int) -> None:
        """Check what the first two bytes of a frame say."""
        if first & _RESERVED:
            fail("the server set reserved bits in a frame")
        if size & _MASKED:
            fail("the server sent a masked frame")
        opcode = first & _OPCODE
        if opcode not in _OPCODES:
            fail(f"the server sent a frame of the unknown opcode {opcode}")
        if opcode & _CONTROL:
            if not first & _FIN:
                fail("the server sent a fragmented control frame")
            if size > _MAX_INLINE:
                fail("the server sent a control frame of more than 125 bytes")
        elif (opcode == ABNF.OPCODE_CONT) != (self._message is not None):
            fail("the server sent the fragments of messages out of order")

    def _check_size(self, first: int, size: int) -> None:
        if first & _CONTROL:
            return
        if size > self.max_frame_size:
            fail(
                f"the server sent a frame of {size} bytes, more than "
                f"max_frame_size={self.max_frame_size}",
                1009,
            )
        if self._message is not None:
            size += self._message.tell()
        if size > self.max_message_size:
            fail(
                f"the server sent a message of at least {size} bytes, more than "
                f"max_message_size={self.max_message_size}",
                1009,
            )

    def _take(self, first: int, payload: bytes, out: list[bytes]) -> None:
        """Handle a frame that is not simply a whole text message."""
        opcode = first & _OPCODE
        if opcode == ABNF.OPCODE_CLOSE:
            self.closed = read_close(payload)
            self._stop()
        elif opcode & _CONTROL:
            self.controls.append((opcode, payload))
        elif self._message is None and first & _FIN:
            if opcode == ABNF.OPCODE_TEXT:
                check_utf8(payload)
            out.append(payload)
        else:
            self._fill(self._begin(first, len(payload)), payload, 0, out)

    def _begin(self, first: int, size: int) -> BytesIO:
        """Expect the payload of a data frame; give the message it belongs to."""
        message = self._message
        if message is None:
            message = self._message = BytesIO()
            self.begun += 1
            text = first & _OPCODE == ABNF.OPCODE_TEXT
            self._text = _utf8_decoder() if text else None
        self._left = size
        self._last = first >= _FIN
        return message

    def _fill(
        self, message: BytesIO, data: bytes, position: int, out: list[bytes]
    ) -> int:
        """Take what belongs to the present data frame; give where the rest begins."""
        piece = data[position : position + self._left]
        self._left -= len(piece)
        ended = self._last and not self._left
        if self._text is not None:
            check_utf8(piece, self._text, last=ended)
        message.write(piece)
        if ended:
            out.append(message.getvalue())  # not a copy
            self._message = None
        return position + len(piece)
