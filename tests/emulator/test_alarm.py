from __future__ import annotations

import asyncio
import time

from ums_actors.emulator.alarm import Alarm
from ums_actors.emulator.world.users import Users
from ums_actors.emulator.world.world import World

TEXT = {"type": "ContentEvent", "message": "hi"}


class Ear:
    def __init__(self, agent):
        self.agent = agent
        self.is_own = True
        self.states = asyncio.Queue()

    def ring_changed(self, ring):
        self.states.put_nowait(ring.state)

    async def next(self):
        return await asyncio.wait_for(self.states.get(), 5)


def build(ring_timeout):
    users = Users("acc", 1)
    world = World("acc", users, time.time, ring_timeout)
    (user,) = users
    world.set_agent_state(user, "ONLINE")
    ear = Ear(user.old_id)
    world.router.listen(ear)
    return world, ear


def ask(world):
    conversation = world.open()
    identity = conversation.conversation_id
    world.publish(conversation, identity, conversation.consumer, TEXT)


async def test_it_wakes_the_router_again_and_again():
    world, ear = build(0.02)
    alarm = Alarm(world)
    ask(world)
    assert [await ear.next() for _ in range(5)] == [
        *("WAITING", "EXPIRED", "WAITING", "EXPIRED", "WAITING")
    ]
    alarm.cancel()


async def test_a_deadline_that_is_sooner_comes_first():
    world, ear = build(60)
    alarm = Alarm(world)
    ask(world)
    assert await ear.next() == "WAITING"
    late = alarm._timer
    alarm.set()
    assert alarm._timer is late
    world.router._deadlines.put(next(iter(world.router._tasks)), world.now())
    alarm.set()
    assert await ear.next() == "EXPIRED"
    assert late.cancelled()
    alarm.cancel()


async def test_nothing_is_set_when_nothing_is_due():
    world, ear = build(60)
    alarm = Alarm(world)
    alarm.set()
    alarm.cancel()
    assert alarm._timer is None
    assert ear.states.empty()


async def test_a_second_start_of_the_emulator_sets_it_again(scene):
    async with scene(ring_timeout=0.05, online=()) as (emulator, _):
        service = emulator._service
        ear = Ear(next(iter(service.users)).old_id)
        service.world.set_agent_state(next(iter(service.users)), "ONLINE")
        service.world.router.listen(ear)
        emulator.open_conversation(text="hi")
        assert await ear.next() == "WAITING"
        await emulator.stop()
        assert service.alarm._timer is None
        await emulator.start()
        while not ear.states.empty():  # what came before it stopped
            ear.states.get_nowait()
        assert {await ear.next(), await ear.next()} == {"EXPIRED", "WAITING"}
