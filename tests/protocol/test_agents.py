from __future__ import annotations

import json

import pytest

from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol.agents import (
    read_agent_state_changes,
    subscribe_agents_state,
    unsubscribe,
)


def test_the_documented_frame_is_read():
    body = {
        "subscriptionId": "X",
        "changes": [
            {
                "type": "UPSERT",
                "result": {
                    "channels": ["MESSAGING"],
                    "availability": "ONLINE",
                    "description": "",
                    "agentUserId": "A.u1",
                },
            }
        ],
    }
    found = read_agent_state_changes(json.dumps(body).encode())
    (change,) = found.changes
    assert (found.subscription_id, change.type) == ("X", "UPSERT")
    assert change.result.agent_user_id == "A.u1"
    assert change.result.availability == "ONLINE"
    assert change.result.channels == ["MESSAGING"]


@pytest.mark.parametrize("body", [b"5", b"[]", b"no json"])
def test_what_is_no_object_is_the_servers_fault(body):
    with pytest.raises(RemoteProtocolError):
        read_agent_state_changes(body)


def test_requests_name_account_agent_and_subscription():
    call = subscribe_agents_state("A", "A.u1")
    assert call.type == ".ams.routing.SubscribeAgentsState"
    assert call.body == {"brandId": "A", "agentId": "A.u1"}
    call = unsubscribe("X")
    assert (call.type, call.body) == (".ams.UnsubscribeBody", {"subscriptionId": "X"})


@pytest.mark.parametrize(
    "build",
    [
        lambda: subscribe_agents_state("", "A.u1"),
        lambda: subscribe_agents_state("A", None),
        lambda: unsubscribe(""),
    ],
)
def test_what_the_server_would_refuse_fails_here(build):
    with pytest.raises(LocalProtocolError, match="must be a non-empty string"):
        build()
