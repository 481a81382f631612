from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

CHANGES = ".ams.aam.ExConversationChangeNotification"
EVENTS = ".ams.ms.OnlineEventDistribution"


async def texts(ws, count):
    return [await ws.receive_str(timeout=5) for _ in range(count)]


async def raw_bot(bot):
    """Connect without the reader that expects good frames only."""
    await bot.log_in()
    await bot.connect()
    bot.reader.cancel()
    await asyncio.gather(bot.reader, return_exceptions=True)
    return bot.ws


def clock(identity="1"):
    return {"kind": "req", "id": identity, "type": ".GetClock", "body": {}}


async def test_a_request_counts_although_its_answer_never_leaves(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        emulator.add_fault("process-then-disconnect", count=1, value="ms.PublishEvent")
        assert (await bot.request(".GetClock"))["code"] == 200
        event = {"type": "ContentEvent", "message": "x"}
        body = {"dialogId": opened.dialog_id, "event": event}
        await bot.send_request("lost", ".ams.ms.PublishEvent", body)
        assert await bot.ended() == 1006
        assert not bot.answers["lost"].done()
        (record,) = emulator.transcript(opened.conversation_id)
        assert record["event"]["message"] == "x"


@pytest.mark.parametrize("code", [1012, 4407])
async def test_a_socket_is_closed_at_a_chosen_request(scene, code):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        value = {"code": code, "after": 1, "on": "ms.PublishEvent"}
        emulator.add_fault("close", user="bot1", count=1, value=value)
        assert (await bot.say(opened.dialog_id, "x"))["code"] == 200
        assert (await bot.request(".GetClock"))["code"] == 200
        await bot.send_request("refused", ".ams.ms.PublishEvent", {})
        assert await bot.ended() == code
        assert len(emulator.transcript(opened.conversation_id)) == 1
        await bot.connect()
        assert (await bot.say(opened.dialog_id, "y"))["body"] == {"sequence": 1}


async def test_a_close_by_zero_is_a_cut(scene):
    async with scene() as (emulator, bot):
        emulator.add_fault("close", value={"code": 0})
        await bot.send_request("1", ".GetClock")
        assert await bot.ended() == 1006


async def test_what_comes_behind_the_closing_request_is_not_carried_out(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        emulator.add_fault("close", value={"code": 1011, "on": ".GetClock"})
        event = {"type": "ContentEvent", "message": "x"}
        body = {"dialogId": opened.dialog_id, "event": event}
        await asyncio.gather(
            bot.send_request("1", ".GetClock"),
            bot.send_request("2", ".ams.ms.PublishEvent", body),
        )
        assert await bot.ended() == 1011
        assert emulator.transcript(opened.conversation_id) == []


async def test_a_socket_goes_half_open_after_so_many_requests(scene):
    async with scene(users=2) as (emulator, bot, other):
        emulator.add_fault("half-open", user="bot1", count=1, value=1)
        assert (await bot.request(".GetClock"))["code"] == 200
        await bot.send_request("unheard", ".GetClock")
        for _ in range(2):
            assert (await other.request(".GetClock"))["code"] == 200
        assert [it["frozen"] for it in emulator.sockets()] == [True, False]
        assert not bot.answers["unheard"].done()
        assert emulator.faults() == []


async def test_a_duplicate_response_and_a_duplicate_notification(scene):
    async with scene(online=()) as (emulator, bot):
        ws = await raw_bot(bot)
        emulator.add_fault("duplicate", count=1, value=".GetClock")
        await ws.send_json(clock())
        first, second = await texts(ws, 2)
        assert first == second
        emulator.add_fault("duplicate", count=1, value=EVENTS)
        emulator.open_conversation(assign="bot1", text="hi")
        first, second = await texts(ws, 2)
        assert first == second
        assert json.loads(first)["body"]["event"]["message"] == "hi"


async def test_two_changes_come_in_the_wrong_order(scene):
    async with scene() as (emulator, bot):
        await bot.subscribe(stage=["OPEN"])
        emulator.add_fault("reorder", count=1)
        first = emulator.open_conversation().conversation_id
        second = emulator.open_conversation().conversation_id
        told = [(await bot.note(CHANGES))["changes"][0]["result"] for _ in range(2)]
        assert [it["convId"] for it in told] == [second, first]


async def test_a_change_lacks_its_last_content(scene):
    async with scene() as (emulator, bot):
        await bot.subscribe(stage=["OPEN"])
        opened = emulator.open_conversation()
        await bot.note(CHANGES)
        emulator.add_fault("omit-last-content", count=1)
        name = "lastContentEventNotification"
        for text in ("one", "two"):
            emulator.write(opened.conversation_id, text)
        told = [(await bot.note(CHANGES))["changes"][0]["result"] for _ in range(2)]
        assert [name in it for it in told] == [False, True]


@pytest.mark.parametrize("kind", ["text", "null", "no-kind", "bare-result"])
async def test_a_malformed_frame_comes_first_and_is_in_the_log(scene, kind):
    async with scene(online=()) as (emulator, bot):
        ws = await raw_bot(bot)
        emulator.add_fault("malformed", count=1, value=kind)
        emulator.open_conversation(assign="bot1", text="hi")
        nonsense, event = await texts(ws, 2)
        assert json.loads(event)["type"] == EVENTS
        logged = [entry["frame"] for entry in emulator.log()]
        assert logged[1] == json.loads(event)
        assert logged[0] == nonsense or logged[0] == json.loads(nonsense)


async def test_unknown_enums_fields_and_bare_elements_in_one_change(scene):
    async with scene() as (emulator, bot):
        await bot.subscribe(stage=["OPEN"])
        emulator.add_fault("unknown-enum", count=1, value="role")
        emulator.add_fault("unknown-field", count=1)
        emulator.add_fault("single-element", count=1)
        emulator.open_conversation(consumer="c1")
        body = await bot.note(CHANGES)
        details = body["changes"]["result"]["conversationDetails"]
        assert details["participants"]["CONSUMER"] == "c1"
        assert "FROM_THE_FUTURE" in details["participantsPId"]
        assert "fromTheFuture" in body
        assert emulator.faults() == []


async def test_a_fault_of_one_user_leaves_others_alone(scene):
    async with scene(users=2) as (emulator, bot, other):
        emulator.add_fault("reject", user="bot2", value={"code": 503, "text": "Down"})
        assert (await bot.request(".GetClock"))["code"] == 200
        answer = await other.request(".GetClock")
        assert (answer["code"], answer["body"]) == (503, "Down")


async def test_muted_pings_run_out(scene):
    async with scene(online=()) as (emulator, bot):
        ws = await raw_bot(bot)
        emulator.add_fault("mute-pings", count=1)
        await ws.ping(b"unheard")
        await ws.send_json(clock())
        message = await ws.receive(timeout=5)
        assert message.type is aiohttp.WSMsgType.TEXT
        assert emulator.faults() == []


async def test_an_introduction_is_refused_or_never_answered(scene):
    async with scene(online=(), consumers=1, init_timeout=0.5) as (
        emulator,
        _,
        visitor,
    ):
        emulator.add_fault("init", count=1)
        await visitor.connect("")
        answer = await visitor.init()
        assert (answer["code"], answer["type"]) == (401, "StringResponse")
        assert (await visitor.init())["code"] == 200
        await visitor.close()
        emulator.add_fault("init", user=None, count=1, value="unanswered")
        await visitor.connect("")
        visitor.end.clear()
        header = {"type": ".ams.headers.ConsumerAuthentication", "jwt": visitor.jwt}
        await visitor.send_request("unheard", "InitConnection", headers=[header])
        assert await visitor.ended() == 4401
        assert not visitor.answers["unheard"].done()


async def test_faults_of_one_consumer_are_in_the_consumers_dialect(scene):
    async with scene(consumers=2) as (emulator, bot, one, other):
        emulator.add_fault(
            "reject", user=one.id, value={"code": 429, "type": ".GetClock"}
        )
        answer = await one.request("GetClock")
        assert (answer["code"], answer["type"]) == (429, "StringResponse")
        assert (await other.request("GetClock"))["code"] == 200
        assert (await bot.request(".GetClock"))["code"] == 200
        emulator.add_fault("duplicate", user=one.id, count=1, value=CHANGES)
        emulator.add_fault("unknown-enum", user=one.id, count=1)
        await one.request("cqm.SubscribeExConversations", {"stage": ["OPEN"]})
        emulator.open_conversation(consumer=one.id)
        bodies = [await one.note() for _ in range(3)]
        assert bodies[0] == bodies[1]
        (change,) = bodies[2]["changes"]
        roles = change["result"]["conversationDetails"]["participants"]
        assert "FROM_THE_FUTURE" in {it["role"] for it in roles}
        assert [it["name"] for it in emulator.faults()] == ["reject"]
