from __future__ import annotations

import pytest

from ums_actors.emulator.records.brand import conversation_record, event_record
from ums_actors.emulator.world.origin import Origin
from ums_actors.emulator.world.users import Users
from ums_actors.emulator.world.world import World

ONE, TWO = "acc.1001", "acc.1002"
NOW = 1_700_000_000_000
CAMPAIGN = {"campaignId": "7", "engagementId": "8"}


def join(role, **more):
    return {"field": "ParticipantsChange", "type": "ADD", "role": role, **more}


def close_dialog(dialog, **more):
    dialog = {"dialogId": dialog, "state": "CLOSE", **more}
    return {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}


class Scene:
    def __init__(self, **more):
        users = Users("acc", 2)
        self.world = World("acc", users, lambda: NOW / 1000)
        self.conversation = self.world.open(
            consumer="carla", assign=users.named("bot1"), **more
        )
        self.id = self.conversation.conversation_id
        self.pid = users.named("bot1").pid
        self.other_pid = users.named("bot2").pid

    def change(self, by, *members):
        self.world.update(self.conversation, by, list(members))

    def say(self, by, text, **more):
        event = {"type": "ContentEvent", "message": text}
        return self.world.publish(self.conversation, self.id, by, event, **more)

    @property
    def record(self):
        return conversation_record(self.world, self.conversation)

    @property
    def details(self):
        return self.record["conversationDetails"]


@pytest.fixture
def scene():
    return Scene()


def test_a_new_conversation_has_all_that_known_clients_read(scene):
    record, details = scene.record, scene.details
    assert (record["convId"], record["effectiveTTR"]) == (scene.id, -1)
    assert record["numberOfunreadMessages"] == {}
    assert "lastContentEventNotification" not in record
    assert record["lastUpdateTime"] == details["metaDataLastUpdateTs"] == NOW
    context = details.pop("context")
    assert context["clientProperties"]["type"] == ".ClientProperties"
    (dialog,) = details.pop("dialogs")
    assert details == {
        "convId": scene.id,
        "brandId": "acc",
        "skillId": "-1",
        "groupId": "",
        "note": "",
        "csatRate": 0,
        "participants": {
            "CONSUMER": ["carla"],
            "ASSIGNED_AGENT": [ONE],
            "MANAGER": [],
            "READER": [],
        },
        "participantsPId": {
            "CONSUMER": ["carla"],
            "ASSIGNED_AGENT": [scene.pid],
            "MANAGER": [],
            "READER": [],
        },
        "state": "OPEN",
        "stage": "OPEN",
        "startTs": NOW,
        "metaDataLastUpdateTs": NOW,
        "firstConversation": True,
        "ttr": {"ttrType": "NORMAL", "value": 3_600},
        "conversationHandlerDetails": {"accountId": "acc", "skillId": "-1"},
    }
    assert dialog == {
        "dialogId": scene.id,
        "dialogType": "MAIN",
        "channelType": "MESSAGING",
        "state": "OPEN",
        "creationTs": NOW,
        "metaDataLastUpdateTs": NOW,
        "participantsDetails": [
            {"id": "carla", "role": "CONSUMER", "state": "ACTIVE"},
            {"id": ONE, "role": "ASSIGNED_AGENT", "state": "ACTIVE"},
        ],
    }


def test_what_was_set_is_shown(scene):
    scene.change(
        ONE,
        {"field": "Note", "note": "n"},
        {"field": "TopicField", "topic": "t"},
        {"field": "TTRField", "ttrType": "URGENT", "value": 0},
        {"field": "ManualETTR", "time": NOW + 5},
        {"field": "DelayField", "delay": {"type": "NIGHT", "tillWhen": NOW + 9}},
        {"field": "CSATRate", "csatRate": "4", "csatResolutionConfirmation": False},
        {"field": "ConversationHandler", "accountId": "a", "skillId": "s"},
        {"field": "Skill", "skill": "s9"},
    )
    details = scene.details
    assert details["note"] == "n"
    assert details["topic"] == "t"
    assert details["ttr"] == {"ttrType": "URGENT", "value": 300}
    assert details["manualETTR"] == scene.record["effectiveTTR"] == NOW + 5
    assert details["delay"] == {"type": "NIGHT", "tillWhen": NOW + 9}
    assert details["csatRate"] == 4
    assert details["csat"] == {
        "csatRate": 4,
        "csatResolutionConfirmation": False,
        "status": "FILLED",
    }
    handler = {"accountId": "a", "skillId": "s"}
    assert details["conversationHandlerDetails"] == handler
    assert details["skillId"] == "s9"


