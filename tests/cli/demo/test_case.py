from __future__ import annotations

import pytest

from ums_actors.cli.demo.case import Answer, Case, Close, ReadAll, Transfer
from ums_actors.cli.demo.talk import Question, Wish, answer_to


def question(number, wish=Wish.NOTHING):
    return Question(number, wish)


@pytest.fixture
def case():
    return Case("d")


@pytest.fixture
def ours(case, people):
    """A case that is assigned to us and of which we have read all."""
    case.update(people.conversation(updated=1), people.ME)
    case.read([])
    return case


def test_what_is_not_assigned_to_us_is_none_of_our_business(case, people):
    case.hear(0, question(1).text)
    assert case.next() is None
    for changed in (
        people.conversation(agent=None, updated=1),
        people.conversation(agent="acc.2", updated=2),
        people.conversation(state="SUGGESTED", updated=3),
    ):
        case.update(changed, people.ME)
        assert not case.is_ours
        assert case.next() is None


def test_what_has_become_ours_is_read_first(case, people):
    case.update(people.conversation(), people.ME)
    assert case.next() == ReadAll()


def test_questions_are_answered_in_their_order_and_once(case, people):
    case.update(people.conversation(), people.ME)
    case.read([people.record(2, question(2).text), people.record(0, question(1).text)])
    for number in (1, 2):
        assert case.next() == Answer(question(number))
        case.answered(question(number))
    assert case.next() is None


def test_one_step_at_a_time(ours):
    ours.hear(0, question(1).text)
    ours.busy = True
    assert ours.next() is None


def test_what_somebody_else_has_answered_is_answered(case, people):
    case.update(people.conversation(), people.ME)
    answer = answer_to(question(1, Wish.COLLEAGUE))
    talk = (question(1, Wish.COLLEAGUE).text, answer, question(2).text)
    case.read(people.record(*pair) for pair in enumerate(talk))
    assert case.next() == Answer(question(2))


def test_hearing_a_question_again_changes_nothing(ours):
    for _ in range(2):
        ours.hear(0, question(1).text)
        ours.answered(question(1))
        assert ours.next() is None


@pytest.mark.parametrize("wish", [wish for wish in Wish if wish.is_transfer])
def test_a_wish_is_granted_before_the_next_answer(ours, wish):
    ours.hear(0, question(1, wish).text)
    ours.hear(1, question(2).text)
    ours.answered(question(1, wish))
    assert ours.next() == Transfer(wish)
    assert ours.next() == Transfer(wish)
    ours.granted()
    assert ours.next() == Answer(question(2))


def test_who_says_goodbye_is_let_go(ours):
    ours.hear(0, question(1, Wish.GOODBYE).text)
    ours.answered(question(1, Wish.GOODBYE))
    assert ours.next() == Close()


def test_a_wish_ends_when_the_conversation_is_no_longer_ours(ours, people):
    ours.answered(question(1, Wish.QUEUE))
    ours.update(people.conversation(agent=None, updated=2), people.ME)
    assert ours.next() is None
    ours.update(people.conversation(updated=3), people.ME)
    assert ours.next() == ReadAll()
    ours.read([])
    assert ours.next() is None


def test_an_answer_that_is_in_doubt_is_looked_for(ours, people):
    ours.hear(0, question(1, Wish.QUEUE).text)
    ours.doubt(question(1, Wish.QUEUE))
    assert ours.next() == ReadAll()
    ours.read([people.record(0, question(1, Wish.QUEUE).text)])
    assert ours.next() == Answer(question(1, Wish.QUEUE))


def test_an_answer_that_is_found_there_has_its_consequence(ours, people):
    asked = question(1, Wish.QUEUE)
    ours.hear(0, asked.text)
    ours.doubt(asked)
    ours.read([people.record(0, asked.text), people.record(1, answer_to(asked))])
    assert ours.next() == Transfer(Wish.QUEUE)
    ours.granted()
    ours.read([people.record(1, answer_to(asked))])
    assert ours.next() is None


def test_a_doubt_ends_when_the_conversation_is_no_longer_ours(ours, people):
    asked = question(1, Wish.QUEUE)
    ours.doubt(asked)
    ours.update(people.conversation(agent=None, updated=2), people.ME)
    ours.update(people.conversation(updated=3), people.ME)
    ours.read([people.record(0, asked.text), people.record(1, answer_to(asked))])
    assert ours.next() is None


def test_an_older_state_than_known_changes_nothing(ours, people):
    ours.update(people.conversation(updated=9, skill="support"), people.ME)
    ours.update(people.conversation(agent=None, updated=8, skill="x"), people.ME)
    assert ours.is_ours
    assert ours.skill == "support"


def test_a_closed_conversation_is_over(ours, people):
    ours.hear(0, question(1).text)
    ours.update(people.conversation(stage="CLOSE", updated=2), people.ME)
    assert ours.next() is None


def test_other_talk_needs_no_answer(ours):
    ours.hear(0, "hello")
    ours.hear(1, None)
    assert ours.next() is None
