"""A message on its way, and who waits for what comes of it."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

__all__ = ["Bare", "Envelope"]


class Envelope(msgspec.Struct, eq=False):
    """What Pykka's own class of that name holds, in half the time.

    Attributes:
        message: what was sent.
        reply_to: the future of an ``ask``; None for a ``tell``.
    """

    message: Any
    reply_to: Any = None


class Bare(msgspec.Struct, frozen=True):
    """A message that goes without an envelope where its actor takes many at once.

    It is its own: nobody waits for what comes of it, but for what it carries.
    """

    reply_to: ClassVar[None] = None

    @property
    def message(self) -> Any:
        """Give what was sent."""
        return self
