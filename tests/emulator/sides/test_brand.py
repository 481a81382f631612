from __future__ import annotations

import asyncio

CHANGES = ".ams.aam.ExConversationChangeNotification"
EVENTS = ".ams.ms.OnlineEventDistribution"


async def test_the_snapshot_is_a_frame_of_its_own_after_the_response(scene):
    async with scene(gap=0.05) as (emulator, bot):
        opened = emulator.open_conversation(text="hi")
        identity, changes = await bot.subscribe(stage=["OPEN"])
        assert [it["result"]["convId"] for it in changes] == [opened.conversation_id]
        (_, answer), (_, note) = bot.frames
        assert answer["body"] == {"subscriptionId": identity}
        assert answer["type"] == ".ams.aam.SubscribeExConversations$Response"
        assert note["body"]["subscriptionId"] == identity
        assert bot.gap(*bot.frames) > 0.01


async def test_an_empty_snapshot_is_told_too(scene):
    async with scene() as (_, bot):
        _, changes = await bot.subscribe(stage=["OPEN"])
        assert changes == []


async def test_a_snapshot_has_at_most_1000_and_the_latest_first(scene):
    async with scene() as (emulator, bot):
        opened = [emulator.open_conversation() for _ in range(1_005)]
        emulator.write(opened[0].conversation_id, "touched")
        _, changes = await bot.subscribe()
        shown = [it["result"]["convId"] for it in changes]
        assert len(shown) == 1_000
        assert opened[0].conversation_id in shown


async def test_an_event_goes_to_all_brand_participants_before_the_change(scene):
    async with scene(users=3) as (emulator, bot, other, stranger):
        opened = emulator.open_conversation(assign="bot1")
        await other.join(opened.conversation_id)
        for each in (bot, other, stranger):
            await each.subscribe(stage=["OPEN"])
        answer = await bot.say(
            opened.dialog_id, "hello", metadata=[{"type": "ExternalId", "id": "m1"}]
        )
        for each in (bot, other):
            event = await each.note(EVENTS)
            assert event["sequence"] == answer["body"]["sequence"]
            assert (event["originatorId"], event["originatorPId"]) == (bot.id, bot.pid)
            assert event["originatorMetadata"]["id"] == bot.pid
            assert event["originatorMetadata"]["role"] == "ASSIGNED_AGENT"
            assert event["conversationId"] == event["dialogId"] == opened.dialog_id
            assert event["metadata"] == [{"type": "ExternalId", "id": "m1"}]
            assert event["messageAudience"] == "ALL"
        for each in (bot, other, stranger):
            (change,) = (await each.note(CHANGES))["changes"]
            last = change["result"]["lastContentEventNotification"]
            assert last["event"]["message"] == "hello"
            assert last["originatorMetadata"]["role"] == "ASSIGNED_AGENT"


