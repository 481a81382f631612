"""SIGTERM as Ctrl-C, so that a command cleans up on either."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["interruptible"]


@contextlib.contextmanager
def interruptible() -> Generator[None]:
    """Let SIGTERM raise KeyboardInterrupt in this block; main thread."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
