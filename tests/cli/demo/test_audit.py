from __future__ import annotations

import pytest

from ums_actors.cli.demo.audit import Line, Planned, audit
from ums_actors.cli.demo.ledger import Ledger, Place
from ums_actors.cli.demo.talk import Question, Wish, answer_to

BOTH = ("acc.1", "c-id")
ONE = Planned(conversations=1, questions=1)


def line(sequence, text, dialog="d", recipients=BOTH):
    return Line(Place(dialog, sequence), recipients, text)


def question(sequence, number=1, **more):
    return line(sequence, Question(number, Wish.NOTHING).text, **more)


def answer(sequence, number=1, **more):
    return line(sequence, answer_to(Question(number, Wish.NOTHING)), **more)


@pytest.fixture
def ledger():
    """Both have heard a question and its answer."""
    ledger = Ledger()
    ledger.add_identity("acc.1", "bot1")
    ledger.add_identity("c-id", "consumer1")
    for sequence in (0, 1):
        for who in ("bot1", "consumer1"):
            ledger.add_heard(who, Place("d", sequence))
        ledger.add_said(Place("d", sequence))
    return ledger


GOOD = [question(0), answer(1)]


def zeros(transcript, ledger, planned=ONE):
    return {
        name: count
        for name, count in audit([transcript], planned, ledger).zeros().items()
        if count
    }


def test_a_run_without_faults_has_zeros(ledger):
    found = audit([GOOD], ONE, ledger)
    assert (found.conversations, found.to_bots, found.to_consumers) == (1, 1, 1)
    assert found.handed_out == 4
    assert set(found.zeros()) == {"lost", "duplicated", "out_of_order", "unanswered"}
    assert found.ok


def test_what_a_participant_did_not_hear_is_lost(ledger):
    transcript = [*GOOD, line(2, None)]
    assert zeros(transcript, ledger) == {"lost": 2}
    ledger.add_heard("bot1", Place("d", 2))
    assert zeros(transcript, ledger) == {"lost": 1}


def test_what_was_said_before_somebody_came_may_be_missed_by_them(ledger):
    assert not zeros([*GOOD, line(2, None, recipients=())], ledger)


def test_what_reaches_somebody_who_is_not_ours_is_lost(ledger):
    assert zeros([*GOOD, line(2, None, recipients=("x",))], ledger) == {"lost": 1}


def test_what_was_acknowledged_and_is_not_there_is_lost(ledger):
    ledger.add_said(Place("d", 2))
    assert zeros(GOOD, ledger) == {"lost": 1}


def test_what_was_heard_twice_is_duplicated(ledger):
    ledger.add_heard("consumer1", Place("d", 1))
    assert zeros(GOOD, ledger) == {"duplicated": 1}


def test_what_was_heard_too_late_is_out_of_order(ledger):
    ledger.add_heard("bot1", Place("d", 3))
    ledger.add_heard("bot1", Place("d", 2))
    assert zeros(GOOD, ledger) == {"out_of_order": 1}


@pytest.mark.parametrize("again", [question(2), answer(2)])
def test_what_is_said_twice_is_duplicated(ledger, again):
    for who in ("bot1", "consumer1"):
        ledger.add_heard(who, Place("d", 2))
    assert zeros([*GOOD, again], ledger) == {"duplicated": 1}


def test_the_same_number_in_another_dialog_is_another_question(ledger):
    other = [
        question(0, dialog="e", recipients=()),
        answer(1, dialog="e", recipients=()),
    ]
    planned = Planned(conversations=2, questions=2)
    assert audit([GOOD, other], planned, ledger).ok


def test_a_conversation_too_many_is_duplicated(ledger):
    assert audit([GOOD, []], ONE, ledger).zeros()["duplicated"] == 1


def test_a_question_without_an_answer_is_unanswered(ledger):
    assert zeros([question(0), line(1, "hello")], ledger) == {"unanswered": 1}


def test_a_question_that_was_not_asked_is_unanswered(ledger):
    planned = Planned(conversations=1, questions=3)
    assert zeros(GOOD, ledger, planned) == {"unanswered": 2}


def test_a_future_without_an_outcome_is_unanswered(ledger):
    ledger.future_made()
    assert zeros(GOOD, ledger) == {"unanswered": 1}
    ledger.future_done()
    assert not zeros(GOOD, ledger)
