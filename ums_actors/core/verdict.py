"""What an exit means: try again, renew the token, give up, or count a bug."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from ums_actors.core.reason import (
    Crashed,
    CredentialsRejected,
    Fenced,
    LineClosed,
    RestoreFailed,
    Stopped,
    TokenRefused,
    UpgradeRefused,
)

if TYPE_CHECKING:
    from ums_actors.core.reason import Reason

__all__ = [
    "CONSEQUENCES",
    "TOKEN_REFUSED_CLOSE_CODES",
    "TOKEN_REFUSED_STATUS",
    "TOKEN_SUSPECT_CLOSE_CODES",
    "Verdict",
    "classify",
    "explain",
    "suspects",
]

TOKEN_REFUSED_CLOSE_CODES = frozenset({4401, 4407})
"""The two codes that the service declares: token missing, expired or revoked, and
anonymous identity to be extended (UMS.md 1.5, official)."""

TOKEN_SUSPECT_CLOSE_CODES = frozenset({1008, 1011})
"""Counted as authentication errors by older clients (UMS.md 1.5), yet also what a
service says that restarts: believed when seen twice before the line was stable."""

TOKEN_REFUSED_STATUS = 401
"""HTTP status of a refused upgrade, and code of a refused request (UMS.md 4.5)."""


class Verdict(enum.StrEnum):
    """What to do after an exit."""

    STOP = "STOP"
    """It was asked for: do nothing."""
    RETRY = "RETRY"
    """Back off, then try again with the same token."""
    RENEW_TOKEN = "RENEW_TOKEN"  # noqa: S105 -- a word, not a secret
    """Forget the token, back off, then log in and try again."""
    GIVE_UP = "GIVE_UP"
    """Trying again cannot help."""
    CRASH = "CRASH"
    """A bug: restart, and count it in the intensity window."""


def classify(reason: Reason, *, suspected: bool) -> Verdict:
    """Judge an exit.

    Args:
        reason: why it ended.
        suspected: whether the previous exit already :func:`suspects` the token and
            no line was stable since.
    """
    return _judge(reason, suspected)[0]


def suspects(reason: Reason) -> bool:
    """Say whether the exit hints at a bad token without proving it."""
    return isinstance(reason, LineClosed) and reason.code in TOKEN_SUSPECT_CLOSE_CODES


def explain(reason: Reason, *, suspected: bool = False) -> str:
    """Say in one sentence what would happen after an exit, and why."""
    verdict, why = _judge(reason, suspected)
    what = str(reason)
    return f"{what[0].upper()}{what[1:]}: {why}; {CONSEQUENCES[verdict]}."


CONSEQUENCES = {
    Verdict.STOP: "nothing is restarted",
    Verdict.RETRY: "a new attempt follows after a pause, with the same token",
    Verdict.RENEW_TOKEN: (
        "the token is dropped, and a new login precedes the next attempt, after a pause"
    ),
    Verdict.GIVE_UP: "the connection fails for good",
    Verdict.CRASH: "it is restarted, which uses up one of the restarts allowed",
}
"""What follows from each, as the end of a sentence."""


def _judge(reason: Reason, suspected: bool) -> tuple[Verdict, str]:
    match reason:
        case Stopped():
            return Verdict.STOP, "it was asked to"
        case Fenced():
            return Verdict.STOP, "whoever owns it goes on with it"
        case Crashed():
            return Verdict.CRASH, "that is a bug"
        case CredentialsRejected():
            return Verdict.GIVE_UP, "trying the same credentials again cannot help"
        case UpgradeRefused(status=code) | RestoreFailed(code=code) if (
            code == TOKEN_REFUSED_STATUS
        ):
            return Verdict.RENEW_TOKEN, "the service refuses the token"
        case TokenRefused():
            return Verdict.RENEW_TOKEN, "the service refuses the token"
        case LineClosed(code=code) if code in TOKEN_REFUSED_CLOSE_CODES:
            return Verdict.RENEW_TOKEN, "the service refuses the token"
        case LineClosed() if suspects(reason):
            if suspected:
                return Verdict.RENEW_TOKEN, "the token is suspected a second time"
            return (
                Verdict.RETRY,
                "the token may be bad, or the service restarts; once is no proof",
            )
        case _:
            return Verdict.RETRY, "the network or the service is in the way"
