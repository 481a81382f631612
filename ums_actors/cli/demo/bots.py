"""A bot: takes conversations that are offered to it, and answers what is asked there.

How it deals with requests that fail is in :mod:`ums_actors.cli.demo.person`, what it
does in which order in :mod:`ums_actors.cli.demo.case`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import ums_actors as ums
from ums_actors.cli.demo.case import Answer, Case, Close, ReadAll, Transfer
from ums_actors.cli.demo.errand import Errand
from ums_actors.cli.demo.ledger import Place
from ums_actors.cli.demo.person import Person
from ums_actors.cli.demo.settings import SKILLS
from ums_actors.cli.demo.talk import Question, Wish, answer_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.protocol.records import MessageEvent

__all__ = ["Bot", "StartWork"]


class StartWork(NamedTuple):
    """A message to a bot: its line is READY, take what is offered.

    Attributes:
        me: the bot's id on the wire.
        colleagues: the ids of the other bots.
    """

    me: str
    colleagues: tuple[str, ...]


class Bot(Person[Case]):
    """Serves consumers on a brand connection."""

    _connection: ums.BrandConnectionProxy
    _me = ""
    _colleagues: tuple[str, ...] = ()

    def on_start(self) -> None:
        """Begin with no conversations."""
        self._cases: dict[str, Case] = {}

    def _take(self, message: Any) -> None:
        match message:
            case ums.MessageReceived():
                self._hear(message)
            case ums.ConversationChanged():
                self._update(message)
            case ums.RingOffered(ring=ring):
                self._ledger.add_ring(ring.ring_id)
                self._accept(ring)
            case StartWork():
                self._me, self._colleagues = message.me, message.colleagues
                self._be_online()
            case _:
                self._note(f"unexpected {type(message).__name__}")

    # -- being offered conversations

    def _be_online(self) -> None:
        """Become available, and hear of rings: the connection keeps both up."""
        subscribe = self._harmless(
            "hear of rings",
            self._connection.create_routing_task_subscription,
            _nothing,
        )
        go_online = self._harmless(
            "go ONLINE",
            lambda: self._connection.set_agent_state("ONLINE"),
            lambda _: self._run(subscribe),
        )
        self._run(go_online)

    def _accept(self, ring: ums.Ring) -> None:
        """Take what is offered; who has been given it is told to everybody."""
        self._run(self._harmless(f"accept {ring}", ring.accept, _nothing, _nothing))

    # -- hearing

    def _hear(self, message: ums.MessageReceived) -> None:
        if message.sequence is None:
            return
        self._ledger.add_heard(self._name, Place(message.dialog_id, message.sequence))
        case = self._case(message.conversation_id)
        case.hear(message.sequence, message.text)
        self._go_on(case)

    def _update(self, event: ums.ConversationChanged) -> None:
        case = self._case(event.conversation_id)
        case.update(event.conversation, self._me)
        self._go_on(case)

    def _case(self, conversation_id: str) -> Case:
        return self._cases.setdefault(conversation_id, Case(conversation_id))

    # -- doing

    def _go_on(self, affair: Case) -> None:
        """Do what is to be done next in a conversation, if anything."""
        case = affair
        step = case.next()
        if step is None:
            return
        case.busy = True
        match step:
            case ReadAll():
                self._run(self._reading(case))
            case Answer(question=question):
                self._run(self._answering(case, question))
            case Transfer(wish=wish):
                self._run(self._deed(case, "transfers", self._transfer(case, wish)))
            case Close():
                self._run(self._deed(case, "closed by bots", self._close(case)))

    def _reading(self, case: Case) -> Errand:
        def read(events: list[MessageEvent]) -> None:
            case.read(events)
            self._done(case)

        return self._harmless(
            "read all",
            lambda: self._connection.query_messages(case.conversation_id),
            read,
            self._setback(case, "read all"),
        )

    def _answering(self, case: Case, question: Question) -> Errand:
        where, what = case.conversation_id, f"answer {question.number}"

        def answered(sequence: int) -> None:
            self._ledger.add_said(Place(where, sequence))
            case.answered(question)
            self._done(case)

        def look() -> None:
            case.doubt(question)  # so that reading all comes next
            self._done(case)

        return Errand(
            what,
            lambda: self._connection.send_text(where, answer_to(question)),
            answered,
            look,
            self._setback(case, what),
        )

    def _deed(
        self, case: Case, name: str, request: Callable[[], ums.LoopFuture[Any]]
    ) -> Errand:
        """Make the errand of a wish that can be seen to have come about."""

        def granted(_: Any) -> None:
            self._ledger.add_deed(name)
            case.granted()
            self._done(case)

        def seen() -> None:
            if case.is_ours:
                self._done(case)  # it has not taken effect: it comes next again
            else:
                granted(None)

        def look() -> None:
            self._see({"conversation_id": case.conversation_id}, seen)

        return Errand(name, request, granted, look, self._setback(case, name))

    def _transfer(self, case: Case, wish: Wish) -> Callable[[], ums.LoopFuture[Any]]:
        target: dict[str, str] = {"skill_id": case.skill}  # back to the queue
        if wish is Wish.OTHER_SKILL:
            target = {"skill_id": next(it for it in SKILLS if it != case.skill)}
        elif wish is Wish.COLLEAGUE and self._colleagues:
            turn = len(self._cases) % len(self._colleagues)
            target = {"agent_id": self._colleagues[turn]}
        return lambda: self._connection.transfer_conversation(
            case.conversation_id, remove_agent_id=self._me, **target
        )

    def _close(self, case: Case) -> Callable[[], ums.LoopFuture[Any]]:
        return lambda: self._connection.close_conversation(case.conversation_id)


def _nothing(_: Any) -> None:
    """Go on without it."""
