from __future__ import annotations

from ums_actors.emulator.world.event import Author, Event
from ums_actors.emulator.world.unread import Unread


def message(sequence, dialog="d", author="carla", recipients=("carla", "one", "two")):
    return Event(
        conversation_id="c",
        dialog_id=dialog,
        author=Author(author, author, "CONSUMER"),
        body={"type": "ContentEvent"},
        audience="ALL",
        metadata=None,
        sequence=sequence,
        timestamp=0,
        recipients=recipients,
    )


def test_a_message_is_unread_by_all_but_its_author():
    unread = Unread()
    unread.add(message(0))
    unread.add(message(1))
    unread.add(message(2, author="one"))
    assert unread.counts() == {"carla": 1, "one": 2, "two": 3}


def test_reading_counts_for_the_named_messages_of_that_dialog_alone():
    unread = Unread()
    for number in range(3):
        unread.add(message(number))
    unread.add(message(0, dialog="other"))
    unread.read("one", "d", [0, 2, 2, 9])
    assert unread.counts() == {"one": 2, "two": 4}
    unread.read("one", "d", [1])
    unread.read("one", "other", [0])
    assert unread.counts() == {"one": 0, "two": 4}
    unread.read("stranger", "d", [1])
    assert "stranger" not in unread.counts()


def test_a_chat_state_is_never_unread():
    unread = Unread()
    unread.add(message(None))
    assert unread.counts() == {}


def test_who_has_left_is_not_counted():
    unread = Unread()
    unread.add(message(0))
    unread.keep({"two", "carla"})
    assert unread.counts() == {"two": 1}
