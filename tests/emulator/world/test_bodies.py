from __future__ import annotations

import pytest

from ums_actors.emulator import Refused
from ums_actors.emulator.world.bodies import checked_body

REPLY = {"type": "button", "title": "Yes", "click": {"actions": []}}
PREVIEW = "data:image/png;base64," + "A" * 40_000


def content(kind, message, **more):
    return {"type": "ContentEvent", "contentType": kind, "message": message, **more}


def hosted(**more):
    message = {"caption": "a cat", "relativePath": "/v1/x", "fileType": "PNG"}
    return content("hosted/file", {**message, **more})


def invitation(**more):
    message = {"formId": "f", "invitationId": "i", "title": "t"}
    return content("forms/secure-invitation", {**message, **more})


def submission(**more):
    message = {"submissionId": "s", "invitationId": "i"}
    return content("forms/secure-submission", {**message, **more})


def rich(tree, **more):
    return {"type": "RichContentEvent", "content": tree, **more}


def replies(listed):
    return {"type": "quickReplies", "itemsPerRow": 8, "replies": listed}


@pytest.mark.parametrize(
    "event",
    [
        content("text/plain", "hi"),
        content("text/plain", "x" * 8_000),
        content("text/plain", "hi", quickReplies=replies([REPLY, REPLY])),
        content("text/plain", "hi", unknown={"kept": True}),
        hosted(),
        hosted(preview=PREVIEW),
        hosted(caption=None),
        hosted(caption="x" * 8_000),
        invitation(),
        invitation(formId=1550964770),
        submission(),
        rich({"type": "vertical", "elements": []}),
        rich({"type": "text", "text": "x" * 14_900}),
        rich({"type": "vertical"}, quickReplies=replies([REPLY])),
        {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0, 3]},
        {"type": "ChatStateEvent", "chatState": "COMPOSING"},
    ],
)
def test_a_good_event_is_told_as_it_came(event):
    assert checked_body(event) == event


@pytest.mark.parametrize(
    "status",
    [
        "ACCEPT",
        "READ",
        "ENRICH",
        "ACTION",
        "ACCESS",
        "NACK",
        "VIEWED",
        "ABORTED",
        "ERROR",
    ],
)
def test_all_statuses_are_known(status):
    event = {"type": "AcceptStatusEvent", "status": status, "sequenceList": [1]}
    assert checked_body(event) == event


@pytest.mark.parametrize("state", ["ACTIVE", "INACTIVE", "GONE", "COMPOSING", "PAUSE"])
def test_all_chat_states_are_known(state):
    event = {"type": "ChatStateEvent", "chatState": state}
    assert checked_body(event) == event


def test_plain_text_is_the_usual_content():
    event = {"type": "ContentEvent", "message": "hi"}
    assert checked_body(event)["contentType"] == "text/plain"
    assert checked_body({**event, "contentType": None})["contentType"] == "text/plain"


def test_a_bare_element_is_as_good_as_a_list_of_one():
    event = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": 4}
    assert checked_body(event)["sequenceList"] == [4]
    event = content("text/plain", "hi", quickReplies=replies(REPLY))
    assert checked_body(event)["quickReplies"]["replies"] == [REPLY]


@pytest.mark.parametrize(
    "event",
    [
        None,
        "text",
        [],
        {},
        {"type": ["ContentEvent"]},
        {"type": "NoEvent"},
        {"type": "ContentEvent"},
        content("text/plain", ""),
        content("text/plain", 5),
        content("text/plain", {"text": "hi"}),
        content("text/plain", "x" * 8_001),
        content("text/html", "<b>hi</b>"),
        content(["text/plain"], "hi"),
        content("text/plain", "hi", quickReplies="yes"),
        content("text/plain", "hi", quickReplies={}),
        content("text/plain", "hi", quickReplies=replies([])),
        content("text/plain", "hi", quickReplies=replies(["yes"])),
        content("text/plain", "hi", quickReplies=replies([{"x": "y" * 15_000}])),
        content("hosted/file", "/v1/x"),
        hosted(relativePath=None),
        hosted(relativePath=5),
        hosted(fileType=""),
        hosted(caption=5),
        hosted(caption="x" * 8_001),
        hosted(preview="A" * 41_001),
        hosted(more="x" * 15_000),
        invitation(formId=None),
        invitation(invitationId=None),
        invitation(title=None),
        submission(submissionId=None),
        submission(invitationId=None),
        rich(None),
        rich({}),
        rich("text"),
        rich([{"type": "text"}]),
        rich({"type": "text", "text": "x" * 15_000}),
        {"type": "AcceptStatusEvent", "sequenceList": [1]},
        {"type": "AcceptStatusEvent", "status": "SEEN", "sequenceList": [1]},
        {"type": "AcceptStatusEvent", "status": ["READ"], "sequenceList": [1]},
        {"type": "AcceptStatusEvent", "status": "READ"},
        {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": []},
        {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": ["1"]},
        {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [-1]},
        {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [True]},
        {"type": "ChatStateEvent"},
        {"type": "ChatStateEvent", "chatState": "BACKGROUND"},
        {"type": "ChatStateEvent", "chatState": {}},
    ],
)
def test_a_bad_event_is_refused_with_a_sentence(event):
    with pytest.raises(Refused) as caught:
        checked_body(event)
    assert caught.value.code == 400
    assert " " in caught.value.text
