from __future__ import annotations

import asyncio
import json

import pytest

INIT = "InitConnection"


@pytest.mark.parametrize("tls", [False, True])
async def test_a_token_in_the_header_opens_a_consumers_socket(scene, tls):
    async with scene(tls=tls, consumers=1) as (emulator, _, visitor):
        answer = await visitor.request("GetClock")
        assert (answer["code"], answer["type"]) == (200, "GetClockResponse")
        assert emulator.state()["consumer_sockets"] == 1
        assert emulator.state()["sockets_by_user"] == {"bot1": 1, visitor.id: 1}
        answer = await visitor.request(INIT)
        assert (answer["code"], answer["type"]) == (400, "StringResponse")


@pytest.mark.parametrize("scheme", ["jwt", "JWT", "Jwt", "Bearer", "bearer"])
async def test_the_scheme_of_the_header_is_of_any_case(scene, scheme):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        headers = {"Authorization": f"{scheme} {visitor.jwt}"}
        assert await visitor.handshake_status(headers=headers) == 101
        assert (await visitor.request("GetClock"))["code"] == 200


@pytest.mark.parametrize(
    "header", ["", "jwt", "jwt garbage", "Basic {jwt}", "{jwt}", "jwt {jwt}x"]
)
async def test_a_bad_token_in_the_header_is_refused_with_401(scene, header):
    async with scene(online=(), consumers=1) as (emulator, _, visitor):
        headers = {"Authorization": header.format(jwt=visitor.jwt)}
        assert await visitor.handshake_status(headers=headers) == 401
        assert emulator.state()["refused_handshakes"] == 1


async def test_foreign_accounts_and_versions_are_refused(scene):
    async with scene(online=(), consumers=1) as (_, bot, visitor):
        assert await visitor.handshake_status(account="other") == 401
        assert await visitor.handshake_status("", account="other") == 401
        assert await visitor.handshake_status(query="v=2.1") == 400
        assert await visitor.handshake_status(query="") == 400
        await bot.log_in()
        assert await visitor.handshake_status(bot.login["bearer"]) == 401
        assert await bot.handshake_status(visitor.jwt) == 401


async def test_a_fault_strikes_the_handshake_of_one_consumer(scene):
    async with scene(online=(), consumers=2) as (emulator, _, visitor, other):
        emulator.add_fault("handshake", user=visitor.id, count=1, value=502)
        assert await other.handshake_status() == 101
        assert await visitor.handshake_status() == 502
        assert await visitor.handshake_status() == 101


