import msgspec
import pytest
from msgspec.structs import astuple

from ums_actors.errors import LocalProtocolError, NotSupported
from ums_actors.protocol import brand, consumer
from ums_actors.protocol.envelopes import encode_request
from ums_actors.protocol.properties import ClientProperties
from ums_actors.secret import Secret


@pytest.mark.parametrize(
    ("canonical", "name"),
    [
        (".GetClock", "GetClock"),
        (".ams.cm.UpdateConversationField", "cm.UpdateConversationField"),
        (".ams.cm.types.RequestConversation", "cm.RequestConversation"),
        (".ams.aam.SubscribeExConversations", "cqm.SubscribeExConversations"),
        (".ams.aam.UnsubscribeExConversations", "cqm.UnsubscribeExConversations"),
        (".ams.ms.PublishEvent", "ms.PublishEvent"),
        (".ams.ms.BaseGenerateURL", "ms.GenerateURL"),
        (".ams.ms.token.GenerateDownloadToken", "ms.GenerateDownloadToken"),
        (".ams.routing.SetAgentState", "rs.SetAgentState"),
        (".ams.routing.RoutingTaskNotification", "rs.RoutingTaskNotification"),
        (".ams.userprofile.GetUserProfile", "userprofile.GetUserProfile"),
        (".ams.brandprofile.GetBrandProfile", "brandprofile.GetBrandProfile"),
        (brand.CONVERSATION_NOTIFICATION, consumer.CONVERSATION_NOTIFICATION),
        (brand.MESSAGE_NOTIFICATION, consumer.MESSAGE_NOTIFICATION),
        ("ms.PublishEvent", "ms.PublishEvent"),
    ],
)
def test_a_name_of_the_brand_dialect_has_its_short_form(canonical, name):
    assert consumer.short(canonical) == name


def test_querying_messages_is_not_for_consumers():
    with pytest.raises(NotSupported, match="MessageReceived"):
        consumer.short(brand.QUERY_MESSAGES)


@pytest.mark.parametrize("name", [".ams.xx.Do", ".ams.cm.", "."])
def test_an_unknown_package_is_told(name):
    with pytest.raises(LocalProtocolError, match="no short name"):
        consumer.short(name)


def test_subscribing_to_a_dialog_names_where_to_begin():
    call = consumer.subscribe_messages("C", "D", 7)
    assert call.type == "ms.SubscribeMessagingEvents"
    assert call.body == {"conversationId": "C", "dialogId": "D", "fromSeq": 7}
    assert consumer.subscribe_messages("C", "D").body["fromSeq"] == 0


def test_a_conversation_is_asked_for_as_the_reference_does():
    call = consumer.create_conversation()
    assert call.type == "cm.ConsumerRequestConversation"
    context = call.body.pop("conversationContext")
    assert call.body == {
        "ttrDefName": "NORMAL",
        "channelType": "MESSAGING",
        "skillId": None,
        "campaignInfo": None,
    }
    assert (context["type"], context["name"]) == ("CustomContext", "ums-actors")


def test_skill_context_and_campaign_go_along():
    context = {"type": "SharkContext", "lang": "en-US"}
    call = consumer.create_conversation("4", context, {"campaign_id": "1", "x": "2"})
    assert call.body["skillId"] == "4"
    assert call.body["conversationContext"] == context
    assert call.body["campaignInfo"] == {"campaignId": "1", "x": "2"}
    wire = {"campaignId": "1", "engagementId": "2"}
    assert consumer.create_conversation(campaign_info=wire).body["campaignInfo"] == wire


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"skill_id": 4}, "skill_id=4 must be a non-empty string"),
        ({"skill_id": ""}, "skill_id='' must be a non-empty string"),
        ({"context": "web"}, "context must be a mapping with a type"),
        ({"context": {"lang": "en"}}, "context must be a mapping with a type"),
        ({"campaign_info": {}}, "campaign_info must be a mapping"),
        ({"campaign_info": "7"}, "campaign_info must be a mapping"),
        ({"campaign_info": {"campaign_id": 1.5}}, "campaignId of campaign_info=1.5"),
    ],
)
def test_a_bad_argument_is_named(arguments, text):
    with pytest.raises(LocalProtocolError, match=text):
        consumer.create_conversation(**arguments)


@pytest.mark.parametrize("wrap", [str, Secret])
def test_the_introduction_shows_its_token_to_the_wire_alone(wrap):
    request = consumer.init_connection(wrap("ey.hunter2"), ClientProperties(app_id="a"))
    assert "hunter2" not in f"{request!r} {request}"
    frame = msgspec.json.decode(encode_request("1", *astuple(request)))
    assert frame == {
        "kind": "req",
        "id": "1",
        "type": "InitConnection",
        "body": {},
        "headers": [
            {"type": ".ams.headers.ConsumerAuthentication", "jwt": "ey.hunter2"},
            {"type": ".ams.headers.ClientProperties", "appId": "a"},
        ],
    }
