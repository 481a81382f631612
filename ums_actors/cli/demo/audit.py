"""Compare what bots and consumers counted with what the emulator wrote down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ums_actors.cli.demo.ledger import Heard, Place
from ums_actors.cli.demo.talk import read_answer, read_question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.cli.demo.ledger import Ledger

__all__ = ["Audit", "Line", "Planned", "audit"]


class Line(NamedTuple):
    """One event of a dialog, as the emulator has it.

    Attributes:
        recipients: ids of those who took part when it was published.
        text: None for what is no text.
    """

    place: Place
    recipients: tuple[str, ...]
    text: str | None


class Planned(NamedTuple):
    """What consumers were to do."""

    conversations: int
    questions: int


@dataclass(frozen=True)
class Audit:
    """What came of all messages.

    Attributes:
        conversations: that the emulator has.
        to_bots: questions that it has.
        to_consumers: answers that it has.
        handed_out: events that handlers got, counted once a handler.
        lost: events that a participant's handler did not get, and acknowledged ones
            that the emulator lacks.
        duplicated: events that a handler got again; questions, answers, rings and
            conversations that are there again.
        out_of_order: events that a handler got after a later one of the same dialog.
        unanswered: questions without an answer, or never asked, and futures without
            an outcome.
        missed: who did not get which event, as far as that makes up the lost ones.
    """

    conversations: int
    to_bots: int
    to_consumers: int
    handed_out: int
    lost: int
    duplicated: int
    out_of_order: int
    unanswered: int
    missed: tuple[Heard, ...] = ()

    def zeros(self) -> dict[str, int]:
        """Give the numbers that are zero if nothing is wrong, by name."""
        return {
            "lost": self.lost,
            "duplicated": self.duplicated,
            "out_of_order": self.out_of_order,
            "unanswered": self.unanswered,
        }

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.zeros().values())


def audit(
    transcripts: Iterable[Iterable[Line]], planned: Planned, ledger: Ledger
) -> Audit:
    """Compare the emulator's transcripts, one a conversation, with the ledger."""
    conversations = 0
    missed: list[Heard] = []
    there: set[Place] = set()
    questions: Counter[tuple[str, int]] = Counter()
    answers: Counter[tuple[str, int]] = Counter()
    for transcript in transcripts:
        conversations += 1
        for line in transcript:
            there.add(line.place)
            missed += _missed(line, ledger)
            dialog_id = line.place.dialog_id
            question, answered = read_question(line.text), read_answer(line.text)
            if question is not None:
                questions[dialog_id, question.number] += 1
            elif answered is not None:
                answers[dialog_id, answered] += 1
    unasked = max(0, planned.questions - len(questions))
    return Audit(
        conversations=conversations,
        to_bots=questions.total(),
        to_consumers=answers.total(),
        handed_out=len(ledger.heard),
        lost=len(missed) + ledger.vanished(there),
        duplicated=max(0, conversations - planned.conversations)
        + ledger.repeated
        + _extra(questions)
        + _extra(answers),
        out_of_order=ledger.disordered,
        unanswered=unasked
        + sum(question not in answers for question in questions)
        + ledger.open_futures,
        missed=tuple(missed),
    )


def _missed(line: Line, ledger: Ledger) -> list[Heard]:
    """Give who should have got a line and did not."""
    due = [Heard(ledger.name_of(wire_id), line.place) for wire_id in line.recipients]
    return [heard for heard in due if heard not in ledger.heard]


def _extra(counts: Counter[tuple[str, int]]) -> int:
    return counts.total() - len(counts)
