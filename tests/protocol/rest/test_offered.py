from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ums_actors import requests
from ums_actors.errors import LocalProtocolError, NotSupported
from ums_actors.protocol import brand, consumer, fields, files, publishing
from ums_actors.protocol.rest import offered
from ums_actors.protocol.rest.offered import OFFERED, exchange_of

if TYPE_CHECKING:
    from ums_actors.protocol.rest.exchange import Exchange

ACCOUNT = "12345678"
C = "/v1/conversations/c1"
D = f"{C}/dialogs/d1"
MAIN = f"{C}/dialogs/c1"
ME, OTHER = "12345678.31", "12345678.44"


def plain(body: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(body))


def exchange(call: Any, metadata: Any = None) -> Exchange:
    return exchange_of(ACCOUNT, call.type, plain(call.body), metadata)


CALLS = [
    pytest.param(
        publishing.publish_text("c1", "d1", "hi"),
        "POST",
        f"{D}/messages",
        {
            "type": "PLAIN_TEXT",
            "content": {"text": "hi"},
            "metadata": [],
            "messageAudience": "ALL",
        },
        None,
        id="text",
    ),
    pytest.param(
        publishing.publish_text("c1", "c1", "hi", "AGENTS_AND_MANAGERS"),
        "POST",
        f"{MAIN}/messages",
        {
            "type": "PLAIN_TEXT",
            "content": {"text": "hi"},
            "metadata": [],
            "messageAudience": "AGENTS_AND_MANAGERS",
        },
        None,
        id="private text",
    ),
    pytest.param(
        publishing.publish_rich(
            "c1", "d1", {"type": "vertical"}, {"replies": [{"type": "button"}]}
        ),
        "POST",
        f"{D}/messages",
        {
            "type": "RICH_CONTENT",
            "content": {"type": "vertical"},
            "quickReplies": {"type": "quickReplies", "replies": [{"type": "button"}]},
            "metadata": [],
            "messageAudience": "ALL",
        },
        None,
        id="rich, with quick replies",
    ),
    pytest.param(
        publishing.publish_file("c1", "d1", "/a/b.png", "png", caption="c"),
        "POST",
        f"{D}/messages",
        {
            "type": "HOSTED_FILE",
            "content": {"caption": "c", "relativePath": "/a/b.png", "fileType": "PNG"},
            "metadata": [],
            "messageAudience": "ALL",
        },
        None,
        id="file",
    ),
    pytest.param(
        publishing.publish_accept_status("c1", "d1", [3, 4], "READ"),
        "POST",
        f"{D}/messages",
        {
            "type": "ACKNOWLEDGEMENT",
            "content": {"sequenceList": [3, 4], "status": "READ"},
        },
        None,
        id="read",
    ),
    pytest.param(
        publishing.publish_chat_state("c1", "d1", "COMPOSING"),
        "POST",
        f"{D}/messages",
        {"type": "CHAT_STATE", "content": {"chatState": "COMPOSING"}},
        None,
        id="chat state",
    ),
    pytest.param(
        brand.query_messages("d1"),
        "GET",
        "/v1/conversations/d1/dialogs/d1/messages",
        None,
        None,
        id="all messages",
    ),
    pytest.param(
        brand.query_messages("d1", 3, 9, 5),
        "GET",
        "/v1/conversations/d1/dialogs/d1/messages"
        "?limit=5&newerThanSequence=3&olderThanSequence=9",
        None,
        None,
        id="some messages",
    ),
    pytest.param(
        brand.close_conversation("c1"),
        "PATCH",
        C,
        {"stage": "CLOSE"},
        "OK Conversation resolved successfully",
        id="close",
    ),
    pytest.param(
        fields.set_ttr("c1", "CUSTOM", 60),
        "PATCH",
        C,
        {"type": "CUSTOM", "value": 60},
        "Update TTR ended successfully",
        id="TTR",
    ),
    pytest.param(
        fields.set_manual_ettr("c1", 7),
        "PATCH",
        C,
        {"manualETTR": 7},
        "Update manual Ettr ended successfully",
        id="manual ETTR",
    ),
    pytest.param(
        brand.close_dialog("c1", "d1", "AGENT"),
        "PATCH",
        D,
        {"state": "CLOSE", "closeReason": "AGENT"},
        "OK Conversation resolved successfully",
        id="close a dialog",
    ),
    pytest.param(
        brand.close_dialog("c1", "d1"),
        "PATCH",
        D,
        {"state": "CLOSE"},
        "OK Conversation resolved successfully",
        id="close a dialog without saying who did",
    ),
    pytest.param(
        brand.join_dialog("c1", None, ME, "MANAGER"),
        "POST",
        f"{MAIN}/participants",
        {"id": ME, "role": "MANAGER", "state": "ACTIVE"},
        "OK Agent added successfully",
        id="join",
    ),
    pytest.param(
        brand.join_dialog("c1", "d1", ME, "ASSIGNED_AGENT"),
        "POST",
        f"{D}/participants",
        {"id": ME, "role": "ASSIGNED_AGENT", "state": "ACTIVE"},
        "OK Agent added successfully",
        id="join another dialog",
    ),
    pytest.param(
        brand.leave_dialog("c1", "d1", ME, "MANAGER"),
        "DELETE",
        f"{D}/participants/{ME}",
        None,
        "OK Agent removed successfully",
        id="leave",
    ),
    pytest.param(
        brand.transfer_conversation(
            "c1", skill_id="s9", agent_id=OTHER, remove_agent_id=ME
        ),
        "DELETE",
        f"{MAIN}/participants/{ME}?transferToSkillId=s9&transferToAgentId={OTHER}",
        None,
        "OK Agent removed successfully",
        id="transfer to both",
    ),
    pytest.param(
        brand.transfer_conversation("c1", skill_id="s&9", remove_agent_id=ME),
        "DELETE",
        f"{MAIN}/participants/{ME}?transferToSkillId=s%269",
        None,
        "OK Agent removed successfully",
        id="transfer to a skill",
    ),
    pytest.param(
        brand.transfer_conversation("c1", agent_id=OTHER, remove_agent_id=ME),
        "DELETE",
        f"{MAIN}/participants/{ME}?transferToAgentId={OTHER}",
        None,
        "OK Agent removed successfully",
        id="transfer to an agent",
    ),
    pytest.param(
        brand.transfer_conversation("c1", remove_agent_id=ME),
        "DELETE",
        f"{MAIN}/participants/{ME}",
        None,
        "OK Agent removed successfully",
        id="remove the assigned agent",
    ),
    pytest.param(
        files.upload_url(3, "png"),
        "POST",
        "/v1/brands/12345678/file-upload-path",
        {"fileSize": "3", "fileType": "PNG"},
        None,
        id="place of a file",
    ),
    pytest.param(
        files.download_url("/a/b.png"),
        "POST",
        "/v1/brands/12345678/file-download-path",
        {"relativePath": "/a/b.png"},
        None,
        id="address of a file",
    ),
    pytest.param(
        offered.get_conversation("c/1"),
        "GET",
        "/v1/conversations/c%2F1",
        None,
        None,
        id="show a conversation",
    ),
    pytest.param(offered.get_dialog("c1"), "GET", MAIN, None, None, id="show the main"),
    pytest.param(
        offered.get_dialog("c1", "d1"), "GET", D, None, None, id="show a dialog"
    ),
    pytest.param(
        offered.get_participant("c1", ME, "d1"),
        "GET",
        f"{D}/participants/{ME}",
        None,
        None,
        id="show a participant",
    ),
    pytest.param(
        offered.remove_participant("c1", OTHER),
        "DELETE",
        f"{MAIN}/participants/{OTHER}",
        None,
        "OK Agent removed successfully",
        id="remove a participant",
    ),
]


