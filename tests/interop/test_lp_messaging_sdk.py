from __future__ import annotations

import itertools

import aiohttp
import pytest

GAP = 0.008
"""Seconds between a response and its first notification."""
TRIES = 5
"""A busy machine may hand over late what came early; a gap that is kept shows once."""


# -- opening


async def test_open_goes_through_all_its_calls(new_brand, playing, either):
    opened = either.open_conversation(text="hello")
    async with playing(new_brand(either)) as (bot,):
        await bot.open()
        shown = [change["result"]["convId"] for change in bot.snapshot]
        assert shown == [opened.conversation_id]
        state = either.state()
        assert (state["logins"], state["handshakes"], state["sockets"]) == (1, 1, 1)


async def test_the_login_answers_with_all_that_is_read(new_brand, playing, plain):
    async with playing(new_brand(plain)) as (bot,):
        await bot.log_in()
        for name in ("bearer", "csrf", "sessionId"):
            assert isinstance(bot.login[name], str), name
        assert bot.login["config"].keys() >= {"userId", "userPid"}
        assert not bot.login.get("error")


async def test_the_five_keys_log_in_as_well(new_brand, playing, plain):
    keys = {"appKey": "k", "secret": "bot1-password"}
    keys |= {"accessToken": "a", "accessTokenSecret": "s"}
    async with playing(new_brand(plain)) as (bot,):
        proof = {"username": "bot1", **keys}
        bot.login = await bot.post(plain.csds, "login?v=1.3", proof)
        await bot.connect()
        assert await bot.send("GetUserProfile", {"userId": bot.agent_id})


async def test_failures_over_http_are_strings(new_brand, rejected, playing, plain):
    async with playing(new_brand(plain)) as (bot,):
        with pytest.raises(rejected) as raised:
            await bot.log_in("wrong")
        assert raised.value.code == 401
        await bot.log_in()
        plain.expire_tokens()
        with pytest.raises(rejected) as raised:
            await bot.refresh()
        assert raised.value.code == 401
        with pytest.raises(rejected):
            await bot.domain("noSuchService")


async def test_the_session_is_refreshed_by_its_cookie(new_brand, playing, plain):
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        await bot.refresh()
        assert plain.state()["refreshes"] == 1


async def test_a_bad_token_is_refused_by_exactly_401(new_brand, playing, either):
    async with playing(new_brand(either)) as (bot,):
        await bot.log_in()
        either.expire_tokens()
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await bot.connect()
        assert refused.value.status == 401
        await bot.open()


async def test_keep_alive_is_the_clock(new_brand, playing, plain):
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        assert (await bot.send("GetClock", {}))["currentTime"] > 0


# -- what would break it


async def gaps(client, name, body):
    """Give the seconds from some responses to their first notifications."""
    for _ in range(TRIES):
        start = len(client.arrivals)
        identity = (await client.send(name, body))["subscriptionId"]
        answered = await client.place(
            lambda frame, it=identity: frame.get("body") == {"subscriptionId": it},
            start,
        )
        told = await client.place(client.about(identity), start)
        assert answered < told
        yield client.arrivals[told][0] - client.arrivals[answered][0]


async def test_a_snapshot_comes_behind_its_response_and_apart_from_it(
    new_brand, playing, either
):
    either.open_conversation(text="hello")
    async with playing(new_brand(either)) as (bot,):
        await bot.open()
        query = {"stage": ["OPEN"]}
        assert max([gap async for gap in gaps(bot, "Subscribe", query)]) >= GAP


async def test_routing_tasks_come_behind_their_response_and_apart_from_it(
    new_brand, playing, either
):
    async with playing(new_brand(either)) as (bot,):
        await bot.open()
        body = {"channelType": "MESSAGING", "brandId": bot.account}
        body["agentId"] = bot.agent_id
        found = [gap async for gap in gaps(bot, "SubscribeRoutingTasks", body)]
        assert max(found) >= GAP


