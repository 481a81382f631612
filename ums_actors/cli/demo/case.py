"""What a bot knows of one conversation, and what it has to do there next.

Pure: it makes no request and looks at no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ums_actors.cli.demo.affair import Affair
from ums_actors.cli.demo.talk import Question, Wish, read_answer, read_question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.protocol.records import ConversationResult, MessageEvent

__all__ = ["Answer", "Case", "Close", "ReadAll", "Step", "Transfer"]

ASSIGNED = "ASSIGNED_AGENT"


class ReadAll(NamedTuple):
    """Read all that was said: some of it may have been said to others."""


class Answer(NamedTuple):
    """Answer a question."""

    question: Question


class Transfer(NamedTuple):
    """Hand the conversation over."""

    wish: Wish


class Close(NamedTuple):
    """Close the conversation."""


Step = ReadAll | Answer | Transfer | Close


class Case(Affair):
    """One conversation, seen by one bot.

    A conversation changes hands, and each question is to be answered once. So a bot
    answers only while the conversation is assigned to it; and when it has become so,
    or when what came of an answer is not known, it first reads all that was said.

    Attributes:
        skill: of the conversation.
        is_ours: whether it is open and assigned to this bot.
    """

    def __init__(self, conversation_id: str) -> None:
        super().__init__(conversation_id)
        self.skill: str = ""
        self.is_ours: bool = False
        self._updated = -1
        self._has_read = False
        self._questions: dict[int, Question] = {}
        self._answered: set[int] = set()
        self._wish = Wish.NOTHING
        self._doubted: Question | None = None

    # -- what happens

    def update(self, result: ConversationResult, me: str) -> None:
        """Take the state of the conversation; an older one than known changes nothing.

        Args:
            result: what a notification said.
            me: the bot's id on the wire.
        """
        details = result.conversation_details
        updated = details.meta_data_last_update_ts or 0
        if updated < self._updated:
            return
        self._updated = updated
        self.skill = details.skill_id or self.skill
        main = details.dialog(self.conversation_id)
        role = None if main is None else main.participant(me)
        was_ours = self.is_ours
        self.is_ours = (
            details.stage == "OPEN"
            and role is not None
            and (role.role, role.state) == (ASSIGNED, "ACTIVE")
        )
        if not self.is_ours:
            self._wish = Wish.NOTHING
            self._doubted = None
        elif not was_ours:
            self._has_read = False

    def hear(self, sequence: int, text: str | None) -> None:
        """Take what somebody said; again changes nothing."""
        question, answered = read_question(text), read_answer(text)
        if question is not None:
            self._questions[sequence] = question
        elif answered is not None:
            self._answered.add(answered)

    def answered(self, question: Question) -> None:
        """Note that our answer to a question is there; it may have a consequence."""
        self._answered.add(question.number)
        self._wish = question.wish

    def doubt(self, question: Question) -> None:
        """Note that our answer to a question may be there, or not."""
        self._doubted = question
        self._has_read = False

    def read(self, events: Iterable[MessageEvent]) -> None:
        """Take all that was said."""
        for event in events:
            if event.sequence is not None:
                self.hear(event.sequence, event.event.text)
        doubted, self._doubted = self._doubted, None
        if doubted is not None and doubted.number in self._answered:
            self.answered(doubted)
        self._has_read = True

    def granted(self) -> None:
        """Note that the wish of the question answered last has come about."""
        self._wish = Wish.NOTHING

    # -- what to do

    def next(self) -> Step | None:
        """Give what to do now, if anything."""
        if not self.is_ours or self.busy:
            return None
        if self._wish is Wish.GOODBYE:
            return Close()
        if self._wish is not Wish.NOTHING:
            return Transfer(self._wish)
        if not self._has_read:
            return ReadAll()
        for _, question in sorted(self._questions.items()):
            if question.number not in self._answered:
                return Answer(question)
        return None
