"""When an agent that has failed for good is tried again after all."""

from __future__ import annotations

from typing import Final

import msgspec

from ums_actors.arguments import MAX_SECONDS, shown
from ums_actors.errors import LocalProtocolError

__all__ = ["Trials"]

_SPREAD: Final = 0.2
"""Pauses are longer or shorter by up to this share, so that agents that have failed
together do not come back together."""
_DOUBLINGS: Final = 64
"""More would not be longer, and overflow in the end."""


class Trials(msgspec.Struct, frozen=True, kw_only=True):
    """The slow schedule: for what trying at once does not help.

    A password may be changed back, a bug may have been met once, whoever used the same
    login may have gone. Durations are seconds.

    Attributes:
        first: the first pause.
        longest: pauses double up to this one.
        proven_after: READY for so long makes the next pause the first one again.

    Raises:
        LocalProtocolError: a value is out of its bounds.
    """

    first: float = 900.0
    longest: float = 14_400.0
    proven_after: float = 600.0

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if (
                isinstance(value, bool)
                or not isinstance(value, (int, float))
                or not 0 < value <= MAX_SECONDS
            ):
                raise LocalProtocolError(
                    f"Trials.{name}={shown(value)} is out of bounds: it must be a "
                    f"number of seconds, more than 0 and at most {MAX_SECONDS:g}"
                )
        if self.first > self.longest:
            raise LocalProtocolError(
                f"Trials.first={self.first:g} is out of bounds: it must not be more "
                f"than longest, {self.longest:g}"
            )

    def pause(self, tried: int, fraction: float) -> float:
        """Give the seconds until the next trial.

        Args:
            tried: trials since the agent was last proven.
            fraction: a random number, uniform on 0 <= fraction < 1.
        """
        middle = min(self.longest, self.first * 2.0 ** min(tried, _DOUBLINGS))
        return middle * (1.0 + _SPREAD * (2.0 * fraction - 1.0))

    def still(self, tried: int, held: float) -> int:
        """Give how many trials still count after a line that was READY so long."""
        return 0 if held >= self.proven_after else tried
