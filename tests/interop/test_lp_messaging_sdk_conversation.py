from __future__ import annotations

import pytest

RESOLVED = "OK Conversation resolved successfully"
CSAT = {"field": "CSATRate", "csatRate": "4", "csatResolutionConfirmation": True}
TEXTS = {
    "TTR": (
        {"field": "TTRField", "ttrType": "URGENT", "value": 0},
        "Update TTR ended successfully",
    ),
    "CSAT": ({**CSAT, "status": "FILLED"}, "OK CSAT processed successfully"),
}


async def test_a_conversation_is_requested_and_followed(new_consumer, playing, either):
    async with playing(new_consumer(either)) as (ada,):
        await ada.open()
        conversation = await ada.request_conversation()
        details = await ada.change(conversation)
        assert (details["state"], details["stage"]) == ("OPEN", "OPEN")
        dialog = details["dialogs"][0]
        assert (dialog["dialogId"], dialog["dialogType"]) == (conversation, "MAIN")
        assert dialog["participantsDetails"] == [
            {"id": ada.user_id, "role": "CONSUMER", "state": "ACTIVE"}
        ]
        assert details["participants"] == [{"id": ada.user_id, "role": "CONSUMER"}]
        assert await ada.follow(conversation) == []


async def test_both_sides_talk(new_brand, new_consumer, playing, either):
    async with playing(new_consumer(either), new_brand(either)) as (ada, bot):
        await ada.open()
        await bot.open()
        conversation = await ada.request_conversation()
        await ada.follow(conversation)
        await bot.change(conversation)
        await bot.update(conversation, [bot.participant("ADD", "ASSIGNED_AGENT")])
        assert await ada.publish(conversation, "a question") == 0
        assert await bot.publish(conversation, "an answer") == 1

        mine = await ada.event("a question")
        assert mine["originatorId"] == ada.user_id
        theirs = await ada.event("an answer")
        assert theirs["originatorId"] == bot.pid
        assert theirs["originatorMetadata"]["role"] == "ASSIGNED_AGENT"
        assert (theirs["conversationId"], theirs["dialogId"]) == (conversation,) * 2
        assert (await bot.event("a question"))["originatorPId"] == ada.user_id

        members = [
            {"id": ada.user_id, "role": "CONSUMER"},
            {"id": bot.pid, "role": "ASSIGNED_AGENT"},
        ]
        details = await ada.change(conversation, participants=members)
        assert "participantsPId" not in details
        assert details["dialogs"][0]["participantsDetails"] == [
            {**member, "state": "ACTIVE"} for member in members
        ]


async def test_what_agents_say_among_themselves_is_hidden(
    new_brand, new_consumer, playing, plain
):
    async with playing(new_consumer(plain), new_brand(plain)) as (ada, bot):
        await ada.open()
        await bot.open()
        conversation = await ada.request_conversation()
        await ada.follow(conversation)
        await bot.update(conversation, [bot.participant("ADD", "MANAGER")])
        await bot.publish(conversation, "between us", audience="AGENTS_AND_MANAGERS")
        await bot.publish(conversation, "for all")
        await ada.event("for all")
        records = await ada.follow(conversation)
        assert [it["event"].get("message") for it in records] == ["for all"]
        assert "between us" not in str(ada.arrivals)


async def test_what_was_said_is_told_first_and_what_follows_is_live(
    new_consumer, playing, plain
):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.open()
        conversation = await ada.request_conversation()
        for text in ("one", "two"):
            await ada.publish(conversation, text)
        records = await ada.follow(conversation)
        assert [it["event"]["message"] for it in records] == ["one", "two"]
        await ada.publish(conversation, "three")
        assert (await ada.event("three"))["sequence"] == 2


@pytest.mark.parametrize("what", TEXTS)
async def test_a_bare_field_is_answered_with_its_text(
    new_consumer, playing, plain, what
):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.open()
        conversation = await ada.request_conversation()
        field, text = TEXTS[what]
        assert await ada.update(conversation, field) == text


async def test_closing_a_conversation(new_consumer, playing, plain):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.open()
        conversation = await ada.request_conversation()
        assert await ada.close(conversation) == RESOLVED
        details = await ada.change(conversation, stage="CLOSE")
        assert (details["state"], details["closeReason"]) == ("CLOSE", "CONSUMER")


async def test_closing_a_dialog(new_consumer, playing, plain):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.open()
        conversation = await ada.request_conversation()
        dialog = {"dialogId": conversation, "state": "CLOSE"}
        field = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
        assert await ada.update(conversation, [field]) == RESOLVED
        details = await ada.change(conversation, stage="CLOSE")
        assert details["dialogs"][0]["closedBy"] == "CONSUMER"


async def test_the_own_profile_is_set(new_consumer, playing, plain):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.open()
        names = {"firstName": "Ada", "lastName": "L", "nickName": "al"}
        text = await ada.send("SetUserProfile", names)
        assert text == "OK User Profile set successfully"
        profile = await ada.send("GetUserProfile", {})
        assert (profile["firstName"], profile["lastName"]) == ("Ada", "L")


async def test_a_conversation_is_taken_over_by_another_identity(
    new_consumer, playing, plain
):
    async with playing(new_consumer(plain), new_consumer(plain)) as (old, new):
        await old.open()
        await new.open()
        conversation = await old.request_conversation()
        role = {"field": "ParticipantsChange", "role": "CONSUMER"}
        fields = [
            {**role, "userId": old.user_id, "type": "REMOVE"},
            {**role, "userId": new.user_id, "type": "ADD"},
        ]
        await old.update(conversation, fields)
        members = [{"id": new.user_id, "role": "CONSUMER"}]
        await new.change(conversation, participants=members)
        await new.publish(conversation, "it is me")


async def test_nobody_sees_the_conversations_of_others(new_consumer, playing, plain):
    async with playing(new_consumer(plain), new_consumer(plain)) as (ada, eve):
        await ada.open()
        await eve.open()
        theirs = await ada.request_conversation()
        mine = await eve.request_conversation()
        await eve.change(mine)
        assert theirs not in str(eve.arrivals)
        for name, body in (
            ("SubscribeMessages", {"dialogId": theirs, "fromSeq": 0}),
            ("Publish", {"dialogId": theirs, "event": {"type": "ContentEvent"}}),
        ):
            answer = await eve.ask(name, body)
            assert 400 <= answer["code"] < 500, name
