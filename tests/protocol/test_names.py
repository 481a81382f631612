from __future__ import annotations

import pytest

from ums_actors.protocol import agents, brand, consumer, files, forms, profiles, routing
from ums_actors.protocol.names import NOTIFICATIONS, REQUESTS, canonical, spellings
from ums_actors.protocol.properties import ClientProperties

AGENT = "A.u1"

BUILT = [
    brand.get_clock(),
    brand.keep_alive(),
    consumer.init_connection("jwt", ClientProperties()),
    brand.close_conversation("C"),
    consumer.create_conversation(),
    brand.create_conversation("cons"),
    brand.subscribe_conversations(),
    brand.unsubscribe_conversations("s"),
    brand.update_subscription("s", {}),
    agents.unsubscribe("s"),
    brand.publish_text("C", "C", "hello"),
    consumer.subscribe_messages("C", "C"),
    brand.query_messages("C"),
    files.upload_url(1, "PNG"),
    files.download_url("/a"),
    files.download_token("C", "s", "i"),
    forms.upload_token("C", 7, "i"),
    brand.set_agent_state(AGENT, "ONLINE"),
    routing.update_ring_state("r", "ACCEPTED"),
    routing.subscribe_routing_tasks("A", AGENT),
    routing.update_routing_tasks("A", "s", AGENT),
    agents.subscribe_agents_state("A", AGENT),
    brand.get_user_profile(),
    profiles.set_user_profile({"first_name": "Ann"}),
    profiles.get_brands(),
    profiles.get_brand_profile("A"),
    profiles.set_brand_profile("A", {"name": "x"}),
]

DOTTED = [
    ".GetClock",
    ".ams.cm.UpdateConversationField",
    ".ams.cm.ConsumerRequestConversation",
    ".ams.cm.AgentRequestConversation",
    ".ams.cm.types.RequestConversation",
    ".ams.aam.SubscribeExConversations",
    ".ams.aam.UnsubscribeExConversations",
    ".ams.aam.UpdateExConversationSubscription",
    ".ams.UnsubscribeBody",
    ".ams.ms.PublishEvent",
    ".ams.ms.QueryMessages",
    ".ams.ms.GenerateURLForUploadFile",
    ".ams.ms.GenerateURLForDownloadFile",
    ".ams.ms.BaseGenerateURL",
    ".ams.ms.token.GenerateDownloadToken",
    ".ams.routing.SetAgentState",
    ".ams.routing.UpdateRingState",
    ".ams.routing.SubscribeRoutingTasks",
    ".ams.routing.SubscribeAgentsState",
    ".ams.routing.UpdateRoutingTaskSubscription",
    ".ams.userprofile.GetUserProfile",
    ".ams.userprofile.SetUserProfile",
    ".ams.brandprofile.GetBrands",
    ".ams.brandprofile.GetBrandProfile",
    ".ams.brandprofile.SetBrandProfile",
    ".ams.aam.ExConversationChangeNotification",
    ".ams.ms.OnlineEventDistribution",
    ".ams.routing.RoutingTaskNotification",
    ".ams.routing.AgentStateNotification",
    ".ams.routing.RingUpdated",
    ".ams.cm.ConversationChangeNotification",
]
SHORT = [
    "GetClock",
    "KeepAlive",
    "InitConnection",
    "cm.UpdateConversationField",
    "cm.ConsumerRequestConversation",
    "cm.AgentRequestConversation",
    "cm.RequestConversation",
    "cm.SubscribeConversations",
    "cm.UnsubscribeConversations",
    "cqm.SubscribeExConversations",
    "cqm.UnsubscribeExConversations",
    "cqm.UpdateExConversationSubscription",
    ".ams.UnsubscribeBody",
    "ms.PublishEvent",
    "ms.SubscribeMessagingEvents",
    "ms.GenerateURLForUploadFile",
    "ms.GenerateURLForDownloadFile",
    "ms.GenerateURL",
    "ms.GenerateUploadToken",
    "ms.UploadToken",
    "ms.GenerateDownloadToken",
    "ms.DownloadToken",
    "rs.SetAgentState",
    "rs.UpdateRingState",
    "rs.SubscribeRoutingTasks",
    "rs.SubscribeAgentsState",
    "userprofile.GetUserProfile",
    "userprofile.SetUserProfile",
    "brandprofile.GetBrandProfile",
    "brandprofile.SetBrandProfile",
    "cqm.ExConversationChangeNotification",
    "ms.MessagingEventNotification",
    "rs.RoutingTaskNotification",
    "rs.AgentStateNotification",
]
OLDER = [
    "routing.SetAgentState",
    "routing.UpdateRingState",
    "routing.SubscribeRoutingTasks",
    "routing.SubscribeAgentsState",
    "routing.RoutingTaskNotification",
    "routing.AgentStateNotification",
    "up.GetUserProfile",
    "ms.OnlineEventDistribution",
]

NOT_BUILT = {name.canonical for name in REQUESTS if "send() takes it raw" in name.note}


@pytest.mark.parametrize("name", DOTTED)
def test_every_name_of_the_brands_dialect_is_known(name):
    assert name in {each.brand for each in REQUESTS + NOTIFICATIONS}


@pytest.mark.parametrize("name", SHORT)
def test_every_name_of_the_consumers_dialect_is_known(name):
    assert name in {each.consumer for each in REQUESTS + NOTIFICATIONS}


@pytest.mark.parametrize("name", OLDER)
def test_every_older_name_is_known(name):
    assert any(name in each.others for each in REQUESTS + NOTIFICATIONS)


@pytest.mark.parametrize("name", REQUESTS, ids=lambda name: name.canonical)
def test_every_request_is_built_or_says_why_it_is_not(name):
    built = {canonical(call.type) for call in BUILT}
    assert (name.canonical in built) != (name.canonical in NOT_BUILT)


@pytest.mark.parametrize(
    "name", REQUESTS + NOTIFICATIONS, ids=lambda name: name.canonical
)
def test_a_name_is_known_to_both_dialects_or_says_why_one_has_none(name):
    assert (name.brand and name.consumer) or name.note
    if name.brand and name.consumer:
        assert consumer.short(name.brand) == name.consumer


def test_no_name_stands_for_two_things():
    found = [
        spelling
        for name in REQUESTS + NOTIFICATIONS
        for spelling in {name.brand, name.consumer, *name.others} - {""}
    ]
    assert len(found) == len(set(found))


def test_all_names_of_one_thing_lead_to_each_other():
    for name in REQUESTS + NOTIFICATIONS:
        for spelling in spellings(name.canonical):
            assert canonical(spelling) == name.canonical
            assert spellings(spelling) == spellings(name.canonical)
    assert spellings("ms.OnlineEventDistribution") == {
        ".ams.ms.OnlineEventDistribution",
        "ms.MessagingEventNotification",
        "ms.OnlineEventDistribution",
    }


def test_what_is_unknown_stands_for_itself():
    assert canonical(".ams.New") == ".ams.New"
    assert spellings(".ams.New") == {".ams.New"}