@pytest.mark.parametrize(("call", "method", "path", "body", "text"), CALLS)
def test_requests_are_these_calls(call, method, path, body, text):
    found = exchange(call)
    assert (found.method, found.path, found.body, found.text) == (
        method,
        path,
        body,
        text,
    )
    assert found.guarded is (method in ("PATCH", "DELETE"))
    assert found.may_be_repeated is (method == "GET")
    assert found.resource == path.partition("?")[0]


def test_all_that_is_offered_is_in_the_table_above():
    assert {call.values[0].type for call in CALLS} == set(OFFERED)


def test_metadata_go_with_what_is_said_and_with_nothing_else():
    metadata = [{"type": "ExternalId", "id": "7"}]
    said = exchange(publishing.publish_text("c1", "d1", "hi"), metadata)
    assert said.body["metadata"] == metadata
    read = exchange(publishing.publish_accept_status("c1", "d1", [0]), metadata)
    assert "metadata" not in read.body


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("forms/secure-invitation", "SECURE_FORM_INVITATION"),
        ("forms/secure-submission", "SECURE_FORM_SUBMISSION"),
    ],
)
def test_secure_forms_are_messages_too(kind, name):
    event = {"type": "ContentEvent", "contentType": kind, "message": {"a": 1}}
    body = {"dialogId": "d1", "event": event}
    found = exchange_of(ACCOUNT, ".ams.ms.PublishEvent", body)
    assert (found.body["type"], found.body["content"]) == (name, {"a": 1})
    assert found.path == "/v1/conversations/d1/dialogs/d1/messages"


