"""The carrier whose line is a REST service: a request is a call, a call a worker's job.

A call that fails concerns its caller alone. What ends the line is what would fail all:
that no token is to be had. Then requests wait for the next attempt as they do for a
websocket.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ums_actors.actors.carrier import Carrier
from ums_actors.actors.messages import (
    AcquireToken,
    CallAnswered,
    CallFailed,
    CallsBegan,
    ChildExited,
    CloseSocket,
    InvalidateToken,
    Later,
    OpenSocket,
    StepFailed,
)
from ums_actors.actors.rest.desk import Desk
from ums_actors.actors.rest.flight import Flight
from ums_actors.actors.rest.line import RestLine
from ums_actors.core.reason import Stopped, TokenRefused
from ums_actors.core.window import pause_after
from ums_actors.errors import (
    LocalProtocolError,
    NotSupported,
    RemoteProtocolError,
    UMSError,
)
from ums_actors.http.deadline import Deadline
from ums_actors.http.kept import Kept
from ums_actors.protocol.envelopes import Response, decode_body, encode_part
from ums_actors.protocol.rest.answers import response_body
from ums_actors.protocol.rest.offered import OFFERED, exchange_of, not_offered
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.messages import SubmitRequest
    from ums_actors.http.client import Answer
    from ums_actors.protocol.rest.exchange import Exchange
    from ums_actors.runtime.timers import Timer

__all__ = ["RestCarrier"]

_UNAUTHORIZED: Final = 401
_IDLE: Final = 30.0
"""Seconds that a line rests between calls; how long the service bears it is UNKNOWN,
many end it after 60. One that says less is believed."""
_IN_VAIN: Final = 60.0
"""Seconds for which a 401 is believed to be about what was asked, after one that a new
token did not help."""
_GRACE: Final = 0.5
"""Seconds a call's own deadline has before its worker is given up."""


