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


SUBSCRIBE = ".ams.aam.SubscribeExConversations"
RESUBSCRIBE = ".ams.aam.UpdateExConversationSubscription"
UNSUBSCRIBE = ".ams.aam.UnsubscribeExConversations"
REQUEST = ".ams.cm.AgentRequestConversation"


async def test_a_conversation_id_may_be_a_number(scene):
    async with scene() as (_, bot):
        body = {"conversationId": 5, "conversationField": {"field": "Note"}}
        answer = await bot.request(".ams.cm.UpdateConversationField", body)
        assert (answer["code"], answer["body"]) == (404, "Conversation not found")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ({"field": "CSATRate", "csatRate": "5"}, "OK CSAT processed successfully"),
        (
            {"field": "TTRField", "ttrType": "URGENT", "value": 0},
            "Update TTR ended successfully",
        ),
        ({"field": "Stage", "conversationState": "CLOSE"}, CLOSED),
    ],
)
async def test_a_consumer_is_answered_in_the_short_dialect(scene, field, text):
    async with scene(consumers=1) as (_, _bot, visitor):
        conversation = await visitor.begin()
        body = {"conversationId": conversation, "conversationField": field}
        answer = await visitor.request("cm.UpdateConversationField", body)
        assert (answer["code"], answer["type"]) == (200, "StringResponse")
        assert answer["body"] == text


@pytest.mark.parametrize(
    "field",
    [
        {"field": "Note", "note": "n"},
        skill("s9"),
        {"field": "ManualETTR", "time": 1},
        change("ADD", "MANAGER"),
        {"field": "DialogChange", "type": "CREATE", "dialog": {"dialogType": "AGENTS"}},
    ],
)
async def test_a_consumer_is_told_what_only_the_brand_may_do(scene, field):
    async with scene(consumers=1) as (_, _bot, visitor):
        conversation = await visitor.begin()
        answer = await visitor.update(conversation, field)
        assert (answer["code"], answer["type"]) == (403, "StringResponse")
        assert answer["body"].startswith("Only a brand user may ")


async def test_a_consumer_changes_nothing_of_another(scene):
    async with scene(consumers=2) as (_, _bot, visitor, other):
        conversation = await visitor.begin()
        close = {"field": "ConversationStateField", "conversationState": "CLOSE"}
        assert (await other.update(conversation, close))["code"] == 403
        _, changes = await other.subscribe(consumerId=visitor.id)
        assert changes == []


async def test_a_survey_is_answered_by_the_consumer(scene):
    async with scene(consumers=1, survey=True) as (emulator, bot, visitor):
        conversation = await visitor.begin()
        await visitor.subscribe(stage=["OPEN"])
        await bot.update(conversation, close_dialog(conversation, closedBy="AGENT"))
        kind = "cqm.ExConversationChangeNotification"
        (told,) = (await visitor.note_of(kind))["changes"]
        details = told["result"]["conversationDetails"]
        assert (told["type"], details["state"], details["stage"]) == (
            "UPSERT",
            "CLOSE",
            "OPEN",
        )
        survey = details["dialogs"][1]["dialogId"]
        assert await visitor.listen(survey) == []
        answer = await visitor.say(survey, "5")
        assert answer["body"] == {"sequence": 0}
        assert (await visitor.say(conversation, "late"))["code"] == 409
        answer = await visitor.update(conversation, close_dialog(survey))
        assert answer["body"] == CLOSED
        gone = await visitor.note_of(
            kind, lambda it: it["changes"][0]["type"] == "DELETE"
        )
        details = gone["changes"][0]["result"]["conversationDetails"]
        assert (details["stage"], details["closeReason"]) == ("CLOSE", "AGENT")
        assert emulator.stage(conversation) == "CLOSE"


