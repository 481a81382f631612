"""The traffic itself, told to those who ask for it by name."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

from ums_actors.actors.traffic_events import RequestSent, ResponseReceived
from ums_actors.errors import UMSError
from ums_actors.protocol.envelopes import decode_body
from ums_actors.protocol.files import grants_access

if TYPE_CHECKING:
    import msgspec

    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.pending import Entry
    from ums_actors.protocol.envelopes import Response

__all__ = ["Taps"]

LIMIT: Final = 10_000
"""Requests whose time of writing is remembered."""


class Taps:
    """Used only while ``Subscribers.tapped`` holds; loop thread."""

    __slots__ = ("_kernel", "_written")

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._written: OrderedDict[str, float] = OrderedDict()

    def sent(self, entry: Entry, payload: bytes) -> None:
        """Tell of a request that is handed to the socket."""
        now = self._kernel.runtime.clock.now()
        self._written[entry.id] = now
        while len(self._written) > LIMIT:
            self._written.popitem(last=False)
        frame: dict[str, Any] = _decoded(payload) or {}
        self._kernel.subscribers.publish(
            RequestSent(
                request_id=entry.id,
                type=entry.type,
                body=frame.get("body"),
                metadata=frame.get("metadata"),
                at=now,
            )
        )

    def answered(self, entry: Entry, response: Response) -> None:
        """Tell of an answer; what it lets one into is kept back."""
        now = self._kernel.runtime.clock.now()
        written = self._written.pop(entry.id, None)
        self._kernel.subscribers.publish(
            ResponseReceived(
                request_id=entry.id,
                type=entry.type,
                response_type=response.type,
                code=response.code,
                body=None if grants_access(entry.type) else _decoded(response.body),
                at=now,
                seconds=None if written is None else now - written,
            )
        )


def _decoded(raw: msgspec.Raw | bytes) -> Any:
    """Give what can be read; that it cannot be is told elsewhere."""
    try:
        return decode_body(raw)
    except UMSError:
        return None
