from __future__ import annotations

import pytest

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]

QUICK = {"requestTimeout": 300, "errorCheckInterval": 50}


# -- the session


def test_the_session_is_refreshed_and_nothing_is_heard_of_it(
    agent, emulator, eventually
):
    bot = agent(refreshSessionInterval=50)
    eventually(lambda: emulator.state()["refreshes"] >= 3)
    assert emulator.state()["refused_refreshes"] == 0
    assert (bot.trouble(), bot.all("closed")) == ([], [])


def test_a_refresh_that_is_refused_is_an_error_and_the_socket_stays(agent, emulator):
    bot = agent(refreshSessionInterval=50)
    emulator.expire_tokens()
    error = bot.event("error")
    assert (error["message"], error["code"]) == ("session unauthorized", 401)
    assert bot.ask("getClock", {})["currentTime"] > 0
    assert (len(bot.all("error")), bot.all("closed")) == (1, [])


def test_an_expired_token_is_refused_with_401_and_a_new_login_mends_it(agent, emulator):
    bot = agent()
    emulator.expire_tokens()
    emulator.cut()
    assert bot.event("closed") == 1006
    bot.mark()
    bot.tell("reconnect", True)  # with the token that it has
    assert bot.event("error")["message"] == "unexpected server response (401)"
    assert bot.event("closed") == 1006
    bot.mark()
    bot.tell("reconnect")
    bot.event("connected")
    assert bot.ask("getClock", {})["currentTime"] > 0
    assert emulator.state()["logins"] == 2


def test_a_second_login_kills_the_first_token_but_not_its_socket(agent, emulator):
    first, second = agent(called="first"), agent(called="second")
    assert first.ask("getClock", {})["currentTime"] > 0
    assert second.ask("getClock", {})["currentTime"] > 0
    assert emulator.state()["sockets_by_user"]["bot1"] == 2
    first.tell("reconnect", True)  # with the token that it has
    assert first.event("error")["message"] == "unexpected server response (401)"
    assert second.ask("getClock", {})["currentTime"] > 0


# -- ends of a socket


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 3000, 4401, 4407])
def test_a_close_code_arrives_as_it_is_and_at_once(agent, emulator, code):
    bot = agent()
    assert emulator.close_sockets(code) == 1
    assert bot.event("closed") == code
    assert bot.trouble() == []
    error, _ = bot.call("getClock", {})
    assert error["message"] == "socket not connected"


def test_a_cut_is_1006_and_the_same_token_serves_again(agent, emulator):
    bot = agent()
    emulator.cut()
    assert bot.event("closed") == 1006
    bot.mark()
    bot.tell("reconnect", True)
    bot.event("connected")
    assert bot.ask("getClock", {})["currentTime"] > 0
    assert (emulator.state()["logins"], emulator.state()["handshakes"]) == (1, 2)


def test_subscriptions_and_the_agent_state_end_with_the_socket(agent, emulator):
    bot = agent()
    bot.ask("setAgentState", {"availability": "ONLINE"})
    bot.subscribe()
    bot.event("cqm.ExConversationChangeNotification")
    emulator.close_sockets(4401)
    bot.event("closed")
    bot.mark()
    bot.tell("reconnect")
    bot.event("connected")
    assert emulator.state()["agent_states"]["bot1"] == "OFFLINE"
    emulator.open_conversation(text="unseen")
    assert bot.ask("getClock", {})
    assert len(bot.all("cqm.ExConversationChangeNotification")) == 1


def test_dispose_ends_the_socket(agent, emulator, eventually):
    bot = agent()
    bot.tell("dispose")
    eventually(lambda: emulator.state()["sockets"] == 0)


@pytest.mark.parametrize("status", [401, 502, 503])
def test_a_refused_handshake_shows_its_status(agent, emulator, status):
    emulator.add_fault("handshake", value=status, count=1)
    bot = agent(connected=False)
    wanted = f"unexpected server response ({status})"
    assert bot.event("error")["message"] == wanted
    assert bot.event("closed") == 1006


# -- requests that fail


def test_requests_that_wait_when_the_socket_ends_fail_before_closed(
    node, agent, emulator
):
    bot = agent()
    emulator.add_fault("drop", value=".GetClock", count=1)
    number = bot.begin("getClock", {})
    assert bot.ask("setAgentState", {"availability": "ONLINE"})  # both have arrived
    emulator.close_sockets(1000)
    error, _ = bot.outcome(number)
    assert error["message"] == "Request has timed out"
    bot.event("closed")
    lines = node.lines
    failed = lines.index(node.wait_for(lambda line: line.get("n") == number))
    closed = lines.index(node.wait_for(lambda line: line.get("event") == "closed"))
    assert failed < closed


def test_a_request_without_an_answer_times_out_and_the_next_succeeds(agent, emulator):
    bot = agent(**QUICK)
    emulator.add_fault("drop", value=".GetClock", count=1)
    error, _ = bot.call("getClock", {})
    assert error["message"] == "Request has timed out"
    assert bot.ask("getClock", {})["currentTime"] > 0
    assert bot.all("closed") == []


def test_a_half_open_socket_is_noticed_by_requests_alone(agent, emulator):
    bot = agent(**QUICK)
    assert emulator.freeze() == 1
    error, _ = bot.call("getClock", {})
    assert error["message"] == "Request has timed out"
    assert (bot.get("connected"), bot.all("closed")) == (True, [])


def test_too_many_requests_at_once_are_refused_with_429(agent, emulator):
    bot = agent()
    emulator.add_fault("too-many", value=1)
    emulator.add_fault("delay", value=0.2)
    numbers = [bot.begin("getClock", {}) for _ in range(3)]
    errors = [error for error, _ in map(bot.outcome, numbers)]
    codes = [error and error["code"] for error in errors]
    assert codes[0] is None
    assert codes[1:] == [429, 429]
    assert all(isinstance(error["body"], str) for error in errors[1:])
    emulator.clear_faults()
    assert bot.ask("getClock", {})["currentTime"] > 0
    assert (bot.trouble(), bot.all("closed")) == ([], [])


REFUSED = [
    ("unsubscribeExConversations", {"subscriptionId": "none"}),
    ("updateConversationField", {"conversationId": "none", "conversationField": []}),
    ("publishEvent", {"dialogId": "none", "event": {}}),
    ("updateRingState", {"ringId": "none", "ringState": "ACCEPTED"}),
    ("getUserProfile", "nobody"),
    ("setAgentState", {"availability": "ASLEEP"}),
    ("subscribeMessagingEvents", {"dialogId": "none"}),
    ("updateRoutingTaskSubscription", {"subscriptionId": "none"}),
]


def test_every_refusal_reaches_its_callback_as_a_code_and_a_sentence(agent):
    bot = agent()
    for method, body in REFUSED:
        error, text = bot.call(method, body)
        assert error, method
        assert 400 <= error["code"] < 500, method
        assert error["type"] == ".ReqBody$StringResp", method
        assert text == error["body"], method
        assert isinstance(text, str), method
        assert " " in text, method
    assert bot.trouble() == []  # none of them was misunderstood
