from __future__ import annotations

import asyncio
import base64
import itertools
import json

import aiohttp
import pytest

GAP = 0.008
"""Seconds between a response and its first notification."""
TRIES = 5
"""A busy machine may hand over late what came early; a gap that is kept shows once."""


def claims(jwt):
    part = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


# -- opening


async def test_open_goes_through_all_its_calls(new_consumer, playing, either):
    async with playing(new_consumer(either)) as (ada,):
        await ada.open()
        assert ada.snapshot == []
        assert claims(ada.jwt)["sub"] == ada.user_id
        assert claims(ada.jwt)["aud"] == f"acc:{ada.account}"


async def test_a_connector_gives_an_identity_in_two_steps(new_consumer, playing, plain):
    async with playing(new_consumer(plain)) as (ada,):
        host = await ada.domain("idp")
        external = (await ada.post(host, "anonymous/authorize", {}))["token"]
        body = {"id_token": external}
        answer = await ada.post(host, "app/7/authenticate?v=3.0", body)
        ada.jwt = answer["token"]
        await ada.reopen()
        assert ada.user_id == claims(ada.jwt)["sub"]


async def test_a_customer_may_be_played_by_its_name(new_consumer, playing, plain):
    async with playing(new_consumer(plain)) as (ada,):
        host = await ada.domain("idp")
        body = {"code": "Ada", "redirect_uri": "https://liveperson.net"}
        answer = await ada.post(host, "app/default/authenticate?v=2", body)
        ada.jwt = answer["token"]
        await ada.reopen()


async def test_the_same_identity_serves_again(new_consumer, playing, plain):
    async with playing(new_consumer(plain), new_consumer(plain)) as (ada, again):
        await ada.open()
        conversation = await ada.request_conversation()
        await ada.publish(conversation, "hello")
        again.jwt = ada.jwt
        await again.reopen()
        assert again.user_id == ada.user_id
        assert [it["result"]["convId"] for it in again.snapshot] == [conversation]
        records = await again.follow(conversation)
        assert [it["event"].get("message") for it in records] == ["hello"]


async def test_nothing_is_done_before_it_is_known_who_asks(
    new_consumer, rejected, playing, plain
):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.sign_up()
        await ada.connect()
        for name, body in (("GetClock", {}), ("Subscribe", {"stage": ["OPEN"]})):
            with pytest.raises(rejected):
                await ada.send(name, body)
        await ada.init()
        assert (await ada.send("GetClock", {}))["currentTime"] > 0


async def test_a_bad_identity_does_not_get_in(new_consumer, rejected, playing, plain):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.connect()
        ada.jwt = "no.such.identity"
        with pytest.raises((rejected, AssertionError)):
            await ada.init()
        if ada.close_code is not None:
            assert ada.close_code in {4401, 4407}


async def test_a_bad_identity_in_a_header_is_refused_by_exactly_401(
    new_consumer, playing, either
):
    async with playing(new_consumer(either)) as (ada,):
        host = await ada.domain("asyncMessagingEnt")
        bad = "jwt no.such.identity"
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await ada.dial(host, "messaging/consumer?v=3", Authorization=bad)
        assert refused.value.status == 401


async def test_keep_alive_is_the_clock(new_consumer, playing, plain):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.open()
        assert (await ada.send("GetClock", {}))["currentTime"] > 0


@pytest.mark.parametrize("code", [4401, 4407])
async def test_a_close_code_arrives_as_it_is(new_consumer, playing, plain, code):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.open()
        assert await asyncio.to_thread(plain.close_sockets, code) == 1
        assert await ada.closed() == code


# -- what would break it


async def test_the_response_comes_before_the_new_conversation_and_apart_from_it(
    new_consumer, playing, either
):
    async with playing(new_consumer(either)) as (ada,):
        await ada.open()
        found = []
        for _ in range(TRIES):
            start = len(ada.arrivals)
            conversation = await ada.request_conversation()
            answered = await ada.place(
                lambda frame, it=conversation: (
                    frame.get("body") == {"conversationId": it}
                ),
                start,
            )
            told = await ada.place(ada.with_any("Changes", ada.of(conversation)), start)
            assert answered < told
            found.append(ada.arrivals[told][0] - ada.arrivals[answered][0])
        assert max(found) >= GAP


async def test_a_snapshot_comes_behind_its_response_and_apart_from_it(
    new_consumer, playing, either
):
    async with playing(new_consumer(either)) as (ada,):
        await ada.open()
        found = []
        for _ in range(TRIES):
            start = len(ada.arrivals)
            identity, _ = await ada.subscribe({"stage": ["OPEN"]})
            (answered, response), (told, _) = ada.arrivals[start : start + 2]
            assert response["body"] == {"subscriptionId": identity}
            found.append(told - answered)
        assert max(found) >= GAP


async def test_messages_come_behind_the_response_and_apart_from_it_even_if_none(
    new_consumer, playing, either
):
    async with playing(new_consumer(either)) as (ada,):
        await ada.open()
        found = []
        for _ in range(TRIES):
            conversation = await ada.request_conversation()
            await ada.change(conversation)
            start = len(ada.arrivals)
            assert await ada.follow(conversation) == []
            (answered, response), (told, _) = ada.arrivals[start : start + 2]
            assert response["kind"] == "resp"
            found.append(told - answered)
        assert max(found) >= GAP


async def test_an_event_comes_before_the_change_that_repeats_it(
    new_consumer, playing, plain
):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.open()
        conversation = await ada.request_conversation()
        await ada.follow(conversation)
        await ada.publish(conversation, "hello")
        told = await ada.place(ada.saying("hello"))
        assert told < await ada.place(ada.repeating("hello"))


async def test_the_time_of_the_last_update_never_decreases(
    new_consumer, playing, plain
):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.open()
        conversation = await ada.request_conversation()
        for number in range(20):
            await ada.publish(conversation, str(number))
        await ada.close(conversation)
        await ada.change(conversation, stage="CLOSE")
        times = ada.update_times()
        assert len(times) > 20
        assert all(old <= new for old, new in itertools.pairwise(times))


async def test_after_unsubscribing_nothing_is_told(new_consumer, playing, plain):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.open()
        await ada.send("Unsubscribe", {"subscriptionId": ada.subscription})
        conversation = await ada.request_conversation()
        await ada.publish(conversation, "hello")
        await ada.follow(conversation)  # a complaint would have come by now


async def test_errors_are_sentences_of_the_type_that_is_read(
    new_consumer, playing, plain
):
    async with playing(new_consumer(plain)) as (ada,):
        await ada.open()
        for name, body in (
            ("Update", {"conversationId": "none", "conversationField": []}),
            ("Publish", {"dialogId": "none", "event": {}}),
            ("SubscribeMessages", {"dialogId": "none", "fromSeq": 0}),
            ("Unsubscribe", {"subscriptionId": "none"}),
            ("no.Such", {}),
        ):
            answer = await ada.ask(name, body)
            assert 400 <= answer["code"] < 500, name
            assert " " in answer["body"], name
