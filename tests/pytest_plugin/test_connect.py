from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.emulator import password_of


def test_a_connection_is_ready(ums_connection, ums_server):
    status = ums_connection.status().get()
    assert (status.state, status.agent_id) == (ums.State.READY, "12345678.bot")
    assert ums_server.account == "12345678"


def test_options_are_kept(ums_connect, ums_server, ums_clock):
    connection = ums_connect(options=ums.Options(request_timeout=3))
    began = ums_clock.now()
    asked = connection.send({"type": ".X", "body": {}})
    with pytest.raises(ums.RequestTimedOut):
        asked.get()
    assert ums_clock.now() - began == pytest.approx(3, abs=0.1)


def test_there_are_several_and_each_is_its_own_user(ums_connect, ums_server, ums_clock):
    first, second = ums_connect(), ums_connect("bot2")
    first.send_text("c", "one")
    second.send_text("c", "two")
    users = [ums_server.expect("PublishEvent").user for _ in range(2)]
    assert sorted(users) == ["12345678.bot", "12345678.bot2"]
    ums_server.cut(user="bot2")
    ums_clock.advance(30)
    generations = [each.status().get().generation for each in (first, second)]
    assert generations == [1, 2]
    mine = ums_server.open_conversation(agent="bot2")
    ums_clock.advance(1)
    assert first.get_all_known_conversations().get() == ()
    (known,) = second.get_all_known_conversations().get()
    assert known.conversation_id == mine


def test_a_class_of_ones_own_is_connected(ums_connect):
    class Mine(ums.BrandWebsocketConnection):
        def greeting(self):
            return "hello"

    class Theirs(ums.ConsumerWebsocketConnection):
        def greeting(self):
            return "hi"

    assert ums_connect(kind=Mine).greeting().get() == "hello"
    assert ums_connect.consumer(kind=Theirs).greeting().get() == "hi"


@pytest.mark.parametrize("handshake", ["header", "init"])
def test_a_consumer_talks_with_an_agent(ums_connect, ums_server, ums_clock, handshake):
    agent, consumer = ums_connect(), ums_connect.consumer("ann", handshake=handshake)
    heard = []
    consumer.subscribe(heard.append, ums.MessageReceived).get()
    begun = consumer.create_conversation()
    ums_server.expect("cm.ConsumerRequestConversation").answer()
    talk = begun.get()
    ums_server.stub("PublishEvent")
    assert consumer.send_text(talk, "anybody there?").get() == 0
    assert agent.send_text(talk, "yes").get() == 1
    ums_clock.advance(2)
    assert [(event.text, event.mine) for event in heard] == [
        ("anybody there?", True),
        ("yes", False),
    ]
    assert ums_server.requests[-1].user == "12345678.bot"


def test_code_that_starts_its_own_connection_is_given_what_it_needs(
    ums_connect, ums_server
):
    ums_server.stub("PublishEvent")
    with ums.connect(**ums_connect.arguments()) as bot:
        assert bot.send_text("c", "hello") == 1
    given = ums_connect.arguments("ann", consumer=True)
    with ums.connect_consumer(**given) as consumer:
        assert consumer.get_clock() > 0
    assert {each.user for each in ums_server.requests} == {"12345678.bot", "ann"}


def test_the_domain_service_is_not_asked_for_what_is_not_there(ums_connection):
    """Files go over HTTP, which does not get out of the test."""
    with pytest.raises(ums.UMSError):
        ums_connection.download_file("/some/file").get()


@pytest.mark.ums_emulator(users=2)
def test_the_emulator_is_there_for_real_sockets(ums_emulator, runtime):
    ref = ums.BrandWebsocketConnection.start(
        ums_emulator.account,
        auth=ums.PasswordLogin("bot2", password_of("bot2")),
        csds=f"http://{ums_emulator.csds}",
        runtime=runtime,
    )
    assert ref.proxy().get_clock().exception() is None
    ref.proxy().open().get(timeout=20)
    assert ums_emulator.users == ("bot1", "bot2")
    ref.stop(timeout=20)


def test_nobody_out_there_is_asked_for_working_hours(ums_connect, ums_clock):
    connection = ums_connect(poll_shift_status=True)
    with pytest.raises(ums.ConnectionLost, match=r"127\.0\.0\.1"):
        connection.get_shift_status().get()
    heard = []
    connection.subscribe(heard.append, ums.SkillEnteredOffHours).get()
    for on in (True, False):
        told = [{"skillId": "17", "onShift": on}]
        connection.process_shift_status_response(told).get()
    ums_clock.advance(1)
    assert [each.skill_id for each in heard] == ["17"]