class RestCarrier(Carrier):
    """Makes calls of requests, and answers of what comes of them."""

    takes_turns = True

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._rest: RestLine | None = None
        self._desk: Desk | None = None
        self._permit: Callable[[], bool] | None = None  # where there is a tenure
        self._refused = -1  # generation of the last token that was refused
        self._renewed_at = -math.inf  # when that gave another one
        self._in_vain_until = -math.inf
        self._timer: Timer | None = None  # of the lines that rest

    @classmethod
    def check(cls, kernel: Kernel, command: SubmitRequest) -> None:
        """Refuse what the service does not offer, before it waits for anything."""
        if command.headers is not None:
            raise NotSupported(
                "the headers of a request are a websocket's: leave them out, or use a "
                "BrandWebsocketConnection"
            )
        kind, body, more = command.type, command.body, command.encoded_metadata
        if isinstance(body, Later):  # of the library's own making
            if kind not in OFFERED:
                raise not_offered(kind)
            return
        plain = decode_body(encode_part(kind, body))
        exchange_of(kernel.account_id, kind, plain, None, more)

    def abandon(self) -> None:
        """Take no more calls, without a word to the supervisor; the line ends them."""
        super().abandon()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._rest is not None:
            self._rest.kept.close()

    # -- the line

    def _start_line(self, command: OpenSocket) -> None:
        del command
        kernel = self._kernel
        self._permit = self._permit_of_line()
        options, services = kernel.options, kernel.services
        self._desk = Desk(
            services.http, services.csds, kernel.account_id, options.max_message_size
        )
        kept = Kept(options.rest_lines, _IDLE, self._loop.clock.now)
        wake = self._cell.schedule
        self._rest = kernel.websocket = RestLine(options.rest_lines, kept, wake)
        self._opened()

    def _close(self, command: CloseSocket) -> None:
        del command
        self._end(Stopped())

    # -- calls

    def _on_drained(self) -> None:
        """Take what the correlator has, and let those go who may."""
        outgoing, rest = self._kernel.outgoing, self._rest
        if rest is None or self._ended:
            return  # the line is going: the supervisor answers for its requests
        taken = 0
        try:
            for request_id, payload in outgoing:
                taken += 1
                self._take(rest, request_id, payload)
        finally:  # one that makes us crash does not come again
            del outgoing[:taken]
        self._go(rest)

    def _take(self, rest: RestLine, request_id: str, payload: bytes) -> None:
        try:
            exchange = self._exchange_of(payload)
        except UMSError as error:
            self._tell("correlator", CallFailed(self._line, request_id, error))
            return
        deadline = Deadline(0.0, self._loop.clock.now)  # until its turn has come
        rest.add(Flight(request_id, exchange, deadline, rest.kept, self._permit))

    def _exchange_of(self, payload: bytes) -> Exchange:
        frame: dict[str, Any] = msgspec.json.decode(payload)
        return exchange_of(
            self._kernel.account_id,
            frame["type"],
            frame["body"],
            frame.get("metadata"),
            frame.get("encodedMetadata"),
        )

    def _go(self, rest: RestLine) -> None:
        began = 0
        for flight in rest.due():
            if flight.began:
                self._make(rest, flight)
            elif self._begin(flight):
                began += 1
                self._make(rest, flight)
            else:
                rest.done(flight)
        if began:
            self._tell("correlator", CallsBegan())

    def _begin(self, flight: Flight) -> bool:
        """Let the time for the answer run; tell whether anybody waits for it."""
        clock = self._loop.clock
        now = clock.now()
        due = self._kernel.pending.begin(flight.request_id, now)
        if due is None:
            return False
        flight.began = True
        flight.deadline = Deadline(due - now, clock.now)
        return True

    def _make(self, rest: RestLine, flight: Flight) -> None:
        """Have a worker make the call, with the token that is held."""
        kernel, login, desk = self._kernel, self._kernel.held, self._desk
        if login is None or desk is None:
            self._await_token(rest, flight)
            return
        flight.token = kernel.token_generation
        made = self._runtime.workers("rest").submit(
            self._loop,
            partial(desk.make, flight, login.token),
            timeout=max(0.0, flight.deadline.remaining()) + _GRACE,
            on_abandon=flight.withdraw,
        )
        made.add_done_callback(self._cell.fenced(partial(self._landed, flight)))

    def _landed(self, flight: Flight, made: LoopFuture[Answer]) -> None:
        rest, error = self._rest, made.exception()
        if rest is None or self._ended:
            return  # its caller has been answered
        if flight.withdrawn:
            rest.done(flight)
        elif error is not None:
            self._failed(rest, flight, error)
        else:
            self._answered(rest, flight, made.get(timeout=0))
        self._prune_later(rest)
        self._go(rest)

    def _answered(self, rest: RestLine, flight: Flight, answer: Answer) -> None:
        if answer.status == _UNAUTHORIZED and self._is_token_s(flight):
            self._refused_token(rest, flight)
            return
        rest.done(flight)
        try:
            body = response_body(flight.exchange, answer.status, answer.body)
        except UMSError as error:
            self._tell("correlator", CallFailed(self._line, flight.request_id, error))
            return
        response = Response(flight.request_id, answer.status, "", body)
        pause = answer.retry_after
        self._tell("correlator", CallAnswered(self._line, response, pause))

    def _failed(self, rest: RestLine, flight: Flight, error: BaseException) -> None:
        """Tell who asked; what may be asked twice is, within its time."""
        is_final = isinstance(error, (LocalProtocolError, RemoteProtocolError))
        if is_final or not flight.exchange.may_be_repeated:
            rest.done(flight)
            failed = CallFailed(
                self._line, flight.request_id, error, written=flight.written
            )
            self._tell("correlator", failed)
            return
        flight.failures += 1
        rest.rest(flight)
        pause = pause_after(flight.failures, self._runtime.random.random())
        if pause < flight.deadline.remaining():  # else the end of its time ends it
            self._call_later(pause, partial(self._again, rest, flight))

    def _again(self, rest: RestLine, flight: Flight) -> None:
        rest.again(flight)
        self._go(rest)

    # -- the token

    def _is_token_s(self, flight: Flight) -> bool:
        """Tell whether it may be the token that a call was refused for.

        If another token has just been refused like it, it is what was asked: a login
        for each such call would only kill tokens.
        """
        now = self._now()
        if flight.renewed:
            self._in_vain_until = now + _IN_VAIN
        return now >= self._in_vain_until

    def _refused_token(self, rest: RestLine, flight: Flight) -> None:
        """Give up the token with which a call was refused, and make it once more.

        One that is refused so soon after it was got is taken from us by somebody: then
        the line ends, for the next login to come after a pause that grows.
        """
        flight.refused()
        is_another = flight.token != self._refused
        age = self._now() - self._renewed_at
        if is_another and age < self._kernel.options.stable_after:
            rest.rest(flight)
            self.abandon()
            lost = ChildExited("socket", self._line, TokenRefused(_UNAUTHORIZED))
            self._tell("supervisor", lost)
            return
        flight.renewed = True
        if is_another:  # else another call has told of it
            self._refused = flight.token
            self._tell("token", InvalidateToken(flight.token, "REST"))
        self._await_token(rest, flight)

    def _await_token(self, rest: RestLine, flight: Flight) -> None:
        """Let a call wait for a token; all who do share one login."""
        rest.rest(flight)
        reply: LoopFuture[Any] = LoopFuture()
        self._tell("token", AcquireToken(reply))
        reply.add_done_callback(self._cell.fenced(partial(self._renewed, rest, flight)))

    def _renewed(
        self, rest: RestLine, flight: Flight, acquired: LoopFuture[Any]
    ) -> None:
        error = acquired.exception()
        if self._ended:
            return
        if error is None:
            if flight.renewed:
                self._renewed_at = self._now()
            self._again(rest, flight)
        else:
            self.abandon()
            self._tell("supervisor", StepFailed(self._line, error))

    # -- lines that rest

    def _prune_later(self, rest: RestLine) -> None:
        if self._timer is None and len(rest.kept):
            self._timer = self._call_later(_IDLE, partial(self._prune, rest))

    def _prune(self, rest: RestLine) -> None:
        self._timer = None
        left = rest.kept.prune()
        if left is not None:
            self._timer = self._call_later(left, partial(self._prune, rest))
