"""How long simulations are, and how bad."""

from __future__ import annotations

from typing import Final

import msgspec

__all__ = ["PROFILES", "Profile"]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a simulation consists of.

    Attributes:
        seconds: virtual time in which faults happen.
        faults: least and most number of them.
        consumers: least and most number of consumers' connections beside the brand's.
        calm: seconds of traffic after everything is well again.
        crowded: whether the connections share gates, and may have little waiting.
    """

    seconds: float
    faults: tuple[int, int]
    consumers: tuple[int, int] = (1, 2)
    calm: float = 10.0
    crowded: bool = False


PROFILES: Final = {
    "ordinary": Profile(seconds=60.0, faults=(4, 16)),
    "crowded": Profile(seconds=60.0, faults=(4, 16), consumers=(2, 2), crowded=True),
    "hard": Profile(seconds=300.0, faults=(60, 120), consumers=(2, 2), calm=20.0),
}
