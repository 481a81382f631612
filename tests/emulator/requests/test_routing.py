from __future__ import annotations

import asyncio

import pytest

CHANGES = ".ams.aam.ExConversationChangeNotification"
EVENTS = ".ams.ms.OnlineEventDistribution"
RINGS = ".ams.routing.RoutingTaskNotification"
STRING = ".ReqBody$StringResp"
GENERIC = ".ams.GenericSubscribe$Response"


async def go(bot, state="ONLINE"):
    body = {"availability": state, "channels": ["MESSAGING"], "agentUserId": bot.id}
    return await bot.request(".ams.routing.SetAgentState", body)


async def hear_rings(bot, agent=None):
    account = bot.emulator.account
    body = {"channelType": "MESSAGING", "brandId": account, "agentId": agent or bot.id}
    answer = await bot.request(".ams.routing.SubscribeRoutingTasks", body)
    assert (answer["code"], answer["type"]) == (200, GENERIC)
    note = await bot.note(RINGS)
    assert note["subscriptionId"] == answer["body"]["subscriptionId"]
    return note["subscriptionId"], note["changes"]


async def be_ready(*bots):
    for bot in bots:
        await go(bot)
        assert (await hear_rings(bot))[1] == []


async def ring_of(bot):
    (change,) = (await bot.note(RINGS))["changes"]
    assert change["type"] == "UPSERT"
    (ring,) = change["result"]["ringsDetails"]
    return change["result"], ring


async def say_to_ring(bot, ring, state):
    body = {"ringId": ring["ringId"], "ringState": state}
    return await bot.request(".ams.routing.UpdateRingState", body)


def suggest(agent):
    field = {"field": "ParticipantsChange", "type": "SUGGEST"}
    return {**field, "role": "ASSIGNED_AGENT", "userId": agent}


def remove(agent):
    field = {"field": "ParticipantsChange", "type": "REMOVE"}
    return {**field, "role": "ASSIGNED_AGENT", "userId": agent}


async def test_a_ring_is_accepted_and_the_conversation_is_the_agents(scene):
    async with scene(gap=0.05) as (emulator, bot):
        await be_ready(bot)
        await bot.subscribe(stage=["OPEN"], agentIds=[bot.id])
        opened = emulator.open_conversation(text="hi")
        task, ring = await ring_of(bot)
        shared = {
            "consumerId": opened.consumer_id,
            "skillId": "-1",
            "brandId": emulator.account,
        }
        stem, stamp = ring["ringId"].rsplit("_", 1)
        assert stem == f"{opened.conversation_id}_{emulator.account}"
        assert ring == {
            "ringId": ring["ringId"],
            "ringExpiration": 72_000,
            "ringExpirationTs": int(stamp) + 72_000,
            "ringState": "WAITING",
            "weight": ring["weight"],
            "convId": opened.conversation_id,
            **shared,
        }
        assert ring["weight"] > int(stamp)
        assert task == {
            "routingTaskId": task["routingTaskId"],
            "taskCompleted": False,
            "conversationId": opened.conversation_id,
            **shared,
            "assignedAgentId": None,
            "ringsDetails": [ring],
        }
        answer = await say_to_ring(bot, ring, "ACCEPTED")
        assert (answer["code"], answer["type"]) == (202, STRING)
        assert answer["body"] == "Ring state updated successfully"
        done, over = await ring_of(bot)
        assert (over["ringId"], over["ringState"]) == (ring["ringId"], "ACCEPTED")
        assert (done["taskCompleted"], done["assignedAgentId"]) == (True, bot.id)
        assert done["routingTaskId"] == task["routingTaskId"]
        (change,) = (await bot.note(CHANGES))["changes"]
        details = change["result"]["conversationDetails"]
        assert details["participants"]["ASSIGNED_AGENT"] == [bot.id]
        assert details["participantsPId"]["ASSIGNED_AGENT"] == [bot.pid]
        pair = sorted(bot.frames[-3:-1], key=lambda it: it[1]["kind"], reverse=True)
        assert bot.gap(*pair) > 0.01  # from the response to the notification

        emulator.write(opened.conversation_id, "are you there?")
        assert (await bot.note(EVENTS))["event"]["message"] == "are you there?"


async def test_nobody_is_rung_before_the_consumer_has_written(scene):
    async with scene() as (emulator, bot):
        await be_ready(bot)
        opened = emulator.open_conversation()
        await bot.request(".GetClock")
        assert bot.notes.empty()
        emulator.write(opened.conversation_id, "hi")
        _, ring = await ring_of(bot)
        assert ring["convId"] == opened.conversation_id


