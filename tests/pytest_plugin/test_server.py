from __future__ import annotations

import pytest

import ums_actors as ums

DIALOG = "conversation-1"


def text_of(request):
    return request.body["event"]["message"]


def test_a_request_is_got_as_it_was_sent_and_answered(ums_connection, ums_server):
    said = ums_connection.send_text(DIALOG, "hello", metadata=[ums.ExternalId(id="x1")])
    request = ums_server.expect("ms.PublishEvent", {"dialogId": DIALOG})
    assert (request.type, request.user) == (".ams.ms.PublishEvent", "12345678.bot")
    assert request.body["event"]["message"] == "hello"
    assert request.metadata == [{"type": "ExternalId", "id": "x1"}]
    assert request.id
    assert request.code is None
    assert ums_server.pending == (request,)
    request.answer({"sequence": 7})
    assert ums_server.pending == ()
    assert said.get() == 7


@pytest.mark.parametrize(
    "name", ["PublishEvent", "ms.PublishEvent", ".ams.ms.PublishEvent"]
)
def test_a_name_may_be_short(ums_connection, ums_server, name):
    ums_connection.send_text(DIALOG, "hello")
    assert text_of(ums_server.expect(name)) == "hello"


def test_a_part_of_a_name_is_none(ums_connection, ums_server):
    ums_connection.send_text(DIALOG, "hello")
    for name in ("Event", "s.PublishEvent", ""):
        with pytest.raises(AssertionError, match="came within 1 virtual seconds"):
            ums_server.expect(name, within=1)


def test_requests_are_given_once_and_in_order(ums_connection, ums_server):
    for text in ("one", "two", "three"):
        ums_connection.send_text(DIALOG, text)
    third = ums_server.expect("PublishEvent", {"event": {"message": "three"}})
    others = [text_of(ums_server.expect("PublishEvent")) for _ in range(2)]
    assert others == ["one", "two"]
    ums_connection.send_text(DIALOG, "four")
    last = ums_server.expect("PublishEvent", where=lambda each: each.at > third.at)
    assert text_of(last) == "four"


def test_the_world_turns_until_the_request_is_there(ums_connect, ums_server, ums_clock):
    connection = ums_connect(options=ums.Options(queue_timeout=300))
    ums_server.cut()
    ums_server.refuse_upgrade(503, times=3)
    ums_clock.advance(0.5)
    ums_connection_said = connection.send_text(DIALOG, "at last")
    request = ums_server.expect("PublishEvent", within=120)
    request.answer({"sequence": 1})
    assert ums_connection_said.get() == 1
    assert connection.status().get().generation > 3


def test_what_came_instead_is_listed(ums_connection, ums_server, ums_clock):
    ums_connection.send_text(DIALOG, "x" * 1000)
    began = ums_clock.now()
    with pytest.raises(AssertionError) as caught:
        ums_server.expect("cm.Missing", {"a": 1}, within=5)
    first, subscription, message = str(caught.value).splitlines()
    assert first == (
        "no cm.Missing with {'a': 1} in its body came within 5 virtual seconds "
        f"(it is {began + 5:.3f}); what came and was not expected:"
    )
    assert subscription.endswith(
        ".ams.aam.SubscribeExConversations {'stage': ['OPEN']} of 12345678.bot, "
        "answered with 200"
    )
    assert message.endswith("xxx… of 12345678.bot, not answered")
    assert len(message) < 300


def test_that_nothing_came_is_said(ums_connect, ums_server):
    ums_connect(open=False)
    with pytest.raises(AssertionError, match=r"was not expected: nothing$"):
        ums_server.expect("GetClock", within=0)


def test_a_refusal_fails_the_request(ums_connection, ums_server):
    said = ums_connection.send_text(DIALOG, "hello")
    ums_server.expect("PublishEvent").answer(code=403)
    with pytest.raises(ums.RequestRejected) as caught:
        said.get()
    assert (caught.value.code, caught.value.delivery) == (403, ums.Delivery.ANSWERED)


def test_an_answer_is_given_once(ums_connection, ums_server):
    ums_connection.get_clock()
    request = ums_server.expect("GetClock")
    with pytest.raises(RuntimeError, match=r'ums_server.hold\("\.GetClock"\) before'):
        request.answer()


def test_an_answer_to_a_line_that_is_gone_is_refused(ums_connection, ums_server):
    said = ums_connection.send_text(DIALOG, "hello")
    request = ums_server.expect("PublishEvent")
    ums_server.cut()
    with pytest.raises(
        RuntimeError, match=r"expect\(\) what is asked on the next line"
    ):
        request.answer()
    assert not request.answered
    with pytest.raises(ums.ConnectionLost) as caught:
        said.get()
    assert caught.value.delivery is ums.Delivery.UNKNOWN


def test_what_it_answers_by_itself_can_be_held(ums_connection, ums_server):
    ums_server.hold("GetClock", "SetAgentState")
    asked = ums_connection.get_clock()
    state = ums_connection.set_agent_state("AWAY")
    ums_server.expect("GetClock").answer({"currentTime": 42})
    assert asked.get() == 42
    assert not state.done()
    ums_server.expect("SetAgentState").answer()
    state.get()


