"""When something that is asked for again and again is asked for next."""

from __future__ import annotations

from typing import Final

from ums_actors.core.pauses import LONG_PAUSE, LoginPauses, is_final

__all__ = ["FIRST_LESS", "LATER_LESS", "LATER_MORE", "PollPace"]

FIRST_LESS: Final = 0.999
"""Share of the first pause that chance may take off: what began together, as after a
deployment, is spread over the interval at once (UMS.md 12.6)."""
LATER_LESS: Final = 0.1
"""Share of each later pause; it keeps apart what has been spread."""
LATER_MORE: Final = LATER_LESS
"""Share that chance adds to the pause after a failure, which is a least one."""
_FIRST_SERVER_ERROR: Final = 500


class PollPace:
    """The pauses of one poll, in seconds.

    After an answer comes the interval, less what chance takes off. A service that is
    ill (5xx) is asked again by its own policy for logins: after 5, 10 and 15 s, then
    every 2 minutes; one that has too much to do (429), or gives no answer, not before
    the interval is over; one that refuses for good, seldom.

    Args:
        interval: between two polls.

    Attributes:
        interval: as given.
        troubled: whether the last poll failed.
    """

    __slots__ = ("_first", "_pauses", "interval", "troubled")

    def __init__(self, interval: float) -> None:
        self.troubled: bool = False
        self.interval: float = interval
        self._first = True
        self._pauses = LoginPauses()

    def answered(self, fraction: float) -> float:
        """Give the pause after an answer.

        Args:
            fraction: chance, from 0 to below 1.
        """
        self.troubled = False
        self._pauses.reset()
        less = FIRST_LESS if self._first else LATER_LESS
        self._first = False
        return self.interval * (1.0 - less * fraction)

    def failed(self, status: int | None, fraction: float) -> float:
        """Give the pause after a failure, never shorter than its least one.

        Args:
            status: of HTTP; None if there was no answer.
            fraction: as above.
        """
        self.troubled = True
        pause = self._pauses.failed(status)
        if status is None or status < _FIRST_SERVER_ERROR:
            final = status is not None and is_final(status)
            pause = max(self.interval, LONG_PAUSE if final else pause)
        return pause * (1.0 + LATER_MORE * fraction)
