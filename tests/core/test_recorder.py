from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.recorder import LIMIT, Entry, FlightRecorder


def test_what_happened_is_told_in_order_with_its_time():
    recorder = FlightRecorder()
    recorder.note(1.0, "open()")
    recorder.note(2.5, "NEW → AUTHENTICATING (line 1)")
    assert recorder.entries()[0] == Entry(1.0, "open()", 1, 1.0)
    assert recorder.lines() == (
        "1.000 s: open()",
        "2.500 s: NEW → AUTHENTICATING (line 1)",
    )


def test_the_last_200_are_kept():
    recorder = FlightRecorder()
    for number in range(LIMIT + 50):
        recorder.note(float(number), f"event {number}")
    assert (LIMIT, len(recorder)) == (200, 200)
    assert recorder.entries()[0].text == "event 50"
    assert recorder.entries()[-1].text == "event 249"


def test_what_happens_again_and_again_takes_one_entry():
    recorder = FlightRecorder()
    recorder.note(0.0, "READY")
    for second in range(1, 1001):
        recorder.note(float(second), "frame.undecodable")
    assert recorder.lines() == (
        "0.000 s: READY",
        "1.000 s: frame.undecodable (1000 times until 1000.000 s)",
    )
    recorder.note(1001.0, "READY")
    recorder.note(1002.0, "frame.undecodable")
    assert len(recorder) == 4


@given(st.lists(st.text(max_size=2000)))
def test_every_entry_is_one_bounded_line(texts):
    recorder = FlightRecorder()
    for now, text in enumerate(texts):
        recorder.note(float(now), text)
    assert len(recorder) <= LIMIT
    for line in recorder.lines():
        assert line.isprintable()
        assert len(line) < 300


def test_what_was_given_out_does_not_change_any_more():
    recorder = FlightRecorder()
    recorder.note(0.0, "a")
    before = recorder.lines()
    recorder.note(1.0, "a")
    assert before == ("0.000 s: a",)
