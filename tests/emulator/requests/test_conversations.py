from __future__ import annotations

import pytest

CLOSED = "OK Conversation resolved successfully"
ADDED = "OK Agent added successfully"
REMOVED = "OK Agent removed successfully"
SKILL = "Skill changed successfully"


def change(kind, role="ASSIGNED_AGENT", user=None):
    field = {"field": "ParticipantsChange", "type": kind, "role": role}
    return field if user is None else {**field, "userId": user}


def skill(name):
    return {"field": "Skill", "type": "UPDATE", "skill": name}


def close_dialog(dialog, **more):
    dialog = {"dialogId": dialog, "state": "CLOSE", **more}
    return {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}


def members(emulator):
    (summary,) = emulator.conversations()
    return {
        (part["id"], part["role"], part["state"]) for part in summary["participants"]
    }


@pytest.mark.parametrize("field", ["ConversationStateField", "Stage"])
async def test_closing_a_conversation(scene, field):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        close = {"field": field, "conversationState": "CLOSE"}
        answer = await bot.update(opened.conversation_id, close)
        assert (answer["code"], answer["type"]) == (200, ".ReqBody$StringResp")
        assert answer["body"] == CLOSED
        assert emulator.stage(opened.conversation_id) == "CLOSE"
        answer = await bot.update(opened.conversation_id, close)
        assert answer["code"] == 409


async def test_joining_and_leaving(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        answer = await bot.join(opened.conversation_id)
        assert (answer["code"], answer["body"]) == (200, ADDED)
        assert (bot.id, "MANAGER", "ACTIVE") in members(emulator)
        answer = await bot.update(opened.conversation_id, change("REMOVE", "MANAGER"))
        assert (answer["code"], answer["body"]) == (200, REMOVED)
        assert len(members(emulator)) == 1
        answer = await bot.update(opened.conversation_id, change("REMOVE", "MANAGER"))
        assert answer["code"] == 400


async def test_a_bare_field_is_as_good_as_a_list_of_one(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        body = {
            "conversationId": opened.conversation_id,
            "conversationField": {"field": "Note", "note": "n"},
        }
        answer = await bot.request("cm.UpdateConversationField", body)
        assert answer["body"] == "OK Update note success"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ({"field": "Note", "note": "n"}, "OK Update note success"),
        (
            {"field": "TTRField", "ttrType": "URGENT", "value": 0},
            "Update TTR ended successfully",
        ),
        (
            {"field": "ManualETTR", "time": 1_700_000_000_000},
            "Update manual Ettr ended successfully",
        ),
        (
            {"field": "CSATRate", "csatRate": "4", "status": "FILLED"},
            "OK CSAT processed successfully",
        ),
    ],
)
async def test_plain_fields_have_their_literal_texts(scene, field, text):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        answer = await bot.update(opened.conversation_id, field)
        assert (answer["code"], answer["body"]) == (200, text)


