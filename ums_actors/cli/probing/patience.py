"""Calls that cannot be interrupted, with a deadline all the same."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["within"]

T = TypeVar("T")


def within(seconds: float, function: Callable[[], T]) -> T:
    """Give what ``function()`` gives or raises, if it does so in time.

    The resolver of the system answers when it likes: a thread that is late is left to
    itself, and ends with the process.

    Raises:
        TimeoutError: it did not come back.
    """
    found: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(function())
        except BaseException as error:  # noqa: BLE001  (raised over there)
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError(f"no answer within {seconds:g} s")
    return found[0]
