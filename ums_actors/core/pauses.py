"""What the service's official retry policy says of a failed login (UMS.md 1.6).

| status | what to do |
|---|---|
| 429 | try again after 5 s or more |
| 451 and all other 4xx | never: the account or the credentials are refused |
| 5xx | three more tries after 5, 10 and 15 s, then one every 2 minutes |

The jitter of the backoff comes on top, so nobody comes earlier, nor all together.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "LONG_PAUSE",
    "SHORT_PAUSES",
    "TOO_MANY",
    "TOO_MANY_LOGINS_PAUSE",
    "LoginPauses",
    "is_final",
]

TOO_MANY: Final = 429
TOO_MANY_LOGINS_PAUSE: Final = 5.0
"""Least seconds after a login was answered with 429."""
SHORT_PAUSES: Final = (5.0, 10.0, 15.0)
"""Least seconds after the first, second and third 5xx in a row."""
LONG_PAUSE: Final = 120.0
"""Least seconds after each later one: the slower second schedule."""
_CLIENT_ERRORS: Final = range(400, 500)
_SERVER_ERRORS: Final = range(500, 600)
_PASSING: Final = frozenset({408, 425, TOO_MANY})
"""Those of 4xx that speak of the moment and not of who asks; 408 and 425 come from what
stands between us and the service."""


def is_final(status: int) -> bool:
    """Say whether a login with this answer would be answered so again."""
    return status in _CLIENT_ERRORS and status not in _PASSING


class LoginPauses:
    """How long to wait at least after each failed login of one connection."""

    __slots__ = ("failures",)

    def __init__(self) -> None:
        self.failures: int = 0

    def failed(self, status: int | None) -> float:
        """Count a failure; give the least pause in seconds.

        Args:
            status: of the answer, None if there was none: the backoff alone rules
                then, since nobody asked for more.
        """
        if status == TOO_MANY:
            return TOO_MANY_LOGINS_PAUSE
        if status not in _SERVER_ERRORS:
            return 0.0
        self.failures += 1
        if self.failures > len(SHORT_PAUSES):
            return LONG_PAUSE
        return SHORT_PAUSES[self.failures - 1]

    def reset(self) -> None:
        """Start over: a login succeeded."""
        self.failures = 0
