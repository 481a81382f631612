"""Conversations that go on through it all: what is said is heard in order, once."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final, Self

import ums_actors as ums
from ums_actors.emulator import EmulatorError
from ums_actors.testing.soak.exchange import Exchange

if TYPE_CHECKING:
    from types import TracebackType

    from ums_actors.testing.soak.scene import Scene

__all__ = ["Talk"]

_PAUSE: Final = 0.25
"""Seconds between two messages of all consumers together."""
_TURN: Final = 30
"""Messages after which a conversation is closed, and another one opened."""
_PATIENCE: Final = 60.0
"""Seconds from the end of a conversation until all of it was heard."""
_PAST: Final = 1_000
"""Conversations that are over of which it is noticed if more is heard of them."""
_SHOWN: Final = 10
"""Differences that are told."""
_END: Final = 30.0


class Talk:
    """A consumer for each bot writes on and on, from a thread, while it is entered.

    After some messages its conversation is closed, what was heard of it is compared
    with what the server knows, and forgotten; another consumer opens the next one.

    Attributes:
        said: messages that the server took, as far as it could tell.
        missed: calls to the server that failed, because it was halted.
        compared: conversations that are over, and of which all was heard once.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._lock = threading.Lock()
        self._known: dict[str, Exchange] = {}
        self._early: dict[str, list[str]] = {}  # heard before the call that opens ended
        self._past: deque[str] = deque(maxlen=_PAST)
        self._found: list[str] = []
        self._opened = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="soak-talk")
        self.said: int = 0
        self.missed: int = 0
        self.compared: int = 0
        for bot in scene.bots:
            bot.subscribe(self._hear, ums.MessageReceived).get(timeout=5)
        self._now = [self._open(number) for number in range(1, len(scene.bots) + 1)]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(_END)

    def differences(self, within: float) -> list[str]:
        """Wait until all is heard; tell what was lost, doubled or out of order."""
        waiter = threading.Event()
        deadline = time.monotonic() + within
        while self._open_differences() and time.monotonic() < deadline:
            waiter.wait(_PAUSE)
        left = self._open_differences()
        with self._lock:
            left += [f"{it}: nobody opened it" for it in self._early]
            return [*self._found, *left][:_SHOWN]

    def _open_differences(self) -> list[str]:
        self._compare()
        with self._lock:
            known = list(self._known.values())
        pairs = [
            (it, self._said_in(it) if it.said is None else it.said) for it in known
        ]
        return [found for it, said in pairs if (found := it.difference(said))]

    def _hear(self, event: ums.MessageReceived) -> None:
        if event.event_type != "ContentEvent" or event.text is None:
            return
        which = event.conversation_id
        with self._lock:
            exchange = self._known.get(which)
            if exchange is not None:
                exchange.heard.append(event.text)
            elif which in self._past:
                self._note(f"{which}: {event.text!r} heard after all was heard")
            else:
                self._early.setdefault(which, []).append(event.text)

    # -- the thread

    def _work(self) -> None:
        number = 0
        while not self._stop.wait(_PAUSE):
            number += 1
            place = number % len(self._now)
            try:
                if self._now[place].sent < _TURN:
                    self._write(self._now[place], str(number))
                else:
                    self._close(self._now[place])
                    self._now[place] = self._open(self._now[place].bot)
            except EmulatorError:
                self.missed += 1
            self._compare()

    def _write(self, exchange: Exchange, text: str) -> None:
        exchange.sent += 1
        self._scene.server.write(exchange.conversation_id, text)
        self.said += 1

    def _close(self, exchange: Exchange) -> None:
        """Close a conversation; whoever failed in it may try again."""
        server, which = self._scene.server, exchange.conversation_id
        if not exchange.closed:
            try:
                server.close_conversation(which)
            except EmulatorError:
                if self._find("conversation", which)["stage"] == "OPEN":
                    raise
            exchange.closed = True
        if exchange.said is None:
            exchange.until = time.monotonic() + _PATIENCE
            exchange.said = self._said_in(exchange)

    def _open(self, bot: int) -> Exchange:
        """Open a conversation; one that an attempt that failed has opened is taken."""
        consumer = f"soak-{bot}-{self._opened}"
        try:
            which = self._scene.server.open_conversation(
                assign=f"bot{bot}", text="0", consumer=consumer
            ).conversation_id
        except EmulatorError:
            which = self._find("consumer", consumer)["conversation"]
        self._opened += 1
        with self._lock:
            exchange = Exchange(which, bot, self._early.pop(which, []))
            self._known[which] = exchange
        return exchange

    def _compare(self) -> None:
        """Forget the conversations that are over, and of which all was heard."""
        with self._lock:
            for exchange in list(self._known.values()):
                if exchange.said is None:
                    continue
                difference = exchange.difference(exchange.said)
                if difference and time.monotonic() < exchange.until:
                    continue
                if difference:
                    self._note(difference)
                else:
                    self.compared += 1
                del self._known[exchange.conversation_id]
                self._past.append(exchange.conversation_id)

    def _note(self, difference: str) -> None:
        if len(self._found) < _SHOWN:
            self._found.append(difference)

    # -- what the server knows

    def _said_in(self, exchange: Exchange) -> list[str]:
        return [
            record["event"]["message"]
            for record in self._scene.server.transcript(exchange.conversation_id)
            if record["event"]["type"] == "ContentEvent"
        ]

    def _find(self, key: str, value: str) -> dict[str, Any]:
        for summary in self._scene.server.conversations():
            if summary[key] == value:
                return summary
        raise EmulatorError(f"there is no conversation whose {key} is {value}")
