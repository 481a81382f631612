from __future__ import annotations

import pytest

STRING = ".ReqBody$StringResp"
EVENTS = ".ams.ms.OnlineEventDistribution"


def publish(dialog, event, **more):
    return {"dialogId": dialog, "event": event, **more}


def text(message, **more):
    return {
        "type": "ContentEvent",
        "contentType": "text/plain",
        "message": message,
        **more,
    }


@pytest.mark.parametrize(
    "event",
    [
        text("hi", quickReplies={"type": "quickReplies", "replies": [{"x": 1}]}),
        {
            "type": "ContentEvent",
            "contentType": "hosted/file",
            "message": {"caption": "c", "relativePath": "/v1/x", "fileType": "PNG"},
        },
        {
            "type": "ContentEvent",
            "contentType": "forms/secure-invitation",
            "message": {"formId": "f", "invitationId": "i", "title": "t"},
        },
        {
            "type": "ContentEvent",
            "contentType": "forms/secure-submission",
            "message": {"submissionId": "s", "invitationId": "i"},
        },
        {"type": "RichContentEvent", "content": {"type": "vertical"}},
        {"type": "AcceptStatusEvent", "status": "ENRICH", "sequenceList": [0]},
        {"type": "ChatStateEvent", "chatState": "PAUSE"},
    ],
)
async def test_all_events_reach_the_other_side(scene, event):
    async with scene(consumers=1) as (_, bot, visitor):
        dialog = await visitor.begin()
        await bot.join(dialog)
        metadata = {"type": "ExternalId", "id": "m1"}  # bare: as good as a list
        body = publish(dialog, event, conversationId=dialog)
        answer = await bot.request(".ams.ms.PublishEvent", body, metadata=metadata)
        assert answer["type"] == ".ams.ms.PublishEvent$Response"
        assert answer["body"] == {"sequence": 0}
        told = await bot.note_of(EVENTS)
        (heard,) = (await visitor.note_of("ms.MessagingEventNotification"))["changes"]
        for record in (told, heard):
            assert record["event"] == event
            assert record["metadata"] == [metadata]
            has_sequence = event["type"] != "ChatStateEvent"
            assert ("sequence" in record) == has_sequence


async def test_ids_may_be_numbers(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        conversation = emulator._service.world.find(opened.conversation_id)
        emulator._service.world.conversations._by_dialog["5"] = conversation
        conversation.details.main.dialog_id = "5"
        answer = await bot.say(5, "hi")
        assert answer["body"] == {"sequence": 0}
        answer = await bot.request(".ams.ms.QueryMessages", {"dialogId": 5})
        assert answer["body"][0]["dialogId"] == "5"


@pytest.mark.parametrize("dialog", [None, "", [], {}, True])
async def test_a_dialog_without_an_id_is_refused(scene, dialog):
    async with scene() as (_, bot):
        for kind in ("PublishEvent", "QueryMessages"):
            body = publish(dialog, text("hi"))
            answer = await bot.request(f".ams.ms.{kind}", body)
            assert (answer["code"], answer["type"]) == (400, STRING)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"event": text("x" * 8_001)}, 400),
        ({"event": text("")}, 400),
        ({"messageAudience": "NOBODY"}, 400),
        ({"conversationId": "other"}, 400),
        ({"dialogId": "nowhere"}, 404),
        ({"event": None}, 400),
    ],
)
async def test_a_refusal_is_a_sentence_for_either_side(scene, more, code):
    async with scene(consumers=1) as (_, bot, visitor):
        dialog = await visitor.begin()
        await bot.join(dialog)
        body = {**publish(dialog, text("hi")), **more}
        for each, kind in ((bot, STRING), (visitor, "StringResponse")):
            answer = await each.request("ms.PublishEvent", body)
            assert (answer["code"], answer["type"]) == (code, kind)
            assert " " in answer["body"]


async def test_metadata_of_nonsense_is_refused(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        answer = await bot.say(opened.dialog_id, "hi", metadata=["text"])
        assert (answer["code"], answer["type"]) == (400, STRING)


async def test_a_private_message_is_the_brands_alone(scene):
    async with scene(users=2, consumers=1) as (emulator, bot, other, visitor):
        dialog = await visitor.begin()
        await bot.join(dialog)
        await other.join(dialog)
        body = publish(dialog, text("pst"), messageAudience="AGENTS_AND_MANAGERS")
        answer = await visitor.request("ms.PublishEvent", body)
        assert (answer["code"], answer["type"]) == (403, "StringResponse")
        await bot.request(".ams.ms.PublishEvent", body)
        told = await other.note_of(EVENTS)
        assert told["messageAudience"] == "AGENTS_AND_MANAGERS"
        await bot.say(dialog, "for all")
        heard = await visitor.note_of("ms.MessagingEventNotification")
        assert [it["event"]["message"] for it in heard["changes"]] == ["for all"]
        assert len(emulator.transcript(dialog)) == 2


@pytest.mark.parametrize(
    ("query", "sequences"),
    [
        ({"fromSeq": 3}, [3, 4]),
        ({"newerThanSequence": 4}, [4]),
        ({"newerThanSequence": 4, "fromSeq": 0}, [4]),
        ({"newerThanSequence": None, "olderThanSequence": None}, [0, 1, 2, 3, 4]),
        ({"olderThanSequence": -1}, []),
        ({"olderThanSequence": 0}, [0]),
        ({"olderThanSequence": 9}, [0, 1, 2, 3, 4]),
        ({"newerThanSequence": 3, "olderThanSequence": 1}, []),
        ({"maxQuantity": -1}, []),
        ({"newerThanSequence": 1, "olderThanSequence": 3, "maxQuantity": 2}, [1, 2]),
    ],
)
async def test_queries_in_their_bounds(scene, query, sequences):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        for number in range(5):
            emulator.write(opened.conversation_id, str(number))
        body = {"dialogId": opened.dialog_id, **query}
        answer = await bot.request(".ams.ms.QueryMessages", body)
        assert [record["sequence"] for record in answer["body"]] == sequences


@pytest.mark.parametrize(
    "name", ["newerThanSequence", "olderThanSequence", "maxQuantity", "fromSeq"]
)
async def test_a_bound_that_is_no_number_is_refused(scene, name):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        for bound in ("1", 1.5, [1], True):
            body = {"dialogId": opened.dialog_id, name: bound}
            answer = await bot.request(".ams.ms.QueryMessages", body)
            assert (answer["code"], answer["type"]) == (400, STRING)


async def test_messages_of_a_cobrowse_dialog_are_not_to_be_had(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        create = {"field": "DialogChange", "type": "CREATE"}
        field = {**create, "dialog": {"channelType": "COBROWSE"}}
        await bot.subscribe(stage=["OPEN"])
        answer = await bot.update(opened.conversation_id, field)
        assert answer["code"] == 200
        (change,) = (await bot.note())["changes"]
        _, dialog = change["result"]["conversationDetails"]["dialogs"]
        body = {"dialogId": dialog["dialogId"]}
        answer = await bot.request(".ams.ms.QueryMessages", body)
        assert (answer["code"], answer["type"]) == (400, STRING)
        assert "no conversation to send for MCCA" in answer["body"]


async def test_a_consumer_does_not_query(scene):
    async with scene(consumers=1) as (_, _bot, visitor):
        dialog = await visitor.begin()
        answer = await visitor.request("ms.QueryMessages", {"dialogId": dialog})
        assert (answer["code"], answer["type"]) == (403, "StringResponse")
