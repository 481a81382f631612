"""The server's frames: many requests read and answered with few operations.

Of the measured request only the id differs from frame to frame. The first one is read
as it should be and gives a :class:`_Shape`; of each later frame of that shape only the
few bytes with the id are unmasked, as one integer, and the answer is put together from
ready parts. Whatever else comes is unmasked whole and left to the caller.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from benchmarks.workload import REQUEST_TYPE

__all__ = ["MAX_PAYLOAD", "TEXT", "FrameReader", "OtherFrame", "server_frame"]

MAX_PAYLOAD: Final = 1 << 20
TEXT: Final = 0x81
_MASKED: Final = 0x80
_MEDIUM: Final = 126
_LONG: Final = 127
_MASKED_MEDIUM: Final = _MASKED | _MEDIUM

_KEY: Final = b'"id":"'
_MEASURED: Final = f'"type":"{REQUEST_TYPE}"'.encode()
_LONGEST_ID: Final = 80

_BEFORE_ID: Final = b'{"kind":"resp","reqId":"'
_AFTER_ID: Final = (
    f'","code":200,"type":"{REQUEST_TYPE}$Response","body":{{"sequence":1}}}}'
).encode()


class OtherFrame(NamedTuple):
    """A frame that is not the measured request."""

    first_byte: int
    payload: bytes


def server_frame(payload: bytes, first_byte: int = TEXT) -> bytes:
    """Frame a payload as a server does, unmasked."""
    return _header(len(payload), first_byte) + payload


def _header(size: int, first_byte: int = TEXT) -> bytes:
    if size < _MEDIUM:
        return bytes((first_byte, size))
    if size <= 0xFFFF:
        return struct.pack("!BBH", first_byte, _MEDIUM, size)
    return struct.pack("!BBQ", first_byte, _LONG, size)


# Header and first part of an answer, by the length of its id.
_ANSWERS: Final = [
    _header(len(_BEFORE_ID) + size + len(_AFTER_ID)) + _BEFORE_ID
    for size in range(_LONGEST_ID + 1)
]


class _Shape:
    """Where the id stands in a frame of the measured request."""

    def __init__(self, payload: bytes, begin: int, end: int) -> None:
        start = begin // 4 * 4  # the mask's four bytes begin anew here
        self.skip = begin - start
        self.width = (end - start) // 4 * 4 + 8  # room for ids that grow
        self.layout = struct.Struct(f"!BBHI{start}x{self.width}s")
        self.repeat = sum(1 << (32 * word) for word in range(self.width // 4))
        self.rest = len(payload) - (end - start)


class FrameReader:
    """Reads one connection's bytes, however they are cut."""

    def __init__(self) -> None:
        self._tail = b""
        self._shape: _Shape | None = None

    def read(self, data: bytes) -> tuple[list[bytes], list[OtherFrame]]:
        """Give the answers to measured requests, and the frames that are not.

        Raises:
            ValueError: a frame is not masked or too big.
        """
        if self._tail:
            data = self._tail + data
        answers: list[bytes] = []
        others: list[OtherFrame] = []
        position = 0
        while True:
            if self._shape is not None:
                position = _read_shaped(self._shape, data, position, answers)
            start, end = _extent(data, position)
            if end > len(data):
                break
            payload = _unmask(data[start:end], data[start - 4 : start])
            if data[position] == TEXT and _MEASURED in payload:
                answers.append(self._first_answer(payload))
            else:
                others.append(OtherFrame(data[position], payload))
            position = end
        self._tail = data[position:]
        return answers, others

    def _first_answer(self, payload: bytes) -> bytes:
        begin = payload.index(_KEY) + len(_KEY)
        end = payload.index(b'"', begin)
        if _MEDIUM <= len(payload) <= 0xFFFF:  # others have another header
            self._shape = _Shape(payload, begin, end)
        return _answer(payload[begin:end])


def _answer(ident: bytes) -> bytes:
    if len(ident) > _LONGEST_ID:
        raise ValueError("an id is too long")
    return _ANSWERS[len(ident)] + ident + _AFTER_ID


def _read_shaped(
    shape: _Shape, data: bytes, position: int, answers: list[bytes]
) -> int:
    """Answer frames of a shape up to the first that is none; gives where that is."""
    unpack, number, add = shape.layout.unpack_from, int.from_bytes, answers.append
    skip, width, rest, repeat = shape.skip, shape.width, shape.rest, shape.repeat
    available = len(data)
    last = available - shape.layout.size
    while position <= last:
        first, second, size, mask, masked = unpack(data, position)
        end = position + 8 + size
        if first != TEXT or second != _MASKED_MEDIUM or end > available:
            break
        window: bytes = (number(masked, "big") ^ mask * repeat).to_bytes(width, "big")
        stop = window.find(b'"', skip)
        if size - stop != rest:
            break
        add(_ANSWERS[stop - skip] + window[skip:stop] + _AFTER_ID)
        position = end
    return position


def _extent(data: bytes, position: int) -> tuple[int, int]:
    """Give where a frame's payload starts and ends; a missing header ends late."""
    available = len(data) - position
    if available < 6:
        return position, position + 6
    size, start = data[position + 1] - _MASKED, position + 6
    if size < 0:
        raise ValueError("a client's frames must be masked")
    if size >= _MEDIUM:
        wide = 2 if size == _MEDIUM else 8
        start += wide
        if available < 6 + wide:
            return start, start
        size = int.from_bytes(data[position + 2 : position + 2 + wide], "big")
    if size > MAX_PAYLOAD:
        raise ValueError("a frame is too big")
    return start, start + size


def _unmask(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    plain = int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")
    return plain.to_bytes(size, "little")
