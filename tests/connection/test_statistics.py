"""Message statistics, of the brand and of its agents."""

from __future__ import annotations

import pytest

import ums_actors as ums


@pytest.fixture
def said(emulator):
    """Let something be said in two conversations; give the first."""
    one = emulator.open_conversation(assign="bot1", text="hi")
    emulator.open_conversation(assign="bot2", text="hi")
    emulator.write(one.conversation_id, "are you there?")
    return one.conversation_id


def test_figures_of_the_brand_come_as_the_service_gives_them(opened, said):
    proxy = opened()
    proxy.send_text(said, "hello").get(timeout=5)
    assert proxy.get_message_statistics().get(timeout=10) == {
        "brandId": "12345678",
        "openConversations": 2,
        "closedConversations": 0,
        "consumerMessages": 3,
        "agentMessages": 1,
    }


def test_agents_are_named_by_either_id(opened, said):
    proxy, other = opened(), opened("bot2")
    proxy.send_text(said, "hello").get(timeout=5)
    login = other.actor_ref.actor_inbox.keep.login
    own = proxy.get_message_statistics(ums.ME).get(timeout=10)
    assert (own["agentId"], own["agentMessages"]) == ("1001", 1)
    for name in ("12345678.1002", "1002", login.user_pid):
        told = proxy.get_message_statistics(name).get(timeout=10)
        assert (told["agentId"], told["consumerMessages"]) == ("1002", 1)
        assert told["agentMessages"] == 0


def test_the_own_user_is_known_by_the_login_that_the_question_waits_for(
    emulator, start
):
    proxy = start(emulator)
    told = proxy.get_message_statistics(ums.ME).get(timeout=10)
    assert told["agentId"] == "1001"


def test_an_agent_that_is_none_is_refused_at_once_or_by_the_service(opened):
    proxy = opened()
    with pytest.raises(ums.LocalProtocolError, match="agent_id"):
        proxy.get_message_statistics("").get(timeout=5)
    pid = "00000000-0000-0000-0000-000000000000"
    with pytest.raises(ums.LocalProtocolError, match="PID of nobody"):
        proxy.get_message_statistics(pid).get(timeout=5)
    with pytest.raises(ums.RequestRejected) as caught:
        proxy.get_message_statistics("7").get(timeout=10)
    assert (caught.value.code, caught.value.request_type) == (404, "msgstatistics")


def test_a_dead_token_is_replaced_once(opened, emulator):
    proxy = opened()
    emulator.expire_tokens("bot1")
    asked = [proxy.get_message_statistics() for _ in range(10)]
    assert len([each.get(timeout=10) for each in asked]) == 10
    assert proxy.status().get(timeout=5).logins == 2


def test_a_refusal_of_statistics_does_not_speak_of_shifts(opened, emulator):
    proxy = opened()
    emulator.add_fault("msgstatistics", value=401)
    for _ in range(2):
        with pytest.raises(ums.RequestRejected):
            proxy.get_message_statistics().get(timeout=10)
    assert proxy.status().get(timeout=5).logins == 2
    emulator.expire_tokens("bot1")
    assert proxy.get_shift_status().get(timeout=10)
    assert proxy.status().get(timeout=5).logins == 3


@pytest.mark.parametrize("body", ["nonsense", "[]"])
def test_what_is_no_object_makes_no_sense(opened, emulator, monkeypatch, body):
    if body == "[]":
        monkeypatch.setattr(
            "ums_actors.emulator.http.statistics.statistics", lambda *_: []
        )
    else:
        emulator.add_fault("msgstatistics", value={"body": body})
    with pytest.raises(ums.RemoteProtocolError, match="no JSON object"):
        opened().get_message_statistics().get(timeout=10)


def test_it_needs_no_websocket_but_a_connection_that_is_open(opened, emulator, events):
    proxy = opened()
    states = events(proxy, ums.StateChanged)
    emulator.add_fault("handshake")
    emulator.cut()
    states.wait(lambda event: event.state == "BACKING_OFF")
    assert proxy.get_message_statistics().get(timeout=10)
    proxy.close().get(timeout=10)
    with pytest.raises(ums.ConnectionLost, match=r"CLOSED.*open\(\) it again"):
        proxy.get_message_statistics().get(timeout=10)


def test_consumers_have_none(emulator, start):
    proxy = start(emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    with pytest.raises(ums.NotSupported, match="use a brand's"):
        proxy.get_message_statistics().get(timeout=5)


def test_nothing_is_asked_while_the_agent_may_be_anothers(emulator):
    tenure = Tenure()
    runtime = ums.Runtime(tenure=tenure)
    try:
        ref = ums.BrandWebsocketConnection.start(
            emulator.account,
            auth=ums.PasswordLogin("bot1", "bot1-password"),
            csds=f"http://{emulator.csds}",
            runtime=runtime,
        )
        proxy = ref.proxy()
        proxy.open().get(timeout=10)
        assert proxy.get_message_statistics().get(timeout=10)
        tenure.epoch = 0
        for asked in (proxy.get_message_statistics(), proxy.get_shift_status()):
            with pytest.raises(ums.LeaseLost):
                asked.get(timeout=10)
        ref.stop(timeout=10)
    finally:
        assert runtime.close()
    assert emulator.state()["shift_statuses"] == 0


class Tenure:
    """That of an agent which is ours until somebody says otherwise."""

    epoch = 1

    def may_send(self, epoch):
        return epoch == self.epoch

    def at_end(self, epoch, key, function):
        pass

    def not_at_end(self, key):
        pass
