from __future__ import annotations

from ums_actors.core.card import Card
from ums_actors.core.facts import ConversationFacts
from ums_actors.core.presence import Presence


def card(conversation_id="C"):
    return Card(ConversationFacts(conversation_id))


def due(presence, now):
    found = []
    presence.due(now, found.append)
    return [each.conversation_id for each in found]


def test_who_is_shown_by_nobody_goes_after_a_while_and_once():
    presence, it = Presence(5.0), card()
    presence.comes(it, "a")
    presence.comes(it, "a")
    presence.comes(it, "b")
    assert it.sources == ("a", "b")
    presence.goes(it, "a", 10.0)
    assert presence.next_at() is None
    presence.goes(it, "b", 11.0)
    presence.goes(it, "b", 12.0)
    assert presence.next_at() == 16.0
    assert due(presence, 15.9) == []
    assert due(presence, 16.0) == ["C"]
    assert due(presence, 99.0) == []


def test_who_comes_back_stays():
    presence, it = Presence(5.0), card()
    presence.goes(it, "a", 10.0)
    presence.comes(it, "b")
    assert due(presence, 99.0) == []


def test_who_was_shown_by_the_wrong_ones_alone_is_doubtful_until_it_is_settled():
    presence = Presence(5.0)
    cards = [card(name) for name in "ABC"]
    for each, source in zip(cards, ("x", "y", "y"), strict=True):
        presence.comes(each, source)
    presence.keep_only(cards, {"x"})
    assert presence.doubts
    assert [each.sources for each in cards] == [("x",), (), ()]
    presence.comes(cards[1], "x")
    presence.settle(10.0)
    assert not presence.doubts
    assert due(presence, 15.0) == ["C"]


def test_what_is_forgotten_is_expected_no_more():
    presence, it = Presence(5.0), card()
    presence.goes(it, "a", 10.0)
    presence.forget(it)
    assert due(presence, 99.0) == []


def test_who_loses_one_of_two_that_show_it_is_not_doubtful():
    presence, it = Presence(5.0), card()
    presence.comes(it, "x")
    presence.comes(it, "y")
    presence.keep_only([it], {"x"})
    assert it.sources == ("x",)
    assert not presence.doubts