def test_stubs_answer_by_themselves(ums_connection, ums_server):
    ums_server.stub("Echo", lambda request: request.body["word"])
    ums_server.stub("Refused", code=400)
    ums_server.stub("ms.PublishEvent")
    assert (
        ums_connection.send({"type": ".Echo", "body": {"word": "hey"}}).get() == "hey"
    )
    with pytest.raises(ums.RequestRejected, match="400"):
        ums_connection.send({"type": ".Refused", "body": {}}).get()
    assert ums_connection.send_text(DIALOG, "hello").get() == 1
    assert text_of(ums_server.expect("PublishEvent")) == "hello"
    ums_server.stub("Echo", "later stubs win")
    assert ums_connection.send({"type": ".Echo", "body": {}}).get() == "later stubs win"


def test_what_connections_ask_unasked_needs_no_test(ums_connection, ums_server):
    connection = ums_connection
    connection.set_agent_state("ONLINE").get()
    connection.keep_alive().get()
    routing = connection.create_routing_task_subscription().get()
    other = connection.create_conversation_subscription({"stage": ["CLOSE"]}).get()
    assert routing != other
    assert connection.query_messages("unknown").get() == []
    assert ums_server.pending == ()


def test_a_notification_is_heard(ums_connection, ums_server, ums_clock):
    heard = []
    ums_connection.subscribe(heard.append, ums.NotificationReceived).get()
    ums_server.notify("x.News", {"a": 1})
    assert heard == []
    ums_clock.advance(1)
    assert [(event.type, event.body) for event in heard] == [("x.News", {"a": 1})]


def test_a_conversation_is_talked_in(ums_connection, ums_server, ums_clock):
    heard = []
    ums_connection.subscribe(heard.append, ums.MessageReceived).get()
    talk = ums_server.open_conversation("hello", consumer="ann")
    ums_clock.advance(1)
    (known,) = ums_connection.get_all_known_conversations().get()
    assert (known.conversation_id, known.consumer.user_id) == (talk, "ann")
    said = known.send_text("hi")
    ums_server.expect("PublishEvent").answer()
    assert said.get() == 1
    assert ums_server.write(talk, "bye") == 2
    ums_clock.advance(1)
    told = [(event.sequence, event.text, event.mine) for event in heard]
    assert told == [(0, "hello", False), (1, "hi", True), (2, "bye", False)]


def test_a_conversation_that_is_not_there_cannot_be_written_to(ums_server):
    with pytest.raises(RuntimeError, match=r"make it by ums_server\.open_conversation"):
        ums_server.write("nowhere", "hello")


def test_a_close_code_ends_the_line(ums_connection, ums_server, ums_clock):
    reports = []
    ums_connection.subscribe(reports.append, ums.ExitReported).get()
    ums_server.close(4401, "token expired")
    ums_clock.advance(30)
    assert "4401" in str(reports[0].reason)
    status = ums_connection.status().get()
    assert (status.state, status.generation) == (ums.State.READY, 2)
    assert status.logins == 2


@pytest.mark.parametrize("how", ["cut", "freeze"])
def test_a_line_breaks_with_and_without_a_word(
    ums_connection, ums_server, ums_clock, how
):
    getattr(ums_server, how)()
    ums_clock.advance(10)
    generation = ums_connection.status().get().generation
    assert generation == (2 if how == "cut" else 1)
    ums_clock.advance(60)
    assert ums_connection.status().get().generation == 2


def test_without_a_line_there_is_nothing_to_break(ums_connect, ums_server):
    for trouble in (ums_server.cut, ums_server.close, ums_server.freeze):
        with pytest.raises(RuntimeError, match="there is no line: open a connection"):
            trouble()
    ums_connect()
    with pytest.raises(RuntimeError, match="there is no line of bot2: "):
        ums_server.notify("x.News", {}, user="bot2")


def test_a_login_is_refused_for_good(ums_connect, ums_server):
    ums_server.refuse_login()
    connection = ums_connect(open=False)
    with pytest.raises(ums.AuthenticationRejected, match="the test refuses the login"):
        connection.open().get()
    assert connection.status().get().state == ums.State.FAILED
    connection.open().get()  # only one was refused


def test_a_login_service_is_ill(ums_connect, ums_server, ums_clock):
    ums_server.refuse_login(503, times=2, retry_after=20)
    began = ums_clock.now()
    assert ums_connect().status().get().state == ums.State.READY
    assert ums_clock.now() - began > 40


def test_an_upgrade_that_is_refused_costs_a_login(ums_connect, ums_server):
    ums_server.refuse_upgrade()
    assert ums_connect().status().get().logins == 2


def test_tokens_expire(ums_connection, ums_server, ums_clock):
    ums_server.expire_tokens()
    with pytest.raises(ums.RequestRejected, match="401"):
        ums_connection.send({"type": ".X", "body": {}}).get()
    ums_clock.advance(1)
    ums_connection.refresh_token().get()
    assert ums_connection.status().get().logins == 2
