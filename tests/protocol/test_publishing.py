from __future__ import annotations

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol import publishing
from ums_actors.protocol.publishing import (
    RICH_LIMIT,
    TEXT_LIMIT,
    publish_accept_status,
    publish_chat_state,
    publish_file,
    publish_rich,
    publish_text,
)

PLACE = ("C", "D")


def event(call):
    assert call.type == publishing.PUBLISH_EVENT
    assert (call.body["conversationId"], call.body["dialogId"]) == PLACE
    return call.body["event"]


def test_a_text():
    call = publish_text(*PLACE, "hi")
    assert event(call) == {
        "type": "ContentEvent",
        "contentType": "text/plain",
        "message": "hi",
    }
    assert call.body["messageAudience"] == "ALL"


def test_what_consumers_do_not_see_says_so():
    call = publish_text(*PLACE, "hi", "AGENTS_AND_MANAGERS")
    assert call.body["messageAudience"] == "AGENTS_AND_MANAGERS"


def test_quick_replies_get_their_type():
    replies = [{"type": "button", "title": "yes"}]
    call = publish_text(*PLACE, "ok?", quick_replies={"replies": replies})
    assert event(call)["quickReplies"] == {"type": "quickReplies", "replies": replies}


def test_structured_content():
    content = {"type": "vertical", "elements": []}
    assert event(publish_rich(*PLACE, content)) == {
        "type": "RichContentEvent",
        "content": content,
    }


def test_a_file():
    call = publish_file(*PLACE, "/a/b", "png", caption="a", preview="data:x")
    assert event(call)["message"] == {
        "caption": "a",
        "relativePath": "/a/b",
        "fileType": "PNG",
        "preview": "data:x",
    }
    assert event(call)["contentType"] == "hosted/file"


def test_what_became_of_messages():
    assert event(publish_accept_status(*PLACE, (3, 4), "READ")) == {
        "type": "AcceptStatusEvent",
        "status": "READ",
        "sequenceList": [3, 4],
    }


def test_what_one_is_doing():
    assert event(publish_chat_state(*PLACE, "COMPOSING")) == {
        "type": "ChatStateEvent",
        "chatState": "COMPOSING",
    }


def test_the_longest_that_is_allowed_is():
    publish_text(*PLACE, "x" * TEXT_LIMIT)
    publish_rich(*PLACE, {"t": "ü" * (RICH_LIMIT - len('{"t":""}'))})


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: publish_text(*PLACE, ""), "text must be a non-empty string"),
        (lambda: publish_text(*PLACE, 7), "text must be a non-empty string"),
        (lambda: publish_text("", "D", "x"), "conversation_id='' must be"),
        (lambda: publish_text("C", None, "x"), "dialog_id=None must be"),
        (
            lambda: publish_text(*PLACE, "x" * 8001),
            "8,001 characters, 8,000 are .* parts",
        ),
        (
            lambda: publish_text(*PLACE, "x", "NOBODY"),
            "audience='NOBODY' must be one of",
        ),
        (lambda: publish_text(*PLACE, "x", quick_replies=[1]), "quick_replies must be"),
        (lambda: publish_text(*PLACE, "x", quick_replies={}), "quick_replies must be"),
        (lambda: publish_rich(*PLACE, {}), "content must be a mapping"),
        (lambda: publish_rich(*PLACE, "card"), "content must be a mapping"),
        (
            lambda: publish_rich(*PLACE, {"t": "ü" * 15000}),
            "15,008 characters as JSON, 15,000 are",
        ),
        (lambda: publish_file(*PLACE, "", "png"), "relative_path='' must be"),
        (lambda: publish_file(*PLACE, "/a", ""), "file_type='' must be"),
        (lambda: publish_accept_status(*PLACE, []), "sequences is empty: give"),
        (lambda: publish_accept_status(*PLACE, [1, -1]), "each of sequences=-1 must"),
        (lambda: publish_accept_status(*PLACE, [True]), "each of sequences=True must"),
        (lambda: publish_accept_status(*PLACE, [1], "SEEN"), "status='SEEN' must be"),
        (lambda: publish_chat_state(*PLACE, "ASLEEP"), "chat_state='ASLEEP' must be"),
    ],
)
def test_what_is_of_no_use_is_named_with_its_rule(call, told):
    with pytest.raises(LocalProtocolError, match=told):
        call()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"preview": "x" * 30_721}, "30,721 characters, 30,720 are allowed"),
        ({"preview": ""}, "preview must be"),
        ({"caption": None}, "caption must be a string, not NoneType"),
    ],
)
def test_what_stands_beside_a_file_is_checked(more, said):
    with pytest.raises(LocalProtocolError, match=said):
        publish_file(*PLACE, "/a/b", "png", **more)
