"""How far a long run has come, on the error stream."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["watched"]

T = TypeVar("T")
_PAUSE: Final = 5.0
"""Seconds between two lines of progress where there is no terminal."""


def watched(
    items: Iterable[T], total: int, is_broken: Callable[[T], bool]
) -> Iterator[T]:
    """Pass items on, and show how many there were and how many are broken.

    A bar where there is a terminal and rich is installed, else a line now and then.
    """
    if sys.stderr.isatty():
        try:
            from rich.console import Console  # noqa: PLC0415  (an extra)
            from rich.progress import Progress  # noqa: PLC0415
        except ImportError:
            pass
        else:
            console = Console(stderr=True)
            with Progress(console=console, transient=True) as bar:
                task = bar.add_task("seeds", total=total)
                for item in items:
                    if is_broken(item):
                        bar.update(task, description="[red]seeds (some broken)")
                    bar.advance(task)
                    yield item
            return
    done = broken = 0
    spoken = time.monotonic()
    for item in items:
        done, broken = done + 1, broken + is_broken(item)
        if time.monotonic() - spoken >= _PAUSE:
            spoken = time.monotonic()
            sys.stderr.write(f"{done} of {total} seeds, {broken} broken\n")
            sys.stderr.flush()
        yield item
