from __future__ import annotations

import json
import types

import pytest

import ums_actors as ums
from ums_actors.actors import agents
from ums_actors.actors.agents import AgentStates
from ums_actors.actors.subscription import Kind, Subscription
from ums_actors.protocol.envelopes import Notification


class Bench:
    def __init__(self):
        self.heard = []
        self.subscription = Subscription("k", Kind.AGENT_STATES, lambda: None)
        self.subscription.subscription_id = "X"
        self.states = AgentStates(
            types.SimpleNamespace(
                subscriptions={"k": self.subscription},
                subscribers=types.SimpleNamespace(publish=self.heard.append),
            )
        )

    def tell(self, *changes, subscription="X"):
        body = {
            "subscriptionId": subscription,
            "changes": [
                {"type": kind, "result": {"agentUserId": who, "availability": state}}
                for kind, who, state in changes
            ],
        }
        self.states.take(Notification("rs.AgentStateNotification", json.dumps(body)))

    @property
    def told(self):
        return [(each.agent_id, each.previous, each.state) for each in self.heard]


@pytest.fixture
def bench():
    return Bench()


def test_each_change_is_told_once_also_across_snapshots(bench):
    for state in ("OFFLINE", "ONLINE", "ONLINE", "AWAY"):
        bench.tell(("UPSERT", "A.u1", state))
    assert bench.told == [
        ("A.u1", None, "OFFLINE"),
        ("A.u1", "OFFLINE", "ONLINE"),
        ("A.u1", "ONLINE", "AWAY"),
    ]
    assert isinstance(bench.heard[0], ums.AgentStateChanged)


def test_one_that_left_is_told_of_anew(bench):
    bench.tell(("UPSERT", "A.u1", "ONLINE"), ("DELETE", "A.u1", ""))
    bench.tell(("UPSERT", "A.u1", "ONLINE"))
    assert bench.told == [("A.u1", None, "ONLINE")] * 2


def test_a_state_unknown_today_is_told_and_one_of_nobody_is_not(bench):
    bench.tell(("UPSERT", "", "ONLINE"), ("UPSERT", "A.u1", "DREAMING"))
    assert bench.told == [("A.u1", None, "DREAMING")]


def test_the_first_notification_of_a_subscription_is_its_snapshot(bench):
    bench.tell(subscription="of somebody else")
    assert not bench.subscription.snapshot_seen
    bench.tell()
    assert bench.subscription.snapshot_seen


def test_who_was_heard_of_longest_ago_is_forgotten(bench, monkeypatch):
    monkeypatch.setattr(agents, "LIMIT", 2)
    for user in ("A.u1", "A.u2", "A.u3", "A.u1"):
        bench.tell(("UPSERT", user, "ONLINE"))
    assert [agent for agent, _, _ in bench.told] == ["A.u1", "A.u2", "A.u3", "A.u1"]
