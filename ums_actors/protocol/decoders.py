"""Decoders of types, each made once and no two at a time.

msgspec notes what a Struct is made of on the class itself, and does so before it has
all of it. A thread that wants to read the same type for the first time just then is
given the unfinished half, and reading with that ends the process (a segmentation fault,
seen with 0.22). So whatever makes msgspec look into a type holds one lock; a decoder
that is there needs none.
"""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["as_record", "decoder"]

T = TypeVar("T")

_LOOKING = threading.Lock()


@functools.lru_cache(maxsize=256)
def decoder(kind: Any) -> Callable[[Any], Any]:
    """Give what reads JSON as ``kind``; any thread.

    It raises what :meth:`msgspec.json.Decoder.decode` does.
    """
    with _LOOKING:
        return msgspec.json.Decoder(kind).decode


def as_record(value: Any, kind: type[T], *, builtin_types: Iterable[type] = ()) -> T:
    """Make plain objects into ``kind``; any thread.

    Raises:
        msgspec.ValidationError: they do not fit.
    """
    with _LOOKING:
        return msgspec.convert(value, kind, builtin_types=builtin_types)