async def test_an_agent_opens_a_conversation_and_has_it(scene):
    async with scene(consumers=1, gap=0.03) as (_, bot, visitor):
        await bot.subscribe(agentIds=[bot.id], stage=["OPEN"])
        await visitor.subscribe(stage=["OPEN"])
        context = {"type": "ProactiveContext", "originConversationId": "o"}
        body = {"channelType": "MESSAGING", "consumerId": visitor.id}
        answer = await bot.request(REQUEST, {**body, "conversationContext": context})
        assert (answer["code"], answer["type"]) == (
            200,
            ".ams.cm.RequestConversation$Response",
        )
        (told,) = (await bot.note())["changes"]
        frames = [frame for _, frame in bot.frames[-2:]]
        assert [frame["kind"] for frame in frames] == ["resp", "notification"]
        details = told["result"]["conversationDetails"]
        assert told["result"]["convId"] == answer["body"]["conversationId"]
        assert details["participants"]["ASSIGNED_AGENT"] == [bot.id]
        assert details["participants"]["CONSUMER"] == [visitor.id]
        assert details["stage"] == "OPEN"
        assert details["context"]["originConversationId"] == "o"
        (heard,) = (await visitor.note())["changes"]
        assert heard["result"]["convId"] == told["result"]["convId"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 400),
        ({"consumerId": ["c"]}, 400),
        ({"consumerId": "nobody"}, 404),
        ({"consumerId": 5}, 404),
        ({"consumerId": "known", "channelType": "SMOKE"}, 400),
        ({"consumerId": "known", "conversationContext": "text"}, 400),
    ],
)
async def test_an_agent_opens_no_conversation_with_nobody(scene, body, code):
    async with scene(consumers=1) as (emulator, bot, visitor):
        emulator.open_conversation(consumer="known")
        answer = await bot.request(REQUEST, body)
        assert (answer["code"], answer["type"]) == (code, ".ReqBody$StringResp")
        answer = await visitor.request("cm.AgentRequestConversation", body)
        assert (answer["code"], answer["type"]) == (403, "StringResponse")


async def test_a_subscription_may_get_another_query(scene):
    async with scene() as (emulator, bot):
        emulator.open_conversation(consumer="c1")
        kept = emulator.open_conversation(consumer="c2")
        identity, changes = await bot.subscribe(consumerId="c1")
        assert len(changes) == 1
        body = {"subscriptionId": identity, "consumerId": "c2"}
        answer = await bot.request(RESUBSCRIBE, body)
        assert (answer["code"], answer["type"]) == (200, ".ReqBody$StringResp")
        gone, shown = [await bot.note() for _ in range(2)]
        assert gone["subscriptionId"] == shown["subscriptionId"] == identity
        assert [it["type"] for it in gone["changes"]] == ["DELETE"]
        assert gone["changes"][0]["result"]["convId"] != kept.conversation_id
        (change_,) = shown["changes"]
        assert (change_["type"], change_["result"]["convId"]) == (
            "UPSERT",
            kept.conversation_id,
        )
        emulator.write(kept.conversation_id, "hi")
        assert (await bot.note())["subscriptionId"] == identity


async def test_another_query_that_shows_nothing_has_an_empty_snapshot(scene):
    async with scene() as (_, bot):
        identity, _ = await bot.subscribe()
        body = {"subscriptionId": identity, "stage": "CLOSE"}
        await bot.request(RESUBSCRIBE, body)
        assert await bot.note() == {"subscriptionId": identity, "changes": []}


async def test_only_a_subscription_of_the_socket_is_changed_or_ended(scene):
    async with scene(users=2) as (_, bot, other):
        identity, _ = await other.subscribe()
        for kind in (RESUBSCRIBE, UNSUBSCRIBE):
            for named in (identity, 5, None):
                answer = await bot.request(kind, {"subscriptionId": named})
                assert (answer["code"], answer["body"]) == (
                    404,
                    "Subscription not found",
                )
        body = {"subscriptionId": identity, "maxETTR": "soon"}
        assert (await other.request(RESUBSCRIBE, body))["code"] == 400


async def test_the_unread_are_counted_under_the_result(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        for text in ("a", "b"):
            emulator.write(opened.conversation_id, text)
        _, (shown,) = await bot.subscribe()
        assert shown["result"]["numberOfunreadMessages"] == {bot.id: 2}
        event = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [1]}
        body = {"dialogId": opened.dialog_id, "event": event}
        await bot.request(".ams.ms.PublishEvent", body)
        _, (shown,) = await bot.subscribe()
        assert shown["result"]["numberOfunreadMessages"] == {bot.id: 1}


async def test_skills_of_a_query_are_ignored(scene):
    async with scene() as (emulator, bot):
        emulator.open_conversation(skill="s1")
        for query in ({"skillIds": ["s2"]}, {"skillId": "s2"}):
            _, changes = await bot.subscribe(**query)
            assert len(changes) == 1


async def test_a_query_of_nonsense_makes_no_subscription(scene):
    async with scene() as (emulator, bot):
        answer = await bot.request(SUBSCRIBE, {"maxETTR": "soon"})
        assert (answer["code"], answer["type"]) == (400, ".ReqBody$StringResp")
        emulator.open_conversation()
        await bot.request(".GetClock")
        assert bot.notes.empty()
