from __future__ import annotations

import json

RINGS = ".ams.routing.RoutingTaskNotification"


async def be_ready(bot):
    await bot.request(".ams.routing.SetAgentState", {"availability": "ONLINE"})
    account = bot.emulator.account
    body = {"channelType": "MESSAGING", "brandId": account, "agentId": bot.id}
    await bot.request(".ams.routing.SubscribeRoutingTasks", body)
    assert (await bot.note(RINGS))["changes"] == []


async def test_a_waiting_ring_is_announced_again_as_often_as_told(scene, eventually):
    async with scene() as (emulator, bot):
        emulator.add_fault("repeat-rings", count=2, value=0.02)
        await be_ready(bot)
        assert emulator.faults()[0]["count"] == 2
        emulator.open_conversation(text="hi")
        notes = [await bot.note(RINGS) for _ in range(3)]
        assert len({json.dumps(note) for note in notes}) == 1
        await eventually(lambda: not emulator.faults())


async def test_rings_of_others_are_not_repeated(scene):
    async with scene(users=2, online=("bot2",)) as (emulator, _, other):
        emulator.add_fault("repeat-rings", user="bot1", value=0.02)
        emulator.add_fault("repeat-rings", user="bot2", count=1, value=0.02)
        await be_ready(other)
        emulator.open_conversation(text="hi")
        first, second = [await other.note(RINGS) for _ in range(2)]
        assert first == second
        assert [it["user"] for it in emulator.faults()] == ["bot1"]


async def test_a_cleared_fault_repeats_nothing(scene):
    async with scene(online=()) as (emulator, _):
        repeater = emulator._service.repeater
        emulator.add_fault("repeat-rings")
        (timer,) = repeater._timers.values()
        emulator.clear_faults()
        assert timer.cancelled()
        assert not repeater._timers
