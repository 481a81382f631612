from __future__ import annotations

import pytest

RESOLVED = "OK Conversation resolved successfully"
REMOVED = "OK Agent removed successfully"
SKILL_CHANGED = "Skill changed successfully"
SKILL = {"field": "Skill", "type": "UPDATE", "skill": "9"}
TEXTS = {
    "note": ({"field": "Note", "note": "a note"}, "OK Update note success"),
    "TTR": (
        {"field": "TTRField", "ttrType": "URGENT", "value": 0},
        "Update TTR ended successfully",
    ),
    "manual ETTR": (
        {"field": "ManualETTR", "time": 1_900_000_000_000},
        "Update manual Ettr ended successfully",
    ),
}


# -- texts that are compared


@pytest.mark.parametrize("what", TEXTS)
async def test_a_bare_field_is_answered_with_its_text(new_brand, playing, plain, what):
    opened = plain.open_conversation(assign="bot1", text="hello")
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        field, text = TEXTS[what]
        assert await bot.update(opened.conversation_id, field) == text


async def test_closing_a_conversation(new_brand, playing, plain):
    opened = plain.open_conversation(assign="bot1", text="hello")
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        assert await bot.close(opened.conversation_id) == RESOLVED
        gone = await bot.change(opened.conversation_id, "DELETE")
        assert (gone["state"], gone["stage"]) == ("CLOSE", "CLOSE")


async def test_closing_a_dialog(new_brand, playing, plain):
    opened = plain.open_conversation(assign="bot1", text="hello")
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        dialog = {"dialogId": opened.dialog_id, "state": "CLOSE"}
        dialog |= {"closedBy": "AGENT", "closedCause": "done"}
        field = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
        assert await bot.update(opened.conversation_id, [field]) == RESOLVED
        gone = await bot.change(opened.conversation_id, "DELETE")
        shown = gone["dialogs"][0]
        assert (shown["closedBy"], shown["closedCause"]) == ("AGENT", "done")


async def test_joining_without_a_dialog_and_leaving(new_brand, playing, plain):
    opened = plain.open_conversation(text="hello")
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        joins = bot.participant("ADD", "MANAGER")
        text = await bot.update(opened.conversation_id, [joins])
        assert text == "OK Agent added successfully"
        leaves = bot.participant("REMOVE", "MANAGER")
        assert await bot.update(opened.conversation_id, [leaves]) == REMOVED


async def test_a_transfer_in_the_order_it_is_sent(new_brand, playing, plain):
    opened = plain.open_conversation(assign="bot1", text="hello")
    conversation = opened.conversation_id
    async with playing(new_brand(plain), new_brand(plain, "bot2")) as (bot, other):
        await bot.open()
        await other.open()
        await other.update(conversation, [other.participant("ADD", "READER")])
        fields = [
            SKILL,
            other.participant("REMOVE", "READER"),
            other.participant("SUGGEST", "ASSIGNED_AGENT"),
            bot.participant("REMOVE", "ASSIGNED_AGENT"),
        ]
        assert await bot.update(conversation, fields) == REMOVED
        details = await other.change(conversation, skillId="9")
        states = {
            (it["id"], it["role"], it["state"])
            for it in details["dialogs"][0]["participantsDetails"]
        }
        assert states == {
            (opened.consumer_id, "CONSUMER", "ACTIVE"),
            (other.agent_id, "ASSIGNED_AGENT", "SUGGESTED"),
        }
        assert not details["participants"].get("ASSIGNED_AGENT")


async def test_a_transfer_back_to_the_queue(new_brand, playing, plain):
    opened = plain.open_conversation(assign="bot1", text="hello", skill="9")
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        removes = bot.participant("REMOVE", "ASSIGNED_AGENT")
        assert await bot.update(opened.conversation_id, [SKILL, removes]) == REMOVED


async def test_a_transfer_that_only_names_a_skill(new_brand, playing, plain):
    opened = plain.open_conversation(assign="bot1", text="hello")
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        assert await bot.update(opened.conversation_id, [SKILL]) == SKILL_CHANGED


async def test_a_suggestion_alone_is_answered_with_a_text_that_passes(
    new_brand, playing, plain
):
    opened = plain.open_conversation(assign="bot1", text="hello")
    async with playing(new_brand(plain), new_brand(plain, "bot2")) as (bot, other):
        await bot.open()
        await other.log_in()
        suggests = other.participant("SUGGEST", "ASSIGNED_AGENT")
        text = await bot.update(opened.conversation_id, [suggests])
        assert text in {REMOVED, SKILL_CHANGED}


# -- queries


async def test_query_messages_gives_a_bare_list(new_brand, playing, plain):
    opened = plain.open_conversation(assign="bot1", text="0")
    for number in range(1, 5):
        plain.write(opened.conversation_id, str(number))
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()

        async def texts(**more):
            body = {"dialogId": opened.dialog_id, **more}
            records = await bot.send("QueryMessages", body)
            return "".join(it["event"]["message"] for it in records)

        assert await texts() == "01234"
        assert await texts(newerThanSequence=2) == "234"
        assert await texts(newerThanSequence=2, maxQuantity=1) == "2"
        assert await texts(newerThanSequence=1, olderThanSequence=3) == "123"
        assert await texts(maxQuantity=2) == "34"


async def test_every_key_of_a_subscription_is_understood(new_brand, playing, plain):
    mine = plain.open_conversation(assign="bot1", text="hello")
    others = plain.open_conversation(text="not mine")
    closed = plain.open_conversation(text="over")
    plain.close_conversation(closed.conversation_id)
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        now = (await bot.send("GetClock", {}))["currentTime"]

        async def shown(**query):
            identity, changes = await bot.subscribe(query)
            await bot.send("Unsubscribe", {"subscriptionId": identity})
            return {change["result"]["convId"] for change in changes}

        ours = {mine.conversation_id}
        both = {*ours, others.conversation_id}
        over = {closed.conversation_id}
        all_stages = ["OPEN", "CLOSE"]
        assert await shown(brandId=bot.account, stage=all_stages) == both | over
        assert await shown(agentIds=[bot.agent_id], stage=["OPEN"]) == ours
        assert await shown(consumerId=mine.consumer_id, stage=["OPEN"]) == ours
        assert await shown(conversationId=mine.conversation_id) == ours
        assert await shown(convState=["OPEN"], dialogTypes=["MAIN"]) == both
        assert await shown(convState=["CLOSE"], stage=["CLOSE"]) == over
        assert await shown(stage=["OPEN"], dialogTypes=["POST_SURVEY"]) == set()
        assert await shown(stage=["OPEN"], minLastUpdatedTime=now + 60_000) == set()
        assert await shown(stage=all_stages, maxLastUpdatedTime=1) == set()


async def test_the_agent_state_is_told_in_one_object(new_brand, playing, plain):
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        body = {"availability": "AWAY", "channels": ["MESSAGING"]}
        await bot.send("SetAgentState", {**body, "agentUserId": bot.agent_id})
        assert plain.state()["agent_states"]["bot1"] == "AWAY"
