"""An agent's connection that hears what is pushed, in a process of its own.

``python -m benchmarks.listener ORIGIN``: a real supervised connection with a callback
for changes of conversations and one for messages. ``connect`` opens it, trusting the
certificate ``ca`` (null: plain). ``expect`` says how many ``conversations`` and
``messages`` will come, and ``hear`` waits until they have, and answers what the loop's
thread did since.
"""

from __future__ import annotations

import queue
import ssl
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from benchmarks.child import answer_commands
from benchmarks.contestants.contestant import DEADLINE
from benchmarks.traffic import ACCOUNT, USER
from benchmarks.workload import TOKEN
from ums_actors import (
    BrandWebsocketConnection,
    ConversationChanged,
    MessageReceived,
    ReadyBearer,
)
from ums_actors.runtime import Runtime

if TYPE_CHECKING:
    from ums_actors.runtime import LoopRef

__all__ = ["main"]

_TROUBLES: Final = (
    "bad_frames",
    "duplicates",
    "dropped",
    "evicted_conversations",
    "failed_notifications",
    "gaps",
    "reconnects",
    "stale",
)
"""What must be none, or the line was not the one to measure."""


class _Heard:
    """Counts the events of one subscription; its calls come one after another."""

    def __init__(self) -> None:
        self.count = 0
        self.all = threading.Event()
        self._wanted = 0

    def expect(self, events: int) -> None:
        """Have ``all`` set when so many have come; none may be on its way yet."""
        self.count, self._wanted = 0, events
        self.all.clear()
        if not events:
            self.all.set()

    def __call__(self, event: ConversationChanged | MessageReceived) -> None:
        if isinstance(event, ConversationChanged) and event.live is None:
            return  # missing in the count
        self.count += 1
        if self.count == self._wanted:
            self.all.set()


class _Moment(NamedTuple):
    """Clocks, read on the loop's thread; seconds."""

    wall: float
    loop: float
    process: float


class _Listener:
    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._runtime = Runtime()
        self._loop = self._runtime.next_loop()
        self._ref: LoopRef[BrandWebsocketConnection] | None = None
        self._proxy: Any = None
        self._changes, self._messages = _Heard(), _Heard()
        self._fed: set[bool] = set()
        self._witness: str | None = None
        self._began = self._moment()

    def obey(self, command: dict[str, Any]) -> dict[str, Any]:
        """Connect, expect, or hear."""
        match command["do"]:
            case "connect":
                self._connect(command["ca"])
            case "expect":
                self._changes.expect(command["conversations"])
                self._messages.expect(command["messages"])
                self._began = self._moment()
            case _:
                return self._hear(command["timeout"])
        return {}

    def close(self) -> None:
        """Stop the connection and its threads."""
        if self._ref is not None:
            self._ref.stop(block=True, timeout=DEADLINE)
        self._runtime.close(DEADLINE)

    def _connect(self, ca: str | None) -> None:
        self._ref = BrandWebsocketConnection.start(
            ACCOUNT,
            auth=ReadyBearer(TOKEN, user_id=USER),
            domains={"facadeMsg": self._origin},
            ssl_context=None if ca is None else ssl.create_default_context(cadata=ca),
            runtime=self._runtime,
        )
        self._proxy = self._ref.proxy()
        self._proxy.open(timeout=DEADLINE, fail_fast=True).get(timeout=DEADLINE)
        for target, kind in (
            (self._changes, ConversationChanged),
            (self._messages, MessageReceived),
        ):
            self._proxy.subscribe(target, kind).get(timeout=DEADLINE)
        self._witness = self._proxy.subscribe(
            _ignore, ConversationChanged, where=self._see
        ).get(timeout=DEADLINE)

    def _see(self, event: ConversationChanged) -> bool:
        """Note whether the thread that has updated the object is the loop's."""
        self._fed.add(self._loop.owned() and event.live is not None)
        return False

    def _hear(self, timeout: float) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        for heard in (self._changes, self._messages):
            heard.all.wait(max(0.0, deadline - time.monotonic()))
        began, ended = self._began, self._moment()
        if self._witness is not None:  # it has seen enough, and costs time
            self._proxy.unsubscribe(self._witness).get(timeout=DEADLINE)
            self._witness = None
        return {
            "seconds": ended.wall - began.wall,
            "loop": ended.loop - began.loop,
            "process": ended.process - began.process,
            "conversations": self._changes.count,
            "messages": self._messages.count,
            "fed_on_loop": self._fed == {True},
            "troubles": self._troubles(),
        }

    def _moment(self) -> _Moment:
        found: queue.SimpleQueue[_Moment] = queue.SimpleQueue()
        self._loop.call_soon(
            lambda: found.put(
                _Moment(time.perf_counter(), time.thread_time(), time.process_time())
            )
        )
        return found.get(timeout=DEADLINE)

    def _troubles(self) -> dict[str, int]:
        status = self._proxy.status().get(timeout=DEADLINE)
        found = {name: getattr(status, name) for name in _TROUBLES}
        found |= {
            f"restarts of {name}": count for name, count in status.restarts.items()
        }
        return {name: count for name, count in found.items() if count}


def _ignore(_: object) -> None:
    """Hear, and do nothing."""


def main() -> None:
    """Obey the commands of the harness until its input ends."""
    listener = _Listener(sys.argv[1])
    answer_commands(listener.obey, listener.close)


if __name__ == "__main__":
    main()
