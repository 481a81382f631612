"""What becomes of the futures of requests: an answer, a refusal, or too late."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ums_actors.actors.messages import ValidateToken
from ums_actors.actors.trouble import observed
from ums_actors.core.pauses import TOO_MANY
from ums_actors.core.window import pause_after
from ums_actors.errors import (
    ConnectionLost,
    Delivery,
    LocalProtocolError,
    RemoteProtocolError,
    RequestRejected,
    RequestTimedOut,
    UMSError,
)
from ums_actors.protocol.envelopes import decode_body
from ums_actors.protocol.renumbering import renumbered

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.messages import CallFailed
    from ums_actors.core.pending import Entry
    from ums_actors.protocol.envelopes import Response

__all__ = ["FIRST_ERROR", "Replies", "too_late"]

FIRST_ERROR = 400
"""The least code of an answer that says no."""
_UNAUTHORIZED = 401


class Replies:
    """Resolves the futures of requests that have been answered; loop thread only.

    A future is answered also if reading its answer raises.

    Args:
        kernel: of the connection.
    """

    __slots__ = ("_kernel", "_pending", "_subscribers", "_validated", "_window")

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._pending = kernel.pending
        self._window = kernel.pending.window
        self._subscribers = kernel.subscribers
        self._validated = 0

    def resolve(self, entry: Entry, response: Response) -> None:
        """Take the answer to a request that has just left the table.

        One that the service was too busy for may be in the table again afterwards.
        """
        if self._subscribers.tapped:
            self._kernel.taps.answered(entry, response)
        if response.code == TOO_MANY:
            if self._sent_again(entry):
                return
        elif self._window.narrowed:
            self._window.answered(entry.round)
        reply, raw = entry.reply, entry.raw
        try:
            wants_raw = raw and response.code < FIRST_ERROR
            body = response.body if wants_raw else decode_body(response.body)
        except UMSError as error:
            reply.try_fail(error)
            return
        except BaseException:
            reply.try_fail(
                ConnectionLost(
                    "the correlator crashed over the answer",
                    delivery=Delivery.ANSWERED,
                    request_id=entry.id,
                    request_type=entry.type,
                )
            )
            raise
        if response.code < FIRST_ERROR:
            reply.try_set(body)
            return
        reply.try_fail(
            RequestRejected(
                response.code,
                body,
                request_id=entry.id,
                request_type=entry.type,
                retry_after=entry.least_pause,
            )
        )
        generation = self._kernel.session.generation
        if response.code == _UNAUTHORIZED and self._validated != generation:
            self._validated = generation  # once a line is enough
            self._kernel.refs["token"].tell(ValidateToken())

    def fail(self, event: CallFailed) -> None:
        """Take a call that came to nothing; who waits learns how far it came."""
        entry = self._pending.forget(event.request_id)
        if entry is None:
            return  # nobody waits for it any more
        entry.sent = event.written
        reply = entry.reply
        if isinstance(event.error, (LocalProtocolError, RemoteProtocolError)):
            reply.try_fail(event.error)
        elif self._kernel.loop.clock.now() >= entry.answer_by:
            reply.try_fail(too_late(entry, written=event.written))
        else:
            lost = ConnectionLost(
                f"{entry.type} got no answer: {event.error}",
                delivery=entry.delivery,
                request_id=entry.id,
                request_type=entry.type,
            )
            lost.__cause__ = event.error
            reply.try_fail(lost)

    def _sent_again(self, entry: Entry) -> bool:
        """Narrow the window after a 429; tell whether the request stays in the table.

        It has not been carried out, so that sending it again does nothing twice.
        """
        kernel, payload = self._kernel, entry.payload
        again: tuple[str, bytes] | None = None
        wanted = kernel.options.retry_too_many or entry.resend or entry.internal
        if wanted and isinstance(payload, bytes):
            new_id = kernel.next_id()
            again = new_id, renumbered(payload, entry.id, new_id)
        pause = pause_after(entry.refusals + 1, kernel.runtime.random.random())
        pause = max(pause, entry.least_pause)
        now = kernel.loop.clock.now()
        stays = self._pending.turn_back(entry, now, pause, again)
        reply = entry.reply
        reply.tag = entry.id
        window = self._pending.window.limit
        observed(kernel, "request.too_many", logging.INFO, {"window": window})
        return stays


def too_late(entry: Entry, *, written: bool) -> UMSError:
    """Make the error for a request whose time is over."""
    if entry.refusals and not written:  # the last that was heard of it
        return RequestRejected(
            TOO_MANY,
            request_id=entry.refused_as,
            request_type=entry.type,
            retry_after=entry.least_pause,
        )
    return RequestTimedOut(
        f"{entry.type} got no answer in {entry.timeout:g} s"
        if written
        else f"{entry.type} waited too long for a READY line with room for it",
        delivery=entry.delivery,
        request_id=entry.id,
        request_type=entry.type,
    )
