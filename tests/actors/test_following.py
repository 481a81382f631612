from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

import ums_actors as ums
from ums_actors.actors.catching import CatchUps
from ums_actors.actors.following import GRACE, FollowedDialogs
from ums_actors.actors.kernel import Counters
from ums_actors.core.course import State
from ums_actors.core.following import FollowedStreams
from ums_actors.core.marks import Marks
from ums_actors.protocol.envelopes import Notification
from ums_actors.protocol.records import read_conversation_changes
from ums_actors.runtime import LoopFuture


class Bench:
    """The dialogs of a consumer, with the test as line, clock and audience."""

    def __init__(self, limit=5):
        self.heard = []
        self.asked = []
        self.reports = []
        self.timers = []
        self.session = SimpleNamespace(state=State.READY, generation=1)
        self.kernel = SimpleNamespace(
            made=lambda _: True,
            websocket=object(),
            session=self.session,
            own_id="me",
            place=lambda: {"connection": "c", "generation": 1},
            note=lambda text: None,
            counters=Counters(),
            loop=SimpleNamespace(clock=SimpleNamespace(now=lambda: 0.0)),
            streams=FollowedStreams(10, tries=2, query_limit=limit),
            catch_ups=CatchUps(),
            marks=Marks(),
            conversations=SimpleNamespace(
                heard=lambda event: None,
                noted=lambda event: None,
                find=lambda conversation, dialog: None,
            ),
            subscribers=SimpleNamespace(publish=self.heard.append),
            runtime=SimpleNamespace(
                observer=SimpleNamespace(
                    observe=lambda event, level, fields: self.reports.append(
                        (event, fields)
                    )
                )
            ),
        )
        self.dialogs = FollowedDialogs(self.kernel, self.query, self.call_later)

    def query(self, kind, body):
        assert kind == "ms.SubscribeMessagingEvents"
        self.asked.append((body["conversationId"], body["dialogId"], body["fromSeq"]))
        self.answer = LoopFuture()
        return self.answer

    def call_later(self, delay, function):
        self.timers.append((delay, function))

    def ring(self):
        delay, function = self.timers.pop(0)
        function()
        return delay

    def sight(self, *dialogs, conversation="C", last=None, **flags):
        result = {
            "convId": conversation,
            "conversationDetails": {
                "metaDataLastUpdateTs": 5,
                "dialogs": [
                    dialog if isinstance(dialog, dict) else {"dialogId": dialog}
                    for dialog in dialogs
                ],
            },
        }
        if last is not None:
            result["lastContentEventNotification"] = last
        changes = {"changes": [{"type": "UPSERT", "result": result}]}
        (change,) = read_conversation_changes(json.dumps(changes)).changes
        flags = {"baseline": False, "first": False, **flags}
        self.dialogs.sight(change.result, **flags)
        self.dialogs.catch_up()
        return change.result

    def tell(self, body):
        self.dialogs.take(
            Notification("ms.MessagingEventNotification", json.dumps(body).encode())
        )

    def tell_events(self, *numbers, dialog="D", **more):
        self.tell({"changes": [record(number, dialog, **more) for number in numbers]})

    @property
    def numbers(self):
        return [event.sequence for event in self.heard]


def record(number, dialog="D", **more):
    return {
        "sequence": number,
        "dialogId": dialog,
        "conversationId": "C",
        "originatorId": "agent",
        "event": {
            "type": "ContentEvent",
            "contentType": "text/plain",
            "message": f"{number}",
        },
        **more,
    }


@pytest.fixture
def bench():
    return Bench()


def test_each_open_dialog_of_a_conversation_is_subscribed_to(bench):
    closed = {"dialogId": "old", "state": "CLOSE", "creationTs": -5}
    bench.sight("C", closed, {"dialogId": "survey", "dialogType": "POST_SURVEY"})
    assert bench.asked == [("C", "C", 0), ("C", "survey", 0)]


def test_a_dialog_without_an_id_is_the_main_one(bench):
    bench.sight({"state": "OPEN"}, last={"sequence": 4}, baseline=True)
    assert bench.asked == [("C", "C", 5)]


def test_the_last_event_of_another_dialog_says_nothing(bench):
    last = {"sequence": 4, "dialogId": "D"}
    bench.sight("C", "D", last=last, baseline=True)
    assert bench.asked == [("C", "C", 0), ("C", "D", 5)]


