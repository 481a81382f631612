from __future__ import annotations

import json

import pytest

from ums_actors.emulator.faults.faults import Faults
from ums_actors.emulator.wire.outbox import Outbox
from ums_actors.emulator.wire.trouble import REORDER_WAIT, Trouble

CHANGE = ".ams.aam.ExConversationChangeNotification"
EVENT = ".ams.ms.OnlineEventDistribution"
CLOCK = ".GetClock"


class Peer:
    name = "bot1"


class Scene:
    def __init__(self):
        self.faults = Faults()
        self.outbox = Outbox(0.0)
        self.trouble = Trouble(self.faults, Peer(), self.outbox)

    def add(self, name, **more):
        return self.faults.add(name, **more)

    def answer(self, kind=CLOCK, body="ok", now=0.0):
        frame = {"kind": "resp", "type": "x", "body": body}
        reply = self.outbox.begin()
        self.trouble.answer(reply, kind, json.dumps(frame), now)

    def notify(self, kind=EVENT, now=0.0, **body):
        frame = {"kind": "notification", "type": kind, "body": body}
        self.trouble.notify(json.dumps(frame), now)

    def written(self, now=0.0):
        texts = []
        while item := self.outbox.pop(now):
            text, reply = item
            texts.append(text)
            if reply is not None:
                self.outbox.written(reply, now)
        return texts

    def bodies(self, now=0.0):
        return [json.loads(text)["body"] for text in self.written(now)]


@pytest.fixture
def scene():
    return Scene()


def test_without_faults_all_goes_its_way(scene):
    scene.answer()
    scene.notify(n=1)
    assert scene.bodies() == ["ok", {"n": 1}]
    trouble = scene.trouble
    assert trouble.close_code(CLOCK) is None
    assert trouble.refusal(CLOCK, 9) is None
    assert not trouble.ignores("InitConnection")
    assert not trouble.disconnects(CLOCK)
    assert not trouble.mutes_ping()
    assert not trouble.half_opens()


def test_faults_of_another_do_not_strike(scene):
    for name in ("mute-pings", "half-open", "close", "reject", "drop", "duplicate"):
        scene.add(name, user="bot2")
    assert not scene.trouble.mutes_ping()
    assert not scene.trouble.half_opens()
    assert scene.trouble.close_code(CLOCK) is None
    assert scene.trouble.refusal(CLOCK, 1) is None
    scene.answer()
    scene.notify(n=1)
    assert scene.bodies() == ["ok", {"n": 1}]


# -- requests


def test_a_rejection_has_its_code_and_text(scene):
    scene.add("reject", count=1, value={"code": 409, "type": "GetClock", "text": "no"})
    assert scene.trouble.refusal("KeepAlive", 1) is None
    answer = scene.trouble.refusal(CLOCK, 1)
    assert (answer.code, answer.body) == (409, "no")
    assert scene.trouble.refusal(CLOCK, 1) is None


@pytest.mark.parametrize(("unanswered", "code"), [(2, None), (3, 429)])
def test_more_than_so_many_unanswered_get_429(scene, unanswered, code):
    scene.add("too-many", value=2)
    answer = scene.trouble.refusal(CLOCK, unanswered)
    assert code == (answer and answer.code)


def test_an_init_is_refused_or_left_unanswered(scene):
    scene.add("init", count=1)
    scene.add("init", value="unanswered", count=1)
    assert scene.trouble.refusal(CLOCK, 1) is None
    assert not scene.trouble.ignores(CLOCK)
    assert scene.trouble.ignores("InitConnection")
    assert scene.trouble.refusal("InitConnection", 1).code == 401
    assert not scene.faults


def test_a_socket_is_half_open_after_so_many_requests(scene):
    scene.add("half-open", value=2, count=1)
    assert [scene.trouble.half_opens() for _ in range(4)] == [False, False, True, False]


def test_each_socket_counts_its_own_requests(scene):
    scene.add("half-open", value=1)
    other = Trouble(scene.faults, Peer(), Outbox(0.0))
    assert not scene.trouble.half_opens()
    assert not other.half_opens()
    assert scene.trouble.half_opens()
    assert other.half_opens()


def test_a_close_waits_for_its_type_and_number(scene):
    scene.add("close", count=1, value={"code": 4407, "after": 1, "on": "GetClock"})
    codes = [scene.trouble.close_code(it) for it in (CLOCK, "KeepAlive", CLOCK, CLOCK)]
    assert codes == [None, None, 4407, None]


def test_a_close_by_zero_is_a_cut(scene):
    scene.add("close", value={"code": 0})
    assert scene.trouble.close_code(CLOCK) == 0


