from __future__ import annotations

import json

import pytest

from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol.enums import RingState
from ums_actors.protocol.routing import (
    read_routing_task_changes,
    subscribe_routing_tasks,
    update_ring_state,
)

RING = {
    "ringId": "C_A_1700000000000",
    "ringExpiration": 72000,
    "ringExpirationTs": 1700000072000,
    "ringState": "WAITING",
    "weight": 1700003600000,
    "convId": "C",
    "consumerId": "cons",
    "skillId": "-1",
    "brandId": "A",
}
TASK = {
    "routingTaskId": "T",
    "taskCompleted": False,
    "conversationId": "C",
    "consumerId": "cons",
    "skillId": "-1",
    "brandId": "A",
    "assignedAgentId": None,
    "ringsDetails": [RING],
}


def read(task, kind="UPSERT"):
    change = {"type": kind, "result": task}
    body = {"subscriptionId": "R", "changes": [change]}
    return read_routing_task_changes(json.dumps(body).encode())


def test_the_documented_frame_is_read():
    found = read(TASK)
    assert found.subscription_id == "R"
    (change,) = found.changes
    task = change.result
    assert (change.type, task.routing_task_id, task.task_completed) == (
        "UPSERT",
        "T",
        False,
    )
    assert task.assigned_agent_id is None
    (ring,) = task.rings()
    assert (ring.ring_id, ring.conv_id, ring.consumer_id) == (
        "C_A_1700000000000",
        "C",
        "cons",
    )
    assert (ring.skill_id, ring.brand_id, ring.weight) == ("-1", "A", 1700003600000)
    assert (ring.ring_expiration, ring.ring_expiration_ts) == (72000, 1700000072000)
    assert ring.ring_state == RingState.WAITING


def test_a_snapshot_without_tasks_is_read():
    found = read_routing_task_changes(b'{"subscriptionId":"R","changes":[]}')
    assert (found.subscription_id, found.changes) == ("R", [])


def test_bare_elements_stand_for_lists_of_one():
    bare = {"type": "UPSERT", "result": TASK | {"ringsDetails": RING}}
    body = {"subscriptionId": "R", "changes": bare}
    found = read_routing_task_changes(json.dumps(body).encode())
    assert [ring.ring_id for ring in found.changes[0].result.rings()] == [
        "C_A_1700000000000"
    ]


@pytest.mark.parametrize(
    ("part", "field", "expected"),
    [
        ({"ringState": "SLEEPING"}, "ring_state", "SLEEPING"),
        ({"news": {"deep": [1]}}, "ring_state", "WAITING"),
        ({"skillId": 7}, "skill_id", "7"),
        ({"weight": "5"}, "weight", 5),
        ({"weight": None}, "weight", None),
        ({"ringExpirationTs": 2.0}, "ring_expiration_ts", 2),
        ({"ringExpiration": "soon"}, "ring_expiration", None),
    ],
)
def test_what_is_written_a_little_differently_is_read_all_the_same(
    part, field, expected
):
    (ring,) = read(TASK | {"ringsDetails": [RING | part]}).changes[0].result.rings()
    assert getattr(ring, field) == expected


def test_a_ring_without_an_id_or_of_no_use_spoils_no_other():
    rings = [{"ringState": "WAITING"}, 5, None, RING]
    found = read(TASK | {"ringsDetails": rings}).changes[0].result.rings()
    assert [ring.ring_id for ring in found] == ["C_A_1700000000000"]


def test_what_a_ring_leaves_out_is_its_tasks():
    bare = {"ringId": "r", "ringState": "WAITING"}
    (ring,) = read(TASK | {"ringsDetails": [bare]}).changes[0].result.rings()
    assert (ring.conv_id, ring.consumer_id, ring.skill_id, ring.brand_id) == (
        "C",
        "cons",
        "-1",
        "A",
    )


@pytest.mark.parametrize("task", [{}, {"ringsDetails": None}, {"conversationId": "C"}])
def test_a_task_may_name_no_ring(task):
    assert read(task, "DELETE").changes[0].result.rings() == []


@pytest.mark.parametrize("body", [b"5", b"[]", b"no json"])
def test_what_is_no_object_is_the_servers_fault(body):
    with pytest.raises(RemoteProtocolError):
        read_routing_task_changes(body)


def test_the_subscription_names_channel_account_and_agent():
    call = subscribe_routing_tasks("A", "A.u1")
    assert call.type == ".ams.routing.SubscribeRoutingTasks"
    assert call.body == {"channelType": "MESSAGING", "brandId": "A", "agentId": "A.u1"}


@pytest.mark.parametrize("state", [RingState.ACCEPTED, "REJECTED"])
def test_an_answer_names_ring_and_state(state):
    call = update_ring_state("r", state)
    assert call.type == ".ams.routing.UpdateRingState"
    assert call.body == {"ringId": "r", "ringState": str(state)}


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: subscribe_routing_tasks("", "A.u1"), "account_id"),
        (lambda: subscribe_routing_tasks("A", None), "agent_id"),
        (lambda: update_ring_state("", "ACCEPTED"), "ring_id"),
        (lambda: update_ring_state("r", "WAITING"), "ACCEPTED or REJECTED"),
    ],
)
def test_what_the_server_would_refuse_fails_here(build, text):
    with pytest.raises(LocalProtocolError, match=text):
        build()
