"""Reading as a type, one thread at a time.

msgspec's first look into a Struct must not be shared: a second thread would read with
what is half known, and that ends the process. Several emulators may run in one.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar, overload

import msgspec

__all__ = ["read_as", "take_as"]

T = TypeVar("T")

_LOOKING = threading.Lock()


def read_as(text: str | bytes, kind: type[T]) -> T:
    """Read JSON as ``kind``; any thread.

    Raises:
        msgspec.MsgspecError, ValueError: it is no JSON, or does not fit.
    """
    with _LOOKING:
        return msgspec.json.decode(text, type=kind)


@overload
def take_as(value: Any, kind: type[T]) -> T: ...
@overload
def take_as(value: Any, kind: Any) -> Any: ...
def take_as(value: Any, kind: Any) -> Any:
    """Make plain objects into ``kind``; any thread.

    Raises:
        msgspec.ValidationError: they do not fit.
    """
    with _LOOKING:
        return msgspec.convert(value, kind)
