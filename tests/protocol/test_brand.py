import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol import brand
from ums_actors.protocol.enums import AgentState, MessageAudience, ParticipantRole

UPDATE = ".ams.cm.UpdateConversationField"


@pytest.mark.parametrize(
    ("call", "wire_type", "body"),
    [
        (brand.get_clock(), ".GetClock", {}),
        (brand.get_user_profile(), ".ams.userprofile.GetUserProfile", {}),
        (
            brand.get_user_profile("A.u1"),
            ".ams.userprofile.GetUserProfile",
            {"userId": "A.u1"},
        ),
        (
            brand.set_agent_state("acc7.31", AgentState.AWAY),
            ".ams.routing.SetAgentState",
            {
                "availability": "AWAY",
                "channels": ["MESSAGING"],
                "agentUserId": "acc7.31",
            },
        ),
        (
            brand.subscribe_conversations(),
            ".ams.aam.SubscribeExConversations",
            {"stage": ["OPEN"]},
        ),
        (
            brand.unsubscribe_conversations("S"),
            ".ams.aam.UnsubscribeExConversations",
            {"subscriptionId": "S"},
        ),
        (
            brand.publish_text("C", "D", "hi"),
            ".ams.ms.PublishEvent",
            {
                "conversationId": "C",
                "dialogId": "D",
                "messageAudience": "ALL",
                "event": {
                    "type": "ContentEvent",
                    "contentType": "text/plain",
                    "message": "hi",
                },
            },
        ),
        (brand.query_messages("D"), ".ams.ms.QueryMessages", {"dialogId": "D"}),
        (
            brand.query_messages("D", 0, older_than=9, max_quantity=5),
            ".ams.ms.QueryMessages",
            {
                "dialogId": "D",
                "newerThanSequence": 0,
                "olderThanSequence": 9,
                "maxQuantity": 5,
            },
        ),
    ],
)
def test_request_has_the_wire_form(call, wire_type, body):
    assert (call.type, call.body) == (wire_type, body)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (
            brand.close_conversation("c1"),
            {"field": "ConversationStateField", "conversationState": "CLOSE"},
        ),
        (
            brand.close_dialog("c1", "d1"),
            {
                "field": "DialogChange",
                "type": "UPDATE",
                "dialog": {"dialogId": "d1", "state": "CLOSE"},
            },
        ),
        (
            brand.close_dialog("c1", "d1", "AGENT", "done"),
            {
                "field": "DialogChange",
                "type": "UPDATE",
                "dialog": {
                    "dialogId": "d1",
                    "state": "CLOSE",
                    "closedBy": "AGENT",
                    "closedCause": "done",
                },
            },
        ),
        (
            brand.join_dialog("c1", "d1", "acc7.31", ParticipantRole.MANAGER),
            {
                "field": "ParticipantsChange",
                "userId": "acc7.31",
                "role": "MANAGER",
                "type": "ADD",
                "dialogId": "d1",
            },
        ),
        (
            brand.leave_dialog("c1", None, "acc7.31", "MANAGER"),
            {
                "field": "ParticipantsChange",
                "userId": "acc7.31",
                "role": "MANAGER",
                "type": "REMOVE",
            },
        ),
        (
            brand.transfer_conversation("c1", skill_id="s9"),
            {"field": "Skill", "type": "UPDATE", "skill": "s9"},
        ),
    ],
)
def test_change_of_a_conversation_has_the_wire_form(call, field):
    assert call.type == UPDATE
    assert call.body == {"conversationId": "c1", "conversationField": [field]}


def test_private_message_says_its_audience():
    call = brand.publish_text("C", "D", "hi", MessageAudience.AGENTS_AND_MANAGERS)
    assert call.body["messageAudience"] == "AGENTS_AND_MANAGERS"


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (lambda: brand.close_conversation(""), "conversation_id"),
        (lambda: brand.close_conversation(None), "conversation_id"),
        (lambda: brand.publish_text("C", "D", ""), "text"),
        (lambda: brand.publish_text("C", "", "x"), "dialog_id"),
        (lambda: brand.set_agent_state("", "ONLINE"), "agent_id"),
        (lambda: brand.set_agent_state("A.u1", None), "agent_state"),
        (lambda: brand.join_dialog("c1", "d1", "A.u1", ""), "role"),
        (lambda: brand.query_messages(5), "dialog_id"),
        (lambda: brand.unsubscribe_conversations(""), "subscription_id"),
    ],
)
def test_missing_part_is_named(build, name):
    with pytest.raises(
        LocalProtocolError, match=f"^{name}(=.*)? must be a non-empty string"
    ):
        build()


def test_all_success_texts_of_a_transfer_are_accepted():
    assert {
        "OK Agent removed successfully",
        "Skill changed successfully",
    } <= brand.TRANSFERRED_TEXTS
