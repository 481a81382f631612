"""Requests that have come together, on a READY line, and their answers.

What a request is asked before it may go (is there a line, and room; does anybody tap
it; has it to be counted) has one answer for all of one turn, so it is asked once. Who
is not as usual ends the batch and is taken by itself, so that the order is kept.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from ums_actors.actors.messages import Later, SubmitRequest
from ums_actors.actors.replies import FIRST_ERROR
from ums_actors.core.course import State
from ums_actors.core.entry import Entry
from ums_actors.errors import ConnectionLost, Delivery, UMSError
from ums_actors.protocol.envelopes import Response, decode_plain, encode_request

if TYPE_CHECKING:
    from ums_actors.actors.feed import Feed
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.replies import Replies
    from ums_actors.protocol.envelopes import Notification

__all__ = ["FEW", "at_once", "crashed_over", "launch_batch", "take_batch"]

FEW: Final = 16
"""Requests that always go with one write."""
_MANY: Final = 64
_READY: Final = State.READY


def at_once(waiting: int, in_flight: int) -> int:
    """Give how many of the requests that wait are written before the others.

    Half of all that wait or are in flight is best: the service answers the one half
    while we write the other.
    """
    return max(FEW, min((waiting + in_flight) // 2, _MANY))


def launch_batch(kernel: Kernel, waiting: list[Any], least: int, now: float) -> float:
    """Launch requests from the end of ``waiting`` on; their frames wait for the socket.

    That is until ``least`` are left, or there is no room, or one has to be taken by
    itself. What is wrong with one is answered; a crash over it is, too, and raised.

    Returns:
        The earliest of their deadlines; infinite if none was launched.
    """
    if (
        kernel.session.state is not _READY
        or kernel.websocket is None
        or kernel.carrier is not None
        or kernel.instruments is not None
        or kernel.subscribers.tapped
    ):
        return math.inf
    pending, usual_timeout = kernel.pending, kernel.options.request_timeout
    room = pending.room()
    if room < len(waiting) - least:
        least = len(waiting) - room
    table, outgoing = pending.flight.table, kernel.outgoing
    prefix, numbers = kernel.prefix, kernel.numbers
    window_round, usual_end = pending.window.round, now + usual_timeout
    in_step, soonest = False, math.inf
    try:
        for _ in range(len(waiting) - least):
            command = waiting[-1]
            if type(command) is not SubmitRequest or type(command.body) is Later:
                break
            del waiting[-1]
            request_id = f"{prefix}{next(numbers)}"
            kind, reply, timeout = command.type, command.reply, command.timeout
            try:
                payload = encode_request(
                    request_id,
                    kind,
                    command.body,
                    command.headers,
                    command.metadata,
                    command.encoded_metadata,
                )
            except UMSError as error:
                reply.try_fail(error)
                continue
            except BaseException:
                reply.try_fail(crashed_over(kind))
                raise
            entry = Entry(
                request_id,
                kind,
                payload,
                reply,
                usual_timeout,
                command.resend,
                command.internal,
                True,  # sent
                False,  # doubtful
                None,  # queue_until
                usual_end,
                window_round,
                False,  # timed
                command.raw,
            )
            reply.tag = request_id
            if timeout is None or timeout == usual_timeout:
                table[request_id] = entry
                in_step = True
            else:
                entry.timeout = timeout
                entry.answer_by = now + timeout
                soonest = min(soonest, entry.answer_by)
                pending.launch_apart(entry, now)
            outgoing.append((request_id, payload))
    finally:
        if in_step:
            pending.flight.expect(usual_end)
            soonest = min(soonest, usual_end)
    return soonest


def take_batch(
    kernel: Kernel,
    messages: list[Response | Notification],
    replies: Replies,
    feed: Feed,
) -> None:
    """Resolve the answers among messages, and hand on the others, in their order."""
    pending, tapped, told = kernel.pending, kernel.subscribers.tapped, False
    table, shared = pending.flight.table, pending.shared
    quick = not (tapped or shared or pending.window.narrowed)
    try:
        for message in messages:
            if type(message) is not Response:
                told = True
                feed.take(message)
                continue
            entry = table.pop(message.req_id, None)
            if entry is None:
                pending.late += 1
                continue
            if entry.timed or shared:
                pending.leave(entry)
            if not quick or entry.raw or message.code >= FIRST_ERROR:
                replies.resolve(entry, message)
                continue
            try:
                body = decode_plain(message.body)
            except BaseException:  # noqa: BLE001  (it is read again, and told)
                replies.resolve(entry, message)
            else:
                entry.reply.try_set(body)
    finally:
        if told:
            feed.catch_up()


def crashed_over(request_type: str) -> ConnectionLost:
    """Make the error for a request that is not sent, since taking it in crashed."""
    return ConnectionLost(
        "the correlator crashed over this request",
        delivery=Delivery.NOT_SENT,
        request_type=request_type,
    )
