from __future__ import annotations

import pytest

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.world.origin import MAX_LENGTH, Origin


def test_everything_is_optional_and_null_is_as_good_as_unset():
    empty = Origin.of({}, {})
    nulls = {
        "ttrDefName": None,
        "channelType": None,
        "conversationContext": None,
        "campaignInfo": None,
    }
    assert Origin.of(nulls, {}) == empty
    assert (empty.channel, empty.ttr_type) == ("MESSAGING", "NORMAL")
    assert (empty.context, empty.campaign) == (None, None)


def test_what_is_given_is_kept():
    body = {
        "ttrDefName": "URGENT",
        "channelType": "COBROWSE",
        "conversationContext": {"type": "CustomContext"},
        "campaignInfo": {"campaignId": "7"},
    }
    origin = Origin.of(body, {"appId": "demo"})
    assert origin.ttr_type == "URGENT"
    assert origin.channel == "COBROWSE"
    assert origin.context == {"type": "CustomContext"}
    assert origin.campaign == {"campaignId": "7"}
    assert origin.properties == {"appId": "demo"}


@pytest.mark.parametrize(
    "body",
    [
        {"ttrDefName": "SOON"},
        {"ttrDefName": ["NORMAL"]},
        {"channelType": "PIGEON"},
        {"channelType": {"a": 1}},
        {"conversationContext": "x"},
        {"campaignInfo": [1]},
        {"conversationContext": {"name": "x" * MAX_LENGTH}},
    ],
)
def test_what_nobody_knows_is_refused(body):
    with pytest.raises(Refused) as refused:
        Origin.of(body, {})
    assert refused.value.code == 400
