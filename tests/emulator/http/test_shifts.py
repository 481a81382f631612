from __future__ import annotations

import pytest


async def ask(bot, bearer=None, account=None):
    url = f"{account or bot.account}/shift-status"
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    async with bot.http.get(url, params={"_": "1"}, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_every_skill_has_its_working_hours(scene):
    skills = {"bot1": ["17", "four"], "bot2": ["four"]}
    async with scene(online=(), users=3, skills=skills) as (_, bot, *_others):
        await bot.log_in()
        status, told = await ask(bot, bot.login["bearer"])
        assert status == 200
        assert [each["skillId"] for each in told] == [-1, 17, "four"]
        record = {"skillId": 17, "onShift": True, "nextOn": None, "nextOff": None}
        assert told[1] == record


async def test_what_a_script_sets_is_told(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        emulator.set_shift("17", False, next_on=1_000, next_off=2_000)
        emulator.set_shift("-1", False)
        _, told = await ask(bot, bot.login["bearer"])
        off = {"onShift": False, "nextOn": None, "nextOff": None}
        assert told == [
            {"skillId": -1, **off},
            {"skillId": 17, "onShift": False, "nextOn": 1_000, "nextOff": 2_000},
        ]
        emulator.set_shift("17", True)
        _, told = await ask(bot, bot.login["bearer"])
        assert told[1] == {"skillId": 17, **off, "onShift": True}


async def test_working_hours_are_told_to_who_is_logged_in_alone(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        live = bot.login["bearer"]
        elsewhere = bot.account.replace("12345678", "87654321")
        for found in (
            await ask(bot),
            await ask(bot, "0" * 64),
            await ask(bot, live, elsewhere),
        ):
            assert (found[0], type(found[1]["error"])) == (401, str)
        await bot.log_in()
        assert (await ask(bot, live))[0] == 401
        assert (await ask(bot, bot.login["bearer"]))[0] == 200
        state = emulator.state()
        counts = state["shift_statuses"], state["refused_shift_statuses"]
        assert counts == (1, 4)


@pytest.mark.parametrize("user", [None, "bot1"])
async def test_a_fault_strikes_the_call_of_its_user(scene, user):
    async with scene(online=(), users=2) as (emulator, bot, other):
        await bot.log_in()
        await other.log_in()
        emulator.add_fault("shift-status", user=user, value=429, count=2)
        assert (await ask(bot, bot.login["bearer"]))[0] == 429
        told = (await ask(other, other.login["bearer"]))[0]
        assert told == (429 if user is None else 200)


async def test_a_token_that_dies_while_the_answer_is_held_back_is_dead(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        faults = emulator._service.faults
        strike = faults.strike

        def dies(*call):
            emulator.expire_tokens()
            return strike(*call)

        faults.strike = dies
        assert (await ask(bot, bot.login["bearer"]))[0] == 401
