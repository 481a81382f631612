"""One request that waits."""

from __future__ import annotations

from typing import Any

from ums_actors.errors import Delivery

__all__ = ["Entry"]


class Entry:
    """One request.

    Attributes:
        id: its id on the wire.
        type: its wire type.
        payload: the encoded request, None once :meth:`forget_payload` dropped it.
        reply: whatever will be answered; never looked at.
        timeout: seconds from the write to the answer.
        resend: whether it may be sent on a second line although the first may have
            delivered it.
        internal: whether it belongs to one line, and so is never queued.
        sent: whether it is in flight, or was when it left the table.
        queue_until: the end of its patience with a line that is not READY, None if it
            never had to wait for one.
    """

    __slots__ = (
        "doubtful",
        "id",
        "internal",
        "payload",
        "queue_until",
        "reply",
        "resend",
        "sent",
        "timeout",
        "type",
    )

    def __init__(  # noqa: PLR0917  (the hot path)
        self,
        request_id: str,
        request_type: str,
        payload: bytes,
        reply: Any,
        timeout: float,
        resend: bool = False,
        internal: bool = False,
    ) -> None:
        self.id = request_id
        self.type = request_type
        self.payload: bytes | None = payload
        self.reply = reply
        self.timeout = timeout
        self.resend = resend
        self.internal = internal
        self.sent = False
        self.doubtful = False  # an earlier line may have delivered it
        self.queue_until: float | None = None

    @property
    def delivery(self) -> Delivery:
        """On which side of the write it is, while there is no answer."""
        return Delivery.UNKNOWN if self.sent or self.doubtful else Delivery.NOT_SENT

    def forget_payload(self) -> None:
        """Free the memory of the payload: to be called when the kernel has it.

        Called earlier, it takes away the chance to send an unwritten request on the
        next line. A request with ``resend`` keeps its payload.
        """
        if not self.resend:
            self.payload = None
