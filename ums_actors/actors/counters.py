"""What has been counted since a connection was made."""

from __future__ import annotations

from collections import Counter

from ums_actors.core.throttle import Throttle

__all__ = ["Counters"]


class Counters:
    """Numbers of one connection; loop thread only."""

    __slots__ = (
        "bad_frames",
        "failed_notifications",
        "logins",
        "reconnects",
        "refreshes",
        "restarts",
        "stale",
        "throttle",
    )

    def __init__(self) -> None:
        self.bad_frames: int = 0
        self.failed_notifications: int = 0
        self.logins: int = 0
        self.reconnects: int = 0
        self.refreshes: int = 0
        self.restarts: Counter[str] = Counter()  # of each child
        self.stale: int = 0
        self.throttle: Throttle = Throttle()  # of reports
