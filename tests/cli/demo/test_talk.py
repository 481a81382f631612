from __future__ import annotations

import pytest

from ums_actors.cli.demo.talk import (
    Question,
    Wish,
    answer_to,
    read_answer,
    read_question,
)


@pytest.mark.parametrize("wish", list(Wish))
def test_a_question_is_read_as_it_was_asked(wish):
    question = Question(31, wish)
    assert read_question(question.text) == question
    assert read_answer(question.text) is None


def test_an_answer_names_the_question_it_answers():
    answer = answer_to(Question(31, Wish.QUEUE))
    assert read_answer(answer) == 31
    assert read_question(answer) is None


@pytest.mark.parametrize("text", [None, "", "hello", "#x y", "#1 what?", "about 1: x"])
def test_other_talk_is_neither(text):
    assert read_question(text) is None
    assert read_answer(text) is None


def test_three_wishes_hand_the_conversation_over():
    assert [wish for wish in Wish if wish.is_transfer] == [
        Wish.COLLEAGUE,
        Wish.OTHER_SKILL,
        Wish.QUEUE,
    ]
