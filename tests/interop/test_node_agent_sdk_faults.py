from __future__ import annotations

import pytest

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]


@pytest.mark.parametrize("code", [1012, 1013])
def test_a_close_code_that_it_holds_to_be_illegal_is_an_error_and_1006(
    agent, emulator, code
):
    bot = agent()
    emulator.close_sockets(code)
    assert "invalid error code" in bot.event("error")["message"]
    assert bot.event("closed") == 1006


def test_a_request_that_is_carried_out_before_the_line_is_cut_counts(agent, emulator):
    bot = agent()
    opened = emulator.open_conversation(assign="bot1")
    publish = ".ams.ms.PublishEvent"
    emulator.add_fault("process-then-disconnect", value=publish, count=1)
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": "once"}
    body = {"dialogId": opened.dialog_id, "event": event}
    error, _ = bot.call("publishEvent", body)
    assert error["message"] == "Request has timed out"
    assert bot.event("closed") == 1006
    (record,) = emulator.transcript(opened.conversation_id)
    assert record["event"]["message"] == "once"


def test_a_response_that_comes_twice_is_heard_once(node, agent, emulator):
    bot = agent()
    emulator.add_fault("duplicate", value="response")
    number = bot.begin("getClock", {})
    bot.outcome(number)
    assert bot.ask("setAgentState", {"availability": "ONLINE"})
    emulator.clear_faults()
    assert bot.ask("getClock", {})
    assert sum(line.get("n") == number for line in node.lines) == 1
    assert bot.trouble() == []


@pytest.mark.parametrize("what", ["text", "empty", "cut-off", "null", "list"])
def test_a_frame_that_is_not_of_ums_is_ignored(agent, emulator, what):
    bot = agent()
    emulator.add_fault("malformed", value=what, count=1)
    bot.subscribe()
    opened = emulator.open_conversation(text="hello")
    bot.change(opened.conversation_id)
    assert emulator.faults() == []
    assert (bot.trouble(), bot.all("closed")) == ([], [])


@pytest.mark.parametrize("what", ["no-body", "bare-result"])
def test_a_change_without_its_pieces_is_one_error_and_the_next_is_fine(
    agent, emulator, what
):
    bot = agent()
    bot.subscribe()
    bot.event("cqm.ExConversationChangeNotification")
    emulator.add_fault("malformed", value=what, count=1)
    opened = emulator.open_conversation(text="hello")
    assert bot.event("error")["name"] == "TransformError"
    bot.change(opened.conversation_id)
    assert len(bot.trouble()) == 1


@pytest.mark.parametrize(
    ("fault", "value"),
    [
        ("unknown-field", "notification"),
        ("unknown-field", "response"),
        ("unknown-enum", "role"),
        ("unknown-enum", "state"),
        ("unknown-enum", "stage"),
        ("omit-last-content", None),
    ],
)
def test_what_it_does_not_know_does_not_disturb_it(agent, emulator, fault, value):
    bot = agent()
    emulator.add_fault(fault, value=value)
    bot.ask("subscribeExConversations", {})
    opened = emulator.open_conversation(assign="bot1", text="hello")
    bot.change(opened.conversation_id)
    bot.say(opened.dialog_id, "an answer")
    assert bot.record(message="an answer")["__isMe"] is True
    assert bot.trouble() == []


def test_a_login_that_is_refused_at_reconnecting_is_an_error(agent, emulator):
    bot = agent()
    emulator.add_fault("login", value=429, count=1)
    emulator.cut()
    assert bot.event("closed") == 1006
    bot.tell("reconnect")
    assert bot.event("error")["message"]
    bot.mark()
    bot.tell("reconnect")
    bot.event("connected")


def test_a_ring_that_is_told_again_is_the_same(agent, emulator):
    bot = agent()
    bot.ask("subscribeRoutingTasks", {})
    bot.ask("setAgentState", {"availability": "ONLINE"})
    opened = emulator.open_conversation(text="hello")
    (ring,) = bot.ring(opened.conversation_id, "WAITING")["ringsDetails"]
    emulator.add_fault("repeat-rings")
    other = emulator.open_conversation(text="hello")
    bot.ring(other.conversation_id, "WAITING")
    bot.mark()
    answer = {"ringId": ring["ringId"], "ringState": "ACCEPTED"}
    bot.ask("updateRingState", answer)
    (again,) = bot.ring(other.conversation_id, "WAITING")["ringsDetails"]
    answer["ringId"] = again["ringId"]
    bot.ask("updateRingState", answer)
    ids = {
        ring["ringId"]
        for body in bot.all("routing.RoutingTaskNotification")
        for change in body["changes"]
        for ring in change["result"]["ringsDetails"]
    }
    assert ids == {ring["ringId"], again["ringId"]}
    assert bot.trouble() == []
