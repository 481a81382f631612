"""One request that waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from ums_actors.errors import Delivery

__all__ = ["Entry", "Payload"]

Payload: TypeAlias = bytes | Callable[[], bytes]
"""An encoded request, or what encodes it when it is first written."""


class Entry(msgspec.Struct, eq=False, gc=False):
    """One request.

    Attributes:
        id: its id on the wire.
        type: its wire type.
        payload: the request, encoded once it is written; None once
            :meth:`forget_payload` dropped it.
        reply: whatever will be answered; never looked at.
        timeout: seconds from the write to the answer.
        resend: whether it may be sent on a second line although the first may have
            delivered it.
        internal: whether it belongs to one line, and so is never queued.
        sent: whether it is in flight, or was when it left the table.
        queue_until: the end of its patience with a line that is not READY, None if it
            never had to wait for one.
        answer_by: when its answer must be there, on the line it is on; where it takes
            turns, when at the latest.
        round: the window's round in which it was sent.
        refusals: how often it was answered with 429.
        refused_as: the id under which it was, the last time.
        least_pause: seconds that the service then wanted to be left alone.
        timed: whether its deadline is kept by itself: in flight, most fall due in the
            order of the table.
        raw: whether its answer is wanted undecoded.
        charged: bytes it is counted with in an allowance; None if it is in none.
    """

    id: str
    type: str
    payload: Payload | None
    reply: Any
    timeout: float
    resend: bool = False
    internal: bool = False
    sent: bool = False
    doubtful: bool = False  # an earlier line may have delivered it
    queue_until: float | None = None
    answer_by: float = 0.0
    round: int = 0
    timed: bool = False
    raw: bool = False
    refusals: int = 0
    refused_as: str = ""
    least_pause: float = 0.0
    charged: int | None = None

    @property
    def delivery(self) -> Delivery:
        """On which side of the write it is, while there is no answer.

        One that was refused with 429 has not been carried out: until it is written
        again it is as one that was never sent.
        """
        return Delivery.UNKNOWN if self.sent or self.doubtful else Delivery.NOT_SENT

    def outlives_line(self, *, written: bool) -> bool:
        """Note that its line died; tell whether it is wanted on the next one.

        Args:
            written: whether a byte of it may have reached the kernel.
        """
        self.sent = self.sent and written
        wanted = (self.resend or not self.sent) and not self.internal
        return wanted and self.payload is not None

    def wait_again(self, until: float) -> float:
        """Wait for the next line; give the end of its patience.

        That is ``until``, unless it had to wait for a line before.
        """
        self.doubtful = self.doubtful or self.sent
        self.sent = False
        if self.queue_until is None:
            self.queue_until = until
        return self.queue_until

    def forget_payload(self) -> None:
        """Free the memory of the payload: to be called when the kernel has it.

        Called earlier, it takes away the chance to send an unwritten request on the
        next line. A request with ``resend`` keeps its payload.
        """
        if not self.resend:
            self.payload = None
