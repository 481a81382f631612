from __future__ import annotations

import pytest

from ums_actors.emulator import Refused, choices

CLOSE = {"field": "ConversationStateField", "conversationState": "CLOSE"}


def test_what_is_unknown_is_not_found(ground):
    for find in (ground.world.find, ground.world.find_dialog):
        with pytest.raises(Refused) as caught:
            find("nowhere")
        assert caught.value.code == 404


def test_the_first_that_closed_goes_when_too_many_have(ground, monkeypatch):
    monkeypatch.setattr(choices, "MAX_CLOSED_CONVERSATIONS", 2)
    world = ground.world
    first, second, third, fourth = (ground.open(survey=True) for _ in range(4))
    for conversation in (second, first, third):
        ground.change(conversation, "carla", CLOSE)
    assert list(world.conversations.values()) == [first, third, fourth]
    assert world.conversations_of("carla") == [first, third, fourth]
    with pytest.raises(Refused):
        world.find(second.conversation_id)
    with pytest.raises(Refused):
        world.find_dialog(second.conversation_id)


def test_closing_twice_over_makes_nothing_go(ground, monkeypatch):
    monkeypatch.setattr(choices, "MAX_CLOSED_CONVERSATIONS", 1)
    conversation = ground.open()
    ground.change(conversation, "carla", CLOSE)
    csat = {"field": "CSATRate", "csatRate": 5}
    ground.change(conversation, "carla", csat)
    assert ground.world.find(conversation.conversation_id) is conversation


def test_open_conversations_have_a_bound_and_closed_ones_are_none(ground, monkeypatch):
    monkeypatch.setattr(choices, "MAX_CONVERSATIONS", 2)
    first, _ = ground.open(), ground.open()
    with pytest.raises(Refused) as caught:
        ground.open()
    assert caught.value.code == 429
    ground.change(first, "carla", CLOSE)
    ground.open()
    assert len(ground.world.conversations) == 3
