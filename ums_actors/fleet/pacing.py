"""How fast the agents of a fleet may connect and log in."""

from __future__ import annotations

import math
from random import Random  # noqa: TC003 help() reads it
from typing import Any

import msgspec

from ums_actors.arguments import shown, whole
from ums_actors.errors import LocalProtocolError
from ums_actors.runtime.gate import PacedGate

__all__ = ["Pacing"]


class Pacing(msgspec.Struct, frozen=True, kw_only=True):
    """The rates of a fleet's two gates, in attempts a second of all agents together.

    Raises:
        LocalProtocolError: a value is out of its bounds.
    """

    connects: float = 50.0
    """Attempts to connect. Each is a TLS handshake, which takes one core of either side
    about two milliseconds; 5,000 agents are back after 100 s."""
    connect_burst: int = 10
    """Attempts that may begin at once after a rest: a few lines that drop together come
    back without waiting for each other."""
    logins: float = 20.0
    """Logins. The service is known to refuse what is too much with 429, its limit is
    not; an ordinary drop needs no login, so they are rare but for the start."""
    login_burst: int = 5
    """Logins that may begin at once after a rest."""

    def __post_init__(self) -> None:
        for name in ("connects", "logins"):
            _check_rate(name, getattr(self, name))
        for name in ("connect_burst", "login_burst"):
            whole(f"Pacing.{name}", getattr(self, name), 1)

    def connect_gate(self, random: Random | None = None) -> PacedGate:
        """Make the gate of all attempts to connect; ``random`` gives the jitter."""
        return PacedGate(self.connects, self.connect_burst, random=random)

    def login_gate(self, random: Random | None = None) -> PacedGate:
        """Make the gate of all logins; ``random`` gives the jitter."""
        return PacedGate(self.logins, self.login_burst, random=random)


def _check_rate(name: str, value: Any) -> None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not 0 < value < math.inf:
        raise LocalProtocolError(
            f"Pacing.{name}={shown(value)} is out of bounds: give how many a second, "
            "finite and more than 0"
        )
