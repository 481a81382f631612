"""What of a process's memory is in use, and what the allocator only keeps."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["BLOCK", "Memory", "give_back", "is_exact", "read_memory", "without_caches"]

BLOCK: Final = 96
"""Bytes of a small block of Python's allocator on average: 93 in a soak's process, by
``sys._debugmallocstats()``."""
_VARIABLE: Final = "GLIBC_TUNABLES"
_NO_CACHES: Final = "glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1"
_STATM: Final = Path("/proc/self/statm")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Memory(NamedTuple):
    """One moment, in bytes.

    Attributes:
        resident: in RAM: what is in use, what the allocators keep for later, the
            program's own text, stacks.
        in_use: what somebody holds: of malloc's exactly, but with what its caches of
            threads hold; of Python's small blocks by their number.
        kept: what malloc has free and has not given back.
    """

    resident: int
    in_use: int
    kept: int


class _Mallinfo2(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    )


def is_exact() -> bool:
    """Tell whether this process runs as :func:`without_caches` has it."""
    return os.environ.get(_VARIABLE) == _NO_CACHES


def without_caches() -> None:
    """Begin this process anew, unless it is so already, with malloc as exact as can be.

    By default glibc keeps a few freed pieces of each size for each thread. They count
    as in use, they hinder the free ones around them from being joined, and what is in
    RAM grows by that for more than half an hour, though nobody holds more. This can be
    switched off by the environment only. Where there is no glibc it changes nothing.
    """
    if not is_exact():
        environment = {**os.environ, _VARIABLE: _NO_CACHES}
        os.execve(sys.executable, sys.orig_argv, environment)  # noqa: S606  (ourselves)


def read_memory() -> Memory:
    """Collect garbage, and read; Linux. Without glibc 2.33 malloc's part is unseen."""
    gc.collect()
    resident = int(_STATM.read_text().split()[1]) * _PAGE
    found = _malloc_info()
    small = sys.getallocatedblocks() * BLOCK
    return Memory(resident, small + found.uordblks + found.hblkhd, found.fordblks)


def give_back() -> int:
    """Give back what malloc keeps; give the bytes that are in RAM then."""
    gc.collect()
    trim = getattr(_libc(), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return int(_STATM.read_text().split()[1]) * _PAGE


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)  # each has classes of its own, which readings would count


def _malloc_info() -> _Mallinfo2:
    ask = getattr(_libc(), "mallinfo2", None)
    if ask is None:
        return _Mallinfo2()
    ask.restype = _Mallinfo2
    return ask()  # type: ignore[no-any-return]
