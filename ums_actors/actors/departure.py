"""Ending the session and giving everything back, whatever else ends at that moment."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.auth.session import Session
    from ums_actors.auth.source import TokenSource
    from ums_actors.runtime import Loop, LoopFuture, Runtime
    from ums_actors.runtime.timers import Timer

__all__ = ["PATIENCE", "Departure"]

PATIENCE = 5.0
"""Seconds that giving back what is outside of us may take."""
_LAST_LOGIN = 2.0
"""Seconds that a login under way has to end, so that its session can be ended too."""


class Departure:
    """The last that a connection does; loop thread but for what says otherwise.

    A session that is still held is logged out first; then everything is closed. This
    happens once, after the connection has stopped or when its runtime closes.

    Args:
        runtime: whose workers do it.
        loop: that of the connection.
        source: what logs out.

    Attributes:
        closers: what is called in the end, in this order; they must not block.
        session: what is to be logged out, if anything.
        logins: calls under way that may bring a session.
    """

    __slots__ = (
        "_begun",
        "_closing",
        "_gone",
        "_loop",
        "_runtime",
        "_source",
        "_timer",
        "closers",
        "logins",
        "session",
    )

    def __init__(self, runtime: Runtime, loop: Loop, source: TokenSource) -> None:
        self.closers: list[Callable[[], object]] = [source.close]
        self.session: Session | None = None
        self.logins: int = 0
        self._runtime = runtime
        self._loop = loop
        self._source = source
        self._timer: Timer | None = None
        self._begun = False
        self._gone = False
        self._closing = threading.Lock()
        runtime.at_close(self, self.close)

    def begin(self) -> None:
        """The connection has stopped: depart, at most a login later."""
        if self._begun:
            return
        self._begun = True
        if self.logins and self.session is None:
            self._timer = self._loop.call_later(_LAST_LOGIN, self._go)
        else:
            self._go()

    def landed(self, session: Session | None) -> None:
        """A login ended; what it brought too late is logged out."""
        self.logins -= 1
        if self._begun and not self._gone:
            self.session = session
            self._go()

    def _go(self) -> None:
        if self._gone:
            return
        self._gone = True
        if self._timer is not None:
            self._timer.cancel()
        self._runtime.workers("hooks").submit(
            self._loop, self._work, timeout=PATIENCE, on_abandon=self.close
        ).add_done_callback(self._over)

    def _over(self, work: LoopFuture[None]) -> None:
        """Close, also if no worker would do the rest: then there is nobody to tell."""
        work.exception()
        self.close()

    def _work(self) -> None:
        """Log out and close; worker thread."""
        session, self.session = self.session, None
        tenure = self._runtime.tenure
        if tenure is not None and not tenure.epoch:
            session = None  # it is not ours to say
        try:
            if session is not None:
                with contextlib.suppress(Exception):  # nobody's concern
                    self._source.logout(session, PATIENCE)
        finally:
            self.close()

    def close(self) -> None:
        """Close everything, once; any thread."""
        if not self._closing.acquire(blocking=False):
            return  # it was done, or is being done
        self._runtime.not_at_close(self)
        for close in self.closers:
            try:
                close()
            except Exception:
                logging.getLogger("ums_actors").exception("connection.close_failed")
