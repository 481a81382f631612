"""What a consumer knows of one conversation of theirs, and what comes next there.

Pure: it makes no request and looks at no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ums_actors.cli.demo.affair import Affair
from ums_actors.cli.demo.talk import Question, read_answer, read_question

if TYPE_CHECKING:
    from ums_actors.cli.demo.script import Visit

__all__ = ["Chat", "Leave", "Move", "Open", "Say", "Wait"]


class Open(NamedTuple):
    """Open the conversation."""


class Say(NamedTuple):
    """Ask a question."""

    question: Question


class Wait(NamedTuple):
    """Wait until so many seconds after the start."""

    until: float


class Leave(NamedTuple):
    """Close the conversation."""


Move = Open | Say | Wait | Leave


class Chat(Affair):
    """One conversation, seen by its consumer.

    Attributes:
        visit: what is to be asked.
        closed: whether it is over.
    """

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self.visit = visit
        self.closed = False
        self._asked: set[int] = set()
        self._answered: set[int] = set()

    # -- what happens

    def hear(self, text: str | None) -> tuple[int, int]:
        """Take what somebody said; give how many questions and answers are new."""
        question, answered = read_question(text), read_answer(text)
        if question is not None:
            return int(self.asked(question)), 0
        if answered is None or answered in self._answered:
            return 0, 0
        self._answered.add(answered)
        return 0, 1

    def asked(self, question: Question) -> bool:
        """Note that a question stands there; tell whether that is new."""
        is_new = question.number not in self._asked
        self._asked.add(question.number)
        return is_new

    # -- what to do

    def next(self, now: float) -> Move | None:
        """Give what to do now, if anything; ``now`` is seconds after the start."""
        if self.busy or self.closed:
            return None
        for ask in self.visit.asks:
            if ask.question.number in self._asked:
                continue
            if now < ask.at:
                return Wait(ask.at)
            if not self.conversation_id:
                return Open()
            if ask.patient and self._asked != self._answered:
                return None
            return Say(ask.question)
        if self.visit.closed_by_bot or self._asked != self._answered:
            return None
        return Leave()
