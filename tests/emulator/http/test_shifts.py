from __future__ import annotations


async def ask(bot, bearer=None, account=None):
    url = f"{account or bot.account}/shift-status"
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    async with bot.http.get(url, params={"_": "1"}, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_every_skill_has_its_working_hours(scene):
    skills = {"bot1": ["17", "4"], "bot2": ["4"]}
    async with scene(online=(), users=3, skills=skills) as (_, bot, *_others):
        await bot.log_in()
        status, told = await ask(bot, bot.login["bearer"])
        assert status == 200
        assert [each["skillId"] for each in told] == ["-1", "17", "4"]
        record = {"skillId": "4", "onShift": True, "nextOn": None, "nextOff": None}
        assert told[2] == record


async def test_working_hours_are_told_to_who_is_logged_in_alone(scene):
    async with scene(online=()) as (_, bot):
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
