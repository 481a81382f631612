from __future__ import annotations

import pytest

from ums_actors.cli.demo.chat import Chat, Leave, Open, Say, Wait
from ums_actors.cli.demo.script import Ask, Visit
from ums_actors.cli.demo.talk import Question, Wish, answer_to


def ask(number, at, wish=Wish.NOTHING, *, patient=False):
    return Ask(at, Question(number, wish), patient=patient)


def chat(*asks, opened=True):
    chat = Chat(Visit("sales", asks))
    if opened:
        chat.conversation_id = "d"
    return chat


def said(number):
    return Question(number, Wish.NOTHING)


def answer(chat, number):
    return chat.hear(answer_to(said(number)))


def test_the_first_question_opens_the_conversation_at_its_time():
    unopened = chat(ask(1, 2.0), opened=False)
    assert unopened.next(1.9) == Wait(2.0)
    assert unopened.next(2.0) == Open()
    unopened.conversation_id = "d"
    assert unopened.next(2.0) == Say(said(1))


def test_questions_are_asked_in_turn_at_their_time_or_after_it():
    talk = chat(ask(1, 1.0), ask(2, 3.0))
    assert talk.next(1.5) == Say(said(1))
    talk.asked(said(1))
    assert talk.next(2.0) == Wait(3.0)
    assert talk.next(4.0) == Say(said(2))


def test_who_is_patient_waits_for_the_answers():
    talk = chat(ask(1, 1.0), ask(2, 2.0, patient=True))
    talk.asked(said(1))
    assert talk.next(5.0) is None
    answer(talk, 1)
    assert talk.next(5.0) == Say(said(2))


def test_one_move_at_a_time():
    talk = chat(ask(1, 1.0))
    talk.busy = True
    assert talk.next(5.0) is None


def test_a_consumer_leaves_when_all_is_answered():
    talk = chat(ask(1, 1.0), ask(2, 1.0))
    for number in (1, 2):
        talk.asked(said(number))
    answer(talk, 2)
    assert talk.next(5.0) is None
    answer(talk, 1)
    assert talk.next(5.0) == Leave()
    talk.closed = True
    assert talk.next(5.0) is None


def test_who_said_goodbye_leaves_the_closing_to_the_bot():
    talk = chat(ask(1, 1.0, Wish.GOODBYE))
    talk.asked(Question(1, Wish.GOODBYE))
    answer(talk, 1)
    assert talk.next(5.0) is None


def test_ones_own_words_that_come_back_count_as_asked_once():
    talk = chat(ask(1, 1.0))
    assert talk.hear(said(1).text) == (1, 0)
    assert talk.hear(said(1).text) == (0, 0)
    assert not talk.asked(said(1))
    assert talk.next(5.0) is None


def test_an_answer_counts_once_and_other_talk_not_at_all():
    talk = chat(ask(1, 1.0))
    assert answer(talk, 1) == (0, 1)
    assert answer(talk, 1) == (0, 0)
    assert talk.hear("hello") == talk.hear(None) == (0, 0)


@pytest.mark.parametrize("now", [0.0, 100.0])
def test_an_answer_may_come_before_the_acknowledgement_of_its_question(now):
    talk = chat(ask(1, 0.0), ask(2, 0.0, patient=True))
    answer(talk, 1)
    talk.asked(said(1))
    assert talk.next(now) == Say(said(2))
