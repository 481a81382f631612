"""One websocket: reads requests, writes what its outbox holds."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from typing import TYPE_CHECKING, Any, Final, Literal

from aiohttp import WSMessage, WSMsgType, web

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.sides.client import Client
from ums_actors.emulator.wire.frames import Answer, Malformed, Request, parse, response
from ums_actors.emulator.wire.outbox import Outbox, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.emulator.control.faults import Faults
    from ums_actors.emulator.wire.framelog import FrameLog
    from ums_actors.emulator.world.users import User

__all__ = ["Line"]

CUT: Final = 0
"""In place of a close code: no close frame, TCP is gone at once."""
TCP_GRACE: Final = 0.1
"""Seconds for the last bytes after the close handshake, until TCP is aborted."""


class Line:
    """One open socket, from the upgrade to its end.

    Args:
        conn: its number in the log.
        user: the brand user at the other end; None for a consumer.
        identity: how requests and events name who is there.
        serve: carries a request out, or raises Refused.
        faults: what goes wrong on purpose.
        log: where its frames are kept.
        gap: seconds between a response and the next notification.
        idle_timeout: seconds without a frame until it is closed.

    Attributes:
        client: who is there.
        requests: how many requests it has read.
    """

    def __init__(
        self,
        conn: int,
        user: User | None,
        identity: str,
        serve: Callable[[Client, Request], Answer],
        *,
        faults: Faults,
        log: FrameLog,
        gap: float,
        idle_timeout: float,
    ) -> None:
        self.conn = conn
        self.requests = 0
        self.client = Client(user, identity, self._notify)
        self._serve = serve
        self._faults = faults
        self._log = log
        self._idle_timeout = idle_timeout
        self._outbox = Outbox(gap)
        self._work = asyncio.Event()
        self._frozen = False
        self._ending: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._ended = asyncio.Event()
        self._socket = web.WebSocketResponse(
            timeout=choices.CLOSE_WAIT,
            autoping=False,
            autoclose=False,
            compress=False,
            max_msg_size=choices.MAX_FRAME_BYTES,
        )
        self._transport: asyncio.Transport | None = None

    async def open(self, request: web.Request) -> None:
        """Upgrade the request.

        Raises:
            web.HTTPBadRequest: it is no websocket handshake.
        """
        await self._socket.prepare(request)
        if isinstance(request.transport, asyncio.Transport):
            self._transport = request.transport

    async def serve(self) -> web.WebSocketResponse:
        """Read and write until either side ends it."""
        tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]
        ends_it: list[asyncio.Future[Any]] = [*tasks, self._ending]
        try:
            await asyncio.wait(ends_it, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            await self._close()
            self._ended.set()
        for end in ends:  # a fault of ours is to be seen, a lost peer is not
            if isinstance(end, Exception) and not isinstance(end, ConnectionError):
                raise end
        return self._socket

    # -- ending it

    def end(self, code: int) -> bool:
        """Send a close frame, then close TCP; False if it is ending already."""
        if self._ending.done():
            return False
        self._ending.set_result(code)
        return True

    def cut(self) -> bool:
        """Reset TCP, without a close frame; False if it is ending already."""
        if not self.end(CUT):
            return False
        self._abort(reset=True)
        return True

    def freeze(self) -> bool:
        """Make it half-open: TCP stays, and nothing moves any more."""
        if self._frozen or self._ending.done():
            return False
        self._frozen = True
        if self._transport is not None:
            self._transport.pause_reading()
        return True

    async def wait_ended(self) -> None:
        """Wait until its TCP connection is on the way out."""
        await self._ended.wait()

    async def _close(self) -> None:
        code = self._ending.result() if self._ending.done() else choices.IDLE_CLOSE_CODE
        if not self._ending.done():
            self._ending.set_result(code)
        if code == CUT or self._frozen:
            self._abort(reset=True)
            return
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(choices.CLOSE_WAIT + TCP_GRACE):
                await self._socket.close(code=code)
        # TLS would wait half a minute for a peer that says no goodbye
        asyncio.get_running_loop().call_later(TCP_GRACE, self._abort)

    def _abort(self, *, reset: bool = False) -> None:
        if self._transport is None:
            return
        raw = self._transport.get_extra_info("socket")
        if reset and raw is not None and raw.fileno() >= 0:
            linger = struct.pack("ii", 1, 0)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._transport.abort()

    # -- reading

    async def _read(self) -> None:
        while True:
            try:
                message = await self._socket.receive(timeout=self._idle_timeout)
            except TimeoutError:
                self.end(choices.IDLE_CLOSE_CODE)
                return
            if self._frozen:
                continue
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                self._handle_message(message)
            elif message.type is WSMsgType.PING:
                if not self._faults.mute_pings:
                    await self._socket.pong(message.data)
            elif message.type is WSMsgType.CLOSE:
                self.end(message.data or choices.IDLE_CLOSE_CODE)
                return
            elif message.type is not WSMsgType.PONG:
                return

    def _handle_message(self, message: WSMessage) -> None:
        data = message.data
        text = data.decode(errors="replace") if isinstance(data, bytes) else data
        self.requests += 1
        try:
            request = parse(text)
        except Malformed as error:
            self._log_frame("in", text, is_json=False)
            if error.request_id is None:
                self.end(choices.MALFORMED_CLOSE_CODE)
                return
            refusal = Answer(error.text, code=400)
            self._answer(self._outbox.begin(), error.request_id, "", refusal)
            return
        self._log_frame("in", text)
        reply = self._outbox.begin()
        self._answer(reply, request.request_id, request.type, self._outcome(request))

    def _outcome(self, request: Request) -> Answer:
        code = self._faults.rejects(request.type, self._outbox.unanswered)
        if code is not None:
            return Answer("Rejected by a fault knob", code=code)
        try:
            return self._serve(self.client, request)
        except Refused as refused:
            return Answer(refused.text, code=refused.code)

    def _answer(self, reply: Reply, request_id: str, kind: str, answer: Answer) -> None:
        now = time.monotonic()
        if self._faults.drops(kind):
            self._outbox.withhold(reply, now)
        else:
            delay = self._faults.delay_of(kind)
            text = response(request_id, answer, kind, is_brand=self.client.is_brand)
            self._outbox.answer(reply, text, now, delay)
        self._stir()

    # -- writing

    def _notify(self, text: str, strictly: bool) -> None:
        if self._frozen or self._ending.done():
            return
        self._outbox.notify(text, strictly=strictly)
        self._stir()

    def _stir(self) -> None:
        self._work.set()
        if len(self._outbox) > choices.MAX_OUTBOX_FRAMES:
            self.cut()  # the peer does not read; its frames must not pile up

    async def _write(self) -> None:
        while True:
            self._work.clear()
            while not self._frozen and (item := self._outbox.pop(time.monotonic())):
                text, reply = item
                self._log_frame("out", text)
                await self._socket.send_str(text)
                if reply is not None:
                    self._outbox.written(reply, time.monotonic())
            due = None if self._frozen else self._outbox.next_due()
            wait = None if due is None else max(due - time.monotonic(), 0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._work.wait()

    def _log_frame(
        self, direction: Literal["in", "out"], text: str, *, is_json: bool = True
    ) -> None:
        self._log.add(
            time.time(), self.conn, self.client.name, direction, text, is_json=is_json
        )