def test_what_it_was_asked_for_with_is_shown():
    told = {"type": "CustomContext", "name": "demo"}
    origin = Origin(context=told, campaign=CAMPAIGN, ttr_type="PRIORITIZED")
    details = Scene(origin=origin).details
    assert details["campaignInfo"] == CAMPAIGN
    assert (details["context"]["type"], details["context"]["name"]) == (
        "CustomContext",
        "demo",
    )
    assert details["ttr"] == {"ttrType": "PRIORITIZED", "value": 600}


def test_the_suggested_are_in_the_dialogs_details_alone(scene):
    scene.change(ONE, {**join("ASSIGNED_AGENT", userId=TWO), "type": "SUGGEST"})
    details = scene.details
    assert details["participants"]["ASSIGNED_AGENT"] == [ONE]
    assert details["participantsPId"]["ASSIGNED_AGENT"] == [scene.pid]
    suggested = {"id": TWO, "role": "ASSIGNED_AGENT", "state": "SUGGESTED"}
    assert suggested in details["dialogs"][0]["participantsDetails"]


def test_whoever_is_in_any_dialog_has_a_pid(scene):
    create = {"field": "DialogChange", "type": "CREATE"}
    scene.change(ONE, {**create, "dialog": {"channelType": "COBROWSE"}})
    dialog = scene.details["dialogs"][1]["dialogId"]
    scene.change(TWO, join("BRAND_BOT", dialogId=dialog))
    details = scene.details
    assert details["dialogs"][1]["channelType"] == "COBROWSE"
    assert details["participants"]["BRAND_BOT"] == [TWO]
    assert details["participantsPId"]["BRAND_BOT"] == [scene.other_pid]
    assert details["participants"].keys() == details["participantsPId"].keys()


def test_a_survey_is_open_when_its_main_dialog_is_closed():
    scene = Scene(survey=True)
    scene.change(ONE, close_dialog(scene.id, closedCause="done"))
    details = scene.details
    assert (details["state"], details["stage"]) == ("CLOSE", "OPEN")
    assert "closeReason" not in details
    assert "endTs" not in details
    main, survey = details["dialogs"]
    assert (main["endTs"], main["closedBy"]) == (NOW, "AGENT")
    assert main["closedCause"] == "done"
    assert (survey["dialogType"], survey["state"]) == ("POST_SURVEY", "OPEN")
    assert survey["metaData"].keys() == {"appInstallId"}
    assert survey["participantsDetails"] == [
        {"id": "carla", "role": "CONSUMER", "state": "ACTIVE"}
    ]
    scene.change("carla", close_dialog(survey["dialogId"]))
    details = scene.details
    assert (details["stage"], details["closeReason"]) == ("CLOSE", "AGENT")
    assert details["endTs"] == NOW
    assert details["dialogs"][1]["closedBy"] == "CONSUMER"


def test_the_last_message_is_repeated_with_its_authors_role(scene):
    scene.say("carla", "hi")
    last = scene.record["lastContentEventNotification"]
    assert last == {
        "sequence": 0,
        "originatorId": "carla",
        "originatorPId": "carla",
        "originatorMetadata": {"id": "carla", "role": "CONSUMER"},
        "serverTimestamp": NOW,
        "event": {
            "type": "ContentEvent",
            "message": "hi",
            "contentType": "text/plain",
        },
        "dialogId": scene.id,
    }
    assert scene.record["numberOfunreadMessages"] == {ONE: 1}
    assert scene.record["effectiveTTR"] == NOW + 3_600_000


def test_a_private_message_is_repeated_to_the_brand(scene):
    scene.say(ONE, "pst", audience="AGENTS_AND_MANAGERS")
    last = scene.record["lastContentEventNotification"]
    assert (last["event"]["message"], last["originatorId"]) == ("pst", ONE)
    assert last["originatorPId"] == last["originatorMetadata"]["id"] == scene.pid


def test_an_event_has_both_names_of_its_author(scene):
    metadata = [{"type": "ExternalId", "id": "m1"}]
    scene.say(ONE, "hello", metadata=metadata)
    (event,) = scene.conversation.events_from(0)
    record = event_record(event)
    assert (record["originatorId"], record["originatorPId"]) == (ONE, scene.pid)
    assert record["originatorMetadata"]["id"] == scene.pid
    assert record["originatorMetadata"]["role"] == "ASSIGNED_AGENT"
    assert record["metadata"] == metadata
    assert (record["sequence"], record["serverTimestamp"]) == (0, NOW)
    assert (record["conversationId"], record["dialogId"]) == (scene.id, scene.id)
    assert record["messageAudience"] == "ALL"


def test_nothing_is_due_while_a_survey_is_all_that_is_open():
    scene = Scene(survey=True)
    scene.say("carla", "hi")
    assert scene.record["effectiveTTR"] > 0
    scene.change(ONE, close_dialog(scene.id))
    assert (scene.details["state"], scene.details["stage"]) == ("CLOSE", "OPEN")
    assert scene.record["effectiveTTR"] == -1
