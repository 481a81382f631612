from __future__ import annotations

import pytest

SUBSCRIBE = ".ams.routing.SubscribeAgentsState"
SET = ".ams.routing.SetAgentState"
NOTE = ".ams.routing.AgentStateNotification"


async def put(bot, state, agent):
    body = {"availability": state, "channels": ["MESSAGING"], "agentUserId": agent}
    return await bot.request(SET, body)


async def hear(bot, **query):
    answer = await bot.request(SUBSCRIBE, query)
    assert (answer["code"], answer["type"]) == (200, ".ams.GenericSubscribe$Response")
    note = await bot.note(NOTE)
    assert note["subscriptionId"] == answer["body"]["subscriptionId"]
    return note["subscriptionId"], [it["result"] for it in note["changes"]]


async def test_a_subscription_begins_with_the_states_and_goes_on_with_changes(scene):
    async with scene(users=2, gap=0.05) as (emulator, bot, other):
        await put(other, "BACK_SOON", other.id)
        identity, states = await hear(bot, brandId=emulator.account, agentId=other.id)
        assert bot.gap(*bot.frames) > 0.01
        assert states == [
            {
                "channels": ["MESSAGING"],
                "availability": "BACK_SOON",
                "description": "",
                "agentUserId": other.id,
            }
        ]
        await put(bot, "ONLINE", bot.id)  # of no interest here
        await put(other, "OCCUPIED", other.id)
        note = await bot.note(NOTE)
        assert note["subscriptionId"] == identity
        (change,) = note["changes"]
        assert change["type"] == "UPSERT"
        assert change["result"]["availability"] == "OCCUPIED"


@pytest.mark.parametrize("state", ["ONLINE", "AWAY", "BACK_SOON", "OFFLINE"])
async def test_a_state_can_be_set_for_somebody_else(scene, state):
    async with scene(users=2) as (emulator, bot, other):
        answer = await put(bot, state, other.id)
        assert answer["code"] == 202
        assert emulator.state()["agent_states"] == {"bot1": "OFFLINE", "bot2": state}


async def test_states_of_nobody_are_refused(scene):
    async with scene() as (_, bot):
        for agent in ("nobody", "12345678.77"):
            assert (await put(bot, "ONLINE", agent))["code"] == 404
            answer = await bot.request(SUBSCRIBE, {"agentId": agent})
            assert (answer["code"], answer["body"]) == (404, "User not found")


async def test_a_state_lasts_until_the_last_socket_goes(scene, eventually):
    async with scene(users=2) as (emulator, bot, other):
        first = bot.ws
        await bot.connect()
        await put(bot, "ONLINE", bot.id)
        await hear(other, agentId=bot.id)
        await first.close()
        await eventually(lambda: emulator.state()["sockets_by_user"]["bot1"] == 1)
        assert emulator.state()["agent_states"]["bot1"] == "ONLINE"
        await bot.close()
        (change,) = (await other.note(NOTE))["changes"]
        assert change["result"]["availability"] == "OFFLINE"


async def test_nothing_is_told_after_the_end_of_a_subscription(scene):
    async with scene() as (_, bot):
        identity, _ = await hear(bot)
        body = {"subscriptionId": identity}
        kind = ".ams.aam.UnsubscribeExConversations"
        assert (await bot.request(kind, body))["code"] == 200
        await put(bot, "ONLINE", bot.id)
        assert bot.notes.empty()
