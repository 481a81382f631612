"""Frames as a client sends them: final and masked.

A mask is a number: its four bytes on the wire, the first one lowest.
"""

from __future__ import annotations

import itertools
import os
import struct
from typing import TYPE_CHECKING, NamedTuple

from websocket import ABNF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["encode_frame", "encode_text", "encode_texts", "mask_pool"]

_POOL = struct.Struct("<256I")
_FIN = 0x80
_FIN_TEXT = _FIN | ABNF.OPCODE_TEXT
_MASKED = 0x80
_SHORT = 126
_LONG = 1 << 16
_CHUNK = 64 << 10  # a multiple of the mask's length
_SHAPED = 2 << 10
"""Sizes below have a shape, which is kept: half a megabyte if all of them are sent."""

_from_bytes = int.from_bytes
_to_bytes = int.to_bytes
_unpack_masks = _POOL.unpack
_pack_16 = struct.Struct("!BBH").pack
_pack_64 = struct.Struct("!BBQ").pack


class _Shape(NamedTuple):
    """What text frames of one size have in common.

    Attributes:
        pack: joins header, mask and payload, which it cuts to its size.
        header: all before the mask.
        ones: times the mask is the mask again and again, up to ``whole`` bytes: half
            the time of writing that out and reading it.
        whole: the size, up to a multiple of the mask's.
    """

    pack: Callable[[bytes, int, bytes], bytes]
    header: bytes
    ones: int
    whole: int


_shapes: dict[int, _Shape] = {}
_ones: dict[int, int] = {}


def mask_pool(urandom: Callable[[int], bytes] = os.urandom) -> Iterator[int]:
    """Give masks without end; one system call for each 256.

    A pool serves one thread; the connections of a loop share one.
    """
    return itertools.chain.from_iterable(_masks(urandom))


def _masks(urandom: Callable[[int], bytes]) -> Iterator[tuple[int, ...]]:
    while True:
        yield _unpack_masks(urandom(_POOL.size))


def encode_text(payload: bytes, masks: Iterator[int]) -> bytes:
    """Give one whole text message as a frame."""
    return encode_texts([("", payload)], masks)[0]


def encode_texts(
    messages: Iterable[tuple[str, bytes]], masks: Iterator[int]
) -> list[bytes]:
    """Give whole text messages, (tag, payload) each, as a frame each.

    The way of almost all frames; the tags are not looked at.
    """
    frames: list[bytes] = []
    for _, payload in messages:
        size = len(payload)
        shape = _shapes.get(size)
        if shape is None:
            if size >= _SHAPED:
                frames.append(encode_frame(ABNF.OPCODE_TEXT, payload, masks))
                continue
            shape = _shape(size)
        pack, header, ones, whole = shape
        mask = next(masks)
        body = _to_bytes(_from_bytes(payload, "little") ^ mask * ones, whole, "little")
        frames.append(pack(header, mask, body))
    return frames


def encode_frame(opcode: int, payload: bytes, masks: Iterator[int]) -> bytes:
    """Give a final frame of any opcode (``websocket.ABNF.OPCODE_*``) and size."""
    mask = _to_bytes(next(masks), 4, "little")
    header = _header(_FIN | opcode, len(payload))
    return b"".join([header, mask, *_masked(payload, mask)])


def _header(first: int, size: int) -> bytes:
    if size < _SHORT:
        return bytes((first, _MASKED | size))
    if size < _LONG:
        return _pack_16(first, _MASKED | 126, size)
    return _pack_64(first, _MASKED | 127, size)


def _shape(size: int) -> _Shape:
    header = _header(_FIN_TEXT, size)
    whole = size + 3 & ~3
    ones = _ones.get(whole)
    if ones is None:
        ones = _ones[whole] = _from_bytes(b"\1\0\0\0" * (whole >> 2), "little")
    pack = struct.Struct(f"<{len(header)}sI{size}s").pack
    shape = _shapes[size] = _Shape(pack, header, ones, whole)
    return shape


def _masked(payload: bytes, mask: bytes) -> Iterator[bytes]:
    """Mask in chunks: one number of the size of a large payload is slow to handle."""
    pattern = mask * (min(len(payload), _CHUNK) // 4 + 1)
    view = memoryview(payload)
    for begin in range(0, len(payload), _CHUNK):
        chunk = view[begin : begin + _CHUNK]
        size = len(chunk)
        key = _from_bytes(pattern[:size], "little")
        yield (_from_bytes(chunk, "little") ^ key).to_bytes(size, "little")
