"""The way of a notification through a connection, without a socket before it.

A real connection, whose loop has no thread: what its socket and its correlator do with
a frame is done here, on the calling thread, by their own code.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NoReturn, Self

from benchmarks.contestants.contestant import DEADLINE
from benchmarks.traffic import (
    ACCOUNT,
    SNAPSHOT,
    USER,
    conversation_frame,
    conversation_id,
    message_frame,
    moment,
)
from benchmarks.workload import SUBSCRIPTION, TOKEN
from ums_actors import BrandWebsocketConnection, ReadyBearer
from ums_actors.actors.feed import Feed
from ums_actors.auth.session import Session
from ums_actors.protocol.envelopes import Notification, decode_message
from ums_actors.protocol.records import read_conversation_changes
from ums_actors.runtime import Loop, Runtime
from ums_actors.runtime.poller import poller
from ums_actors.runtime.ports import SystemClock
from ums_actors.secret import Secret

if TYPE_CHECKING:
    from types import TracebackType

    from ums_actors.actors.kernel import Kernel
    from ums_actors.model.conversation import Conversation

__all__ = ["Feeding"]


class Feeding:
    """A connection that is fed with frames; a context manager, one thread.

    Its user has logged in and has one subscription, whose snapshot was empty.
    """

    def __init__(self) -> None:
        self._loop = Loop(SystemClock(), poller())
        self._runtime = Runtime([self._loop])
        self._ref = BrandWebsocketConnection.start(
            ACCOUNT, auth=ReadyBearer(TOKEN, user_id=USER), runtime=self._runtime
        )
        self._kernel: Kernel = self._ref._cell.keep
        self._kernel.login = Session(token=Secret(TOKEN), user_id=USER)
        (self._subscription,) = self._kernel.subscriptions.values()
        self._subscription.subscription_id = SUBSCRIPTION
        self._feed = Feed(self._kernel, _no_query, self._loop.call_later)
        self.take(SNAPSHOT)

    def take(self, data: bytes) -> None:
        """Handle a frame as the socket and the correlator do."""
        self._feed.take(_notification(data))

    def update(self, data: bytes) -> None:
        """Handle a conversation's frame as far as its object is what it says.

        Left out is what the feed does beyond that: it looks whether messages are
        missing, and tells subscribers.
        """
        body = read_conversation_changes(_notification(data).body)
        for each in body.changes:
            details = each.result.conversation_details
            self._kernel.ids.learn_all(details.participants, details.participants_pid)
            self._kernel.conversations.take(
                each, body.subscription_id, self._subscription
            )

    def open(self, conversations: int) -> None:
        """Let there be so many, in each of which one thing has been said."""
        for number in range(conversations):
            self.take(message_frame(number, 0))
            self.take(conversation_frame(number, 0))

    def check(self, conversations: int, updated: int) -> None:
        """See that the objects are what the frames said.

        Args:
            conversations: how many there must be.
            updated: the version that all must have.

        Raises:
            RuntimeError: they are not.
        """
        kernel = self._kernel
        found = map(
            kernel.conversations.view, map(conversation_id, range(conversations))
        )
        true = sum(_is_at(each, updated) for each in found)
        failed, known = kernel.counters.failed_notifications, kernel.conversations.book
        if failed or not true == len(known) == conversations:
            raise RuntimeError(
                f"of {conversations} conversations {len(known)} are known and {true} "
                f"as they should be; {failed} notifications failed"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stopped = self._ref.stop(block=False)
        deadline = time.monotonic() + DEADLINE
        while not stopped.done() and time.monotonic() < deadline:
            self._loop.turn()
        self._runtime.close(DEADLINE)


def _notification(data: bytes) -> Notification:
    message = decode_message(data)
    if not isinstance(message, Notification):
        raise TypeError("a notification was due")
    return message


def _is_at(found: Conversation | None, version: int) -> bool:
    return found is not None and found.update_time == moment(version)


def _no_query(request_type: str, body: Any) -> NoReturn:
    """Nothing is missing, so nothing may be asked for."""
    raise RuntimeError(f"{request_type} was asked for: {body}")
