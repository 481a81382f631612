from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest


async def ask(bot, method, path, **more):
    url = f"{bot.account}/{path}"
    async with bot.http.request(method, url, ssl=bot.ssl, **more) as answer:
        return answer.status, await answer.text()


async def look_up(bot):
    return await ask(bot, "GET", "service/baseURI.json")


async def log_in(bot):
    body = {"username": "bot1", "password": "bot1-password"}
    return await ask(bot, "POST", "login", json=body)


@pytest.mark.parametrize(("call", "status"), [(look_up, 503), (log_in, 500)])
async def test_a_call_fails_as_often_as_told(scene, call, status):
    async with scene(online=()) as (emulator, bot):
        name = "csds" if call is look_up else "login"
        emulator.add_fault(name, count=2)
        statuses = [(await call(bot))[0] for _ in range(3)]
        assert statuses == [status, status, 200]


async def test_refusals_of_login_refresh_and_handshake_are_counted(scene):
    async with scene(online=()) as (emulator, bot):
        emulator.add_fault("login", count=1, value=451)
        assert [await bot.log_in() for _ in range(2)] == [451, 200]
        emulator.add_fault("refresh", user="bot1", count=1)
        assert [await bot.refresh() for _ in range(2)] == [401, 200]
        emulator.add_fault("handshake", user="bot1", count=1)
        assert [await bot.handshake_status() for _ in range(2)] == [502, 101]
        state = emulator.state()
        for refused in ("refused_logins", "refused_refreshes", "refused_handshakes"):
            assert state[refused] == 1


async def test_a_call_of_another_user_is_not_struck(scene):
    async with scene(users=2, online=()) as (emulator, bot, other):
        emulator.add_fault("login", user="bot2", value=429)
        assert await bot.log_in() == 200
        assert await other.log_in() == 429


async def test_a_delay_alone_is_only_late(scene):
    async with scene(online=()) as (emulator, bot):
        emulator.add_fault("login", count=1, value={"delay": 0.3})
        waiting = asyncio.create_task(bot.log_in())
        assert (await look_up(bot))[0] == 200
        assert not waiting.done()
        assert await waiting == 200


@pytest.mark.parametrize("call", [look_up, log_in])
async def test_bodies_of_no_use_come_with_200(scene, call):
    async with scene(online=()) as (emulator, bot):
        name = "csds" if call is look_up else "login"
        told = {}
        for body in ("wrong", "nonsense", "error"):
            emulator.add_fault(name, count=1, value={"body": body})
            status, told[body] = await call(bot)
            assert status == 200
        assert json.loads(told["wrong"]) == {"unexpected": True}
        with pytest.raises(json.JSONDecodeError):
            json.loads(told["nonsense"])
        assert json.loads(told["error"])["error"]["internalCode"] == 10


async def test_a_handshake_is_never_answered_and_its_end_is_noticed(scene, eventually):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        emulator.add_fault("handshake", count=1, value={"status": 0})
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await bot.connect()
        await eventually(lambda: emulator.state()["refused_handshakes"])
        assert await bot.handshake_status() == 101


async def test_a_handshake_with_a_body_is_no_upgrade(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        emulator.add_fault("handshake", count=1, value={"body": "nonsense"})
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await bot.connect()
        assert caught.value.status == 200


async def test_what_is_never_answered_does_not_keep_the_emulator(scene):
    async with scene(online=()) as (emulator, bot):
        emulator.add_fault("login", value=0)
        waiting = asyncio.create_task(bot.log_in())
        await asyncio.sleep(0)
        await asyncio.wait_for(emulator.stop(), 5)
        with pytest.raises(aiohttp.ClientError):
            await waiting
