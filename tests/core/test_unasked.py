from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.tracked import Missed
from ums_actors.core.unasked import UnaskedStreams


def streams(*, last=-1, **settings):
    made = UnaskedStreams(**{"dialog_limit": 100, **settings})
    made.start("D", last)
    return made


def live(stream, *numbers, dialog="D"):
    """Feed numbers as events that are their own numbers."""
    return [
        out
        for number in numbers
        for out in stream.live(dialog, number, number, ours=False)
    ]


def missed(first, last, *, dialog="D"):
    return Missed("", dialog, first, last, None)


def waits(stream):
    return [wanted.dialog_id for wanted in stream.queries()]


def test_what_comes_before_its_turn_waits_for_the_others():
    stream = streams()
    assert live(stream, 0, 2) == [0]
    assert waits(stream) == ["D"]
    assert live(stream, 1) == [1, 2]
    assert stream.waited("D") == []
    assert waits(stream) == []


def test_after_its_time_it_goes_on_and_tells_what_is_missing():
    stream = streams()
    live(stream, 0, 3, 5)
    waits(stream)
    assert stream.waited("D") == [missed(1, 2), 3, missed(4, 4), 5]
    assert stream.gaps == 3
    assert live(stream, 2) == []  # too late
    assert (stream.duplicates, live(stream, 6)) == (1, [6])


def test_what_came_since_has_a_time_of_its_own():
    stream = streams()
    live(stream, 2)
    assert waits(stream) == ["D"]
    assert live(stream, 3, 7) == []
    assert stream.waited("D") == [missed(0, 1), 2, 3]
    assert waits(stream) == ["D"]
    assert live(stream, 4, 5, 6) == [4, 5, 6, 7]
    assert stream.waited("D") == []


def test_what_was_promised_and_did_not_come_is_missed():
    stream = streams()
    live(stream, 0)
    stream.promise("D", 2)
    assert waits(stream) == ["D"]
    stream.promise("D", 4)
    assert stream.waited("D") == [missed(1, 2)]
    assert waits(stream) == ["D"]
    assert live(stream, 3) == [3]
    assert stream.waited("D") == [missed(4, 4)]


def test_who_does_not_wait_gives_nothing():
    assert streams().waited("D") == []
    assert streams().waited("elsewhere") == []


def test_a_full_hold_is_let_go_at_once():
    stream = streams(hold_limit=2)
    assert live(stream, 5, 3) == []
    assert live(stream, 8) == [missed(0, 2), 3, missed(4, 4), 5]
    assert stream.dropped == 0


def test_many_dialogs_wait_at_a_time():
    stream = UnaskedStreams(50)
    for number in range(50):
        live(stream, 1, dialog=str(number))
    assert len(waits(stream)) == 50
    hole, event = live(stream, 1, dialog="more")  # of one that has no room now
    assert (hole.first, hole.last, event) == (0, 0, 1)
    assert len(stream) == 50


def test_who_began_to_wait_waits_anew_when_a_timer_is_gone():
    stream = streams()
    live(stream, 2)
    waits(stream)
    assert stream.line_lost(ConnectionError("crashed")) == []
    assert waits(stream) == ["D"]
    assert stream.waited("D") == [missed(0, 1), 2]


def test_at_the_end_nothing_is_waited_for():
    stream = streams()
    live(stream, 2)
    waits(stream)
    assert stream.line_lost() == [missed(0, 1), 2]
    assert waits(stream) == []


@given(st.permutations(range(12)), st.sets(st.integers(0, 11)), st.integers(0, 12))
def test_each_number_is_told_or_missed_in_order_and_once(order, lost, pause):
    stream = streams()
    told = []
    for place, number in enumerate(order):
        if number not in lost:
            told += live(stream, number, number)
        for each in stream.queries():
            if place >= pause:
                told += stream.waited(each.dialog_id)
    told += stream.line_lost()
    numbers = []
    for each in told:
        if isinstance(each, Missed):
            numbers += range(each.first, each.last + 1)
        else:
            numbers.append(each)
    assert numbers == list(range(len(numbers)))
    kept = set(range(12)) - lost
    assert len(numbers) == max(kept, default=-1) + 1
