import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.marks import PREFIX, Marks, Sign, Verdict


@pytest.fixture
def marks():
    return Marks()


def learn(marks, *, repeated, asked=False):
    """Publish one, and see its event."""
    marks.begin("first", "d", -1)
    marks.answered("first", 0)
    marks.show(Sign("d", 0, ["first"] if repeated else [], asked))


def test_what_was_seen_is_there(marks):
    marks.begin("m", "d", 3)
    marks.show(Sign("d", 5, ["other", "m"]))
    assert marks.found("m") == 5
    assert marks.verdict("m", asked=True) is Verdict.THERE


@pytest.mark.parametrize("asked", [False, True])
def test_what_is_not_there_where_marks_are_repeated_is_absent(marks, asked):
    learn(marks, repeated=True, asked=asked)
    marks.begin("m", "d", 0)
    marks.show(Sign("d", 1, [], asked))  # another message of the same user
    assert marks.verdict("m", asked=asked) is Verdict.ABSENT
    assert marks.found("m") is None


@pytest.mark.parametrize("asked", [False, True])
def test_nothing_is_proved_where_marks_are_not_repeated(marks, asked):
    learn(marks, repeated=False, asked=asked)
    marks.begin("m", "d", 0)
    assert marks.verdict("m", asked=asked) is Verdict.DOUBTFUL


def test_one_way_says_nothing_for_the_other_but_a_no(marks):
    learn(marks, repeated=True, asked=False)
    marks.begin("m", "d", 0)
    marks.show(Sign("d", 1, [], asked=True))
    assert marks.verdict("m", asked=True) is Verdict.DOUBTFUL
    other = Marks()
    learn(other, repeated=False, asked=False)
    other.begin("m", "d", 0)
    assert other.verdict("m", asked=True) is Verdict.DOUBTFUL


def test_before_anything_is_learned_only_silence_proves(marks):
    marks.begin("m", "d", 4)
    assert marks.verdict("m", asked=True) is Verdict.ABSENT
    marks.show(Sign("other", 9, []))
    marks.show(Sign("d", 4, []))  # it was there before
    assert marks.verdict("m", asked=True) is Verdict.ABSENT
    marks.show(Sign("d", 5, []))
    assert marks.verdict("m", asked=True) is Verdict.DOUBTFUL


def test_an_event_seen_before_its_answer_teaches_too(marks):
    marks.begin("m", "d", 0)
    marks.show(Sign("d", 1, ["m"]))
    marks.answered("m", 1)
    assert not marks.wanted
    marks.begin("n", "d", 1)
    marks.show(Sign("d", 2, []))
    assert marks.verdict("n", asked=False) is Verdict.ABSENT


def test_a_mark_of_an_earlier_process_teaches(marks):
    marks.begin("m", "d", 0)
    marks.show(Sign("d", 1, []))
    assert marks.verdict("m", asked=True) is Verdict.DOUBTFUL
    marks.show(Sign("other", 5, [PREFIX + "long ago"], asked=True))
    assert marks.verdict("m", asked=True) is Verdict.ABSENT


def test_what_is_over_leaves_nothing_behind(marks):
    marks.begin("m", "d", 0)
    assert marks.wanted
    assert len(marks) == 1
    marks.end("m")
    marks.end("m")
    marks.answered("m", 7)
    assert not marks.wanted
    assert marks.found("m") is None


def test_awaited_events_are_bounded(marks):
    for number in range(5_000):
        marks.begin(str(number), "d", number)
        marks.answered(str(number), number)
    assert len(marks._due) == 1_000
    marks.show(Sign("d", 4_999, []))
    assert len(marks._due) == 999


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=30))
def test_absent_is_never_said_of_what_is_there(history):
    """Whatever was learned, a service that does not repeat marks gets no resend."""
    marks = Marks()
    for number, (answered, asked, lost) in enumerate(history):
        mark = str(number)
        marks.begin(mark, "d", number - 1)
        if answered:
            marks.answered(mark, number)
        if not lost:
            marks.show(Sign("d", number, [], asked))
        if not answered:
            if not lost:  # it is there, and was shown without its mark
                assert marks.verdict(mark, asked=asked) is Verdict.DOUBTFUL
            marks.end(mark)
