"""One websocket: reads requests, writes what its outbox holds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any, Final, Literal

from aiohttp import WSMsgType

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.sides.client import Client
from ums_actors.emulator.wire.channel import Channel
from ums_actors.emulator.wire.frames import Answer, Malformed, Request, parse, response
from ums_actors.emulator.wire.outbox import Outbox, Reply
from ums_actors.emulator.wire.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import WSMessage, web

    from ums_actors.emulator.faults.faults import Faults
    from ums_actors.emulator.wire.framelog import FrameLog
    from ums_actors.emulator.world.users import User

__all__ = ["Line"]

_ENDS: Final = frozenset({WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})
"""What the library tells, and no peer has sent."""
CUT: Final = 0
"""In place of a close code: no close frame, TCP is gone at once."""


class Line:
    """One open socket, from the upgrade to its end.

    Args:
        conn: its number in the log.
        user: the brand user at the other end; None for a consumer.
        identity: how requests and events name who is there; empty for a consumer who
            is yet to say it.
        serve: carries a request out, or raises Refused.
        faults: what goes wrong on purpose.
        log: where its frames are kept.
        gap: seconds between a response and the next notification.
        idle_timeout: seconds without a frame until it is closed.
        init_timeout: seconds to say who is there until it is closed.

    Attributes:
        client: who is there.
        requests: how many requests it has read.
        heard: epoch second at which it read something last, a ping too; 0 before.
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
        init_timeout: float = choices.DEFAULT_INIT_TIMEOUT,
    ) -> None:
        self.conn = conn
        self.requests: int = 0
        self.heard: float = 0.0
        self.client: Client = Client(user, identity, self._notify)
        self._serve = serve
        self._log = log
        self._idle_timeout = idle_timeout
        self._init_timeout = init_timeout
        self._last_words: tuple[Reply, int] | None = None
        self._outbox = Outbox(gap)
        self._trouble = Trouble(faults, self.client, self._outbox)
        self._work = asyncio.Event()
        self._ending: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._ended = asyncio.Event()
        self._channel = Channel()

    async def open(self, request: web.Request) -> None:
        """Upgrade the request.

        Raises:
            web.HTTPBadRequest: it is no websocket handshake.
        """
        await self._channel.open(request)

    async def serve(self) -> web.WebSocketResponse:
        """Read and write until either side ends it."""
        tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]
        ends_it: list[asyncio.Future[Any]] = [*tasks, self._ending]
        loop = asyncio.get_running_loop()
        limit = loop.call_later(self._init_timeout, self._end_unknown)
        try:
            await asyncio.wait(ends_it, return_when=asyncio.FIRST_COMPLETED)
        finally:
            limit.cancel()
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            await self._close()
            self._ended.set()
        for end in ends:  # a fault of ours is to be seen, a lost peer is not
            if isinstance(end, Exception) and not isinstance(end, ConnectionError):
                raise end
        return self._channel.socket

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
        self._channel.reset()
        return True

    def freeze(self) -> bool:
        """Make it half-open: TCP stays, and nothing moves any more."""
        if self.is_frozen or self._ending.done():
            return False
        self._channel.freeze()
        return True

    @property
    def is_frozen(self) -> bool:
        """Whether it is half-open."""
        return self._channel.is_frozen

    async def wait_ended(self) -> None:
        """Wait until its TCP connection is on the way out."""
        await self._ended.wait()

    def _end_unknown(self) -> None:
        if not self.client.is_known:
            self.end(choices.NOT_INTRODUCED_CLOSE_CODE)

    async def _close(self) -> None:
        code = self._ending.result() if self._ending.done() else choices.IDLE_CLOSE_CODE
        if not self._ending.done():
            self._ending.set_result(code)
        if code == CUT or self.is_frozen:
            self._channel.reset()
        else:
            await self._channel.close(code)

    # -- reading

    async def _read(self) -> None:
        while not self._ending.done():
            try:
                message = await self._channel.receive(self._idle_timeout)
            except TimeoutError:
                self.end(choices.IDLE_CLOSE_CODE)
                return
            if message.type not in _ENDS:
                self.heard = time.time()
            if self._ending.done() or self.is_frozen:
                continue
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                self._handle_message(message)
            elif message.type is WSMsgType.CLOSE:
                self.end(message.data or choices.IDLE_CLOSE_CODE)
            elif message.type is WSMsgType.PING:
                if not self._trouble.mutes_ping():
                    await self._channel.pong(message.data)
            elif message.type is not WSMsgType.PONG:
                return

    def _handle_message(self, message: WSMessage) -> None:
        if self._trouble.half_opens():
            self.freeze()
            return
        data = message.data
        text = data.decode(errors="replace") if isinstance(data, bytes) else data
        self.requests += 1
        try:
            request = parse(text)
        except Malformed as error:
            self._log_frame("in", text)
            if error.request_id is None:
                self.end(choices.MALFORMED_CLOSE_CODE)
                return
            refusal = Answer(error.text, code=400)
            self._answer(self._outbox.begin(), error.request_id, "", refusal)
            return
        if self._is_cut_short(request):
            self._log_frame("in", text)
            return
        reply = self._outbox.begin()
        try:
            answer = self._outcome(request)
        finally:  # by now it is known who asks, and nothing is written yet
            self._log_frame("in", text)
        if self._trouble.disconnects(request.type):
            self.cut()
            return
        if answer.then_close is not None:
            self._last_words = (reply, answer.then_close)
        self._answer(reply, request.request_id, request.type, answer)

    def _is_cut_short(self, request: Request) -> bool:
        """Say whether a fault leaves a request without any consequence."""
        code = self._trouble.close_code(request.type)
        if code is not None:
            _ = self.cut() if code == CUT else self.end(code)
            return True
        return self._trouble.ignores(request.type)

    def _outcome(self, request: Request) -> Answer:
        refusal = self._trouble.refusal(request.type, self._outbox.unanswered)
        if refusal is not None:
            return refusal
        try:
            return self._serve(self.client, request)
        except Refused as refused:
            return Answer(refused.text, code=refused.code)

    def _answer(self, reply: Reply, request_id: str, kind: str, answer: Answer) -> None:
        now = time.monotonic()
        text = response(request_id, answer, kind, is_brand=self.client.is_brand)
        self._trouble.answer(reply, kind, text, now)
        self._stir()

    # -- writing

    def _notify(self, text: str, strictly: bool) -> None:
        if self.is_frozen or self._ending.done():
            return
        self._trouble.notify(text, time.monotonic(), strictly=strictly)
        self._stir()

    def _stir(self) -> None:
        self._work.set()
        if len(self._outbox) > choices.MAX_OUTBOX_FRAMES:
            self.cut()  # the peer does not read; its frames must not pile up

    async def _write(self) -> None:
        while True:
            self._work.clear()
            while not self.is_frozen and (item := self._outbox.pop(time.monotonic())):
                text, reply = item
                self._log_frame("out", text)
                await self._channel.send(text)
                if reply is not None:
                    self._outbox.written(reply, time.monotonic())
                if self._last_words and self._last_words[0] is reply:
                    self.end(self._last_words[1])
            due = None if self.is_frozen else self._outbox.next_due()
            wait = None if due is None else max(due - time.monotonic(), 0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._work.wait()

    def _log_frame(self, direction: Literal["in", "out"], text: str) -> None:
        self._log.add(time.time(), self.conn, self.client, direction, text)