def test_calls_about_one_conversation_share_a_lane():
    lanes = {
        exchange(call).lane
        for call in (
            publishing.publish_text("c1", "c1", "hi"),
            publishing.publish_text("c1", "d1", "hi"),
            brand.close_conversation("c1"),
            brand.leave_dialog("c1", "d1", ME, "MANAGER"),
        )
    }
    assert lanes == {"c1"}
    assert exchange(files.upload_url(1, "PNG")).lane == ""


def test_an_update_of_one_member_may_be_a_bare_object():
    field = {"field": "Stage", "conversationState": "CLOSE"}
    body = {"conversationId": "c1", "conversationField": field}
    assert exchange_of(ACCOUNT, brand.UPDATE_CONVERSATION, body).text is not None


ABSENT = [
    requests.GetClock(),
    requests.KeepAlive(),
    requests.GetUserProfile(),
    requests.SetUserProfile({"first_name": "x"}),
    requests.GetBrandProfile("1"),
    requests.SetAgentState(ME, "ONLINE"),
    requests.SubscribeConversations(),
    requests.UnsubscribeConversations("s"),
    requests.SubscribeRoutingTasks(ACCOUNT, ME),
    requests.UpdateRingState("r", "ACCEPTED"),
    requests.SubscribeAgentsState(ACCOUNT, ME),
    requests.RequestConversation("x"),
    requests.GenerateDownloadToken("d", "s", "i"),
    requests.SetNote("c1", "n"),
    requests.SetTopic("c1", "n"),
    requests.SetDelay("c1", 1),
    requests.SetCsat("c1", 5),
    requests.TakeOver("c1", "a", "b"),
    requests.TransferConversation("c1", skill_id="s9"),
    requests.TransferConversation("c1", agent_id=OTHER),
    requests.TransferConversation(
        "c1",
        agent_id=OTHER,
        remove_from_existing_role="READER",
        remove_agent_id=ME,
    ),
    requests.CloseDialog("c1", "d1", "AGENT", "because"),
    consumer.create_conversation(),
]


@pytest.mark.parametrize("call", ABSENT, ids=lambda call: call.type)
def test_what_is_not_offered_says_so_and_where_it_is(call):
    with pytest.raises(NotSupported, match=r"websocket|Websocket|time\.time|leave"):
        exchange(call)


def test_a_transfer_without_who_is_assigned_says_what_is_missing():
    with pytest.raises(NotSupported, match="remove_agent_id"):
        exchange(brand.transfer_conversation("c1", skill_id="s9"))


@pytest.mark.parametrize(
    "event",
    [
        {"type": "SmokeEvent"},
        {"type": "ContentEvent", "contentType": "x/y", "message": 1},
    ],
)
def test_events_that_are_not_known_by_rest_are_not_supported(event):
    with pytest.raises(NotSupported, match="BrandWebsocketConnection"):
        exchange_of(ACCOUNT, ".ams.ms.PublishEvent", {"dialogId": "d", "event": event})


def test_encoded_metadata_are_not_supported():
    call = publishing.publish_text("c1", "d1", "hi")
    with pytest.raises(NotSupported, match="encoded metadata"):
        exchange_of(ACCOUNT, call.type, plain(call.body), None, "aGk=")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (".ams.ms.PublishEvent", "text"),
        (".ams.ms.PublishEvent", {"event": {"type": "ContentEvent"}}),
        (".ams.ms.PublishEvent", {"dialogId": "d1"}),
        (".ams.ms.PublishEvent", {"dialogId": 7, "event": {}}),
        (
            ".ams.ms.PublishEvent",
            {"dialogId": "d1", "event": {"type": "RichContentEvent", "content": 1}},
        ),
        (".ams.ms.QueryMessages", {}),
        (brand.UPDATE_CONVERSATION, {"conversationField": []}),
        (brand.UPDATE_CONVERSATION, {"conversationId": "c", "conversationField": [1]}),
        (
            brand.UPDATE_CONVERSATION,
            {
                "conversationId": "c",
                "conversationField": {"field": "ParticipantsChange", "type": "ADD"},
            },
        ),
        (offered.GET_CONVERSATION, {"conversationId": ".."}),
        (offered.GET_PARTICIPANT, {"conversationId": "c"}),
        (offered.REMOVE_PARTICIPANT, {"conversationId": "c"}),
    ],
)
def test_what_lacks_something_is_refused_before_anything_is_sent(kind, body):
    with pytest.raises(LocalProtocolError) as caught:
        exchange_of(ACCOUNT, kind, body)
    assert not isinstance(caught.value, NotSupported)


@pytest.mark.parametrize(
    "build",
    [
        lambda: offered.get_conversation(""),
        lambda: offered.get_dialog("c", ""),
        lambda: offered.get_participant("c", "a\nb"),
    ],
)
def test_names_that_are_none_are_refused(build):
    with pytest.raises(LocalProtocolError):
        build()
