import msgspec
import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.subscription import DEFAULT_QUERY, conversation_query


class Query(msgspec.Struct):
    stage: str = "OPEN"
    agent_id: str | msgspec.UnsetType = msgspec.UNSET


def test_default_is_all_open_conversations_and_a_fresh_one_each_time():
    conversation_query()["stage"].append("CLOSE")
    assert conversation_query() == {"stage": ["OPEN"]} == DEFAULT_QUERY


def test_empty_query_stays_empty():
    assert conversation_query({}) == {}


def test_struct_is_a_query():
    assert conversation_query(Query()) == {"stage": ["OPEN"]}


@pytest.mark.parametrize(
    ("ours", "wire"),
    [
        ({"account_id": "A"}, {"brandId": "A"}),
        ({"agent_id": "A.u1"}, {"agentIds": ["A.u1"]}),
        ({"agent_ids": ("A.u1", "A.u2")}, {"agentIds": ["A.u1", "A.u2"]}),
        ({"consumer_id": "c"}, {"consumerId": "c"}),
        ({"conversation_id": "C"}, {"conversationId": "C"}),
        ({"state": "OPEN"}, {"convState": ["OPEN"]}),
        ({"stage": ["OPEN", "CLOSE"]}, {"stage": ["OPEN", "CLOSE"]}),
        ({"dialog_type": "MAIN"}, {"dialogTypes": ["MAIN"]}),
        ({"dialog_types": ["MAIN"]}, {"dialogTypes": ["MAIN"]}),
        ({"last_update_after": 0}, {"minLastUpdatedTime": 0}),
        ({"last_update_before": 5}, {"maxLastUpdatedTime": 5}),
        ({"max_ettr": 7}, {"maxETTR": 7}),
        (
            {"agentIds": "A.u1", "convState": ["OPEN"], "minLastUpdatedTime": 1},
            {"agentIds": ["A.u1"], "convState": ["OPEN"], "minLastUpdatedTime": 1},
        ),
    ],
)
def test_our_names_become_those_on_the_wire(ours, wire):
    assert conversation_query(ours) == wire


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"colour": 1}, "unknown key 'colour'; use account_id"),
        ({5: 1}, "unknown key 5"),
        ({"skill_id": "s"}, "ignores skills"),
        ({"skillIds": ["s"]}, "ignores skills"),
        ({"agent_id": "a", "agentIds": ["b"]}, "agentIds twice"),
        ({"agent_id": None}, "no value for agent_id; leave the key out"),
        ({"agent_id": 5}, "agent_id=5 in the subscription query must be a non-empty"),
        (
            {"agent_ids": ["a", 5]},
            "agent_ids=['a', 5] in the subscription query must be",
        ),
        ({"stage": []}, "stage=[] in the subscription query must be"),
        ({"stage": ""}, "stage='' in the subscription query must be"),
        ({"consumer_id": ["c"]}, "consumer_id=['c'] must be"),
        ({"last_update_after": 1.5}, "milliseconds as an int"),
        ({"last_update_after": True}, "milliseconds as an int"),
        ({"last_update_before": -1}, "milliseconds as an int"),
        (["OPEN"], "not list"),
        ("OPEN", "not str"),
    ],
)
def test_bad_query_is_a_clear_error(query, text):
    with pytest.raises(LocalProtocolError) as caught:
        conversation_query(query)
    assert text in str(caught.value)
