from __future__ import annotations

import pytest

from ums_actors.emulator import Refused
from ums_actors.emulator.sides.filters import Filter
from ums_actors.emulator.world.users import Users
from ums_actors.emulator.world.world import World

ONE, TWO = "acc.1001", "acc.1002"
NOW = 1_700_000_000_000


@pytest.fixture
def conversation():
    users = Users("acc", 2)
    world = World("acc", users, lambda: NOW / 1000)
    opened = world.open(consumer="7", assign=users.named("bot1"), survey=True)
    event = {"type": "ContentEvent", "message": "hi"}
    world.publish(opened, opened.conversation_id, "7", event)
    dialog = {"dialogId": opened.conversation_id, "state": "CLOSE"}
    member = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
    world.update(opened, ONE, [member])
    return opened  # its MAIN dialog is closed, its survey is not


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"unknown": "key"},
        {"skillIds": ["other"], "skillId": "other"},
        {"stage": ["OPEN"]},
        {"stage": "OPEN"},
        {"stage": ["OPEN", "CLOSE"], "convState": ["OPEN", "CLOSE"]},
        {"convState": "CLOSE"},
        {"agentIds": [ONE, TWO]},
        {"agentIds": ONE},
        {"agentIds": []},
        {"consumerId": "7"},
        {"consumerId": 7},
        {"brandId": "acc"},
        {"brandId": None},
        {"dialogTypes": "POST_SURVEY"},
        {"dialogTypes": ["MAIN", "AGENTS"]},
        {"minLastUpdatedTime": 0},
        {"minLastUpdatedTime": NOW, "maxLastUpdatedTime": NOW + 9},
    ],
)
def test_a_conversation_is_shown(conversation, query):
    assert Filter.of(query).matches("acc", conversation)


@pytest.mark.parametrize(
    "query",
    [
        {"stage": ["CLOSE"]},
        {"stage": "LOCKED"},
        {"convState": ["OPEN"]},
        {"agentIds": [TWO]},
        {"agentIds": TWO},
        {"consumerId": "8"},
        {"consumerId": 8},
        {"conversationId": "other"},
        {"conversationId": 5},
        {"brandId": "other"},
        {"dialogTypes": ["AGENTS"]},
        {"minLastUpdatedTime": NOW + 9},
        {"maxLastUpdatedTime": NOW - 1},
        {"maxLastUpdatedTime": 0},
        {"maxETTR": NOW + 3_600_000},
        {"stage": ["OPEN"], "agentIds": [TWO]},
    ],
)
def test_a_conversation_is_not_shown(conversation, query):
    assert not Filter.of(query).matches("acc", conversation)


@pytest.mark.parametrize(
    ("latest", "is_shown"), [(3_600_000, True), (3_599_999, False), (0, False)]
)
def test_what_is_due_by_a_time_is_shown(latest, is_shown):
    world = World("acc", Users("acc", 2), lambda: NOW / 1000)
    opened = world.open(consumer="7")
    query = Filter.of({"maxETTR": NOW + latest})
    assert not query.matches("acc", opened)  # nothing is due yet
    event = {"type": "ContentEvent", "message": "hi"}
    world.publish(opened, opened.conversation_id, "7", event)
    assert query.matches("acc", opened) is is_shown


def test_the_id_of_the_conversation_chooses_it(conversation):
    query = {"conversationId": conversation.conversation_id}
    assert Filter.of(query).matches("acc", conversation)


def test_consumers_are_shown_their_own_whatever_they_ask_for(conversation):
    assert Filter.of({"consumerId": "8"}, "7").matches("acc", conversation)
    assert not Filter.of({"consumerId": "7"}, "8").matches("acc", conversation)


@pytest.mark.parametrize(
    "query",
    [
        {"minLastUpdatedTime": "now"},
        {"maxLastUpdatedTime": 1.5},
        {"maxETTR": [1]},
        {"maxETTR": True},
        {"consumerId": ["7"]},
        {"conversationId": {}},
        {"brandId": True},
    ],
)
def test_nonsense_is_refused(query):
    with pytest.raises(Refused) as caught:
        Filter.of(query)
    assert caught.value.code == 400