def test_messages_are_heard_in_order_and_once(bench):
    bench.sight("D")
    bench.answer.set({})
    bench.tell_events(0, 1)
    bench.tell_events(1)
    bench.tell_events(2, originatorId="me", conversationId="")
    assert bench.numbers == [0, 1, 2]
    assert [event.mine for event in bench.heard] == [False, False, True]
    assert {event.conversation_id for event in bench.heard} == {"C"}
    bench.ring()
    assert bench.asked == [("C", "D", 0)]


def test_a_bare_event_is_a_notification_too(bench):
    bench.sight("D")
    bench.answer.set({})
    bench.tell(record(0))
    assert bench.numbers == [0]


def test_an_event_without_a_number_goes_straight_through(bench):
    state = {"event": {"type": "ChatStateEvent", "chatState": "COMPOSING"}}
    bench.tell({"changes": {"dialogId": "D", **state}})
    assert [event.event_type for event in bench.heard] == ["ChatStateEvent"]


@pytest.mark.parametrize("body", [{"changes": []}, {"dialogId": "D", "changes": []}])
def test_an_empty_notification_frees_the_place_of_the_next_dialog(body):
    bench = Bench(limit=1)
    bench.sight("D", "E")
    bench.answer.set({})
    assert len(bench.asked) == 1
    bench.tell(body)
    assert bench.asked[1:] == [("C", "E", 0)]


def test_silence_frees_it_after_a_while():
    bench = Bench(limit=1)
    bench.sight("D", "E")
    bench.answer.set({})
    assert bench.ring() == GRACE
    assert bench.asked[1:] == [("C", "E", 0)]


def test_a_hole_is_asked_for_from_its_first_number(bench):
    bench.sight("D")
    bench.answer.set({})
    bench.tell_events(0)
    bench.tell_events(3)
    assert bench.asked[1:] == [("C", "D", 1)]
    bench.answer.set({})
    bench.tell_events(1, 2, 3)
    assert bench.numbers == [0, 1, 2, 3]


@pytest.mark.parametrize("hindrance", ["no line", "not ready"])
def test_nothing_is_asked_for_before_the_line_is_ready(bench, hindrance):
    if hindrance == "no line":
        bench.kernel.websocket = None
    else:
        bench.session.state = State.RESTORING
    bench.sight("D")
    assert bench.asked == []
    bench.kernel.websocket, bench.session.state = object(), State.READY
    bench.dialogs.catch_up()
    assert bench.asked == [("C", "D", 0)]


def test_a_refusal_is_reported_and_final_on_this_line(bench):
    bench.sight("D")
    bench.answer.set_exception(ums.RequestRejected(403, "no"))
    ((event, fields),) = bench.reports
    assert (event, fields["code"]) == ("messages.refused", 403)
    bench.sight("D")
    assert len(bench.asked) == 1
    assert bench.timers == []


@pytest.mark.parametrize("code", [401, 429, 500, 503])
def test_a_refusal_that_may_pass_is_tried_again_after_a_pause(bench, code):
    bench.sight("D")
    bench.answer.set_exception(ums.RequestRejected(code, "no"))
    assert len(bench.asked) == 1
    assert bench.ring() > 0
    assert len(bench.asked) == 2


def test_a_pause_that_outlives_its_line_means_nothing(bench):
    bench.sight("D")
    bench.answer.set_exception(ums.RequestRejected(429, "no"))
    bench.session.generation = 2
    bench.ring()
    assert len(bench.asked) == 1


def test_no_answer_in_time_means_asking_again(bench):
    bench.sight("D")
    bench.answer.set_exception(
        ums.RequestTimedOut("late", delivery=ums.Delivery.UNKNOWN)
    )
    assert len(bench.asked) == 2


def test_a_lost_line_is_no_failure(bench):
    bench.sight("D")
    lost = ums.ConnectionLost("gone", delivery=ums.Delivery.UNKNOWN)
    bench.answer.set_exception(lost)
    assert (len(bench.asked), bench.reports) == (1, [])


def test_a_conversation_that_left_is_not_followed_onto_the_next_line(bench):
    result = bench.sight("D")
    bench.answer.set({})
    bench.tell_events(0)
    bench.dialogs.leave(result)
    bench.kernel.streams.line_lost()
    bench.dialogs.catch_up()
    assert len(bench.asked) == 1
