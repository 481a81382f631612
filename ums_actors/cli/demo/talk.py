"""What is said in the demo's conversations: numbered questions, and answers to them."""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

__all__ = ["Question", "Wish", "answer_to", "read_answer", "read_question"]


class Wish(enum.StrEnum):
    """What a consumer wants besides an answer, in the words that say it."""

    NOTHING = "where is my order?"
    COLLEAGUE = "can I talk to somebody else?"
    OTHER_SKILL = "this is for your other team, I think"
    QUEUE = "I have time, help others first"
    GOODBYE = "thank you, that was all!"

    @property
    def is_transfer(self) -> bool:
        """Whether the conversation is to be handed over."""
        return self in (Wish.COLLEAGUE, Wish.OTHER_SKILL, Wish.QUEUE)


_WISHES = {str(wish): wish for wish in Wish}
_QUESTION = re.compile(r"#(\d+) (.+)")
_ANSWER = re.compile(r"about #(\d+): ")


class Question(NamedTuple):
    """A question; its number is unique among those of its consumer."""

    number: int
    wish: Wish

    @property
    def text(self) -> str:
        """The question as it is asked."""
        return f"#{self.number} {self.wish}"


def read_question(text: str | None) -> Question | None:
    """Read a question, None if it is none."""
    found = _QUESTION.fullmatch(text or "")
    wish = None if found is None else _WISHES.get(found[2])
    return Question(int(found[1]), wish) if found and wish else None


def answer_to(question: Question) -> str:
    """Write the answer to a question; it names the question's number."""
    return f"about #{question.number}: we are on it"


def read_answer(text: str | None) -> int | None:
    """Give the number of the question that an answer names."""
    found = _ANSWER.match(text or "")
    return None if found is None else int(found[1])
