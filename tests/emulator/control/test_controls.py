from __future__ import annotations

import asyncio

import pytest

from ums_actors.emulator import EmulatorError, Refused


async def test_a_scripted_consumer_opens_writes_confirms_and_closes(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(
            skill="s1", assign="bot1", text="hi", consumer="c1"
        )
        assert opened.conversation_id == opened.dialog_id
        assert (opened.consumer_id, opened.sequence) == ("c1", 0)
        assert emulator.write(opened.conversation_id, "again") == 1
        assert emulator.accept(opened.conversation_id, [0]) == 2
        emulator.close_conversation(opened.conversation_id)
        (summary,) = emulator.conversations()
        assert summary["stage"] == "CLOSE"
        assert (summary["assigned"], summary["skill"]) == (bot.id, "s1")
        assert summary["events"] == 3
        assert [it["sequence"] for it in emulator.transcript(opened.dialog_id, 1)] == [
            1,
            2,
        ]


async def test_a_scripted_cobrowse_dialog_is_invited_accepted_and_closed(scene):
    async with scene() as (emulator, bot):
        talk = emulator.open_conversation(assign="bot1", text="hi").conversation_id
        with pytest.raises(EmulatorError, match="begin with the session INVITED"):
            emulator.cobrowse(talk, "ACCEPTED")
        dialog = emulator.cobrowse(talk, mode="VIDEO_CALL")
        assert {emulator.cobrowse(talk, step) for step in ("ACCEPTED", "JOINED")} == {
            dialog
        }
        with pytest.raises(Refused, match="open already"):
            emulator.cobrowse(talk)
        _, (change,) = await bot.subscribe(stage=["OPEN"])
        told = change["result"]["conversationDetails"]["dialogs"][-1]
        assert (told["dialogId"], told["channelType"]) == (dialog, "COBROWSE")
        assert told["metaData"]["mode"] == "VIDEO_CALL"
        assert told["metaData"]["sessionState"] == "ACCEPTED"
        assert told["metaData"]["notificationKey"] == "joined"
        assert emulator.cobrowse(talk, "CLOSED") == dialog
        with pytest.raises(EmulatorError, match="one of INVITED"):
            emulator.cobrowse(talk, "PAUSED")
        with pytest.raises(EmulatorError, match="one of COBROWSE"):
            emulator.cobrowse(talk, mode="SMELL")
        emulator.close_conversation(talk)
        with pytest.raises(Refused, match="closed"):
            emulator.cobrowse(talk)


async def test_group_and_installation_are_the_services_own(scene):
    async with scene() as (emulator, bot):
        talk = emulator.open_conversation(assign="bot1", text="hi").conversation_id
        emulator.place_conversation(talk, group="g", app_install="i")
        _, (change,) = await bot.subscribe(stage=["OPEN"])
        details = change["result"]["conversationDetails"]
        assert (details["groupId"], details["appInstId"]) == ("g", "i")
        emulator.place_conversation(talk, group="", app_install="")
        body = await bot.note_of(".ams.aam.ExConversationChangeNotification")
        details = body["changes"][0]["result"]["conversationDetails"]
        assert details["groupId"] == ""
        assert "appInstId" not in details
        with pytest.raises(EmulatorError, match="shorten it"):
            emulator.place_conversation(talk, group="g" * 300)
        with pytest.raises(Refused, match="Conversation not found"):
            emulator.place_conversation("nowhere", group="g")


async def test_many_conversations_are_opened_at_once(scene):
    async with scene() as (emulator, bot):
        ids = emulator.open_conversations(
            5, apart=1_000, skill="s1", assign="bot1", text="hi"
        )
        assert [it["conversation"] for it in emulator.conversations()] == ids
        for told in emulator.conversations():
            assert (told["assigned"], told["events"]) == (bot.id, 1)
        said = [emulator.transcript(each)[0]["serverTimestamp"] for each in ids]
        assert [it - said[0] for it in said] == [0, 1_000, 2_000, 3_000, 4_000]
        own = emulator.open_conversations(2, consumer="c1")
        consumers = {
            it["conversation"]: it["consumer"] for it in emulator.conversations()
        }
        assert [consumers[each] for each in own] == ["c1", "c1"]
        assert len({consumers[each] for each in ids}) == 5


@pytest.mark.parametrize(("count", "apart"), [(0, 0), (5_001, 0), (1, -1)])
async def test_so_many_are_not_opened_at_once(scene, count, apart):
    async with scene(online=()) as (emulator, _):
        with pytest.raises(Refused, match="give a count from 1 to 5000"):
            emulator.open_conversations(count, apart=apart)


async def test_a_wait_ends_with_the_event(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1", text="hi")
        waiting = asyncio.create_task(
            emulator.wait_for_events(opened.conversation_id, 1, 5.0)
        )
        await bot.say(opened.dialog_id, "answer")
        (record,) = await waiting
        assert record["event"]["message"] == "answer"


async def test_a_wait_gives_nothing_when_its_time_is_over(scene):
    async with scene(online=()) as (emulator, _):
        opened = emulator.open_conversation()
        assert await emulator.wait_for_events(opened.conversation_id, 0, 0.02) == []


async def test_what_does_not_exist_is_refused(scene):
    async with scene() as (emulator, _):
        with pytest.raises(Refused, match="Conversation not found"):
            emulator.write("nowhere", "x")
        with pytest.raises(EmulatorError, match="use one of bot1"):
            emulator.open_conversation(assign="nobody")
        with pytest.raises(EmulatorError, match="use one of bot1"):
            emulator.cut("nobody")
        with pytest.raises(EmulatorError, match="use one of bot1"):
            emulator.add_fault("login", user="nobody")
        with pytest.raises(EmulatorError, match="use one of bot1"):
            emulator.clear_faults(user="nobody")
        with pytest.raises(EmulatorError, match="give one of 1000 to 4999"):
            await emulator.close_sockets(999)


async def test_expired_tokens_leave_sockets_up_and_refuse_the_rest(scene):
    async with scene(users=2) as (emulator, bot, other):
        assert emulator.expire_tokens("bot1") == 1
        assert emulator.expire_tokens("bot1") == 0
        assert (await bot.request(".GetClock"))["code"] == 200
        assert await bot.refresh() == 401
        assert await other.refresh() == 200
        await bot.close()
        assert await bot.handshake_status() == 401
        assert await bot.log_in() == 200
        assert await bot.handshake_status() == 101


async def test_the_state_counts_what_happened(scene, eventually):
    async with scene(users=2, online=("bot1",)) as (emulator, bot, _):
        await bot.request(".GetClock")
        state = emulator.state()
        assert (state["sockets"], state["logins"], state["handshakes"]) == (1, 1, 1)
        assert state["requests"] == 1
        await bot.close()
        await eventually(lambda: not emulator.state()["sockets"])
        assert emulator.state()["requests"] == 1
        emulator.open_conversation()
        assert emulator.state()["conversations"] == {"open": 1, "closed": 0}


async def test_generations_count_the_sockets_of_each_user(scene, eventually):
    async with scene(users=2) as (emulator, bot, other):
        await bot.close()
        await eventually(lambda: emulator.state()["sockets"] == 1)
        await bot.connect()
        await bot.request(".GetClock")
        await other.request(".GetClock")
        assert emulator.state()["generations"] == {"bot1": 2, "bot2": 1}
        generations = {it["user"]: it["generation"] for it in emulator.sockets()}
        assert generations == {"bot1": 2, "bot2": 1}
        told = {(it["user"], it["conn"], it["generation"]) for it in emulator.log()}
        assert told == {("bot1", 3, 2), ("bot2", 2, 1)}


async def test_sockets_are_told_one_by_one(scene):
    async with scene(users=2) as (emulator, bot, _):
        await bot.request(".GetClock")
        emulator.freeze("bot2")
        told = [
            {"generation": 1, "side": "brand", **it}
            for it in (
                {"conn": 1, "user": "bot1", "requests": 1, "frozen": False},
                {"conn": 2, "user": "bot2", "requests": 0, "frozen": True},
            )
        ]
        assert emulator.sockets() == told
        assert emulator.sockets("bot2") == told[1:]


async def test_the_history_tells_who_was_connected_when(scene, eventually):
    async with scene(users=2) as (emulator, bot, _):
        await bot.request(".GetClock")
        await bot.close()
        await eventually(lambda: emulator.state()["sockets"] == 1)
        await bot.connect()
        left, back = emulator.history("bot1")
        assert (left["conn"], left["user"], left["generation"]) == (1, "bot1", 1)
        assert left["opened"] < left["heard"] <= left["closed"] <= back["opened"]
        assert (back["heard"], back["closed"]) == (back["opened"], None)
        assert [it["conn"] for it in emulator.history()] == [1, 2, 3]


async def test_faults_are_added_listed_and_cleared(scene):
    async with scene(online=()) as (emulator, _):
        fault = {"name": "login", "user": "bot1", "count": 1, "value": 429}
        assert emulator.add_fault("login", user="bot1", count=1, value=429) == [fault]
        assert emulator.faults() == emulator.state()["faults"] == [fault]
        assert emulator.clear_faults("login", "bot1") == []


async def test_skills_whose_hours_are_set_are_bounded(scene, monkeypatch):
    monkeypatch.setattr("ums_actors.emulator.control.schedule.MAX_SKILLS", 2)
    async with scene(online=()) as (emulator, _):
        emulator.set_shift("a", False)
        emulator.set_shift("b", False)
        emulator.set_shift("a", True)
        with pytest.raises(EmulatorError, match="there are 2 skills; use one of them"):
            emulator.set_shift("c", False)
        assert [each["on"] for each in emulator.shifts()] == [True, True, False]
