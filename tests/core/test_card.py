from __future__ import annotations

from ums_actors.core.card import Card
from ums_actors.core.facts import ConversationFacts, DialogFacts, Member

CONSUMER, AGENT = Member("cons", None, "CONSUMER"), Member("pid", "1.u", "AGENT")


def card(*members, **facts):
    return Card(facts_of(*members, **facts))


def facts_of(*members, **facts):
    dialogs = (DialogFacts("C", members=members), DialogFacts("S", "POST_SURVEY"))
    return ConversationFacts("C", **{"dialogs": dialogs, **facts})


def test_nothing_was_said_in_a_dialog_until_there_is_something():
    it = card()
    assert it.talk("C") is None
    talk = it.talk_in("", 10)  # the main one
    assert it.talk("C") is it.talk_in("C", 10) is talk
    assert it.talk("S") is None


def test_the_dialogs_of_which_messages_are_kept_are_bounded():
    it = card()
    made = [it.talk_in(f"D{number}", 10) for number in range(60)]
    assert [each is None for each in made] == [False] * 50 + [True] * 10
    assert it.talk_in("D49", 10) is made[49]


def test_a_role_is_that_in_the_dialog_or_else_in_the_main_one():
    it = card(CONSUMER, AGENT)
    assert it.role_of("pid", "C") == it.role_of("pid", "unknown") == "AGENT"
    assert it.role_of("pid", "S") == it.role_of("stranger", "C") == ""
    assert card(dialogs=()).role_of("pid", "C") == ""


def test_what_is_older_than_known_is_late_if_both_times_are_said():
    it = card(updated=10)
    assert [it.is_late(at) for at in (9, 10, 11, None)] == [True, False, False, False]
    assert not card(updated=None).is_late(0)


def test_the_last_consumer_is_remembered():
    it = card(AGENT)
    assert it.consumer_id == ""
    for members, expected in (((AGENT, CONSUMER), "cons"), ((AGENT,), "cons")):
        it.facts = facts_of(*members)
        it.note_consumer()
        assert it.consumer_id == expected
    assert card(CONSUMER, dialogs=()).consumer_id == ""


def test_who_has_left_is_remembered_once_and_not_all_of_them():
    it = card(CONSUMER)
    assert it.left is None
    it.note_left("C", AGENT)
    it.note_left("S", CONSUMER)
    before = it.left
    again = Member("pid", "1.u", "MANAGER")
    it.note_left("C", again)
    assert (before["C"], it.left["C"], it.left["S"]) == (
        (AGENT,),
        (again,),
        (CONSUMER,),
    )
    for number in range(60):
        it.note_left("C", Member(f"p{number}", None, "READER"))
    left = it.left["C"]
    assert (len(left), left[-1].user_id, again in left) == (50, "p59", False)
