"""A message on its way, and who waits for what comes of it."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["Envelope"]


class Envelope(msgspec.Struct, eq=False):
    """What Pykka's own class of that name holds, in half the time.

    Attributes:
        message: what was sent.
        reply_to: the future of an ``ask``; None for a ``tell``.
    """

    message: Any
    reply_to: Any = None