async def test_a_rejected_ring_goes_to_the_next_agent(scene):
    async with scene(users=2) as (emulator, bot, other):
        await be_ready(bot, other)
        emulator.open_conversation(text="hi")
        _, ring = await ring_of(bot)
        assert (await say_to_ring(bot, ring, "REJECTED"))["code"] == 202
        assert (await ring_of(bot))[1]["ringState"] == "REJECTED"
        _, second = await ring_of(other)
        assert second["ringId"] != ring["ringId"]
        assert (await say_to_ring(other, second, "ACCEPTED"))["code"] == 202
        assert (await say_to_ring(bot, ring, "ACCEPTED"))["code"] == 409


async def test_a_ring_expires_and_is_offered_again(scene):
    async with scene(ring_timeout=0.2) as (emulator, bot):
        await be_ready(bot)
        emulator.open_conversation(text="hi")
        _, ring = await ring_of(bot)
        assert ring["ringExpiration"] == 200
        assert (await ring_of(bot))[1]["ringState"] == "EXPIRED"
        _, again = await ring_of(bot)
        assert again["ringState"] == "WAITING"
        assert again["ringId"] != ring["ringId"]


async def test_bad_answers_to_rings_are_refused(scene):
    async with scene(users=2) as (emulator, bot, other):
        await be_ready(bot)
        emulator.open_conversation(text="hi")
        _, ring = await ring_of(bot)
        for state in ("EXPIRED", "WAITING", "", None):
            answer = await say_to_ring(bot, ring, state)
            assert (answer["code"], answer["type"]) == (400, STRING)
        answer = await say_to_ring(other, ring, "ACCEPTED")
        assert (answer["code"], answer["body"]) == (403, "The ring is another agent's")
        answer = await say_to_ring(bot, {"ringId": "no"}, "ACCEPTED")
        assert (answer["code"], answer["body"]) == (404, "Ring not found")
        assert (await say_to_ring(bot, ring, "REJECTED"))["code"] == 202
        answer = await say_to_ring(bot, ring, "REJECTED")
        assert answer["code"] == 409
        assert answer["body"] == "The ring waits no more, it is REJECTED"


async def test_a_waiting_ring_is_in_the_snapshot_of_a_new_socket(scene):
    async with scene() as (emulator, bot):
        await be_ready(bot)
        emulator.open_conversation(text="hi")
        _, ring = await ring_of(bot)
        _, changes = await hear_rings(bot)
        (change,) = changes
        assert change["result"]["ringsDetails"] == [ring]


async def test_a_ring_is_cancelled_with_the_last_subscription(scene):
    async with scene(users=2) as (emulator, bot, other):
        await go(bot)
        first, _ = await hear_rings(bot)
        second, _ = await hear_rings(bot)
        emulator.open_conversation(text="hi")
        for _ in range(2):
            _, ring = await ring_of(bot)
        kind = ".ams.aam.UnsubscribeExConversations"
        assert (await bot.request(kind, {"subscriptionId": first}))["code"] == 200
        assert emulator.state()["routing"]["waiting"] == 1
        assert (await bot.request(kind, {"subscriptionId": second}))["code"] == 200
        assert (await bot.request(kind, {"subscriptionId": second}))["code"] == 404
        assert emulator.state()["routing"]["waiting"] == 0
        await be_ready(other)
        _, ring = await ring_of(other)
        assert ring["ringState"] == "WAITING"
        assert bot.notes.empty()


async def test_a_ring_goes_on_when_the_agents_socket_goes(scene, eventually):
    async with scene(users=2) as (emulator, bot, other):
        await be_ready(bot, other)
        emulator.open_conversation(text="hi")
        await ring_of(bot)
        assert emulator.cut("bot1") == 1
        _, ring = await ring_of(other)
        assert ring["ringState"] == "WAITING"
        assert emulator.state()["agent_states"]["bot1"] == "OFFLINE"
        assert emulator.state()["routing"]["cancelled"] == 1


async def test_a_transfer_to_an_agent_rings_them_and_shows_them_as_suggested(scene):
    async with scene(users=2) as (emulator, bot, other):
        await be_ready(other)
        await go(other, "OCCUPIED")
        await other.subscribe(stage=["OPEN"])
        opened = emulator.open_conversation(assign="bot1", text="hi")
        for _ in range(2):
            await other.note(CHANGES)
        answer = await bot.update(
            opened.conversation_id, suggest(other.id), remove(bot.id)
        )
        assert answer["body"] == "OK Agent removed successfully"
        (change,) = (await other.note(CHANGES))["changes"]
        details = change["result"]["conversationDetails"]
        assert details["participants"]["ASSIGNED_AGENT"] == []
        assert {
            "id": other.id,
            "role": "ASSIGNED_AGENT",
            "state": "SUGGESTED",
        } in details["dialogs"][0]["participantsDetails"]
        _, ring = await ring_of(other)
        assert (await say_to_ring(other, ring, "ACCEPTED"))["code"] == 202
        assert (await ring_of(other))[1]["ringState"] == "ACCEPTED"
        (change,) = (await other.note(CHANGES))["changes"]
        details = change["result"]["conversationDetails"]
        assert details["participants"]["ASSIGNED_AGENT"] == [other.id]
        people = details["dialogs"][0]["participantsDetails"]
        assert [it["state"] for it in people if it["id"] == other.id] == ["ACTIVE"]


