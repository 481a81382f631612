"""The socket actor: one object, one generation, one websocket.

Reading, decoding and writing are done in batches: one read gives one message to the
correlator, a drained inbox gives one write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.actors.carrier import Carrier
from ums_actors.actors.messages import (
    CloseSocket,
    FramesReceived,
    FramesTapped,
    OpenSocket,
    StepFailed,
)
from ums_actors.actors.timings import dialled
from ums_actors.actors.trouble import report
from ums_actors.core.heartbeat import Beat, Heartbeat
from ums_actors.core.reason import (
    Fenced,
    LineBroken,
    LineClosed,
    PeerSilent,
    Reason,
    Stopped,
    from_error,
)
from ums_actors.errors import ConnectError, Overloaded, RemoteProtocolError
from ums_actors.protocol.envelopes import decode_messages
from ums_actors.runtime.poller import READABLE, WRITABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.connector import Dialling
    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime import LoopFuture
    from ums_actors.runtime.timers import Timer
    from ums_actors.transport.nonblocking import Websocket

__all__ = ["SocketActor"]

_GOODBYE = 2.0
"""Seconds a peer has for its own close frame."""
_LONGEST_MESSAGE = 180.0
"""Seconds within which the end of a message must follow its beginning: fragments, also
empty ones, keep a line alive for ever. The largest allowed takes as long on a line of
750 kbit/s. Looked at with each beat; the service's own limit is UNKNOWN."""


