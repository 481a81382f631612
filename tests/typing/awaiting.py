"""The asyncio façade; checked, never run."""

from __future__ import annotations

from typing import assert_type

import ums_actors as ums
from ums_actors import aio
from ums_actors.protocol.records import MessageEvent


async def brands() -> None:
    auth = ums.PasswordLogin("bot1", "password")
    async with (
        aio.hosted_runtime() as runtime,
        aio.connect("1", auth=auth, runtime=runtime) as bot,
    ):
        assert_type(runtime, ums.Runtime)
        assert_type(bot, aio.Connection)
        assert_type(await bot.get_clock(), int)
        assert_type(await bot.send_text("c", "hello"), int)
        assert_type(await bot.query_messages("d"), list[MessageEvent])
        assert_type(await bot.status(), ums.ConnectionStatus)
        assert_type(await bot.get_shift_status(), tuple[ums.SkillShift, ...])
        assert_type(bot.proxy, ums.BrandConnectionProxy)
        async for event in bot.events(ums.MessageReceived):
            assert_type(event, ums.MessageReceived)
    awaited = await aio.connect("1", auth=auth)
    assert_type(awaited, aio.Connection)
    await awaited.close()


async def consumers() -> None:
    async with aio.connect_consumer("1", auth=ums.Anonymous()) as consumer:
        assert_type(consumer, aio.ConsumerConnection)
        assert_type(await consumer.create_conversation(skill_id="4"), str)
        assert_type(consumer.proxy, ums.ConsumerConnectionProxy)
        assert_type(await consumer.get_conversation("c"), ums.Conversation | None)


async def by_rest() -> None:
    auth = ums.PasswordLogin("bot1", "password")
    async with aio.connect_rest("12345678", auth=auth) as bot:
        assert_type(bot, aio.RestConnection)
        assert_type(bot.proxy, ums.BrandRestConnectionProxy)
        assert_type(await bot.send_text("c", "hello"), int)
        assert_type(await bot.query_messages("d"), list[MessageEvent])
        assert_type(await bot.remove_participant("c", "1.2", "d"), str)
        await bot.get_conversation_by_id("c")
        await bot.get_dialog("c")
        await bot.get_participant("c")


async def heard() -> None:
    async with aio.connect_null("12345678") as connection:
        assert_type(connection.proxy, ums.NullConnectionProxy)
        await connection.process_webhooks_notification(b"{}")
