"""Typed requests: the same answers on both sides, under the names of each."""

from __future__ import annotations

import msgspec
import pytest

import ums_actors as ums
from ums_actors import requests as rq
from ums_actors.protocol.records import MessageEvent, read_clock


@pytest.fixture(params=["brand", "consumer"])
def proxy(request, emulator, start):
    more = {}
    if request.param == "consumer":
        more = {"kind": ums.ConsumerWebsocketConnection, "auth": ums.Anonymous()}
    return start(emulator, **more)


def test_the_answer_is_what_the_request_says(emulator, proxy):
    proxy.open().get(timeout=10)
    now = proxy.send(rq.GetClock()).get(timeout=5)
    assert type(now) is int
    assert now > 1_600_000_000_000
    assert proxy.send(rq.KeepAlive()).get(timeout=5) is None
    own = proxy.status().get(timeout=5).agent_id
    assert proxy.send(rq.GetUserProfile()).get(timeout=5).user_id == own
    found = proxy.send(rq.GetBrandProfile(emulator.account)).get(timeout=5)
    assert found.brand_id == emulator.account
    place = proxy.send(rq.GenerateURLForUploadFile(5, "png")).get(timeout=5)
    assert place.target.reveal().startswith("/")


def test_it_goes_out_under_the_name_of_its_side(proxy):
    proxy.open().get(timeout=10)
    heard = proxy.events(ums.RequestSent, where=lambda sent: "Clock" in sent.type)
    proxy.send(rq.GetClock(), resend=True).get(timeout=5)
    is_brand = proxy.actor_ref.actor_class is ums.BrandWebsocketConnection
    assert next(heard).type == (".GetClock" if is_brand else "GetClock")
    heard.close()


def test_it_waits_for_the_line_in_its_place(proxy):
    opened = proxy.open()
    first = proxy.send(rq.GetClock())
    assert first.get(timeout=10) > 0
    assert opened.get(timeout=10) is None


def test_it_can_be_forgotten(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    emulator.add_fault("drop", value=".GetClock")
    asked = proxy.send(rq.GetClock())
    proxy.forget(asked).get(timeout=5)
    with pytest.raises(ums.RequestForgotten):
        asked.get(timeout=5)


def test_sentences_lists_and_numbers(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    conversation, dialog = talk.conversation_id, talk.dialog_id
    assert proxy.send(rq.PublishText(conversation, dialog, "hi")).get(timeout=5) == 1
    said = proxy.send(rq.QueryMessages(dialog)).get(timeout=5)
    assert [type(each) for each in said] == [MessageEvent] * 2
    assert [each.event.text for each in said] == ["hello", "hi"]
    closed = proxy.send(rq.CloseConversation(conversation)).get(timeout=5)
    assert closed == "OK Conversation resolved successfully"


def test_a_wrong_argument_fails_where_it_is_given():
    with pytest.raises(ums.LocalProtocolError, match="8,000 are allowed"):
        rq.PublishText("c", "d", "x" * 8_001)


def test_a_consumer_has_no_query(emulator, start):
    proxy = start(emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    proxy.open().get(timeout=10)
    with pytest.raises(ums.NotSupported, match=r"consumer has no \.ams\.ms\.Query"):
        proxy.send(rq.QueryMessages("d")).get(timeout=5)


def test_an_answer_of_another_form_is_the_servers_fault(proxy):
    proxy.open().get(timeout=10)
    odd = rq.Request("KeepAlive", {}, read_clock)
    with pytest.raises(ums.RemoteProtocolError):
        proxy.send(odd).get(timeout=5)
    assert proxy.send(rq.GetClock()).get(timeout=5) > 0


class Clock(msgspec.Struct, rename="camel"):
    current_time: int


def test_one_of_ones_own(proxy):
    proxy.open().get(timeout=10)
    mine = rq.Request(".GetClock", {}, msgspec.json.Decoder(Clock).decode)
    assert proxy.send(mine).get(timeout=5).current_time > 0


def test_a_reader_that_fails_fails_its_own_request_alone(proxy):
    proxy.open().get(timeout=10)

    def read(raw):
        raise ZeroDivisionError

    before = proxy.actor_ref.generation
    with pytest.raises(ZeroDivisionError):
        proxy.send(rq.Request(".GetClock", {}, read)).get(timeout=5)
    assert proxy.actor_ref.generation == before
    assert proxy.send(rq.GetClock()).get(timeout=5) > 0