class SocketActor(Carrier):
    """Owns a websocket from its dialling to its end."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._websocket: Websocket | None = None
        self._dialling: Dialling | None = None
        self._heartbeat: Heartbeat | None = None
        self._timer: Timer | None = None  # of the next beat, or of the goodbye
        self._mask = READABLE
        self._permit: Callable[[], bool] | None = None  # where there is a tenure
        self._unfinished = 0, 0.0  # a message whose end is waited for, and since when

    def abandon(self) -> None:
        """Stop dialling or listening at once, without a word to the supervisor."""
        super().abandon()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._dialling is not None:
            self._dialling.abort()
            self._dialling = None

    # -- opening

    def _start_line(self, command: OpenSocket) -> None:
        options = self._kernel.options
        self._permit = self._permit_of_line()
        terms = () if self._permit is None else (self._permit,)
        dialling = self._kernel.connector.dial(
            command.url, options.connect_timeout, command.headers, *terms
        )
        self._dialling = dialling
        opened = self._runtime.workers("connect").submit(
            self._loop,
            dialling.run,
            timeout=options.connect_timeout,
            on_abandon=dialling.abort,
        )
        opened.add_done_callback(self._dialled)

    def _dialled(self, opened: LoopFuture[Websocket]) -> None:
        """Adopt the websocket, or shut it if nobody wants it any more."""
        error = opened.exception()
        stale = self._ended or self._cell.actor is not self or self._cell.suspended
        if stale:
            if error is None:
                opened.get(timeout=0).shutdown()
            return
        if self._dialling is not None:
            dialled(self._kernel, self._dialling.steps)
            self._dialling = None
        if error is None:
            websocket = opened.get(timeout=0)
            # before anything can fail: what the kernel has is shut with the line
            self._websocket = self._kernel.websocket = websocket
            websocket.permit = self._permit
            self._cell.guard(lambda: self._adopt(websocket))
            return
        if isinstance(error, (TimeoutError, Overloaded)):
            error = ConnectError(
                "no websocket within the connect timeout", step="queue", timed_out=True
            )
        self._tell("supervisor", StepFailed(self._line, error))

    def _adopt(self, websocket: Websocket) -> None:
        options = self._kernel.options
        self._heartbeat = Heartbeat(options.ping_interval, options.pong_timeout)
        self._heartbeat.heard(self._now())
        self._loop.watch(websocket.fileno(), READABLE, self._cell.fenced(self._ready))
        self._opened()
        self._beat()
        self._read()  # TLS may hold bytes already, also a close frame

    # -- the line

    def _ready(self, mask: int) -> None:
        if mask == READABLE:
            self._read()
            return
        if mask & WRITABLE:
            self._flush()
        if mask & ~WRITABLE:
            self._read()

    def _read(self) -> None:
        websocket = self._websocket
        if websocket is None or self._ended:
            return
        frames = websocket.read()
        if websocket.heard and self._heartbeat is not None:
            websocket.heard = False
            self._heartbeat.heard(self._cell.loop.clock.now())
        if frames:
            self._hand_on(frames)
        if websocket.over:
            self._end(self._end_of(websocket))
        elif (
            websocket.more
            or websocket.wants_write
            or self._mask != READABLE
            or websocket.buffered
        ):
            self._flush()

    def _hand_on(self, frames: list[bytes]) -> None:
        if self._kernel.taps_messages:
            self._kernel.root.tell(FramesTapped(self._line, frames))
            return
        errors: list[RemoteProtocolError] = []
        messages = decode_messages(frames, errors)
        for error in errors:
            self._kernel.counters.bad_frames += 1
            report(self._kernel, "frame.undecodable", error)
        correlator = self._kernel.refs["correlator"]._cell
        correlator.deliver(FramesReceived(self._line, messages))

    def _end_of(self, websocket: Websocket) -> Reason:
        if websocket.closed_by_peer is not None:
            code, text = websocket.closed_by_peer
            return LineClosed(code, text)
        if isinstance(websocket.failure, RemoteProtocolError):
            return from_error(websocket.failure)
        if websocket.failure is not None:
            return LineBroken(str(websocket.failure).removeprefix("the line broke: "))
        return LineBroken("the peer closed the TCP connection")

    def _send_all(self) -> None:
        """Queue what the correlator has for the line."""
        outgoing, websocket = self._kernel.outgoing, self._websocket
        if websocket is None or self._ended or websocket.closing:
            return  # the line is going: the supervisor answers for its requests
        for request_id in websocket.send_all(outgoing):
            self._refuse(request_id)

    def _refuse(self, request_id: str) -> None:
        """Answer a request for which the buffer has no room."""
        entry = self._kernel.pending.forget(request_id)
        if entry is not None:
            entry.sent = False
            error = Overloaded(
                f"{self._kernel.options.write_buffer_limit} bytes wait for a slow "
                "peer: wait for answers before sending more",
                request_id=entry.id,
                request_type=entry.type,
            )
            error.delivery = entry.delivery  # an earlier line may have delivered it
            entry.reply.try_fail(error)

    def _on_drained(self) -> None:
        """Write what has come together in a turn, in one go."""
        websocket, outgoing = self._websocket, self._kernel.outgoing
        if (
            outgoing
            and websocket is not None
            and not (self._ended or websocket.closing)
        ):
            for request_id in websocket.write_all(outgoing):
                self._refuse(request_id)
            if not (websocket.more or websocket.wants_write or self._mask != READABLE):
                return
        self._flush()

    def _flush(self) -> None:
        websocket = self._websocket
        if websocket is None or self._ended:
            return
        websocket.flush()
        if websocket.more:
            if websocket.fenced:
                self._end(Fenced())
                return
            self._loop.call_soon(self._cell.fenced(self._read))
        mask = READABLE | WRITABLE if websocket.wants_write else READABLE
        if mask != self._mask:
            self._mask = mask
            self._loop.rewatch(websocket.fileno(), mask)

    def _beat(self) -> None:
        """Ping an idle peer; give up one that stays silent."""
        websocket, heartbeat = self._websocket, self._heartbeat
        if websocket is None or heartbeat is None or self._ended:
            return
        if not self._ends_its_messages(websocket):
            return
        beat = heartbeat.check(self._now())
        if beat is Beat.DEAD:
            self._end(PeerSilent(self._kernel.options.pong_timeout))
            return
        if beat is Beat.PING:
            websocket.ping(b"")
        delay = max(heartbeat.next_at() - self._now(), 0.01)
        self._timer = self._call_later(delay, self._beat)
        self._flush()  # last, since it may find that the line has ended

    def _ends_its_messages(self, websocket: Websocket) -> bool:
        """End the line of a peer that does not come to the end of a message."""
        number, since = self._unfinished
        if not number or websocket.unfinished != number:
            self._unfinished = websocket.unfinished, self._now()
            return True
        if self._now() - since < _LONGEST_MESSAGE:
            return True
        websocket.close(1008)
        text = f"the server did not end a message within {_LONGEST_MESSAGE:g} s"
        self._end(from_error(RemoteProtocolError(text, close_code=1008)))
        return False

    # -- the end

    def _close(self, command: CloseSocket) -> None:
        websocket = self._websocket
        if websocket is None:
            self._end(Stopped())
            return
        self._send_all()  # what was there before
        websocket.close(command.code)
        self._flush()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._call_later(_GOODBYE, lambda: self._end(Stopped()))

    def _end(self, reason: Reason) -> None:
        if self._websocket is not None and not self._ended:
            self._websocket.flush()  # the echo of a close frame, if it can go
        super()._end(reason)