def test_a_disconnect_is_for_its_types(scene):
    scene.add("process-then-disconnect", count=1, value=["ms.PublishEvent"])
    assert not scene.trouble.disconnects(CLOCK)
    assert scene.trouble.disconnects(".ams.ms.PublishEvent")
    assert not scene.trouble.disconnects(".ams.ms.PublishEvent")


# -- responses


def test_a_dropped_response_counts_as_answered(scene):
    scene.add("drop", count=1, value="GetClock")
    scene.answer()
    assert scene.written() == []
    assert scene.outbox.unanswered == 0
    scene.answer()
    assert scene.bodies() == ["ok"]


def test_a_delay_is_for_its_types(scene):
    scene.add("delay", value={"seconds": 2, "types": "GetClock"})
    scene.answer(CLOCK, "late")
    scene.answer("KeepAlive", "at once")
    assert scene.bodies() == ["at once"]
    assert scene.bodies(2.0) == ["late"]


def test_a_response_is_written_twice_and_answered_once(scene):
    scene.add("duplicate", count=1, value="response")
    scene.answer()
    scene.notify(n=1)
    assert scene.bodies() == ["ok", "ok", {"n": 1}]
    assert scene.outbox.unanswered == 0


def test_a_response_is_bent(scene):
    scene.add("unknown-field", value="response", count=1)
    scene.add("single-element", value="GetClock", count=1)
    scene.answer(body={"a": [1]})
    scene.answer(body={"a": [1]})
    bent, straight = scene.bodies()
    assert bent["a"] == 1
    assert "fromTheFuture" in bent
    assert straight == {"a": [1]}


# -- notifications


def test_a_notification_is_written_twice_by_its_type_in_either_dialect(scene):
    scene.add("duplicate", value="ms.MessagingEventNotification", count=1)
    scene.notify(CHANGE, changes=[])
    scene.notify(EVENT, n=1)
    scene.notify(EVENT, n=2)
    assert scene.bodies() == [{"changes": []}, {"n": 1}, {"n": 1}, {"n": 2}]


def test_two_changes_change_places_and_others_do_not_wait(scene):
    scene.add("reorder", count=1)
    scene.notify(CHANGE, n=1)
    scene.notify(EVENT, n=2)
    assert scene.bodies() == [{"n": 2}]
    scene.notify(CHANGE, n=3)
    scene.notify(CHANGE, n=4)
    assert scene.bodies() == [{"n": 3}, {"n": 1}, {"n": 4}]
    assert not scene.faults


def test_a_change_that_nothing_overtakes_comes_late_and_costs_no_strike(scene):
    scene.add("reorder", count=1)
    scene.notify(CHANGE, now=5.0, n=1)
    assert scene.bodies(5.0) == []
    assert scene.outbox.next_due() == 5.0 + REORDER_WAIT
    assert scene.bodies(5.0 + REORDER_WAIT) == [{"n": 1}]
    assert scene.faults


def test_a_change_that_is_held_keeps_its_place_once_the_fault_is_gone(scene):
    scene.add("reorder")
    scene.notify(CHANGE, n=1)
    scene.faults.clear()
    scene.notify(CHANGE, n=2)
    assert scene.bodies() == [{"n": 1}, {"n": 2}]


def test_nonsense_comes_before_a_notification(scene):
    scene.add("malformed", count=1)
    scene.notify(n=1)
    scene.notify(n=2)
    nonsense, *good = scene.written()
    assert nonsense == "this is no JSON"
    assert [json.loads(text)["body"]["n"] for text in good] == [1, 2]


def test_changes_are_bent_and_other_notifications_cost_no_strike(scene):
    for name in ("omit-last-content", "unknown-enum"):
        scene.add(name, count=1)
    scene.add("single-element", value="cqm.ExConversationChangeNotification", count=1)
    scene.add("unknown-field", value=CHANGE, count=1)
    scene.notify(EVENT, n=[1])
    assert len(scene.faults.as_list()) == 4
    result = {"lastContentEventNotification": {}, "conversationDetails": {}}
    scene.notify(CHANGE, changes=[{"type": "UPSERT", "result": result}])
    assert not scene.faults
    plain, bent = scene.bodies()
    assert plain == {"n": [1]}
    assert "lastContentEventNotification" not in bent["changes"]["result"]
    assert "fromTheFuture" in bent["changes"]


def test_an_untouched_notification_is_written_as_it_is(scene):
    scene.add("omit-last-content")
    text = '{"kind": "notification",  "type": "x", "body": {}}'
    scene.trouble.notify(text, 0.0)
    assert scene.written() == [text]
