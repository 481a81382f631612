from __future__ import annotations

from ums_actors.core.card import Card
from ums_actors.core.facts import ConversationFacts, DialogFacts
from ums_actors.core.shelf import Shelf


def card(conversation_id, *dialog_ids, stage="OPEN"):
    dialogs = tuple(DialogFacts(each) for each in dialog_ids or (conversation_id,))
    return Card(ConversationFacts(conversation_id, stage=stage, dialogs=dialogs))


def test_a_card_is_found_by_its_conversation_and_by_each_dialog():
    shelf = Shelf()
    first = card("C", "C", "D")
    shelf.put(first)
    assert shelf.get("C") is first
    assert shelf.find("C", "anything") is first
    assert shelf.find("", "D") is shelf.find("", "C") is first
    assert shelf.find("", "E") is None
    shelf.take(first)
    assert (len(shelf), shelf.get("C"), shelf.find("", "D")) == (0, None, None)


def test_dialogs_that_come_and_go_are_found_as_long_as_they_are_there():
    shelf = Shelf()
    it = card("C", "M")
    shelf.put(it)
    for now in (("M", "N"), ("N",), ("O",), ("C",)):
        before = it.facts.dialogs
        it.facts = card("C", *now).facts
        shelf.put(it, before)
        found = [each for each in "CMNO" if shelf.find("", each) is it]
        assert found == sorted({"C", *now})


def test_a_card_of_which_the_dialogs_are_as_before_is_found_as_before():
    shelf = Shelf()
    it = card("C", "C", "D")
    shelf.put(it)
    shelf.put(it, it.facts.dialogs)
    assert shelf.find("", "D") is it
    assert len(shelf) == 1


def test_the_one_to_spare_has_ended_or_has_not_been_heard_of_for_longest():
    shelf = Shelf()
    cards = {name: card(name) for name in "ABC"}
    for each in cards.values():
        shelf.put(each)
    shelf.put(cards["A"])
    assert shelf.oldest() is cards["B"]
    cards["C"].facts = card("C", stage="CLOSE").facts
    shelf.put(cards["C"])
    assert shelf.oldest() is cards["C"]
    cards["C"].facts = card("C").facts
    shelf.put(cards["C"])
    assert shelf.oldest() is cards["B"]
    assert [each.conversation_id for each in shelf] == ["B", "A", "C"]
