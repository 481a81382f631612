from __future__ import annotations

import threading

import pytest

import ums_actors as ums
from ums_actors.cluster.calling import (
    Call,
    Done,
    Elsewhere,
    Raised,
    check_method,
    check_name,
    packed_arguments,
    packed_reply,
    unpacked,
)
from ums_actors.errors import LocalProtocolError, NotSupported

BRAND = ums.BrandWebsocketConnection


@pytest.mark.parametrize(
    "name", ["send", "send_text", "get_clock", "publish_text", "status", "send_rich"]
)
def test_a_method_for_users_may_be_called(name):
    check_name(name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("open", "the cluster opens and closes its agents"),
        ("get_token", "secrets do not leave the process"),
        ("subscribe", "give the cluster a handler"),
        ("_kernel", "is no method for users"),
        ("on_stop", "is no method for users"),
        ("stop", "is no method for users"),
        ("__class__", "is no method for users"),
    ],
)
def test_what_is_not_for_others_is_refused_with_the_way_out(name, why):
    with pytest.raises(NotSupported, match=why):
        check_name(name)


def test_a_method_that_there_is_not_is_refused():
    check_method(BRAND, "send_text")
    with pytest.raises(NotSupported, match="has no method 'dance'"):
        check_method(BRAND, "dance")


def test_arguments_arrive_as_they_were():
    payload = packed_arguments("send", ({"type": "x"},), {"timeout": 3.0})
    call = Call(account_id="1", user="b", method="send", patience=1.0, payload=payload)
    assert call.arguments() == (({"type": "x"},), {"timeout": 3.0})


def test_an_argument_that_cannot_travel_is_named_at_once():
    with pytest.raises(LocalProtocolError, match=r"arguments of send\(\) cannot tr"):
        packed_arguments("send", (threading.Lock(),), {})


REJECTED = ums.RequestRejected(404, "not here", request_id="7")


@pytest.mark.parametrize("reply", [Done(5), Elsewhere("it moved")])
def test_a_reply_arrives_as_it_was(reply):
    assert unpacked(packed_reply(reply, "send")) == reply


def test_an_error_arrives_with_its_fields():
    error = unpacked(packed_reply(Raised(REJECTED), "send")).error
    assert type(error) is ums.RequestRejected
    assert (error.code, error.body, error.delivery) == (
        404,
        "not here",
        ums.Delivery.ANSWERED,
    )


def test_a_value_that_cannot_travel_was_carried_out_and_says_so():
    reply = unpacked(packed_reply(Done(threading.Lock()), "dance"))
    assert isinstance(reply.error, NotSupported)
    assert "dance() was carried out, but what it gave, a lock" in str(reply.error)


class Odd(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} {two}")


def test_an_error_that_cannot_travel_is_told_in_words():
    reply = unpacked(packed_reply(Raised(Odd("so", "so")), "dance"))
    assert str(reply.error) == "dance() raised Odd, which cannot travel: 'so so'"
