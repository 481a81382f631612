"""The correlator: matches responses to requests, keeps deadlines, hands on the rest.

The table itself is in the kernel. A message that carries a caller's future is
answered also if handling it raises.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ums_actors.actors.batch import FEW, at_once, crashed_over, launch_batch, take_batch
from ums_actors.actors.child import Child
from ums_actors.actors.feed import Feed
from ums_actors.actors.measuring import measure
from ums_actors.actors.messages import (
    AnswersArrived,
    AwaitAnswers,
    CallAnswered,
    CallFailed,
    CallsBegan,
    CatchUp,
    ForgetRequest,
    FramesReceived,
    Later,
    LineDropped,
    ReleaseQueue,
    SubmitRequest,
    TakeWebhook,
)
from ums_actors.actors.replies import Replies, too_late
from ums_actors.actors.sweep import Sweep
from ums_actors.actors.trouble import report
from ums_actors.core.course import State
from ums_actors.core.pending import Entry
from ums_actors.errors import (
    ConnectionLost,
    Delivery,
    RemoteProtocolError,
    RequestForgotten,
    UMSError,
)
from ums_actors.protocol.envelopes import encode_request
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.pending import Payload
    from ums_actors.runtime.envelope import Bare, Envelope

__all__ = ["CorrelatorActor"]

_READY: Final = State.READY


class CorrelatorActor(Child):
    """Sends requests and resolves their futures."""

    handlers: ClassVar[dict[type[Any], str]] = {
        SubmitRequest: "_submit",
        ForgetRequest: "_forget",
        CatchUp: "_catch_up",
        FramesReceived: "_receive",
        TakeWebhook: "_take_webhook",
        ReleaseQueue: "_release",
        CallAnswered: "_call_answered",
        CallFailed: "_call_failed",
        CallsBegan: "_calls_began",
        LineDropped: "_line_dropped",
        AwaitAnswers: "_await_answers",
    }

    _in_bulk = SubmitRequest

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._pending = kernel.pending
        self._instruments = kernel.instruments
        self._clock = self._loop.clock
        call_later = self._call_later
        self._feed = Feed(kernel, self._query, call_later)
        self._replies = Replies(kernel)
        self._sweep = Sweep(self._pending, self._clock, call_later, self._expire)
        self._awaited: int | None = None  # the line whose last answer is to be told
        self._gathers = False  # frames of many requests, which then go out at once

    def on_start(self) -> None:
        """Watch the deadlines a crashed predecessor left."""
        self._sweep.arm()

    def on_failure(self, *_: object, **_named: object) -> None:
        """Leave no timer behind."""
        self._sweep.disarm()
        self._feed.stop()

    def on_stop(self) -> None:
        """Leave no timer behind."""
        self._sweep.disarm()
        self._feed.stop()
        super().on_stop()

    # -- out

    def _take_bulk(self, waiting: list[Envelope | Bare], budget: int) -> None:
        """Send requests that have come together with few writes."""
        kernel, count = self._kernel, len(waiting)
        if count > FEW:
            budget = min(budget, at_once(count, self._pending.in_flight))
        least = count - budget if count > budget else 0
        self._gathers = True
        try:
            if (
                launch_batch(kernel, waiting, least, self._clock.now())
                < self._sweep.covers
            ):
                self._sweep.arm()
            if len(waiting) > least:
                super()._take_bulk(waiting, len(waiting) - least)
        finally:
            self._gathers = False
            if kernel.outgoing:
                kernel.refs["socket"]._cell.drain()

    def _submit(self, command: SubmitRequest) -> None:
        if self._instruments is not None:
            measure(self._kernel, self._instruments, command)
        request_id = self._kernel.next_id()
        try:
            self._accept(request_id, command)
            self._in_hand = None  # the table is the kernel's, and answers
        except UMSError as error:
            command.reply.try_fail(error)
        except BaseException:
            self._pending.forget(request_id)  # else it could still be sent
            command.reply.try_fail(crashed_over(command.type))
            raise

    def _accept(self, request_id: str, command: SubmitRequest) -> None:
        """Take a request in; what is raised comes before any byte of it is sent."""
        kernel = self._kernel
        if kernel.carrier is not None:
            kernel.carrier.check(kernel, command)
        line_up = kernel.websocket is not None
        ready = line_up and kernel.session.state is _READY
        if not ready:
            self._check_wait(command, line_up=line_up)
        payload: Payload
        if type(command.body) is not Later:
            payload = encode_request(
                request_id,
                command.type,
                command.body,
                command.headers,
                command.metadata,
                command.encoded_metadata,
            )
        elif ready:
            payload = _encoded(request_id, command)
        else:
            payload = partial(_encoded, request_id, command)
        options = kernel.options
        timeout = command.timeout
        entry = Entry(
            request_id,
            command.type,
            payload,
            command.reply,
            options.request_timeout if timeout is None else timeout,
            command.resend,
            command.internal,
            raw=command.raw,
        )
        self._pending.submit(
            entry, self._clock.now(), queue_timeout=options.queue_timeout, ready=ready
        )
        command.reply.tag = request_id
        deadline = entry.answer_by if entry.queue_until is None else entry.queue_until
        if deadline < self._sweep.covers:
            self._sweep.arm()
        if entry.sent:
            if type(payload) is bytes:
                self._write(entry, payload)
            else:
                self._write_entry(entry)

    def _check_wait(self, command: SubmitRequest, *, line_up: bool) -> None:
        """Refuse what could only wait in vain for a line."""
        if self._kernel.at_rest():
            raise self._kernel.refusal(command.type)
        if command.internal and not line_up:
            raise ConnectionLost(
                "the line went away before the request was written",
                delivery=Delivery.NOT_SENT,
                request_type=command.type,
            )

    def _forget(self, command: ForgetRequest) -> None:
        """Let one go whose caller gave up; its answer, if it comes, counts as late."""
        entry = self._pending.forget(command.request.tag)
        if entry is None:  # it has been answered, or was none of ours
            return
        websocket = self._kernel.websocket
        if entry.sent and websocket is not None and websocket.withdraw(entry.id):
            entry.sent = False
        command.request.try_fail(
            RequestForgotten(
                f"nobody waits for the answer to {entry.type} any more",
                delivery=entry.delivery,
                request_id=entry.id,
                request_type=entry.type,
            )
        )
        self._let_go()
        self._tell_if_answered()

    def _release(self, _: ReleaseQueue) -> None:
        kernel = self._kernel
        if kernel.websocket is None or kernel.session.state is not _READY:
            return  # it waited here while that line went away
        self._let_go()
        self._feed.catch_up()

    def _let_go(self) -> None:
        """Send what may go now; before READY only what belongs to the line itself."""
        kernel = self._kernel
        if kernel.websocket is not None:
            ready = kernel.session.state is _READY
            for entry in self._pending.release(self._now(), ready=ready):
                self._write_entry(entry)
        self._sweep.arm()

    def _write_entry(self, entry: Entry) -> None:
        payload = entry.payload
        if callable(payload):
            try:
                payload = entry.payload = payload()
                self._pending.weigh(entry)
            except Exception as error:  # noqa: BLE001  (others are written after it)
                self._pending.forget(entry.id)
                entry.reply.try_fail(error)
                return
        if payload is not None:
            self._write(entry, payload)

    def _write(self, entry: Entry, payload: bytes) -> None:
        if self._kernel.subscribers.tapped:
            self._kernel.taps.sent(entry, payload)
        outgoing = self._kernel.outgoing
        if not outgoing and not self._gathers:
            self._kernel.refs["socket"]._cell.schedule()  # it looks there
        outgoing.append((entry.id, payload))

    # -- in

    def _on_delivered(self, message: FramesReceived) -> None:
        self._receive(message)  # nothing else is, and nobody waits for it

    def _receive(self, batch: FramesReceived) -> None:
        if batch.generation != self._kernel.session.generation:
            self._kernel.counters.stale += len(batch.messages)
            return
        take_batch(self._kernel, batch.messages, self._replies, self._feed)
        if self._pending.waits:
            self._let_go()
        if self._awaited is not None:
            self._tell_if_answered()

    def _take_webhook(self, command: TakeWebhook) -> None:
        """Feed it as if the line had brought it; what is wrong with it is answered."""
        kernel, frame = self._kernel, command.notification
        try:
            self._feed.take_webhook(frame)
        except Exception as error:  # noqa: BLE001  (isolation is the point)
            kernel.counters.failed_notifications += 1
            if not isinstance(error, RemoteProtocolError):
                report(
                    kernel, "notification.failed", error, notification_type=frame.type
                )
            command.reply.try_fail(error)
        self._feed.catch_up()
        command.reply.try_set(None)

    def _calls_began(self, _: CallsBegan) -> None:
        self._sweep.arm()

    def _call_answered(self, event: CallAnswered) -> None:
        """Take the answer of a carrier that makes calls."""
        if event.generation != self._kernel.session.generation:
            self._kernel.counters.stale += 1
            return
        entry = self._pending.answer(event.response.req_id)
        if entry is not None:
            entry.least_pause = event.pause
            self._replies.resolve(entry, event.response)
        self._let_go()
        self._tell_if_answered()

    def _call_failed(self, event: CallFailed) -> None:
        if event.generation != self._kernel.session.generation:
            self._kernel.counters.stale += 1
            return
        self._replies.fail(event)
        self._let_go()
        self._tell_if_answered()

    def _await_answers(self, command: AwaitAnswers) -> None:
        self._awaited = command.generation
        self._tell_if_answered()

    def _tell_if_answered(self) -> None:
        if self._awaited is not None and not self._pending.in_flight:
            self._tell("supervisor", AnswersArrived(self._awaited))
            self._awaited = None

    def _catch_up(self, _: CatchUp) -> None:
        self._feed.catch_up()

    def _query(self, request_type: str, body: Any) -> LoopFuture[Any]:
        """Send a query of the feed's; its answer comes undecoded."""
        reply: LoopFuture[Any] = LoopFuture()
        self.actor_ref.tell(
            SubmitRequest(request_type, body, reply, internal=True, raw=True)
        )
        return reply

    # -- deadlines

    def _line_dropped(self, _: LineDropped) -> None:
        self._feed.line_lost()
        self._sweep.arm()

    def _expire(self) -> None:
        websocket = self._kernel.websocket
        for entry in self._pending.expire(self._now()):
            written = entry.sent
            if written and websocket is not None and websocket.withdraw(entry.id):
                entry.sent = False
            entry.reply.try_fail(too_late(entry, written=written))
        self._let_go()
        self._tell_if_answered()


def _encoded(request_id: str, command: SubmitRequest) -> bytes:
    """Encode a request whose body is :class:`Later`."""
    return encode_request(
        request_id,
        command.type,
        command.body.make(),
        command.headers,
        command.metadata,
        command.encoded_metadata,
    )
