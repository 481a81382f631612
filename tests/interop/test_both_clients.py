from __future__ import annotations

import asyncio

import pytest

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]


async def test_a_consumer_and_an_agent_from_hello_to_goodbye(
    agent, emulator, new_consumer, playing
):
    bot = agent()
    bot.subscribe()
    bot.ask("subscribeRoutingTasks", {})
    bot.ask("setAgentState", {"availability": "ONLINE"})
    async with playing(new_consumer(emulator)) as (ada,):
        await ada.open()
        conversation = await ada.request_conversation()
        await ada.follow(conversation)
        bot.change(conversation)
        assert await ada.publish(conversation, "a question") == 0

        (ring,) = bot.ring(conversation, "WAITING")["ringsDetails"]
        answer = {"ringId": ring["ringId"], "ringState": "ACCEPTED"}
        bot.ask("updateRingState", answer)
        members = [
            {"id": ada.user_id, "role": "CONSUMER"},
            {"id": bot.get("agentId"), "role": "ASSIGNED_AGENT"},
        ]
        assert bot.change(conversation, participants=members)["__myRole"]
        await ada.change(conversation, participants=members)

        history = {"dialogId": conversation, "fromSeq": 0}
        bot.ask("subscribeMessagingEvents", history)
        assert bot.record(message="a question")["originatorId"] == ada.user_id
        bot.say(conversation, "among us", messageAudience="AGENTS_AND_MANAGERS")
        bot.say(conversation, "an answer")
        assert (await ada.event("an answer"))["originatorId"] == bot.get("agentId")
        assert "among us" not in str(ada.arrivals)
        await ada.publish(conversation, "thanks")
        assert bot.record(message="thanks")["__isMe"] is False

        await ada.close(conversation)
        gone = bot.change(conversation, "DELETE")
        assert gone["closeReason"] == "CONSUMER"
    assert bot.trouble() == []


async def test_an_agent_hears_that_the_consumer_is_away(
    agent, emulator, new_consumer, playing
):
    bot = agent()
    bot.subscribe()
    async with playing(new_consumer(emulator), new_consumer(emulator)) as (ada, again):
        await ada.open()
        conversation = await ada.request_conversation()
        bot.change(conversation)
        bot.update(conversation, bot.participant("ADD", "ASSIGNED_AGENT"))
        assert await asyncio.to_thread(emulator.cut, ada.user_id) == 1
        away = bot.record(chatState="BACKGROUND")
        assert away["originatorId"] == ada.user_id
        again.jwt = ada.jwt
        await again.reopen()
        bot.record(chatState="ACTIVE")
    assert bot.trouble() == []