async def test_a_rejected_transfer_goes_to_the_queue_of_the_skill(scene):
    async with scene(users=3, skills={"bot1": ["a"], "bot2": ["a"]}) as scenery:
        emulator, bot, other, third = scenery
        await be_ready(other, third)
        opened = emulator.open_conversation(assign="bot1", text="hi")
        skill = {"field": "Skill", "type": "UPDATE", "skill": "b"}
        await bot.update(
            opened.conversation_id, skill, suggest(other.id), remove(bot.id)
        )
        _, ring = await ring_of(other)
        assert ring["skillId"] == "b"
        await say_to_ring(other, ring, "REJECTED")
        assert (await ring_of(other))[1]["ringState"] == "REJECTED"
        _, ring = await ring_of(third)
        assert (ring["skillId"], ring["ringState"]) == ("b", "WAITING")
        (summary,) = emulator.conversations()
        assert other.id not in {it["id"] for it in summary["participants"]}
        assert summary["ringing"] == third.id


async def test_anybody_may_listen_to_an_agents_rings_but_not_answer_them(scene):
    async with scene(users=2) as (emulator, bot, manager):
        await go(bot)
        await hear_rings(manager, bot.id)
        emulator.open_conversation(text="hi")
        await manager.request(".GetClock")
        assert manager.notes.empty()  # the agent listens not, so nobody is rung
        await be_ready(bot)
        _, ring = await ring_of(bot)
        _, seen = await ring_of(manager)
        assert seen == ring
        assert (await say_to_ring(manager, seen, "ACCEPTED"))["code"] == 403
        await say_to_ring(bot, ring, "ACCEPTED")
        assert (await ring_of(manager))[1]["ringState"] == "ACCEPTED"


async def test_wrong_subscriptions_are_refused(scene):
    async with scene() as (_, bot):
        kind = ".ams.routing.SubscribeRoutingTasks"
        assert (await bot.request(kind, {"agentId": "nobody"}))["code"] == 404
        assert (await bot.request(kind, {"brandId": "other"}))["code"] == 403
        assert (await bot.request(kind, [1]))["code"] == 400


@pytest.mark.parametrize("prefix", [".ams.routing.", "routing.", "rs."])
async def test_a_routing_subscription_can_be_updated(scene, prefix):
    async with scene() as (_, bot):
        identity, _ = await hear_rings(bot)
        kind = f"{prefix}UpdateRoutingTaskSubscription"
        answer = await bot.request(kind, {"subscriptionId": identity, "more": 1})
        assert (answer["code"], answer["type"]) == (200, GENERIC)
        assert answer["body"] == {"subscriptionId": identity}
        answer = await bot.request(kind, {"subscriptionId": "no"})
        assert (answer["code"], answer["type"]) == (404, STRING)


async def test_rings_are_repeated_on_demand(scene):
    async with scene() as (emulator, bot):
        await be_ready(bot)
        emulator.open_conversation(text="hi")
        first = await ring_of(bot)
        assert emulator._service.world.router.repeat_rings() == 1
        assert await ring_of(bot) == first


async def test_many_rings_are_answered_at_once(scene):
    async with scene(users=3) as (emulator, *bots):
        await be_ready(*bots)
        opened = [emulator.open_conversation(text="hi") for _ in range(30)]

        async def take(bot):
            taken = 0
            while taken < 10:
                _, ring = await ring_of(bot)
                if ring["ringState"] == "WAITING":
                    await say_to_ring(bot, ring, "ACCEPTED")
                    taken += 1

        await asyncio.gather(*map(take, bots))
        summaries = emulator.conversations()
        assert len(summaries) == len(opened)
        loads = [it["assigned"] for it in summaries]
        assert {loads.count(bot.id) for bot in bots} == {10}
        assert emulator.state()["routing"] == {
            "tasks": 0,
            "waiting": 0,
            "accepted": 30,
            "rejected": 0,
            "expired": 0,
            "cancelled": 0,
        }
