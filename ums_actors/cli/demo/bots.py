"""A bot: joins its conversations and answers each consumer message exactly once.

It is an ordinary :class:`pykka.ThreadingActor`, told the events of its connection,
as in any Pykka application. It never thinks about sockets, tokens or restarts; what
it does think about is a request that failed, and there the error's ``delivery`` says
what to do:

* ``NOT_SENT``: the server cannot have seen it, so say it again;
* ``UNKNOWN``: perhaps it has, so look first whether the answer is there;
* ``ANSWERED``: the server said no, and asking again would change nothing.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pykka

import ums_actors as ums
from ums_actors.cli.demo.ledger import Key, answer_to, reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cli.demo.ledger import Ledger
    from ums_actors.protocol.messages import MessageEvent

__all__ = ["Bot"]

ROLE = "ASSIGNED_AGENT"
_ATTEMPTS = 20
"""Tries of one request before the bot gives up and the run counts it."""
_READY_TIMEOUT = 60.0
"""Seconds it waits for its line between two tries."""
_OVERLOAD_PAUSE = 0.1
"""Seconds a bot slows down when its connection is overloaded."""


class _Outcome(NamedTuple):
    """A message to oneself: a future is done, here is what to do with it."""

    step: Callable[[ums.LoopFuture[Any]], None]
    future: ums.LoopFuture[Any]


class Bot(pykka.ThreadingActor):
    """Serves the conversations of the consumers it owns, on one connection.

    Args:
        name: for notes.
        connection: its connection, open or not.
        ledger: where it counts what it saw and did.
        owns: tells whether a consumer's id is one of its own.
    """

    def __init__(
        self,
        name: str,
        connection: ums.BrandConnectionProxy,
        ledger: Ledger,
        owns: Callable[[str], bool],
    ) -> None:
        super().__init__()
        self._name = name
        self._connection = connection
        self._ledger = ledger
        self._owns = owns
        self._joined: set[str] = set()

    def on_receive(self, message: Any) -> Any:
        """Take an event of the connection, or the outcome of a request."""
        match message:
            case ums.ConversationChanged():
                self._see(message)
            case ums.MessageReceived():
                self._hear(message)
            case _Outcome():
                message.step(message.future)
            case _:
                self._ledger.note(f"{self._name}: unexpected {type(message).__name__}")

    def on_failure(
        self, exception_type: Any, exception_value: Any, traceback: Any
    ) -> None:
        """Note a bug of the bot; Pykka stops it."""
        del traceback
        self._ledger.note(
            f"{self._name} died: {exception_type.__name__}: {exception_value}"
        )

    # -- conversations

    def _see(self, event: ums.ConversationChanged) -> None:
        members = event.conversation.conversation_details.members()
        ours = any(role == "CONSUMER" and self._owns(who) for role, who in members)
        if (
            ours
            and event.type == "UPSERT"
            and event.conversation_id not in self._joined
        ):
            self._joined.add(event.conversation_id)
            self._join(event.conversation_id)

    def _join(self, conversation_id: str, attempt: int = 1) -> None:
        """Join; saying it twice does no harm, so no look is needed before a retry."""

        def joined(future: ums.LoopFuture[str]) -> None:
            error = future.exception()
            if error is None:
                return
            if (
                isinstance(error, ums.RequestError)
                and error.delivery != ums.Delivery.ANSWERED
            ):
                self._retry(error, attempt, lambda n: self._join(conversation_id, n))
            else:
                self._give_up(f"join {conversation_id}", error)

        self._then(
            self._connection.join_dialog(conversation_id, conversation_id, ROLE), joined
        )

    # -- messages

    def _hear(self, message: ums.MessageReceived) -> None:
        if message.mine or message.text is None or message.sequence is None:
            return
        self._ledger.add_heard(Key(message.dialog_id, message.sequence))
        self._answer(message)

    def _answer(self, message: ums.MessageReceived, attempt: int = 1) -> None:
        text = answer_to(message.sequence or 0, message.text or "")

        def answered(future: ums.LoopFuture[int]) -> None:
            error = future.exception()
            if error is None:
                self._count(message, future.get(timeout=0))
            elif not isinstance(error, ums.RequestError):
                self._give_up(f"answer {message.sequence}", error)
            elif error.delivery == ums.Delivery.NOT_SENT:
                self._retry(error, attempt, lambda n: self._answer(message, n))
            elif error.delivery == ums.Delivery.UNKNOWN:
                self._retry(error, attempt, lambda n: self._look(message, n))
            else:
                self._give_up(f"answer {message.sequence}", error)

        self._then(
            self._connection.send_text(
                message.conversation_id, text, dialog_id=message.dialog_id
            ),
            answered,
        )

    def _look(self, message: ums.MessageReceived, attempt: int) -> None:
        """Ask whether the answer is there already; if not, say it again."""

        def looked(future: ums.LoopFuture[list[MessageEvent]]) -> None:
            error = future.exception()
            if error is None:
                found = _find_answer(future.get(timeout=0), message)
                if found is None:
                    self._answer(message, attempt)
                else:
                    self._count(message, found)
            elif isinstance(error, ums.RequestError):
                self._retry(error, attempt, lambda n: self._look(message, n))
            else:
                self._give_up(f"look for the answer to {message.sequence}", error)

        self._then(
            self._connection.query_messages(
                message.dialog_id, newer_than=message.sequence or 0
            ),
            looked,
        )

    def _count(self, message: ums.MessageReceived, sequence: int) -> None:
        self._ledger.add_answer(Key(message.dialog_id, message.sequence or 0), sequence)

    # -- requests

    def _retry(
        self, error: ums.RequestError, attempt: int, step: Callable[[int], None]
    ) -> None:
        """Take a step again once the line is READY."""
        if attempt >= _ATTEMPTS:
            self._give_up(f"{attempt} attempts", error)
            return
        if isinstance(error, ums.Overloaded):
            time.sleep(_OVERLOAD_PAUSE)  # in the bot's own thread: it slows itself

        def ready(future: ums.LoopFuture[None]) -> None:
            failure = future.exception()
            if failure is None:
                step(attempt + 1)
            else:
                self._give_up("waiting for the line", failure)

        self._then(self._connection.wait_ready(timeout=_READY_TIMEOUT), ready)

    def _then(
        self, future: ums.LoopFuture[Any], step: Callable[[ums.LoopFuture[Any]], None]
    ) -> None:
        """Run a step in this actor when the future is done, however it ends."""
        self._ledger.future_made()

        def done(future: ums.LoopFuture[Any]) -> None:
            self._ledger.future_done()
            with contextlib.suppress(pykka.ActorDeadError):  # the run is over
                self.actor_ref.tell(_Outcome(step, future))

        future.add_done_callback(done)

    def _give_up(self, what: str, error: BaseException) -> None:
        self._ledger.note(f"{self._name}: {what}: {error}")


def _find_answer(
    events: list[MessageEvent], message: ums.MessageReceived
) -> int | None:
    """Give the sequence number of our answer to a message, if it is there."""
    for event in events:
        from_us = event.originator_id != message.originator_id
        if from_us and reference(event.event.text) == message.sequence:
            return event.sequence
    return None
