"""A consumer: opens conversations, asks, reads the answers, and closes them.

How they deal with requests that fail is in :mod:`ums_actors.cli.demo.person`, what they
do in which order in :mod:`ums_actors.cli.demo.chat`.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

import ums_actors as ums
from ums_actors.cli.demo.chat import Chat, Leave, Open, Say, Wait
from ums_actors.cli.demo.errand import Errand
from ums_actors.cli.demo.ledger import Place
from ums_actors.cli.demo.person import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ums_actors.cli.demo.script import Visit
    from ums_actors.cli.demo.talk import Question

__all__ = ["Consumer", "StartVisits"]


class StartVisits(NamedTuple):
    """A message to a consumer: the line is READY, do these one after the other.

    Attributes:
        begin: when the run began, monotonic seconds.
    """

    visits: Sequence[Visit]
    begin: float


class Consumer(Person[Chat]):
    """Visits the brand on a consumer connection."""

    _connection: ums.ConsumerConnectionProxy
    _begin = 0.0

    def on_start(self) -> None:
        """Begin with no conversations."""
        self._to_come: deque[Visit] = deque()
        self._chat: Chat | None = None
        self._chats: dict[str, Chat] = {}
        self._seen: set[str] = set()
        self._waking: float | None = None

    def _take(self, message: Any) -> None:
        match message:
            case ums.MessageReceived():
                self._hear(message)
            case ums.ConversationChanged():
                self._update(message)
            case StartVisits():
                self._to_come.extend(message.visits)
                self._begin = message.begin
            case _:
                self._note(f"unexpected {type(message).__name__}")
        self._go_on()

    # -- hearing

    def _hear(self, message: ums.MessageReceived) -> None:
        if message.sequence is None:
            return
        self._ledger.add_heard(self._name, Place(message.dialog_id, message.sequence))
        chat = self._chats.get(message.conversation_id)
        if chat is not None:
            asked, answered = chat.hear(message.text)
            self._ledger.add_questions(asked, answered)

    def _update(self, event: ums.ConversationChanged) -> None:
        self._seen.add(event.conversation_id)
        chat = self._chats.get(event.conversation_id)
        if (
            chat is not None
            and event.conversation.conversation_details.stage == "CLOSE"
        ):
            self._over(chat)

    # -- doing

    def _go_on(self, affair: Chat | None = None) -> None:
        """Do what comes next in the present conversation, or begin another."""
        del affair  # it may be over by now
        if self._chat is None and self._to_come:
            self._chat = Chat(self._to_come.popleft())
        chat = self._chat
        move = None if chat is None else chat.next(time.monotonic() - self._begin)
        if chat is None or move is None:
            return
        if isinstance(move, Wait):
            self._wake_up(move.until)
            return
        chat.busy = True
        match move:
            case Open():
                self._run(self._opening(chat))
            case Say(question=question):
                self._run(self._asking(chat, question))
            case Leave():
                self._run(self._leaving(chat))

    def _wake_up(self, until: float) -> None:
        """Go on at that time; one alarm is enough."""

        def awake() -> None:
            self._waking = None
            self._go_on()

        if self._waking is None or until < self._waking:
            self._waking = until
            self._later(max(0.0, self._begin + until - time.monotonic()), awake)

    def _opening(self, chat: Chat) -> Errand:
        def opened(conversation_id: str) -> None:
            chat.conversation_id = conversation_id
            self._chats[conversation_id] = chat
            self._done(chat)

        def seen() -> None:
            unknown = self._seen - set(self._chats)
            if unknown:
                opened(unknown.pop())
            else:
                self._done(chat)  # it has not taken effect: it comes next again

        return Errand(
            "open",
            lambda: self._connection.create_conversation(skill_id=chat.visit.skill),
            opened,
            lambda: self._see({}, seen),
            self._setback(chat, "open"),
        )

    def _asking(self, chat: Chat, question: Question) -> Errand:
        where, what = chat.conversation_id, f"ask {question.number}"

        def asked(sequence: int) -> None:
            self._ledger.add_said(Place(where, sequence))
            self._ledger.add_questions(int(chat.asked(question)), 0)
            self._done(chat)

        def look() -> None:
            # what stands there is told to us before this is done, our own words too
            self._run(
                self._harmless(
                    "catch up",
                    lambda: self._connection.catch_up(where),
                    lambda _: self._done(chat),
                )
            )

        return Errand(
            what,
            lambda: self._connection.send_text(where, question.text),
            asked,
            look,
            self._setback(chat, what),
        )

    def _leaving(self, chat: Chat) -> Errand:
        where = chat.conversation_id

        def left(_: Any) -> None:
            self._ledger.add_deed("closed by consumers")
            self._over(chat)
            self._done(chat)

        def seen() -> None:
            if chat.closed:
                left(None)
            else:
                self._done(chat)

        return Errand(
            "close",
            lambda: self._connection.close_conversation(where),
            left,
            lambda: self._see({"conversation_id": where}, seen),
            self._setback(chat, "close"),
        )

    def _over(self, chat: Chat) -> None:
        if not chat.closed:
            chat.closed = True
            self._ledger.add_visited()
        if chat is self._chat:
            self._chat = None