async def test_closing_the_only_dialog_closes_the_conversation(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        await bot.subscribe(stage=["OPEN"])
        field = close_dialog(opened.dialog_id, closedBy="SYSTEM", closedCause="why")
        answer = await bot.update(opened.conversation_id, field)
        assert (answer["code"], answer["body"]) == (200, CLOSED)
        (gone,) = (await bot.note())["changes"]
        details = gone["result"]["conversationDetails"]
        assert gone["type"] == "DELETE"
        assert (details["stage"], details["closeReason"]) == ("CLOSE", "SYSTEM")
        assert details["dialogs"][0]["closedCause"] == "why"
        answer = await bot.update(opened.conversation_id, close_dialog("nowhere"))
        assert answer["code"] == 409


async def test_a_survey_keeps_the_stage_open_after_main(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(survey=True)
        await bot.subscribe(stage=["OPEN"])
        await bot.update(opened.conversation_id, close_dialog(opened.dialog_id))
        (change_,) = (await bot.note())["changes"]
        details = change_["result"]["conversationDetails"]
        assert (details["state"], details["stage"]) == ("CLOSE", "OPEN")
        survey = details["dialogs"][1]
        assert survey["dialogType"] == "POST_SURVEY"
        emulator.write(opened.conversation_id, "5", dialog_id=survey["dialogId"])
        answer = await bot.update(
            opened.conversation_id, close_dialog(survey["dialogId"])
        )
        assert answer["body"] == CLOSED
        assert emulator.stage(opened.conversation_id) == "CLOSE"


async def test_a_transfer_answers_with_the_text_of_its_last_member(scene):
    async with scene(users=2) as (emulator, bot, other):
        opened = emulator.open_conversation(assign="bot1")
        answer = await bot.update(
            opened.conversation_id,
            skill("s9"),
            change("SUGGEST", user=other.id),
            change("REMOVE", user=bot.id),
        )
        assert (answer["code"], answer["body"]) == (200, REMOVED)
        assert (other.id, "ASSIGNED_AGENT", "SUGGESTED") in members(emulator)
        (summary,) = emulator.conversations()
        assert (summary["skill"], summary["assigned"]) == ("s9", None)
        answer = await other.update(opened.conversation_id, change("ADD"))
        assert answer["body"] == ADDED
        assert (other.id, "ASSIGNED_AGENT", "ACTIVE") in members(emulator)


async def test_a_transfer_may_remove_its_author_first(scene):
    async with scene(users=2) as (emulator, bot, other):
        opened = emulator.open_conversation(assign="bot1")
        answer = await bot.update(
            opened.conversation_id,
            change("REMOVE", user=bot.id),
            change("SUGGEST", user=other.id),
            skill("s9"),
        )
        assert (answer["code"], answer["body"]) == (200, SKILL)


async def test_removing_an_absent_agent_fails_the_whole_list(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        await bot.join(opened.conversation_id)
        before = emulator.conversations()
        answer = await bot.update(
            opened.conversation_id, skill("s9"), change("REMOVE", user=bot.id)
        )
        assert (answer["code"], answer["type"]) == (400, ".ReqBody$StringResp")
        assert emulator.conversations() == before


async def test_only_a_participant_may_transfer(scene):
    async with scene(users=2) as (emulator, bot, other):
        opened = emulator.open_conversation(assign="bot2")
        for field in (
            skill("s9"),
            change("SUGGEST", user=bot.id),
            change("REMOVE", user=other.id),
        ):
            assert (await bot.update(opened.conversation_id, field))["code"] == 403


async def test_there_is_one_assigned_agent(scene):
    async with scene(users=2) as (emulator, bot, _):
        opened = emulator.open_conversation(assign="bot2")
        answer = await bot.update(opened.conversation_id, change("ADD"))
        assert answer["code"] == 409


async def test_an_update_of_a_participant_moves_it_to_the_new_role(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        answer = await bot.update(opened.conversation_id, change("UPDATE", "READER"))
        assert answer["code"] == 200
        assert (bot.id, "READER", "ACTIVE") in members(emulator)
        assert len(members(emulator)) == 2


async def test_a_takeover_changes_the_consumer(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        answer = await bot.update(
            opened.conversation_id,
            change("REMOVE", "CONSUMER", opened.consumer_id),
            change("ADD", "CONSUMER", "new-one"),
        )
        assert answer["code"] == 200
        assert emulator.conversations()[0]["consumer"] == "new-one"
        emulator.write(opened.conversation_id, "still here")


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [{"field": "NoField"}],
        ["text"],
        [{"field": "Stage", "conversationState": "OPEN"}],
        [change("ADD", "KING")],
        [change("NOTHING")],
        [{"field": "DialogChange", "type": "CREATE"}],
        [{"field": "DialogChange", "type": "UPDATE", "dialog": {"state": "OPEN"}}],
        [{"field": "TTRField", "value": "long"}],
        [{"field": "ManualETTR"}],
    ],
)
async def test_nonsense_is_refused_with_400(scene, fields):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        assert (await bot.update(opened.conversation_id, *fields))["code"] == 400


async def test_participants_have_a_bound(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        many = [change("ADD", "CONSUMER", f"c{number}") for number in range(100)]
        answer = await bot.update(opened.conversation_id, *many[1:])
        assert answer["code"] == 200
        answer = await bot.update(opened.conversation_id, many[0])
        assert (answer["code"], len(members(emulator))) == (400, 100)


async def test_unknown_conversations_and_agents_are_not_found(scene):
    async with scene() as (emulator, bot):
        assert (await bot.join("nowhere"))["code"] == 404
        opened = emulator.open_conversation()
        field = change("ADD", "MANAGER", "nobody")
        assert (await bot.update(opened.conversation_id, field))["code"] == 404