async def test_the_consumers_message_reaches_the_assigned_agent(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1", text="hi")
        event = await bot.note(EVENTS)
        assert event["originatorId"] == event["originatorPId"] == opened.consumer_id
        assert event["originatorMetadata"]["role"] == "CONSUMER"
        assert event["event"]["message"] == "hi"
        assert (event["sequence"], event["metadata"]) == (0, None)


async def test_chat_states_have_no_sequence_and_change_nothing(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        await bot.subscribe(stage=["OPEN"])
        event = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
        body = {"dialogId": opened.dialog_id, "event": event}
        await bot.request(".ams.ms.PublishEvent", body)
        note = await bot.note(EVENTS)
        assert "sequence" not in note
        assert "serverTimestamp" not in note
        await bot.request(".GetClock")
        assert bot.notes.empty()


async def test_a_change_has_all_that_known_clients_need(scene):
    async with scene(users=2) as (emulator, bot, other):
        emulator.open_conversation(assign="bot1", text="hi", skill="s1")
        _, (change,) = await other.subscribe(stage=["OPEN"])
        result = change["result"]
        details = result["conversationDetails"]
        assert change["type"] == "UPSERT"
        assert result["numberOfunreadMessages"] == {bot.id: 1}
        assert details["participants"]["ASSIGNED_AGENT"] == [bot.id]
        assert details["participantsPId"]["ASSIGNED_AGENT"] == [bot.pid]
        assert details["participants"]["MANAGER"] == []
        assert set(details["participants"]) == set(details["participantsPId"])
        assert details["brandId"] == emulator.account
        assert details["skillId"] == "s1"
        (dialog,) = details["dialogs"]
        assert dialog["dialogId"] == result["convId"] == details["convId"]
        assert {"id": bot.id, "role": "ASSIGNED_AGENT", "state": "ACTIVE"} in (
            dialog["participantsDetails"]
        )


async def test_a_suggested_agent_is_only_in_the_dialogs_details(scene):
    async with scene(users=2) as (emulator, bot, other):
        opened = emulator.open_conversation(assign="bot1")
        await bot.subscribe(stage=["OPEN"])
        field = {"field": "ParticipantsChange", "type": "SUGGEST"}
        field |= {"role": "ASSIGNED_AGENT", "userId": other.id}
        await bot.update(opened.conversation_id, field)
        (change,) = (await bot.note(CHANGES))["changes"]
        details = change["result"]["conversationDetails"]
        assert details["participants"]["ASSIGNED_AGENT"] == [bot.id]
        suggested = {"id": other.id, "role": "ASSIGNED_AGENT", "state": "SUGGESTED"}
        assert suggested in details["dialogs"][0]["participantsDetails"]
        emulator.write(opened.conversation_id, "not for the suggested one")
        await other.request(".GetClock")
        assert other.notes.empty()


async def test_times_of_update_strictly_grow(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        await bot.subscribe(stage=["OPEN"])
        for number in range(20):
            emulator.write(opened.conversation_id, str(number))
        times = []
        for _ in range(20):
            (change,) = (await bot.note(CHANGES))["changes"]
            times.append(
                change["result"]["conversationDetails"]["metaDataLastUpdateTs"]
            )
        assert times == sorted(set(times))


async def test_a_conversation_that_leaves_the_filter_is_deleted_once(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        await bot.subscribe(convState="OPEN")
        emulator.close_conversation(opened.conversation_id)
        (change,) = (await bot.note(CHANGES))["changes"]
        details = change["result"]["conversationDetails"]
        assert change["type"] == "DELETE"
        assert (details["state"], details["closeReason"]) == ("CLOSE", "CONSUMER")
        assert details["participantsPId"]["CONSUMER"] == [opened.consumer_id]
        await bot.update(opened.conversation_id, {"field": "Note", "note": "x"})
        assert bot.notes.empty()


async def test_a_filter_by_agent_follows_the_participants(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        _, changes = await bot.subscribe(stage=["OPEN"], agentIds=[bot.id])
        assert changes == []
        await bot.join(opened.conversation_id)
        assert (await bot.note(CHANGES))["changes"][0]["type"] == "UPSERT"
        field = {"field": "ParticipantsChange", "type": "REMOVE", "role": "MANAGER"}
        await bot.update(opened.conversation_id, field)
        assert (await bot.note(CHANGES))["changes"][0]["type"] == "DELETE"


async def test_other_filters_choose_too(scene):
    async with scene() as (emulator, bot):
        first = emulator.open_conversation()
        second = emulator.open_conversation(consumer="c2")
        emulator.close_conversation(first.conversation_id)

        async def shown(**query):
            _, changes = await bot.subscribe(**query)
            return {it["result"]["convId"] for it in changes}

        both = {first.conversation_id, second.conversation_id}
        assert await shown() == await shown(stage=["OPEN", "CLOSE"]) == both
        assert await shown(consumerId="c2") == {second.conversation_id}
        wanted = {first.conversation_id}
        assert await shown(conversationId=first.conversation_id) == wanted
        assert await shown(stage="CLOSE") == wanted
        assert await shown(brandId="other") == set()
        assert await shown(brandId=emulator.account) == both
        assert await shown(dialogTypes=["POST_SURVEY"]) == set()
        assert await shown(minLastUpdatedTime=4_000_000_000_000) == set()
        assert await shown(maxLastUpdatedTime=1) == set()
        kind = ".ams.aam.SubscribeExConversations"
        answer = await bot.request(kind, {"minLastUpdatedTime": "now"})
        assert answer["code"] == 400


async def test_after_unsubscribing_nothing_more_is_told(scene):
    async with scene() as (emulator, bot):
        identity, _ = await bot.subscribe(stage=["OPEN"])
        kind = ".ams.aam.UnsubscribeExConversations"
        answer = await bot.request(kind, {"subscriptionId": identity})
        assert (answer["code"], answer["type"]) == (200, ".ReqBody$StringResp")
        emulator.open_conversation()
        answer = await bot.request(kind, {"subscriptionId": identity})
        assert answer["code"] == 404
        await asyncio.sleep(0.02)  # the gap, in which a wrong change would come
        assert bot.notes.empty()


async def test_other_subscriptions_end_too(scene):
    async with scene() as (_, bot):
        for kind in ("SubscribeRoutingTasks", "SubscribeAgentsState"):
            answer = await bot.request(f".ams.routing.{kind}")
            await bot.note()
            body = {"subscriptionId": answer["body"]["subscriptionId"]}
            assert (await bot.request(".ams.UnsubscribeBody", body))["code"] == 200
        await bot.request(".ams.routing.SetAgentState", {"availability": "AWAY"})
        await asyncio.sleep(0.02)  # the gap, in which a wrong change would come
        assert bot.notes.empty()


async def test_subscriptions_die_with_their_socket(scene):
    async with scene() as (emulator, bot):
        await bot.subscribe(stage=["OPEN"])
        await bot.close()
        await bot.connect()
        emulator.open_conversation()
        await bot.request(".GetClock")
        assert bot.notes.empty()
