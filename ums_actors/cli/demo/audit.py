"""Compare what the bots counted with what the emulator wrote down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ums_actors.cli.demo.ledger import Key, reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.cli.demo.ledger import Ledger

__all__ = ["Audit", "Line", "audit"]


class Line(NamedTuple):
    """One content event of a dialog, as the emulator has it."""

    dialog_id: str
    sequence: int
    by_consumer: bool
    text: str


@dataclass(frozen=True)
class Audit:
    """What came of all messages.

    Attributes:
        to_bots: consumers' messages that the emulator took.
        to_consumers: answers that it has.
        lost: messages no handler got, and acknowledged answers that it lacks.
        duplicated: messages handled again, and answers that it has again.
        unanswered: messages without an answer, and futures without an outcome.
    """

    to_bots: int
    to_consumers: int
    lost: int
    duplicated: int
    unanswered: int


def audit(transcript: Iterable[Line], ledger: Ledger) -> Audit:
    """Compare the emulator's transcript with the bots' ledger."""
    written: set[Key] = set()
    answers: Counter[Key] = Counter()
    answer_keys: set[Key] = set()
    for line in transcript:
        if line.by_consumer:
            written.add(Key(line.dialog_id, line.sequence))
            continue
        answer_keys.add(Key(line.dialog_id, line.sequence))
        answered = reference(line.text)
        if answered is not None:
            answers[Key(line.dialog_id, answered)] += 1
    vanished = sum(
        Key(key.dialog_id, sequence) not in answer_keys
        for key, sequence in ledger.answers.items()
    )
    return Audit(
        to_bots=len(written),
        to_consumers=len(answer_keys),
        lost=sum(key not in ledger.heard for key in written) + vanished,
        duplicated=_extra(ledger.heard) + _extra(answers),
        unanswered=sum(key not in answers for key in written) + ledger.open_futures,
    )


def _extra(counts: Counter[Key]) -> int:
    return sum(count - 1 for count in counts.values())
