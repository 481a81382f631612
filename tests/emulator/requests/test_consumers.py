from __future__ import annotations

import pytest

CHANGES = "cqm.ExConversationChangeNotification"
MESSAGES = "ms.MessagingEventNotification"


async def test_the_response_comes_before_the_change_and_apart_from_it(scene):
    async with scene(consumers=1, gap=0.05) as (_, _bot, visitor):
        subscription, changes = await visitor.subscribe(stage=["OPEN", "CLOSE"])
        assert changes == []
        answer = await visitor.request("cm.ConsumerRequestConversation")
        assert answer["type"] == "cm.RequestConversationResponse"
        note = await visitor.note(CHANGES)
        assert note["subscriptionId"] == subscription
        (change,) = note["changes"]
        assert change["result"]["convId"] == answer["body"]["conversationId"]
        assert visitor.gap(*visitor.frames[-2:]) > 0.01


async def test_all_that_is_asked_for_is_shown(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        campaign = {"campaignId": "7", "engagementId": "8"}
        await visitor.begin(
            skillId=4321,
            ttrDefName="URGENT",
            campaignInfo=campaign,
            channelType="MESSAGING",
            conversationContext={
                "type": "CustomContext",
                "name": "demo",
                "clientProperties": {},
            },
        )
        for each in (bot, visitor):
            _, (change,) = await each.subscribe()
            details = change["result"]["conversationDetails"]
            assert details["skillId"] == "4321"
            assert details["ttr"]["ttrType"] == "URGENT"
            assert details["campaignInfo"] == campaign
            assert details["context"] == {
                "type": "CustomContext",
                "name": "demo",
                "clientProperties": {"type": ".ClientProperties"},
            }
            assert details["dialogs"][0]["channelType"] == "MESSAGING"


async def test_what_is_not_asked_for_has_its_usual_value(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        await visitor.begin(skillId=None, ttrDefName=None, campaignInfo=None)
        _, (change,) = await bot.subscribe()
        details = change["result"]["conversationDetails"]
        assert details["skillId"] == "-1"
        assert details["ttr"]["ttrType"] == "NORMAL"
        assert "campaignInfo" not in details
        assert details["participants"]["CONSUMER"] == [visitor.id]


@pytest.mark.parametrize(
    "body", [{"skillId": {}}, {"campaignInfo": 7}, {"ttrDefName": "x"}, [1], "x"]
)
async def test_nonsense_opens_nothing(scene, body):
    async with scene(consumers=1) as (emulator, _, visitor):
        answer = await visitor.request("cm.ConsumerRequestConversation", body)
        assert (answer["code"], answer["type"]) == (400, "StringResponse")
        assert isinstance(answer["body"], str)
        assert emulator.state()["conversations"]["open"] == 0


async def test_only_consumers_ask_for_conversations_so(scene):
    async with scene() as (_, bot):
        for kind in ("cm.ConsumerRequestConversation", "InitConnection"):
            answer = await bot.request(kind)
            assert (answer["code"], answer["type"]) == (403, ".ReqBody$StringResp")


async def test_a_subscription_begins_with_what_there_is(scene):
    async with scene(consumers=1) as (emulator, bot, visitor):
        conversation = emulator.open_conversation(consumer=visitor.id).conversation_id
        await bot.join(conversation)
        for text in ("one", "two", "three"):
            emulator.write(conversation, text)
        events = await visitor.listen(conversation, 1, conversationId=conversation)
        assert [it["sequence"] for it in events] == [1, 2]
        assert [it["event"]["message"] for it in events] == ["two", "three"]
        assert {it["originatorId"] for it in events} == {visitor.id}
        await bot.say(conversation, "four")
        note = await visitor.note_of(MESSAGES, lambda it: it["changes"][0]["sequence"])
        (event,) = note["changes"]
        assert note["dialogId"] == conversation
        assert event["sequence"] == 3
        assert event["originatorId"] == bot.pid
        assert "originatorPId" not in event
        assert event["originatorMetadata"]["role"] == "MANAGER"
        assert event["messageAudience"] == "ALL"


async def test_the_answer_is_an_empty_object_and_a_frame_of_its_own(scene):
    async with scene(consumers=1, gap=0.05) as (_, _bot, visitor):
        answer = await visitor.request("cm.ConsumerRequestConversation")
        dialog = answer["body"]["conversationId"]
        for since in (0, None, -1, 99):
            body = {"dialogId": dialog, "fromSeq": since}
            answer = await visitor.request("ms.SubscribeMessagingEvents", body)
            assert answer["code"] == 200
            assert answer["type"] == "GenericSubscribeResponse"
            assert answer["body"] == {}
            note = await visitor.note(MESSAGES)
            assert note == {"dialogId": dialog, "changes": []}
            assert visitor.gap(*visitor.frames[-2:]) > 0.01


async def test_subscribing_again_does_not_tell_twice(scene):
    async with scene(consumers=1) as (_, _bot, visitor):
        conversation = await visitor.begin()
        await visitor.listen(conversation)
        await visitor.say(conversation, "hi")
        assert (await visitor.note(MESSAGES))["changes"][0]["sequence"] == 0
        await visitor.request("GetClock")
        assert visitor.notes.empty()


async def test_without_a_subscription_no_events_come(scene):
    async with scene(consumers=1) as (_, _bot, visitor):
        answer = await visitor.request("cm.ConsumerRequestConversation")
        await visitor.say(answer["body"]["conversationId"], "hi")
        await visitor.request("GetClock")
        assert visitor.notes.empty()


async def test_a_subscription_dies_with_its_socket(scene):
    async with scene(consumers=1) as (emulator, _bot, visitor):
        conversation = await visitor.begin()
        await visitor.close()
        await visitor.connect()
        emulator.write(conversation, "hi")
        await visitor.request("GetClock")
        assert visitor.notes.empty()
        assert len(await visitor.listen(conversation)) == 1


async def test_closed_dialogs_show_their_history(scene):
    async with scene(consumers=1) as (_, _bot, visitor):
        conversation = await visitor.begin()
        await visitor.say(conversation, "hi")
        field = {"field": "ConversationStateField", "conversationState": "CLOSE"}
        answer = await visitor.update(conversation, field)
        assert answer["body"] == "OK Conversation resolved successfully"
        assert answer["type"] == "StringResponse"
        (event,) = await visitor.listen(conversation)
        assert event["event"]["message"] == "hi"


async def test_other_consumers_conversations_are_closed_to_one(scene):
    async with scene(consumers=2) as (_, _bot, visitor, other):
        conversation = await visitor.begin()
        kind = "ms.SubscribeMessagingEvents"
        answer = await other.request(kind, {"dialogId": conversation})
        assert (answer["code"], answer["type"]) == (403, "StringResponse")
        assert (await other.say(conversation, "hi"))["code"] == 403
        field = {"field": "ConversationStateField", "conversationState": "CLOSE"}
        assert (await other.update(conversation, field))["code"] == 403
        answer = await other.request(kind, {"dialogId": "nothing"})
        assert answer["code"] == 404
        assert (await other.request(kind, {}))["code"] == 400
        body = {"dialogId": conversation, "fromSeq": "x"}
        assert (await visitor.request(kind, body))["code"] == 400


async def test_a_consumer_rates_the_conversation(scene):
    async with scene(consumers=1) as (_, _bot, visitor):
        conversation = await visitor.begin()
        rate = {"csatRate": "4", "csatResolutionConfirmation": True, "status": "FILLED"}
        body = {
            "conversationId": conversation,
            "conversationField": {"field": "CSATRate", **rate},
        }
        answer = await visitor.request("cm.UpdateConversationField", body)
        assert answer["body"] == "OK CSAT processed successfully"


async def test_what_only_the_brand_may_do_is_refused(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        conversation = await visitor.begin()
        add = {"field": "ParticipantsChange", "type": "ADD", "role": "MANAGER"}
        for field in (
            {**add, "userId": bot.id},
            {"field": "Note", "note": "x"},
            {"field": "Skill", "type": "UPDATE", "skill": "7"},
        ):
            answer = await visitor.update(conversation, field)
            assert (answer["code"], answer["type"]) == (403, "StringResponse")
        answer = await visitor.request(
            "ms.PublishEvent",
            {
                "dialogId": conversation,
                "messageAudience": "AGENTS_AND_MANAGERS",
                "event": {"type": "ContentEvent", "message": "psst"},
            },
        )
        assert answer["code"] == 403
        for kind in ("rs.SetAgentState", ".ams.ms.QueryMessages"):
            assert (await visitor.request(kind))["code"] == 403


async def test_a_socket_hears_a_bounded_number_of_dialogs(scene, monkeypatch):
    monkeypatch.setattr("ums_actors.emulator.choices.MAX_MESSAGE_SUBSCRIPTIONS", 1)
    async with scene(consumers=1) as (_, _bot, visitor):
        first = await visitor.begin()
        answer = await visitor.request("cm.ConsumerRequestConversation")
        body = {"dialogId": answer["body"]["conversationId"]}
        answer = await visitor.request("ms.SubscribeMessagingEvents", body)
        assert answer["code"] == 429
        await visitor.listen(first)
