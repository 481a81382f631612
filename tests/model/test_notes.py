from __future__ import annotations

import json

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.model.notes import AgentNote, read_notes, with_note


def note(content, **more):
    return AgentNote(agent_id="A.u1", note_content=content, time=5, **more)


def contents(text):
    return [each["noteContent"] for each in json.loads(text)]


def test_the_first_note_makes_the_list():
    text, saved = with_note(None, note("hello", note_id="n1"), truncate=False)
    assert json.loads(text) == [
        {"agentId": "A.u1", "noteContent": "hello", "time": 5, "noteId": "n1"}
    ]
    assert (saved.note_id, saved.truncated) == ("n1", False)


def test_a_note_without_an_id_gets_one_of_its_own():
    first, one = with_note(None, note("a"), truncate=False)
    second, two = with_note(first, note("b"), truncate=False)
    assert contents(second) == ["a", "b"]
    assert one.note_id != two.note_id


def test_a_note_takes_the_place_of_the_one_of_its_id():
    text, saved = with_note(None, note("a"), truncate=False)
    text, _ = with_note(text, note("b"), truncate=False)
    text, _ = with_note(text, note("A", note_id=saved.note_id), truncate=False)
    assert contents(text) == ["A", "b"]


def test_a_note_that_was_no_list_is_kept_as_the_first():
    text, _ = with_note("call back", note("done"), truncate=False)
    assert contents(text) == ["call back", "done"]


@pytest.mark.parametrize("told", ["[1, null]", '[{"noteContent": 7}]', "{}", "[", ""])
def test_anything_can_be_read(told):
    assert all(isinstance(each, AgentNote) for each in read_notes(told))


def test_where_there_is_no_room_it_says_what_can_be_done():
    with pytest.raises(
        LocalProtocolError, match=r"5,000 are allowed: shorten.*set_note"
    ):
        with_note(None, note("x" * 5000), truncate=False)


@pytest.mark.parametrize("letter", ["x", "ü", '"', "\n"])
def test_a_note_is_shortened_if_that_is_wanted(letter):
    text, _ = with_note(None, note("first"), truncate=True)
    text, saved = with_note(text, note(letter * 6000), truncate=True)
    assert saved.truncated
    assert len(text) <= 5000
    assert contents(text)[0] == "first"
    assert set(contents(text)[1]) == {letter}


def test_a_full_list_has_no_room_for_another_however_short():
    full, _ = with_note(None, note("x" * 6000), truncate=True)
    with pytest.raises(LocalProtocolError, match="5,000 are allowed"):
        with_note(full, note("y"), truncate=True)
