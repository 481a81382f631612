from __future__ import annotations

import asyncio
import json
import socket
import struct

import aiohttp
import pytest

CHANGES = ".ams.aam.ExConversationChangeNotification"


@pytest.mark.parametrize("tls", [False, True])
async def test_a_close_comes_with_its_code_and_then_tcp_ends(scene, tls):
    async with scene(users=2, tls=tls) as (emulator, bot, other):
        assert await emulator.close_sockets(4401, "bot1") == 1
        assert await bot.ended() == 4401
        assert emulator.state()["sockets_by_user"] == {"bot1": 0, "bot2": 1}
        assert (await other.request(".GetClock"))["code"] == 200
        assert await emulator.close_sockets(1012) == 1
        assert await other.ended() == 1012
        assert await emulator.close_sockets(1012) == 0


async def raw_socket(bot):
    """Upgrade by hand and give the connected socket, with nothing read ahead."""
    host, port = bot.emulator.csds.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    path = f"/ws_api/account/{bot.emulator.account}/messaging/brand"
    writer.write(
        f"GET {path}/{bot.login['bearer']}?v=2.1 HTTP/1.1\r\nHost: {host}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    return reader, writer


def masked(opcode, payload=b""):
    return struct.pack("!BB4x", 0x80 | opcode, 0x80 | len(payload)) + payload


async def test_a_peer_that_never_answers_the_close_loses_tcp_anyway(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        reader, writer = await raw_socket(bot)
        assert await emulator.close_sockets(4401) == 1
        assert await reader.readexactly(4) == b"\x88\x02" + struct.pack("!H", 4401)
        assert await reader.read() == b""
        writer.close()


async def test_a_close_by_the_peer_is_answered_with_its_own_code(scene):
    async with scene(online=()) as (_, bot):
        await bot.log_in()
        reader, writer = await raw_socket(bot)
        code = struct.pack("!H", 3003)
        writer.write(masked(8, code))
        assert await reader.readexactly(4) == b"\x88\x02" + code
        assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize("tls", [False, True])
async def test_a_cut_ends_tcp_without_a_close_frame(scene, tls):
    async with scene(users=2, tls=tls) as (emulator, bot, other):
        assert emulator.cut("bot1") == 1
        assert await bot.ended() == 1006
        assert emulator.state()["sockets"] == 1
        assert emulator.cut() == 1
        assert await other.ended() == 1006
        assert emulator.cut() == 0


async def test_a_second_reset_does_nothing(scene):
    async with scene(tls=True) as (emulator, bot):
        (line,) = emulator._service.lines
        transport = line._channel._transport
        assert line.cut()
        transport.close()  # as aiohttp does when it hears of it
        line._channel.reset()
        assert await bot.ended() == 1006


async def test_who_has_gone_by_itself_can_be_cut_still(scene):
    async with scene(tls=True) as (emulator, bot):
        (line,) = emulator._service.lines
        transport = line._channel._transport
        transport.abort()
        transport._ssl_protocol = None  # what asyncio makes of one that was lost
        line._channel.reset()
        assert await bot.ended() == 1006


async def test_a_cut_is_a_reset(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        reader, writer = await raw_socket(bot)
        emulator.cut()
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        writer.close()


async def test_a_frozen_socket_stays_up_and_says_nothing(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        reader, writer = await raw_socket(bot)
        writer.write(masked(9))
        assert await reader.readexactly(2) == b"\x8a\x00"
        assert (emulator.freeze(), emulator.freeze()) == (1, 0)
        writer.write(masked(9))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.1)
        assert emulator.state()["sockets"] == 1
        assert emulator.cut() == 1
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        writer.close()


async def test_muted_pings_are_not_answered_but_requests_are(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        emulator.add_fault("mute-pings")
        reader, writer = await raw_socket(bot)
        writer.write(masked(9))
        writer.write(masked(1, b'{"kind":"req","id":"1","type":"KeepAlive"}'))
        assert (await reader.readexactly(2))[0] == 0x81
        writer.close()


async def test_a_silent_socket_is_closed_and_a_ping_keeps_it_open(scene):
    async with scene(idle_timeout=1.0) as (_, bot):
        for _ in range(5):  # together longer than the limit, each far below it
            await asyncio.sleep(0.25)
            await bot.ws.ping()
        assert not bot.end.is_set()
        assert await bot.ended() == 1000


async def test_a_frame_that_is_no_json_is_refused_if_it_shows_an_id(scene):
    async with scene() as (_, bot):
        bot.answers["m1"] = asyncio.get_running_loop().create_future()
        await bot.ws.send_str('{"kind":"req","id":"m1","type":')
        answer = await asyncio.wait_for(bot.answers["m1"], 5)
        assert (answer["code"], answer["type"]) == (400, ".ReqBody$StringResp")
        await bot.ws.send_str("nonsense")
        assert await bot.ended() == 1007


async def test_binary_frames_with_json_are_taken(scene):
    async with scene() as (_, bot):
        bot.answers["b1"] = asyncio.get_running_loop().create_future()
        frame = {"kind": "req", "id": "b1", "type": ".GetClock"}
        await bot.ws.send_bytes(json.dumps(frame).encode())
        assert (await asyncio.wait_for(bot.answers["b1"], 5))["code"] == 200


async def test_a_frame_beyond_the_limit_closes_with_1009(scene):
    async with scene(online=()) as (_, bot):
        await bot.log_in()
        reader, writer = await raw_socket(bot)
        writer.write(struct.pack("!BBQ4x", 0x81, 0xFF, 5 << 20))
        assert await reader.readexactly(2) == b"\x88\x02"
        assert struct.unpack("!H", await reader.readexactly(2)) == (1009,)
        writer.close()


async def test_responses_can_be_late_by_type(scene):
    async with scene() as (emulator, bot):
        emulator.add_fault("delay", value={"seconds": 0.2, "types": "GetClock"})
        await bot.send_request("slow", ".GetClock")
        await bot.request("KeepAlive")
        assert not bot.answers["slow"].done()
        assert (await asyncio.wait_for(bot.answers["slow"], 5))["code"] == 200


async def test_a_late_subscription_still_comes_before_its_snapshot(scene):
    async with scene() as (emulator, bot):
        emulator.add_fault("delay", value=0.1)
        await bot.subscribe(stage=["OPEN"])
        kinds = [frame["kind"] for _, frame in bot.frames]
        assert kinds == ["resp", "notification"]


async def test_a_dropped_response_was_carried_out_all_the_same(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        emulator.add_fault("drop", count=1, value="ms.PublishEvent")
        event = {"type": "ContentEvent", "message": "x"}
        body = {"dialogId": opened.dialog_id, "event": event}
        await bot.send_request("dropped", ".ams.ms.PublishEvent", body)
        assert (await bot.note())["event"]["message"] == "x"
        assert (await bot.say(opened.dialog_id, "y"))["body"] == {"sequence": 1}
        assert not bot.answers["dropped"].done()


async def test_a_rejected_request_is_not_carried_out(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        emulator.add_fault(
            "reject", count=1, value={"code": 401, "type": "ms.PublishEvent"}
        )
        answer = await bot.say(opened.dialog_id, "x")
        assert (answer["code"], answer["type"]) == (401, ".ReqBody$StringResp")
        assert (await bot.say(opened.dialog_id, "y"))["body"] == {"sequence": 0}


async def test_too_many_requests_at_once_get_429_and_the_socket_stays(scene):
    async with scene() as (emulator, bot):
        emulator.add_fault("too-many", value=2)
        emulator.add_fault("delay", value=0.1)
        for number in range(4):
            await bot.send_request(str(number), ".GetClock")
        codes = [
            (await asyncio.wait_for(bot.answers[str(number)], 5))["code"]
            for number in range(4)
        ]
        assert codes == [200, 200, 429, 429]
        assert (await bot.request(".GetClock"))["code"] == 200


async def test_a_reader_that_does_not_read_is_cut(scene, eventually):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        host, port = emulator.csds.split(":")
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, (host, int(port)))
        path = f"/ws_api/account/{emulator.account}/messaging/brand"
        raw.send(
            f"GET {path}/{bot.login['bearer']}?v=2.1 HTTP/1.1\r\nHost: x\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
            "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        await eventually(lambda: emulator.state()["sockets"])
        opened = emulator.open_conversation(assign="bot1")
        for _ in range(3):
            for _ in range(9_000):
                event = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
                emulator._publish(opened.conversation_id, event)
            await asyncio.sleep(0)
        await eventually(lambda: not emulator.state()["sockets"])
        raw.close()


async def test_the_log_has_all_frames_and_no_token(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        secret = bot.login["bearer"]
        await bot.say(opened.dialog_id, f"my token is {secret}")
        await bot.note()
        entries = emulator.log("bot1")
        ways = [(entry["dir"], entry["frame"]["kind"]) for entry in entries]
        assert ways == [("in", "req"), ("out", "resp"), ("out", "notification")]
        assert {entry["conn"] for entry in entries} == {1}
        assert secret.encode() not in emulator.log_lines()
        for name in ("csrf", "sessionId"):
            assert bot.login[name].encode() not in emulator.log_lines()


async def test_without_a_log_nothing_is_kept(scene):
    async with scene(log=False) as (emulator, bot):
        await bot.request(".GetClock")
        assert emulator.log() == []


async def test_a_plain_get_of_the_socket_address_is_refused(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        path = f"/ws_api/account/{emulator.account}/messaging/brand"
        url = f"{bot.base}{path}/{bot.login['bearer']}?v=2.1"
        async with bot.http.get(url) as answer:
            assert answer.status == 400
        assert emulator.state()["sockets"] == 0


async def test_no_compression_is_agreed_on(scene):
    async with scene(online=()) as (_, bot):
        await bot.log_in()
        await bot.connect(compress=15)
        assert bot.ws.compress == 0
        assert isinstance(bot.ws, aiohttp.ClientWebSocketResponse)
