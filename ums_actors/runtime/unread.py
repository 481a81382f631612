"""A failure that nobody has looked at, told of when nobody can any more.

It is a warning, for many a message is sent by who does not care what becomes of it; an
error of ours is told in one line, others with their traceback.

Not the future has the finaliser, as asyncio's has, but a companion of a failed outcome:
the futures that succeed pay nothing for it.
"""

from __future__ import annotations

import logging
import sys

from ums_actors.errors import UMSError

__all__ = ["Unread"]

_logger = logging.getLogger("ums_actors")


class Unread:
    """Logs an exception at its own end, unless that was read; any thread."""

    __slots__ = ("_error",)

    def __init__(self, error: BaseException) -> None:
        self._error: BaseException | None = error

    def read(self) -> None:
        """Note that somebody has seen the exception."""
        self._error = None

    def __del__(self) -> None:
        error = self._error
        if error is not None and not sys.is_finalizing():
            foreign = None if isinstance(error, UMSError) else error
            reason = f"{type(error).__name__}: {error}" if foreign is None else ""
            _logger.warning(
                "future.never_retrieved",
                extra={"ums_reason": reason},
                exc_info=foreign,
            )
