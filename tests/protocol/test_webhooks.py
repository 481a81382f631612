from __future__ import annotations

import json

import pytest

from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol.webhooks import read_webhook

LIMIT = 1 << 20
CONVERSATIONS = "cqm.ExConversationChangeNotification"
MESSAGES = "ms.MessagingEventNotification"
DOTTED = ".ams.ms.OnlineEventDistribution"
CONTENT = {"changes": [{"sequence": 1}]}


def read(body, limit=LIMIT):
    found = read_webhook(body, limit)
    return found.type, json.loads(bytes(found.body))


def notification(kind=MESSAGES, body=CONTENT, **more):
    return {"kind": "notification", "type": kind, "body": body, **more}


@pytest.mark.parametrize(
    "made",
    [
        lambda body: json.dumps(body).encode(),
        lambda body: bytearray(json.dumps(body).encode()),
        lambda body: memoryview(json.dumps(body).encode()),
        json.dumps,
        dict,
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        notification(),
        {"type": MESSAGES, "body": CONTENT},
        {"wsNotificationMsg": {"type": MESSAGES, "body": CONTENT}},
        {"wsNotificationMsg": notification(), "more": 1},
        notification(f"{MESSAGES}.ContentEvent"),
        notification(f"{MESSAGES}.RichContentEvent"),
        notification(f"{MESSAGES}.AcceptStatusEvent"),
        notification(f"{MESSAGES}.ChatStateEvent"),
    ],
)
def test_each_form_is_read(made, body):
    assert read(made(body)) == (MESSAGES, CONTENT)


@pytest.mark.parametrize(
    "kind",
    [CONVERSATIONS, DOTTED, "new.Thing", "new.Thing.ContentEvent", f"{MESSAGES}.New"],
)
def test_other_types_stay_as_they_are(kind):
    assert read(notification(kind)) == (kind, CONTENT)


def test_a_type_that_is_not_read_here_may_have_any_body():
    assert read(notification("new.Thing", 5)) == ("new.Thing", 5)


def test_a_single_event_is_a_body_of_messages():
    event = {"sequence": 0, "event": {"type": "ContentEvent"}}
    assert read(notification(DOTTED, event)) == (DOTTED, event)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "the webhook is empty"),
        (b"{", "the webhook is not JSON"),
        (b'{"type": "\xff"}', "the webhook is not UTF-8"),
        (b'{"type":' + b"[" * 60_000, "the webhook is nested too deep"),
        (b"[" * 100_000, "values in 100000 bytes"),
        ("5", "the webhook is no JSON object"),
        ({}, "type is None: a notification has a type and a body"),
        ({"type": ""}, "type is ''"),
        ({"type": 5}, "type is 5"),
        (notification(kind="resp", body={}) | {"kind": "resp"}, "kind is 'resp'"),
        ({"type": MESSAGES}, "the webhook has no body"),
        (notification(body={}), "is no 'ms.Mess.*it has no list of changes"),
        (notification(body={"changes": {}}), "no list of changes"),
        (notification(CONVERSATIONS, {"event": {}}), "no list of changes"),
        ({"wsNotificationMsg": []}, "wsNotificationMsg is no JSON object"),
        ({"wsNotificationMsg": {}}, "type is None"),
    ],
)
def test_what_is_no_notification_is_named(body, text):
    with pytest.raises(RemoteProtocolError, match=text):
        read(body)


def test_the_limit_is_that_of_bytes():
    body = json.dumps(notification()).encode()
    assert read(body, len(body))
    with pytest.raises(RemoteProtocolError, match=f"has {len(body)} bytes"):
        read(body, len(body) - 1)


@pytest.mark.parametrize("body", [None, 5, ["x"], {"a": object()}, "\ud800", {3j: 1}])
def test_what_is_no_body_is_refused(body):
    with pytest.raises(LocalProtocolError, match="body must be"):
        read(body)
