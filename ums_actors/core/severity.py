"""How loudly an exit is told: as a note, a warning, or an alarm."""

from __future__ import annotations

import enum

from ums_actors.core.verdict import Verdict

__all__ = [
    "ALARMING_ATTEMPTS",
    "ALARMING_CRASHES",
    "NOTABLE_ATTEMPTS",
    "Severity",
    "severity",
]

ALARMING_CRASHES = 3
"""The so many-th crash of one child in the window is an alarm: one may be chance, two a
coincidence. With the default budget of 5, two more are forgiven, and so there is time
to look before the connection has FAILED."""

NOTABLE_ATTEMPTS = 3
"""The so many-th attempt without a stable line is a warning: drops, restarts of the
service and tokens that end are every day's, and over with the first or second."""

ALARMING_ATTEMPTS = 10
"""The so many-th is an alarm. By the default pauses the outage has then lasted for some
eight minutes, longer than a restart of the service takes."""


class Severity(enum.IntEnum):
    """The numbers are those of the standard library's logging levels."""

    NOTE = 20
    WARNING = 30
    ALARM = 40


def severity(verdict: Verdict, attempt: int, *, followed: bool, failed: bool) -> int:
    """Say how loudly an exit is told.

    Args:
        verdict: on the exit.
        attempt: of a child its crashes in the window; of a line the attempts since one
            was stable. Either includes this one.
        followed: whether a restart or another attempt follows.
        failed: whether the connection has FAILED by it.
    """
    if failed or verdict is Verdict.GIVE_UP:
        return Severity.ALARM
    if verdict is Verdict.STOP:
        return Severity.NOTE
    if verdict is Verdict.CRASH:
        alarming = attempt >= ALARMING_CRASHES
        return Severity.ALARM if alarming else Severity.WARNING
    if attempt >= ALARMING_ATTEMPTS:
        return Severity.ALARM
    if attempt >= NOTABLE_ATTEMPTS or not followed:
        return Severity.WARNING
    return Severity.NOTE
