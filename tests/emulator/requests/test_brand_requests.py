from __future__ import annotations

import time

import pytest

STRING = ".ReqBody$StringResp"


async def test_the_clock_is_in_milliseconds(scene):
    async with scene() as (_, bot):
        for name in (".GetClock", "GetClock"):
            answer = await bot.request(name)
            assert (answer["code"], answer["type"]) == (200, ".GetClock$Response")
            assert abs(answer["body"]["currentTime"] - time.time() * 1000) < 60_000


@pytest.mark.parametrize("kind", ["KeepAlive", ".KeepAlive"])
async def test_keep_alive_does_nothing(scene, kind):
    async with scene() as (_, bot):
        answer = await bot.request(kind)
        assert (answer["code"], answer["type"]) == (200, STRING)


async def test_profiles_of_agents_and_consumers(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        kind = ".ams.userprofile.GetUserProfile"
        for body in ({}, {"userId": bot.id}, {"userId": bot.pid}, bot.id):
            answer = await bot.request(kind, body)
            assert (answer["code"], answer["type"]) == (200, f"{kind}$Response")
            assert answer["body"]["userId"] == bot.id
        answer = await bot.request(kind, opened.consumer_id)
        assert answer["body"]["userId"] == opened.consumer_id
        answer = await bot.request(kind, {"userId": "nobody"})
        assert (answer["code"], answer["type"]) == (404, STRING)


async def test_an_agent_state_is_accepted_and_told_to_subscribers(scene):
    async with scene(users=2) as (emulator, bot, other):
        kind = ".ams.routing.SubscribeAgentsState"
        answer = await other.request(kind, {"brandId": emulator.account})
        assert answer["type"] == ".ams.GenericSubscribe$Response"
        note = await other.note(".ams.routing.AgentStateNotification")
        assert note["subscriptionId"] == answer["body"]["subscriptionId"]
        assert len(note["changes"]) == 2

        body = {"availability": "AWAY", "channels": ["MESSAGING"]}
        kind = ".ams.routing.SetAgentState"
        answer = await bot.request(kind, {**body, "agentUserId": bot.id})
        assert (answer["code"], answer["type"]) == (202, STRING)
        assert answer["body"] == "Agent state updated successfully"
        change = (await other.note())["changes"][0]["result"]
        assert (change["agentUserId"], change["availability"]) == (bot.id, "AWAY")
        assert emulator.state()["agent_states"] == {"bot1": "AWAY", "bot2": "OFFLINE"}

        await bot.close()
        change = (await other.note())["changes"][0]["result"]
        assert (change["agentUserId"], change["availability"]) == (bot.id, "OFFLINE")


@pytest.mark.parametrize("body", [{}, {"availability": "NO"}, {"availability": []}])
async def test_an_unknown_agent_state_is_refused(scene, body):
    async with scene() as (_, bot):
        answer = await bot.request(".ams.routing.SetAgentState", body)
        assert (answer["code"], answer["type"]) == (400, STRING)


async def test_routing_tasks_have_an_empty_snapshot(scene):
    async with scene() as (_, bot):
        answer = await bot.request(".ams.routing.SubscribeRoutingTasks")
        identity = answer["body"]["subscriptionId"]
        note = await bot.note(".ams.routing.RoutingTaskNotification")
        assert note == {"subscriptionId": identity, "changes": []}
        answer = await bot.request(".ams.routing.UpdateRingState", {"ringId": "x"})
        assert answer["code"] == 404


async def test_unknown_requests_are_answered_with_400_and_a_sentence(scene):
    async with scene() as (_, bot):
        answer = await bot.request(".ams.no.Such")
        assert (answer["code"], answer["type"]) == (400, STRING)
        assert answer["body"] == "Unknown request type"


async def test_no_answer_has_the_type_of_its_request(scene):
    async with scene() as (_, bot):
        for kind in ("GetClock", "KeepAlive", "cm.UpdateConversationField", STRING):
            answer = await bot.request(kind)
            assert answer["type"] != kind


async def test_numbers_as_ids_are_answered_as_strings(scene):
    async with scene() as (_, bot):
        await bot.send_request("5", ".GetClock", id=5)
        assert (await bot.answers["5"])["reqId"] == "5"


async def test_published_content_gets_sequences_from_0_shared_with_accepts(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        assert (await bot.say(opened.dialog_id, "one"))["body"] == {"sequence": 0}
        event = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": 0}
        body = {"dialogId": opened.dialog_id, "event": event}
        answer = await bot.request("ms.PublishEvent", body)
        assert answer["type"] == ".ams.ms.PublishEvent$Response"
        assert answer["body"] == {"sequence": 1}
        event = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
        answer = await bot.request("ms.PublishEvent", {**body, "event": event})
        assert answer["body"] == {"sequence": 0}
        event = {"type": "RichContentEvent", "content": {"type": "vertical"}}
        answer = await bot.request("ms.PublishEvent", {**body, "event": event})
        assert answer["body"] == {"sequence": 2}
        records = emulator.transcript(opened.conversation_id)
        assert records[1]["event"]["sequenceList"] == [0]
        assert [record["sequence"] for record in records] == [0, 1, 2]


@pytest.mark.parametrize(
    "event",
    [
        None,
        {"type": "NoEvent"},
        {"type": "ContentEvent"},
        {"type": "RichContentEvent"},
        {"type": "AcceptStatusEvent", "status": "READ"},
        {"type": "AcceptStatusEvent", "status": [], "sequenceList": [1]},
        {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": ["1"]},
        {"type": "ChatStateEvent", "chatState": {}},
    ],
)
async def test_a_bad_event_is_refused(scene, event):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        body = {"dialogId": opened.dialog_id, "event": event}
        answer = await bot.request(".ams.ms.PublishEvent", body)
        assert (answer["code"], answer["type"]) == (400, STRING)


async def test_only_participants_publish_and_only_where_it_is_open(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        assert (await bot.say(opened.dialog_id, "x"))["code"] == 403
        assert (await bot.say("nowhere", "x"))["code"] == 404
        await bot.join(opened.conversation_id)
        wrong = {"dialogId": opened.dialog_id, "conversationId": "other"}
        assert (await bot.request("ms.PublishEvent", wrong))["code"] == 400
        emulator.close_conversation(opened.conversation_id)
        assert (await bot.say(opened.dialog_id, "x"))["code"] == 409


@pytest.mark.parametrize(
    ("query", "sequences"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"newerThanSequence": 0}, [0, 1, 2, 3, 4]),
        ({"newerThanSequence": -1}, [0, 1, 2, 3, 4]),
        ({"newerThanSequence": 3}, [3, 4]),
        ({"newerThanSequence": 9}, []),
        ({"olderThanSequence": 1}, [0, 1]),
        ({"newerThanSequence": 1, "olderThanSequence": 2}, [1, 2]),
        ({"maxQuantity": 2}, [3, 4]),
        ({"maxQuantity": 2, "newerThanSequence": 1}, [1, 2]),
        ({"maxQuantity": 2, "olderThanSequence": 3}, [2, 3]),
        ({"maxQuantity": 0}, []),
        ({"maxQuantity": 99}, [0, 1, 2, 3, 4]),
    ],
)
async def test_a_query_gives_a_bare_list_with_inclusive_bounds(scene, query, sequences):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        for number in range(5):
            emulator.write(opened.conversation_id, str(number))
        body = {"dialogId": opened.dialog_id, **query}
        answer = await bot.request(".ams.ms.QueryMessages", body)
        assert answer["type"] == ".ams.ms.QueryMessages$Response"
        assert [record["sequence"] for record in answer["body"]] == sequences


async def test_a_query_of_nonsense_is_refused_with_a_string_response(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation()
        body = {"dialogId": opened.dialog_id, "newerThanSequence": "0"}
        answer = await bot.request(".ams.ms.QueryMessages", body)
        assert (answer["code"], answer["type"]) == (400, STRING)
        answer = await bot.request(".ams.ms.QueryMessages", {"dialogId": "x"})
        assert (answer["code"], answer["type"]) == (404, STRING)


async def test_too_many_subscriptions_are_refused(scene):
    async with scene() as (_, bot):
        for _ in range(100):
            assert (await bot.request("rs.SubscribeRoutingTasks"))["code"] == 200
        assert (await bot.request("rs.SubscribeRoutingTasks"))["code"] == 429
