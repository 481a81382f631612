from __future__ import annotations

import pytest

from ums_actors.cli.demo.audit import Line, audit
from ums_actors.cli.demo.ledger import Key, Ledger, answer_to, reference


def consumer(sequence, dialog="d"):
    return Line(dialog, sequence, by_consumer=True, text="hello")


def answer(sequence, to, dialog="d"):
    return Line(dialog, sequence, by_consumer=False, text=answer_to(to, "hello"))


@pytest.fixture
def ledger():
    ledger = Ledger()
    ledger.add_heard(Key("d", 0))
    ledger.add_answer(Key("d", 0), 1)
    return ledger


GOOD = [consumer(0), answer(1, to=0)]


def test_a_run_without_faults_has_three_zeros(ledger):
    found = audit(GOOD, ledger)
    assert (found.to_bots, found.to_consumers) == (1, 1)
    assert (found.lost, found.duplicated, found.unanswered) == (0, 0, 0)


def test_a_message_no_handler_got_is_lost_and_unanswered(ledger):
    found = audit([*GOOD, consumer(2)], ledger)
    assert (found.lost, found.duplicated, found.unanswered) == (1, 0, 1)


def test_an_acknowledged_answer_that_the_emulator_lacks_is_lost(ledger):
    found = audit([consumer(0)], ledger)
    assert (found.lost, found.duplicated, found.unanswered) == (1, 0, 1)


def test_a_message_handled_twice_is_duplicated(ledger):
    ledger.add_heard(Key("d", 0))
    assert audit(GOOD, ledger).duplicated == 1


def test_an_answer_that_is_there_twice_is_duplicated(ledger):
    assert audit([*GOOD, answer(2, to=0)], ledger).duplicated == 1


def test_the_same_number_in_another_dialog_is_another_message(ledger):
    found = audit([*GOOD, consumer(0, "e"), answer(1, to=0, dialog="e")], ledger)
    assert (found.lost, found.duplicated, found.unanswered) == (1, 0, 0)


def test_a_future_without_an_outcome_is_unanswered(ledger):
    ledger.future_made()
    assert audit(GOOD, ledger).unanswered == 1
    ledger.future_done()
    assert audit(GOOD, ledger).unanswered == 0


def test_an_answer_names_the_message_it_answers():
    assert reference(answer_to(31, "echo 7: x")) == 31
    assert reference("hello") is None
    assert reference(None) is None


def test_notes_are_bounded():
    ledger = Ledger()
    for number in range(1_000):
        ledger.note(str(number))
    assert len(ledger.notes) == 100