async def test_an_event_comes_before_the_change_that_repeats_it(
    new_brand, playing, plain
):
    opened = plain.open_conversation(assign="bot1", text="first")
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        await bot.publish(opened.conversation_id, "from the agent")
        plain.write(opened.conversation_id, "from the consumer")
        for text in ("from the agent", "from the consumer"):
            told = await bot.place(bot.saying(text))
            assert told < await bot.place(bot.repeating(text))


async def test_an_event_names_its_author_both_ways(new_brand, playing, plain):
    opened = plain.open_conversation(assign="bot1")
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        await bot.publish(opened.conversation_id, "mine")
        plain.write(opened.conversation_id, "theirs")
        mine = await bot.event("mine")
        assert (mine["originatorId"], mine["originatorPId"]) == (bot.agent_id, bot.pid)
        assert mine["conversationId"] == mine["dialogId"] == opened.conversation_id
        assert mine["messageAudience"] == "ALL"
        theirs = await bot.event("theirs")
        assert theirs["originatorPId"] == opened.consumer_id
        assert theirs["sequence"] == mine["sequence"] + 1


async def test_every_change_has_all_that_is_needed(new_brand, playing, plain):
    opened = plain.open_conversation(assign="bot1", text="hello")
    conversation = opened.conversation_id
    async with playing(new_brand(plain), new_brand(plain, "bot2")) as (bot, other):
        await bot.open()
        await other.open()
        await other.update(conversation, [other.participant("ADD", "MANAGER")])
        members = {
            "CONSUMER": [opened.consumer_id],
            "ASSIGNED_AGENT": [bot.agent_id],
            "MANAGER": [other.agent_id],
            "READER": [],
        }
        details = await bot.change(conversation, participants=members)
        assert details["participantsPId"]["MANAGER"] == [other.pid]
        assert details["participantsPId"]["ASSIGNED_AGENT"] == [bot.pid]
        member = {"id": other.agent_id, "role": "MANAGER", "state": "ACTIVE"}
        assert member in details["dialogs"][0]["participantsDetails"]
        await bot.close(conversation)
        gone = await bot.change(conversation, "DELETE")
        assert gone.keys() == details.keys() | {"closeReason", "endTs"}


async def test_the_time_of_the_last_update_never_decreases(new_brand, playing, plain):
    opened = plain.open_conversation(assign="bot1", text="0")
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        for number in range(1, 30):
            plain.write(opened.conversation_id, str(number))
        plain.close_conversation(opened.conversation_id)
        await bot.change(opened.conversation_id, "DELETE")
        times = bot.update_times()
        assert len(times) >= 30
        assert all(old <= new for old, new in itertools.pairwise(times))


async def test_after_unsubscribing_nothing_is_told(new_brand, playing, plain):
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        await bot.send("Unsubscribe", {"subscriptionId": bot.subscription})
        plain.open_conversation(assign="bot1", text="hello")
        await bot.event("hello")
        await bot.send("GetClock", {})  # a complaint would have come by now


async def test_errors_are_sentences_of_the_type_that_is_read(new_brand, playing, plain):
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        for name, body in (
            ("Update", {"conversationId": "none", "conversationField": []}),
            ("Publish", {"dialogId": "none", "event": {}}),
            ("QueryMessages", {"dialogId": "none"}),
            ("Unsubscribe", {"subscriptionId": "none"}),
            ("UpdateRingState", {"ringId": "none", "ringState": "ACCEPTED"}),
            ("GetUserProfile", {"userId": "nobody"}),
            (".ams.no.Such", {}),
        ):
            answer = await bot.ask(name, body)
            assert 400 <= answer["code"] < 500, name
            assert " " in answer["body"], name


async def test_a_refusal_of_429_keeps_the_socket(new_brand, rejected, playing, plain):
    async with playing(new_brand(plain)) as (bot,):
        await bot.open()
        too_many = {"code": 429, "type": ".GetClock"}
        plain.add_fault("reject", value=too_many, count=1)
        with pytest.raises(rejected) as raised:
            await bot.send("GetClock", {})
        assert raised.value.code == 429
        await bot.send("GetClock", {})
