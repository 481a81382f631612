"""The correlator: matches responses to requests, keeps deadlines, hands on the rest.

The table itself is in the kernel. A message that carries a caller's future is
answered also if handling it raises.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ums_actors.actors.child import Child
from ums_actors.actors.feed import Feed
from ums_actors.actors.messages import (
    AnswersArrived,
    AwaitAnswers,
    CatchUp,
    ForgetRequest,
    FramesReceived,
    Later,
    LineDropped,
    ReleaseQueue,
    SendFrames,
    SubmitRequest,
    ValidateToken,
)
from ums_actors.core.course import State
from ums_actors.core.pauses import TOO_MANY
from ums_actors.core.window import pause_after
from ums_actors.errors import (
    ConnectionLost,
    Delivery,
    RequestForgotten,
    RequestRejected,
    RequestTimedOut,
    UMSError,
)
from ums_actors.protocol.envelopes import Response, decode_body, encode_request
from ums_actors.protocol.renumbering import renumbered
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.pending import Entry, Payload
    from ums_actors.runtime.timers import Timer

__all__ = ["CorrelatorActor"]

_FIRST_ERROR = 400
_UNAUTHORIZED = 401
_SWEEP_GRAIN = 0.05
"""Seconds by which a deadline may be noticed late; spares a timer per request."""


class CorrelatorActor(Child):
    """Sends requests and resolves their futures."""

    handlers: ClassVar[dict[type[Any], str]] = {
        SubmitRequest: "_submit",
        ForgetRequest: "_forget",
        CatchUp: "_catch_up",
        FramesReceived: "_receive",
        ReleaseQueue: "_release",
        LineDropped: "_rearm",
        AwaitAnswers: "_await_answers",
    }

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._pending = kernel.pending
        self._feed = Feed(kernel, self._query, self._call_later)
        self._sweep: Timer | None = None
        self._validated = 0
        self._awaited: int | None = None  # the line whose last answer is to be told

    def on_start(self) -> None:
        """Watch the deadlines a crashed predecessor left."""
        self._arm()

    def on_failure(self, *_: object) -> None:
        """Leave no timer behind."""
        self._disarm()

    def on_stop(self) -> None:
        """Leave no timer behind."""
        self._disarm()
        super().on_stop()

    # -- out

    def _submit(self, command: SubmitRequest) -> None:
        request_id = self._kernel.next_id()
        try:
            self._accept(request_id, command)
            self._in_hand = None  # the table is the kernel's, and answers
        except UMSError as error:
            command.reply.try_fail(error)
        except BaseException:
            self._pending.forget(request_id)  # else it could still be sent
            command.reply.try_fail(
                ConnectionLost(
                    "the correlator crashed over this request",
                    delivery=Delivery.NOT_SENT,
                    request_type=command.type,
                )
            )
            raise

    def _accept(self, request_id: str, command: SubmitRequest) -> None:
        """Take a request in; what is raised comes before any byte of it is sent."""
        kernel = self._kernel
        state = kernel.session.state
        if kernel.at_rest():
            raise kernel.refusal(command.type)
        line_up = kernel.websocket is not None
        if command.internal and not line_up:
            raise ConnectionLost(
                "the line went away before the request was written",
                delivery=Delivery.NOT_SENT,
                request_type=command.type,
            )
        ready = state is State.READY and line_up
        payload: Payload
        if type(command.body) is Later and not ready:
            payload = partial(_encoded, request_id, command)
        else:
            payload = _encoded(request_id, command)
        options = kernel.options
        now = self._now()
        entry = self._pending.submit(
            request_id,
            command.type,
            payload,
            (command.reply, command.raw),
            now=now,
            timeout=options.request_timeout
            if command.timeout is None
            else command.timeout,
            queue_timeout=options.queue_timeout,
            resend=command.resend,
            internal=command.internal,
            ready=ready,
        )
        command.reply.tag = entry.id
        deadline = entry.answer_by if entry.queue_until is None else entry.queue_until
        if self._sweep is None or deadline < self._sweep.when - _SWEEP_GRAIN:
            self._arm()
        if entry.sent:
            self._write_entry(entry)

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

    def _release(self, _: ReleaseQueue) -> None:
        kernel = self._kernel
        if kernel.websocket is None or kernel.session.state is not State.READY:
            return  # it waited here while that line went away
        self._let_go()
        self._feed.catch_up()

    def _let_go(self) -> None:
        """Send what may go now; before READY only what belongs to the line itself."""
        kernel = self._kernel
        if kernel.websocket is not None:
            ready = kernel.session.state is State.READY
            for entry in self._pending.release(self._now(), ready=ready):
                self._write_entry(entry)
        self._arm()

    def _write_entry(self, entry: Entry) -> None:
        payload = entry.payload
        if callable(payload):
            try:
                payload = entry.payload = payload()
            except Exception as error:  # noqa: BLE001  (others are written after it)
                self._pending.forget(entry.id)
                reply, _ = entry.reply
                reply.try_fail(error)
                return
        if payload is not None:
            self._write(entry, payload)

    def _write(self, entry: Entry, payload: bytes) -> None:
        if self._kernel.subscribers.tapped:
            self._kernel.taps.sent(entry, payload)
        outgoing = self._kernel.outgoing
        if not outgoing:
            self._tell("socket", SendFrames())
        outgoing.append((entry.id, payload))

    # -- in

    def _receive(self, batch: FramesReceived) -> None:
        if batch.generation != self._kernel.session.generation:
            self._kernel.counters.stale += len(batch.messages)
            return
        answer, told = self._pending.answer, False
        try:
            for message in batch.messages:
                if isinstance(message, Response):
                    entry = answer(message.req_id)
                    if entry is not None:
                        self._resolve(entry, message)
                else:
                    told = True
                    self._feed.take(message)
        finally:
            if told:
                self._feed.catch_up()
        if self._pending.waiting:
            self._let_go()
        if self._awaited is not None:
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

    def _resolve(self, entry: Entry, response: Response) -> None:
        if self._kernel.subscribers.tapped:
            self._kernel.taps.answered(entry, response)
        if response.code == TOO_MANY:
            if self._sent_again(entry):
                return
        else:
            self._pending.window.answered(entry.round)
        reply, raw = entry.reply
        try:
            body = response.body if raw else decode_body(response.body)
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
        if response.code < _FIRST_ERROR:
            reply.try_set(body)
            return
        reply.try_fail(
            RequestRejected(
                response.code, body, request_id=entry.id, request_type=entry.type
            )
        )
        generation = self._kernel.session.generation
        if response.code == _UNAUTHORIZED and self._validated != generation:
            self._validated = generation  # once a line is enough
            self._tell("token", ValidateToken())

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
        pause = pause_after(entry.refusals + 1, self._runtime.random.random())
        stays = self._pending.turn_back(entry, self._now(), pause, again)
        reply, _ = entry.reply
        reply.tag = entry.id
        window = self._pending.window.limit
        self._observe("request.too_many", logging.INFO, window=window)
        return stays

    def _query(self, request_type: str, body: Any) -> LoopFuture[Any]:
        """Send a query of the feed's; its answer comes undecoded."""
        reply: LoopFuture[Any] = LoopFuture()
        self.actor_ref.tell(
            SubmitRequest(request_type, body, reply, internal=True, raw=True)
        )
        return reply

    # -- deadlines

    def _rearm(self, _: LineDropped) -> None:
        self._arm()

    def _disarm(self) -> None:
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None

    def _arm(self) -> None:
        times = (self._pending.next_deadline(), self._pending.next_release())
        when = min((time for time in times if time is not None), default=None)
        if when is None:
            self._disarm()
            return
        due = max(when, self._now() + _SWEEP_GRAIN)
        if self._sweep is not None:
            if self._sweep.when <= due:
                return  # else frames that come and come would put it off for ever
            self._disarm()
        self._sweep = self._call_later(due - self._now(), self._expire)

    def _expire(self) -> None:
        self._sweep = None
        websocket = self._kernel.websocket
        for entry in self._pending.expire(self._now()):
            written = entry.sent
            if written and websocket is not None and websocket.withdraw(entry.id):
                entry.sent = False
            reply, _ = entry.reply
            reply.try_fail(_too_late(entry, written=written))
        self._let_go()
        self._tell_if_answered()


def _encoded(request_id: str, command: SubmitRequest) -> bytes:
    body = command.body
    return encode_request(
        request_id,
        command.type,
        body.make() if type(body) is Later else body,
        command.headers,
        command.metadata,
        command.encoded_metadata,
    )


def _too_late(entry: Entry, *, written: bool) -> UMSError:
    """Make the error for a request whose time is over."""
    if entry.refusals and not written:  # the last that was heard of it
        return RequestRejected(
            TOO_MANY, request_id=entry.refused_as, request_type=entry.type
        )
    return RequestTimedOut(
        f"{entry.type} got no answer in {entry.timeout:g} s"
        if written
        else f"{entry.type} waited too long for a READY line with room for it",
        delivery=entry.delivery,
        request_id=entry.id,
        request_type=entry.type,
    )
