"""Notifications without a pause: the same bytes over and over."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Final

from benchmarks.frames import server_frame
from benchmarks.workload import NOTIFICATION_TYPE

__all__ = ["Flood", "notification"]

_CHUNK: Final = 256 << 10
"""Bytes that one ``send`` is given, so that others have their turn."""


class Flood:
    """What is still to be sent of one flood.

    Attributes:
        behind: what is to be sent after it.
    """

    def __init__(self, frames: int, size: int) -> None:
        frame = server_frame(notification(size))
        self._block = memoryview(frame * max(1, _CHUNK // len(frame)))
        self._left = frames * len(frame)
        self._position = 0
        self.behind = b""

    @property
    def over(self) -> bool:
        """Whether all was sent."""
        return not self._left

    def chunk(self) -> memoryview:
        """Give the next bytes to send."""
        return self._block[self._position : self._position + self._left]

    def sent(self, count: int) -> None:
        """Go on behind them."""
        self._left -= count
        self._position = (self._position + count) % len(self._block)


@lru_cache(maxsize=8)
def notification(size: int) -> bytes:
    """Give a notification whose frame has ``size`` bytes of payload.

    It reads as the service's own do: ids, moments and a text that fills it up.
    """
    text = "could you have a look at my order? "
    body = {
        "sequence": 17,
        "originatorId": "acc.u1",
        "serverTimestamp": 1_700_000_000_000,
        "dialogId": "",
        "message": "",
    }
    frame = {"kind": "notification", "type": NOTIFICATION_TYPE, "body": body}
    missing = max(0, size - len(_dumped(frame)))
    body["message"] = (text * (missing // len(text) + 1))[:missing]
    return _dumped(frame)


def _dumped(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
