"""How many requests a line may have in flight before the service says 429.

The limit is not known, so it is felt for: a 429 halves the window, at most once a
round trip, and each window of successes widens it by one.
"""

from __future__ import annotations

from typing import Final

from ums_actors.errors import LocalProtocolError

__all__ = ["LEAST_PAUSE", "Window", "pause_after"]

LEAST_PAUSE: Final = 1.0
"""Least seconds between a 429 and the next try (UMS.md 1.6)."""
_MOST_DOUBLINGS: Final = 3


class Window:
    """The number of requests that may be in flight on one line.

    Each request is stamped with the :attr:`round` in which it was sent. A round ends
    with a cut: who was sent before it tells of a load that is gone already.

    Args:
        ceiling: the most that are ever let out.

    Attributes:
        limit: how many may be in flight now.
        narrowed: whether the service has said that fewer are wanted.
        round: what to stamp requests with.

    Raises:
        LocalProtocolError: ``ceiling`` is less than 1.
    """

    __slots__ = ("_ceiling", "_successes", "limit", "narrowed", "round")

    def __init__(self, ceiling: int) -> None:
        if ceiling < 1:
            raise LocalProtocolError(
                f"a window of {ceiling!r} requests lets nobody out: it must be 1 or "
                "more"
            )
        self._ceiling = ceiling
        self._successes = 0  # since the last cut; not counted while it is fully open
        self.limit: int = ceiling
        self.narrowed: bool = False
        self.round: int = 0

    def refused(self, sent_in: int, in_flight: int) -> bool:
        """Note a 429; tell whether it cut the window.

        Args:
            sent_in: the round in which that request was sent.
            in_flight: how many were in flight, that one included. Half of these is
                right where the window was not full: it is they who were too many.
        """
        if sent_in != self.round:
            return False
        self.round += 1
        self._successes = 0
        self.limit = max(1, min(self.limit, in_flight) // 2)
        self.narrowed = self.limit < self._ceiling
        return True

    def answered(self, sent_in: int) -> bool:
        """Note an answer that is no 429; tell whether it widened the window."""
        if not self.narrowed or sent_in != self.round:
            return False
        self._successes += 1
        if self._successes < self.limit:
            return False
        self._successes = 0
        self.limit += 1
        self.narrowed = self.limit < self._ceiling
        return True

    def reset(self) -> None:
        """Open it fully, for another line; stamps of the old one mean nothing."""
        self.limit = self._ceiling
        self.narrowed = False
        self.round += 1


def pause_after(refusals: int, fraction: float) -> float:
    """Give the seconds before a request that got 429 is sent again.

    Uniform on one to two seconds, and doubled with each refusal up to eightfold.

    Args:
        refusals: how often this request was refused, 1 or more.
        fraction: a random number, uniform on 0 <= fraction < 1.
    """
    doublings = min(refusals - 1, _MOST_DOUBLINGS)
    return LEAST_PAUSE * (1.0 + fraction) * 2.0**doublings
