from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.talk import Digested, Mark, Said, Talk
from ums_actors.protocol.messages import Event, MessageEvent


def message(sequence, text="x"):
    return MessageEvent(Event("ContentEvent", message=text), "C", "C", sequence)


def status(sequences, user="cons", word="READ"):
    event = Event("AcceptStatusEvent", status=word, sequence_list=sequences)
    return MessageEvent(event, "C", "C", 99, user)


def numbers(talk):
    return [each.sequence for each in talk.said]


def test_the_last_messages_are_kept_by_their_numbers():
    talk = Talk(3)
    for sequence in (0, 1, 3, 2, 5):
        talk.add(message(sequence))
    assert numbers(talk) == [2, 3, 5]


def test_one_that_comes_late_takes_the_place_of_the_oldest_alone():
    talk = Talk(3)
    for sequence in (1, 3, 5, 4):
        talk.add(message(sequence))
    assert numbers(talk) == [3, 4, 5]


def test_one_that_is_there_is_given_again():
    talk = Talk(3)
    first = talk.add(message(1))
    assert talk.add(message(1, "other")) is first
    assert numbers(talk) == [1]


def test_one_that_is_too_old_is_not_kept():
    talk = Talk(2)
    for sequence in (5, 6, 1):
        assert talk.add(message(sequence)).sequence == sequence
    assert numbers(talk) == [5, 6]


def test_none_are_kept_if_none_are_wanted():
    talk = Talk(0)
    assert talk.add(message(1)).sequence == 1
    assert numbers(talk) == []


@given(st.lists(st.integers(0, 30)), st.integers(0, 8))
def test_what_is_kept_is_in_order_once_and_the_newest_there_was_room_for(told, limit):
    talk = Talk(limit)
    for sequence in told:
        talk.add(message(sequence))
    found = numbers(talk)
    assert found == sorted(set(found))
    assert len(found) <= limit
    if len(set(told)) <= limit:
        assert found == sorted(set(told))
    elif limit:
        assert found[-1] == max(told)


def test_what_became_of_messages_is_noted_once_by_each():
    talk = Talk(10)
    for sequence in (0, 1, 2):
        talk.add(message(sequence))
    talk.mark(status([0, 1, 77]), "CONSUMER")
    talk.mark(status([1]), "CONSUMER")
    talk.mark(status([1], "u1"), "ASSIGNED_AGENT")
    read = Mark("cons", "CONSUMER", "READ")
    assert [each.marks for each in talk.said] == [
        (read,),
        (read, Mark("u1", "ASSIGNED_AGENT", "READ")),
        (),
    ]


def test_it_is_told_of_which_messages_it_is_news():
    talk = Talk(2)
    for sequence in (0, 1, 2):
        talk.add(message(sequence))
    found = talk.mark(status([2, 0, 1, 2]), "CONSUMER")
    assert found.mark == Mark("cons", "CONSUMER", "READ")
    assert found.numbers == (2, 0, 1)  # of 0, which is not kept, it is always
    assert [each.sequence for each in found.messages] == [1, 2]
    again = talk.mark(status([0, 1]), "CONSUMER")
    assert (again.numbers, again.messages) == ((0,), ())
    assert talk.mark(status([1]), "CONSUMER").numbers == ()
    assert talk.mark(status([1], word="VIEWED"), "CONSUMER").numbers == (1,)


def test_the_state_before_is_told():
    talk = Talk(0)
    assert talk.chat("u", "COMPOSING") is None
    assert talk.chat("u", "PAUSE") == "COMPOSING"
    assert talk.chat("v", "ACTIVE") is None


def test_chat_states_are_replaced_and_bounded():
    talk = Talk(0)
    talk.chat("u", "COMPOSING")
    before = talk.chat_states
    talk.chat("u", "PAUSE")
    assert (before["u"], talk.chat_states["u"]) == ("COMPOSING", "PAUSE")
    for number in range(500):
        talk.chat(f"u{number}", "ACTIVE")
    assert len(talk.chat_states) == 100
    assert talk.chat_states["u499"] == "ACTIVE"


def test_marks_are_bounded():
    talk = Talk(1)
    talk.add(message(0))
    for number in range(500):
        talk.mark(status([0], f"u{number}"), "")
    marks = talk.said[0].marks
    assert (len(marks), marks[-1].user_id) == (100, "u499")


def said(sequence, text="x"):
    return Said(message(sequence, text))


def test_what_an_earlier_process_kept_is_put_before_and_between():
    talk = Talk(4)
    there = talk.add(message(3, "ours"))
    talk.recall([said(1), said(2), said(3, "theirs"), said(5)])
    assert numbers(talk) == [1, 2, 3, 5]
    assert talk.said[2] is there
    talk.recall([said(0), said(4)])
    assert numbers(talk) == [2, 3, 4, 5]


def test_who_keeps_nothing_keeps_nothing_of_it():
    talk = Talk(0)
    talk.recall([said(1)])
    assert talk.said == ()


def test_a_digest_gives_way_to_the_message_and_leaves_its_marks():
    talk = Talk(4)
    kept = Digested(message(1, None), "0abc")
    talk.recall([kept, said(2)])
    talk.mark(status([1]), "CONSUMER")
    assert (kept.digest, said(1).digest) == ("0abc", "")
    full = talk.add(message(1, "the text"))
    assert full is talk.said[0]
    assert full.record.event.text == "the text"
    assert full.marks == kept.marks != ()
    assert talk.add(message(1, "again")) is full
