"""What is measured of codecs: the same request and the same notifications for all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from benchmarks.floods import notification
from benchmarks.workload import BODY, REQUEST_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LARGE", "REQUEST", "SMALL", "CodecPeer"]

SMALL: Final = notification(158)
LARGE: Final = notification(1_188)
REQUEST: Final = {"kind": "req", "id": "10017", "type": REQUEST_TYPE, "body": BODY}


class CodecPeer:
    """Does something with the same argument over and over.

    Args:
        functions: by what is measured, each with its argument.
    """

    def __init__(
        self, functions: dict[str, tuple[Callable[[Any], object], Any]]
    ) -> None:
        self._functions = functions

    def measure(self, what: str, count: int) -> float:
        """Give processor seconds of one call, the loop's own time taken off."""
        function, argument = self._functions[what]
        function(argument)
        began = time.thread_time()
        for _ in range(count):
            function(argument)
        middle = time.thread_time()
        for _ in range(count):
            pass
        return (2 * middle - began - time.thread_time()) / count

    def close(self) -> None:
        """There is nothing to close."""
