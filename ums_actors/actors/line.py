"""What is due to callers when a line is lost, or the connection comes to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.actors.delivery import deliver
from ums_actors.actors.messages import AbandonLogin, CloseSocket, LineDropped
from ums_actors.core.course import State
from ums_actors.core.reason import Stopped
from ums_actors.errors import ConnectionLost, Delivery, LeaseLost, UMSError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.pending import Entry
    from ums_actors.core.reason import Reason

__all__ = ["dismantle", "finish", "lose_line"]

_LOST = "the line was lost before the answer: {}"


def lose_line(kernel: Kernel, reason: Reason, now: float) -> None:
    """Shut the socket and answer, at once, those whose requests went down with it.

    Requests of which no byte reached the kernel go back into the queue.
    """
    unsent = kernel.drop_websocket()
    _clear_inbox(kernel)
    for subscription in kernel.subscriptions.values():
        subscription.subscription_id = None
    lost = kernel.pending.drop_line(
        frozenset(unsent), now, kernel.options.queue_timeout
    )
    if kernel.made("intake") and kernel.at_rest():
        kernel.intake.finish()
    if kernel.made("streams"):
        deliver(kernel, kernel.streams.line_lost(_why(kernel, reason)))
    if kernel.made("rings"):
        kernel.rings.line_lost()
    if kernel.made("conversations"):
        kernel.conversations.line_lost()
    correlator = kernel.refs.get("correlator")
    if correlator is not None and correlator.is_alive():
        correlator.tell(LineDropped())
    _fail(lost, _LOST.format(reason))


def finish(kernel: Kernel, now: float) -> None:
    """Answer everybody: the connection is CLOSED or FAILED."""
    state = kernel.session.state
    why = kernel.last_reason
    lose_line(kernel, why or Stopped(), now)
    _fail(kernel.pending.drain(), f"the connection is {state}: {why or 'closed'}")
    error = kernel.last_error
    tells = state is State.FAILED or kernel.session.fail_fast
    tells = tells or isinstance(error, LeaseLost)
    refusal = (error if tells else None) or kernel.refusal()
    _attach_history(kernel, refusal)
    kernel.openers.reject(refusal)
    kernel.ready_waiters.reject(refusal)
    kernel.token_waiters.reject(refusal)
    kernel.refresh_waiters.reject(refusal)
    token = kernel.refs.get("token")
    if token is not None and token.is_alive():
        token.tell(AbandonLogin())
    for subscription in list(kernel.subscriptions.values()):
        subscription.made.reject(refusal)
        subscription.waiters.reject(refusal)
    if kernel.made("rings"):
        kernel.rings.at_rest()
    if kernel.made("shifts"):
        kernel.shifts.rest()
    if kernel.made("catch_ups"):
        kernel.catch_ups.reject(refusal)
    if kernel.made("pauses"):
        kernel.pauses.reject(refusal)
    if kernel.services is not None and kernel.services.courier is not None:
        kernel.services.courier.rest(refusal)
    kernel.subscribers.rest(_nothing_more(kernel))
    kernel.closed_waiters.resolve(kernel.history)


def _why(kernel: Kernel, reason: Reason) -> ConnectionLost | None:
    """Give what the line was lost by; None if it was closed on purpose."""
    if kernel.at_rest():
        return None
    return ConnectionLost(_LOST.format(reason), delivery=Delivery.UNKNOWN)


def _nothing_more(kernel: Kernel) -> ConnectionLost | None:
    """Give what those hear who iterate over events; None after an orderly end."""
    if kernel.session.state is not State.FAILED:
        return None
    error = ConnectionLost(
        f"the connection is FAILED ({kernel.last_reason or 'it gave up'}): no more "
        "events will come",
        delivery=Delivery.NOT_SENT,
    )
    error.__cause__ = kernel.last_error
    _attach_history(kernel, error)
    return error


def _attach_history(kernel: Kernel, error: BaseException) -> None:
    """Let the errors of a connection that has FAILED say what led to it."""
    if kernel.session.state is not State.FAILED:
        return
    for each in (error, kernel.last_error):
        if isinstance(each, UMSError):
            each.history = kernel.history


def dismantle(kernel: Kernel, now: float) -> None:
    """End all that belongs to the connection: its root has stopped for good."""
    for ref in reversed(list(kernel.refs.values())):  # the supervisor comes first
        ref._cell.stop()
    finish(kernel, now)
    if kernel.made("conversations"):
        kernel.conversations.stop()
    if kernel.made("intake"):
        kernel.intake.stop()
    kernel.subscribers.close()
    kernel.connector.close()
    if kernel.tenancy is not None:
        kernel.tenancy.leave()
    kernel.departure.begin()
    if kernel.instruments is not None:
        kernel.instruments.connection_ended(kernel)


def _clear_inbox(kernel: Kernel) -> None:
    """Take back what the socket was told for this line, not for the next."""
    ref = kernel.refs.get("socket")
    if ref is None:
        return
    cell = ref._cell
    cell.actor.abandon()  # type: ignore[attr-defined]
    cell.sift(lambda message: not isinstance(message, CloseSocket))


def _fail(entries: Iterable[Entry], text: str) -> None:
    for entry in entries:
        entry.reply.try_fail(
            ConnectionLost(
                text,
                delivery=entry.delivery,
                request_id=entry.id,
                request_type=entry.type,
            )
        )
