from __future__ import annotations

from ums_actors.core.card import Card
from ums_actors.core.facts import ConversationFacts
from ums_actors.core.linger import Linger


def card(conversation_id="C", *, ended=False):
    stage = "CLOSE" if ended else "OPEN"
    return Card(ConversationFacts(conversation_id, stage=stage))


def due(linger, now):
    return [each.conversation_id for each in linger.due(now)]


def test_one_that_has_ended_leaves_after_a_while_and_once():
    linger = Linger(60.0)
    linger.note(card("open"), 0.0)
    linger.note(card(ended=True), 10.0)
    linger.note(card(ended=True), 50.0)  # told again
    assert linger.next_at() == 70.0
    assert due(linger, 69.9) == []
    assert due(linger, 70.0) == ["C"]
    assert due(linger, 999.0) == []
    assert linger.next_at() is None


def test_one_that_goes_on_or_is_forgotten_stays():
    linger = Linger(60.0)
    linger.note(card(ended=True), 0.0)
    linger.note(card(), 1.0)
    linger.note(card("D", ended=True), 2.0)
    linger.forget(card("D"))
    linger.forget(card("D"))
    assert due(linger, 999.0) == []


def test_they_leave_in_the_order_of_their_ends():
    linger = Linger(60.0)
    for number in range(3):
        linger.note(card(str(number), ended=True), float(number))
    assert due(linger, 61.0) == ["0", "1"]
    assert due(linger, 62.0) == ["2"]
