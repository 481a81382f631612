from __future__ import annotations

CHANGES = "cqm.ExConversationChangeNotification"
EVENTS = ".ams.ms.OnlineEventDistribution"
MESSAGES = "ms.MessagingEventNotification"
PRIVATE = "AGENTS_AND_MANAGERS"


async def whisper(bot, dialog, text):
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
    body = {"dialogId": dialog, "event": event, "messageAudience": PRIVATE}
    return await bot.request(".ams.ms.PublishEvent", body)


async def test_records_have_pids_and_a_list_of_participants(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        conversation = await visitor.begin()
        await bot.join(conversation, "ASSIGNED_AGENT")
        await bot.say(conversation, "hello")
        _, (change,) = await visitor.subscribe(stage=["OPEN", "CLOSE"])
        assert change["type"] == "UPSERT"
        result, details = change["result"], change["result"]["conversationDetails"]
        assert details["participants"] == [
            {"id": visitor.id, "role": "CONSUMER"},
            {"id": bot.pid, "role": "ASSIGNED_AGENT"},
        ]
        assert "participantsPId" not in details
        assert details["dialogs"][0]["participantsDetails"] == [
            {"id": visitor.id, "role": "CONSUMER", "state": "ACTIVE"},
            {"id": bot.pid, "role": "ASSIGNED_AGENT", "state": "ACTIVE"},
        ]
        assert result["numberOfunreadMessages"] == {visitor.id: 1}
        last = result["lastContentEventNotification"]
        assert last["originatorId"] == last["originatorMetadata"]["id"] == bot.pid
        assert "originatorPId" not in last
        assert bot.id not in str(change)


async def test_a_consumer_sees_its_own_conversations_whatever_it_asks_for(scene):
    async with scene(consumers=2) as (_, _bot, visitor, other):
        mine, theirs = await visitor.begin(), await other.begin()
        for query in ({}, {"consumerId": other.id}, {"conversationId": theirs}):
            _, changes = await visitor.subscribe(**query)
            assert {it["result"]["convId"] for it in changes} <= {mine}
        await other.say(theirs, "hi")
        await visitor.request("GetClock")
        assert visitor.notes.empty()


async def test_the_event_comes_before_the_change_that_repeats_it(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        conversation = await visitor.begin()
        await bot.join(conversation)
        await visitor.subscribe()
        await bot.say(conversation, "hello")
        (event,) = (await visitor.note(MESSAGES))["changes"]
        assert event["event"]["message"] == "hello"
        (change,) = (await visitor.note(CHANGES))["changes"]
        last = change["result"]["lastContentEventNotification"]
        assert last["sequence"] == event["sequence"]


async def test_private_messages_are_hidden_but_count(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        conversation = await visitor.begin()
        await bot.join(conversation)
        await bot.say(conversation, "one")
        assert (await whisper(bot, conversation, "psst"))["body"] == {"sequence": 1}
        await bot.say(conversation, "two")
        heard = [(await visitor.note(MESSAGES))["changes"][0] for _ in range(2)]
        assert [it["sequence"] for it in heard] == [0, 2]
        await whisper(bot, conversation, "psst again")
        events = await visitor.listen(conversation)
        assert [it["sequence"] for it in events] == [0, 2]
        assert visitor.notes.empty()
        _, (change,) = await visitor.subscribe()
        result = change["result"]
        assert result["lastContentEventNotification"]["event"]["message"] == "two"
        assert result["numberOfunreadMessages"] == {visitor.id: 2}
        assert "psst" not in str(visitor.frames)
        _, (change,) = await bot.subscribe()
        last = change["result"]["lastContentEventNotification"]
        assert last["event"]["message"] == "psst again"


async def test_a_last_message_that_is_private_shows_none(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        conversation = await visitor.begin()
        await bot.join(conversation)
        await whisper(bot, conversation, "psst")
        _, (change,) = await visitor.subscribe()
        assert "lastContentEventNotification" not in change["result"]


async def test_the_note_and_dialogs_of_agents_are_the_brands_own(scene):
    async with scene(consumers=1) as (emulator, bot, visitor):
        conversation = await visitor.begin()
        await bot.join(conversation)
        await bot.update(conversation, {"field": "Note", "note": "difficult"})
        create = {"dialogType": "AGENTS", "channelType": "MESSAGING"}
        answer = await bot.update(
            conversation,
            {"field": "DialogChange", "type": "CREATE", "dialog": create},
        )
        assert answer["code"] == 200
        (among,) = (
            it.dialog_id
            for it in emulator._service.world.find(conversation).details.dialogs
            if it.dialog_type == "AGENTS"
        )
        await bot.say(among, "psst")
        _, changes = await visitor.subscribe()
        assert len(changes) == 1
        assert among not in str(visitor.frames)
        assert "difficult" not in str(visitor.frames)
        assert "psst" not in str(visitor.frames)
        answer = await visitor.request(
            "ms.SubscribeMessagingEvents", {"dialogId": among}
        )
        assert answer["code"] == 403


async def test_a_closed_conversation_leaves_a_subscription_to_open_ones(scene):
    async with scene(consumers=1) as (emulator, _bot, visitor):
        conversation = await visitor.begin()
        await visitor.subscribe(stage=["OPEN"])
        emulator.close_conversation(conversation)
        (change,) = (await visitor.note(CHANGES))["changes"]
        assert change["type"] == "DELETE"
        assert change["result"]["conversationDetails"]["stage"] == "CLOSE"


async def test_chat_states_come_live_without_a_sequence(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        conversation = await visitor.begin()
        await bot.join(conversation)
        body = {
            "dialogId": conversation,
            "event": {"type": "ChatStateEvent", "chatState": "COMPOSING"},
        }
        await bot.request(".ams.ms.PublishEvent", body)
        (event,) = (await visitor.note(MESSAGES))["changes"]
        assert event["event"]["chatState"] == "COMPOSING"
        assert "sequence" not in event
        assert await visitor.listen(conversation) == []


async def test_the_brand_hears_when_a_consumer_leaves_and_comes_back(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        conversation = await visitor.begin()
        await bot.join(conversation)
        first, reader = visitor.ws, visitor.reader
        await visitor.connect()
        await first.close()
        await reader
        assert (await visitor.request("GetClock"))["code"] == 200
        assert bot.notes.empty()
        await visitor.close()
        note = await bot.note(EVENTS)
        assert note["event"] == {"type": "ChatStateEvent", "chatState": "BACKGROUND"}
        assert note["originatorId"] == visitor.id
        assert note["dialogId"] == conversation
        assert "sequence" not in note
        await visitor.connect("")
        await visitor.init()
        note = await bot.note(EVENTS)
        assert note["event"] == {"type": "ChatStateEvent", "chatState": "ACTIVE"}


async def test_nothing_is_told_of_closed_conversations(scene):
    async with scene(consumers=1) as (emulator, bot, visitor):
        conversation = await visitor.begin()
        await bot.join(conversation)
        emulator.close_conversation(conversation)
        await visitor.close()
        await visitor.connect()
        await visitor.request("GetClock")
        await bot.request(".GetClock")
        assert bot.notes.empty()


async def test_a_conversation_that_is_taken_over_moves_to_the_other_consumer(scene):
    async with scene(consumers=2) as (_, _bot, visitor, other):
        conversation = await visitor.begin()
        await visitor.subscribe()
        await other.subscribe()
        field = {"field": "ParticipantsChange", "role": "CONSUMER"}
        answer = await visitor.update(
            conversation,
            {**field, "type": "REMOVE", "userId": visitor.id},
            {**field, "type": "ADD", "userId": other.id},
        )
        assert answer["code"] == 200
        (change,) = (await visitor.note(CHANGES))["changes"]
        assert change["type"] == "DELETE"
        (change,) = (await other.note(CHANGES))["changes"]
        assert change["type"] == "UPSERT"
        assert (await visitor.say(conversation, "mine"))["code"] == 403
        await other.say(conversation, "hi")
        await visitor.request("GetClock")
        assert visitor.notes.empty()
        assert len(await other.listen(conversation)) == 1


async def test_scripted_and_real_consumers_are_the_same_people(scene):
    async with scene(consumers=1) as (emulator, _bot, visitor):
        await visitor.subscribe()
        opened = emulator.open_conversation(consumer=visitor.id, text="hi")
        assert opened.consumer_id == visitor.id
        note = await visitor.note(CHANGES)
        assert note["changes"][0]["result"]["convId"] == opened.conversation_id
        await visitor.listen(opened.dialog_id)
        emulator.write(opened.conversation_id, "again")
        note = await visitor.note(MESSAGES)
        assert note["changes"][0]["event"]["message"] == "again"
        assert (await visitor.say(opened.dialog_id, "me"))["body"] == {"sequence": 2}


async def test_a_survey_that_goes_on_is_told_of_alone(scene):
    async with scene(consumers=1, survey=True) as (emulator, _bot, visitor):
        conversation = await visitor.begin()
        dialog = {"dialogId": conversation, "state": "CLOSE"}
        field = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
        answer = await visitor.update(conversation, field)
        assert answer["body"] == "OK Conversation resolved successfully"
        main, survey = emulator._service.world.find(conversation).details.dialogs
        assert await visitor.listen(survey.dialog_id) == []
        said = []
        emulator._service.world.announce = lambda *told: said.append(told[1:])
        await visitor.close()
        await visitor.connect()
        await visitor.request("GetClock")
        assert main.state == "CLOSE"
        assert said == [
            (survey.dialog_id, visitor.id, "BACKGROUND"),
            (survey.dialog_id, visitor.id, "ACTIVE"),
        ]
