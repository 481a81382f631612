"""Frames as a client sends them: final and masked."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

from websocket import ABNF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["encode_frame", "encode_text", "mask_pool"]

_POOL_SIZE = 1024
_FIN = 0x80
_FIN_TEXT = _FIN | ABNF.OPCODE_TEXT
_MASKED = 0x80
_SHORT = 126
_LONG = 1 << 16
_CHUNK = 64 << 10  # a multiple of the mask's length

_from_bytes = int.from_bytes
_pack_16 = struct.Struct("!BBH").pack
_pack_64 = struct.Struct("!BBQ").pack


def mask_pool(urandom: Callable[[int], bytes] = os.urandom) -> Iterator[bytes]:
    """Give masks of 4 bytes without end; one system call for each 256.

    A pool serves one thread; the connections of a loop share one.
    """
    while True:
        pool = urandom(_POOL_SIZE)
        for index in range(0, _POOL_SIZE, 4):
            yield pool[index : index + 4]


def encode_text(payload: bytes, masks: Iterator[bytes]) -> bytes:
    """Give one whole text message as a frame: the way of almost all frames."""
    size = len(payload)
    if size >= _LONG:
        return encode_frame(ABNF.OPCODE_TEXT, payload, masks)
    mask = next(masks)
    key = _from_bytes((mask * ((size >> 2) + 1))[:size], "little")
    body = (_from_bytes(payload, "little") ^ key).to_bytes(size, "little")
    if size < _SHORT:
        return bytes((_FIN_TEXT, _MASKED | size)) + mask + body
    return _pack_16(_FIN_TEXT, _MASKED | 126, size) + mask + body


def encode_frame(opcode: int, payload: bytes, masks: Iterator[bytes]) -> bytes:
    """Give a final frame of any opcode (``websocket.ABNF.OPCODE_*``) and size."""
    size = len(payload)
    first = _FIN | opcode
    if size < _SHORT:
        header = bytes((first, _MASKED | size))
    elif size < _LONG:
        header = _pack_16(first, _MASKED | 126, size)
    else:
        header = _pack_64(first, _MASKED | 127, size)
    mask = next(masks)
    return b"".join([header, mask, *_masked(payload, mask)])


def _masked(payload: bytes, mask: bytes) -> Iterator[bytes]:
    """Mask in chunks: one number of the size of a large payload is slow to handle."""
    pattern = mask * (min(len(payload), _CHUNK) // 4 + 1)
    view = memoryview(payload)
    for begin in range(0, len(payload), _CHUNK):
        chunk = view[begin : begin + _CHUNK]
        size = len(chunk)
        key = _from_bytes(pattern[:size], "little")
        yield (_from_bytes(chunk, "little") ^ key).to_bytes(size, "little")
