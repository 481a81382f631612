from __future__ import annotations

import pytest


async def ask(bot, bearer=None, account=None, agent=None, version="1"):
    account = account or bot.emulator.account
    whose = "" if agent is None else f"/agents/{agent}"
    url = f"{bot.base}/api/messaging/rest/reporting/brands/{account}{whose}"
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    query = {"v": version, "_": "1700000000000"}
    async with bot.http.get(
        f"{url}/msgstatistics", params=query, headers=headers
    ) as answer:
        return answer.status, await answer.json()


async def test_conversations_and_messages_are_counted(scene):
    async with scene(users=2) as (emulator, bot, other):
        one = emulator.open_conversation(assign="bot1", text="hi")
        await bot.say(one.dialog_id, "hello")
        await bot.say(one.dialog_id, "how are you?")
        two = emulator.open_conversation(assign="bot2", text="hi")
        await other.say(two.dialog_id, "hello")
        emulator.accept(two.conversation_id, [1])
        emulator.close_conversation(two.conversation_id)
        emulator.open_conversation(text="anybody?")
        bearer = bot.login["bearer"]
        assert await ask(bot, bearer) == (
            200,
            {
                "brandId": emulator.account,
                "openConversations": 2,
                "closedConversations": 1,
                "consumerMessages": 3,
                "agentMessages": 3,
            },
        )
        assert await ask(bot, bearer, agent="1001") == (
            200,
            {
                "brandId": emulator.account,
                "agentId": "1001",
                "openConversations": 1,
                "closedConversations": 0,
                "consumerMessages": 1,
                "agentMessages": 2,
            },
        )
        _, told = await ask(bot, bearer, agent="1002")
        figures = told["openConversations"], told["agentMessages"]
        assert (*figures, told["closedConversations"]) == (0, 1, 1)


async def test_an_agent_who_has_left_has_said_what_it_said(scene):
    async with scene(users=2) as (emulator, bot, other):
        opened = emulator.open_conversation(assign="bot1", text="hi")
        await bot.say(opened.dialog_id, "hello")
        leave = {"field": "ParticipantsChange", "type": "REMOVE"}
        await bot.update(
            opened.conversation_id,
            {**leave, "userId": bot.id, "role": "ASSIGNED_AGENT"},
        )
        bearer = other.login["bearer"]
        _, told = await ask(other, bearer, agent="1001")
        assert (told["openConversations"], told["agentMessages"]) == (1, 1)
        _, told = await ask(other, bearer, agent="1002")
        assert (told["openConversations"], told["agentMessages"]) == (0, 0)


async def test_figures_are_told_to_who_is_logged_in_alone(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        live = bot.login["bearer"]
        for found in (
            await ask(bot),
            await ask(bot, "0" * 64),
            await ask(bot, live, "87654321"),
        ):
            assert (found[0], type(found[1]["error"])) == (401, str)
        assert (await ask(bot, live, agent="1001"))[0] == 200
        assert (await ask(bot, live, agent="7"))[0] == 404
        assert (await ask(bot, live, version="2"))[0] == 400
        emulator.expire_tokens()
        assert (await ask(bot, live))[0] == 401


@pytest.mark.parametrize("status", [429, 503])
async def test_a_fault_strikes(scene, status):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        emulator.add_fault("msgstatistics", value=status, count=1)
        assert (await ask(bot, bot.login["bearer"]))[0] == status
        assert (await ask(bot, bot.login["bearer"]))[0] == 200