async def test_what_the_client_says_of_itself_is_shown_to_the_brand(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        await visitor.close()
        told = {"type": ".ClientProperties", "appId": "demo", "os": None, "x": 1}
        headers = {"Client-Properties": json.dumps(told)}
        query = "v=3&intid=sdk&intvn=1.5.4&appid=unknown&appvn=2.0"
        await visitor.connect(headers=headers, query=query)
        expected = {
            "type": ".ClientProperties",
            "integration": "sdk",
            "integrationVersion": "1.5.4",
            "appId": "demo",
            "appVersion": "2.0",
        }
        conversation = await visitor.begin()
        _, (change,) = await bot.subscribe()
        context = change["result"]["conversationDetails"]["context"]
        assert context["clientProperties"] == expected
        await bot.join(conversation)
        await visitor.say(conversation, "hi")
        note = await bot.note_of(".ams.ms.OnlineEventDistribution")
        assert note["originatorClientProperties"] == expected
        assert note["originatorMetadata"]["clientProperties"] == expected


@pytest.mark.parametrize("header", ["nonsense", "[1]", "[" * 3_000, "null"])
async def test_nonsense_in_the_properties_does_no_harm(scene, header):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        headers = {"Client-Properties": header}
        assert await visitor.handshake_status(headers=headers) == 101
        assert (await visitor.request("GetClock"))["code"] == 200


async def test_a_brand_socket_takes_the_queries_of_known_clients(scene):
    async with scene(users=2, consumers=1) as (_, bot, other, visitor):
        await bot.close()
        query = "2.1&intid=lpm-sdk&intvn=1.5.4&appid=unknown&appvn=unknown"
        await bot.connect(version=query + "&integrationVersion=3.7.0")
        conversation = await visitor.begin()
        for each in (bot, other):
            await each.join(conversation)
        await bot.say(conversation, "hello")
        note = await other.note_of(".ams.ms.OnlineEventDistribution")
        assert note["originatorClientProperties"]["integration"] == "lpm-sdk"


async def test_init_connection_lets_a_consumer_in(scene):
    async with scene(online=(), consumers=1) as (emulator, _, visitor):
        await visitor.connect("")
        assert emulator.state()["consumer_sockets"] == 1
        answer = await visitor.init(appId="demo", os=None, features=["RICH_CONTENT"])
        assert answer["code"] == 200
        assert (answer["type"], answer["body"]) == ("StringResponse", "OK")
        answer = await visitor.request("userprofile.GetUserProfile")
        assert answer["body"]["userId"] == visitor.id
        again = await visitor.init()
        assert (again["code"], type(again["body"])) == (400, str)
        assert (await visitor.request("GetClock"))["code"] == 200


async def test_a_bare_header_is_as_good_as_a_list_of_one(scene):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        await visitor.connect("")
        header = {"type": "ConsumerAuthentication", "jwt": visitor.jwt}
        answer = await visitor.request(".InitConnection", {}, headers=header)
        assert answer["code"] == 200


async def test_nothing_else_is_answered_before_init_connection(scene):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        await visitor.connect("")
        for kind in ("GetClock", "cqm.SubscribeExConversations", "nonsense"):
            answer = await visitor.request(kind)
            assert (answer["code"], answer["type"]) == (401, "StringResponse")
            assert "InitConnection" in answer["body"]
        assert (await visitor.init())["code"] == 200


@pytest.mark.parametrize("bad", ["garbage", "", None, 7, "killed"])
async def test_a_bad_token_is_answered_with_401_and_then_closed(scene, bad):
    async with scene(online=(), consumers=1) as (emulator, _, visitor):
        await visitor.connect("")
        token = bad
        if bad == "killed":
            token = visitor.jwt
            assert emulator.expire_tokens(visitor.id) == 1
        header = {"type": ".ams.headers.ConsumerAuthentication", "jwt": token}
        answer = await visitor.request(INIT, {}, headers=[header])
        assert (answer["code"], answer["type"]) == (401, "StringResponse")
        assert await visitor.ended() == (4407 if bad == "killed" else 4401)


async def test_a_lost_login_of_ones_own_closes_with_4401(scene):
    async with scene(online=(), consumers=1) as (emulator, _, visitor):
        _, answer = await visitor.idp("app/c/authenticate", {"code": "ann"})
        visitor.jwt = answer["token"]
        emulator.expire_tokens(visitor.id)
        await visitor.connect("")
        assert (await visitor.init())["code"] == 401
        assert await visitor.ended() == 4401


async def test_init_connection_without_headers_is_refused(scene):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        await visitor.connect("")
        assert (await visitor.request(INIT))["code"] == 401
        assert await visitor.ended() == 4401


async def test_who_says_nothing_in_time_is_closed(scene):
    async with scene(consumers=2, online=(), init_timeout=0.2) as (_, bot, *visitors):
        await bot.log_in()
        await bot.connect()
        silent, known = visitors
        await known.connect("")
        assert (await known.init())["code"] == 200
        await silent.connect("")
        assert (await silent.request("GetClock"))["code"] == 401
        assert await silent.ended() == 4401
        for each in (bot, known):
            assert (await each.request("GetClock"))["code"] == 200


async def test_no_token_is_in_the_log(scene):
    async with scene(online=(), consumers=1) as (emulator, _, visitor):
        await visitor.connect("")
        await visitor.init()
        conversation = await visitor.begin()
        await visitor.say(conversation, f"my token is {visitor.jwt}, mind you")
        await visitor.ws.send_str('{"jwt": "' + visitor.jwt)
        await visitor.ended()
        text = json.dumps(emulator.log(), ensure_ascii=False)
        assert visitor.jwt not in text
        assert all(part not in text for part in visitor.jwt.split("."))
        assert "my token is …, mind you" in text


async def test_controls_and_log_take_the_id_of_a_consumer(scene):
    async with scene(consumers=2) as (emulator, _, visitor, other):
        await visitor.request("GetClock")
        await other.request("GetClock")
        assert {it["user"] for it in emulator.log(visitor.id)} == {visitor.id}
        assert len(emulator.log(visitor.id)) == 2
        assert await emulator.close_sockets(4407, visitor.id) == 1
        assert await visitor.ended() == 4407
        assert emulator.freeze(other.id) == 1
        assert emulator.cut(other.id) == 1
        assert await other.ended() == 1006
        assert emulator.state()["consumer_sockets"] == 0
        assert emulator.expire_tokens(other.id) == 1
        assert emulator.expire_tokens() == 2


async def test_nobody_of_that_name_is_an_error(scene):
    async with scene(online=(), consumers=1) as (emulator, _, _visitor):
        for call in (emulator.cut, emulator.freeze, emulator.log):
            with pytest.raises(Exception, match="no user or consumer 'nobody'"):
                call("nobody")
        with pytest.raises(Exception, match="no user or consumer"):
            emulator.expire_tokens("nobody")


async def test_sockets_stay_up_when_their_tokens_are_killed(scene):
    async with scene(consumers=1) as (emulator, bot, visitor):
        assert emulator.expire_tokens() == 2
        for each in (bot, visitor):
            assert (await each.request("GetClock"))["code"] == 200
            assert await each.handshake_status() == 401


async def test_two_sockets_on_one_token_are_both_told(scene):
    async with scene(consumers=1, gap=0) as (_, _bot, visitor):
        first, reader = visitor.ws, visitor.reader
        conversation = await visitor.begin()
        await visitor.connect()
        await visitor.listen(conversation)
        await visitor.say(conversation, "hi")
        notes = [await visitor.note(), await visitor.note()]
        assert [it["changes"][0]["event"]["message"] for it in notes] == ["hi", "hi"]
        await first.close()
        await asyncio.gather(reader)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
async def test_a_brand_users_token_may_come_in_the_header(scene, scheme):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        path = f"/ws_api/account/{emulator.account}/messaging/brand?v=2"
        headers = {"Authorization": f"{scheme} {bot.login['bearer']}"}
        async with bot.http.ws_connect(f"{bot.base}{path}", headers=headers) as line:
            await line.send_json({"kind": "req", "id": "1", "type": ".GetClock"})
            assert (await line.receive_json())["code"] == 200


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Basic {}", "{}"])
async def test_a_brand_user_without_a_live_token_is_refused(scene, header):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        url = f"{bot.base}/ws_api/account/{emulator.account}/messaging/brand?v=2"
        told = {} if header is None else {"Authorization": header}
        told = {key: text.format(bot.login["bearer"]) for key, text in told.items()}
        async with bot.http.get(url, headers=told) as answer:
            assert answer.status == 401
