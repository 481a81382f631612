from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.shifts import ShiftBook


class Told(NamedTuple):
    skill_id: str
    on_shift: bool


A_ON, A_OFF = Told("a", True), Told("a", False)
B_ON, B_OFF = Told("b", True), Told("b", False)


def learn(*answers: tuple[tuple[Told, ...], float]) -> list[list[Told]]:
    book: ShiftBook[Told] = ShiftBook()
    return [book.learn(told, asked_at) for told, asked_at in answers]


def test_the_first_answer_is_knowledge_and_no_change():
    book: ShiftBook[Told] = ShiftBook()
    assert book.shifts == ()
    assert book.learn((A_ON, B_OFF), 0.0) == []
    assert book.shifts == (A_ON, B_OFF)


def test_who_changes_sides_is_told_once_each_way():
    found = learn(
        ((A_OFF, B_ON), 0.0),
        ((A_ON, B_ON), 1.0),
        ((A_ON, B_ON), 2.0),
        ((A_OFF, B_OFF), 3.0),
    )
    assert found == [[], [A_ON], [], [A_OFF, B_OFF]]


def test_a_skill_that_is_new_or_comes_back_has_entered_nothing():
    book: ShiftBook[Told] = ShiftBook()
    book.learn((A_ON,), 0.0)
    assert book.learn((A_ON, B_ON), 1.0) == []
    assert book.learn((A_ON,), 2.0) == []
    assert book.shifts == (A_ON,)
    assert book.learn((A_ON, B_OFF), 3.0) == []


def test_the_answer_to_an_older_question_comes_too_late():
    book: ShiftBook[Told] = ShiftBook()
    book.learn((A_OFF,), 0.0)
    assert book.learn((A_ON,), 5.0) == [A_ON]
    assert book.learn((A_OFF,), 4.0) == []
    assert book.shifts == (A_ON,)
    assert book.learn((A_OFF,), 5.0) == [A_OFF]


def test_the_same_answer_again_makes_later_of_older_questions():
    book: ShiftBook[Told] = ShiftBook()
    told = (A_ON,)
    book.learn(told, 0.0)
    assert book.learn(told, 5.0) == []
    assert book.learn((A_OFF,), 4.0) == []
    assert book.shifts is told


def test_what_is_known_of_some_leaves_the_others_as_they_are():
    book: ShiftBook[Told] = ShiftBook()
    book.learn((A_ON, B_ON), 0.0)
    assert book.add([B_OFF], 1.0) == [B_OFF]
    assert book.shifts == (A_ON, B_OFF)
    assert book.add([Told("c", True)], 2.0) == []
    assert book.shifts == (A_ON, B_OFF, Told("c", True))
    assert book.add([A_OFF], 1.0) == []


_answer = st.dictionaries(st.sampled_from("abc"), st.booleans())


@given(st.lists(_answer, max_size=8))
def test_changes_alternate_for_each_skill_that_stays(answers):
    book: ShiftBook[Told] = ShiftBook()
    before: dict[str, bool] = {}
    for number, answer in enumerate(answers):
        told = tuple(Told(*each) for each in answer.items())
        changed = {each.skill_id: each.on_shift for each in book.learn(told, number)}
        assert changed == {
            skill: on for skill, on in answer.items() if before.get(skill, on) is not on
        }
        before = answer
