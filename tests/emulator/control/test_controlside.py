from __future__ import annotations

import json
from typing import get_args

import pytest

from ums_actors.emulator.control.actions import Action
from ums_actors.emulator.control.endpoints import ENDPOINTS
from ums_actors.emulator.faults.registry import KINDS


async def call(bot, method, path, **more):
    url = f"{bot.emulator.control}{path}"
    async with bot.http.request(method, url, ssl=bot.ssl, **more) as answer:
        return answer.status, json.loads(await answer.text())


async def test_consumer_actions_by_post(scene):
    async with scene() as (_, bot):
        act = {"action": "open", "assign": "bot1", "text": "hi", "skill": "s"}
        status, opened = await call(bot, "POST", "/consumer", json=act)
        assert status == 200
        assert opened["sequence"] == 0
        where = {"conversation": opened["conversation"]}
        assert (await bot.note())["dialogId"] == opened["dialog"]
        acts = [
            {"action": "write", "text": "two", **where},
            {"action": "accept", "sequences": [0], **where},
            {"action": "cobrowse", **where},
            {"action": "cobrowse", "session": "CLOSED", **where},
            {"action": "close", **where},
            {"action": "read", "since": 1, **where},
        ]
        _, answers = await call(bot, "POST", "/consumer", json=acts)
        assert answers[:2] == [{"sequence": 1}, {"sequence": 2}]
        assert answers[2] == answers[3] == {"dialog": answers[2]["dialog"]}
        assert answers[4] == {"closed": True}
        assert answers[5]["stage"] == "CLOSE"
        assert [it["sequence"] for it in answers[5]["events"]] == [1, 2]


async def test_many_conversations_by_post(scene):
    async with scene() as (emulator, bot):
        act = {"action": "open-many", "count": 3, "apart": 10}
        status, opened = await call(bot, "POST", "/consumer", json=act)
        assert status == 200
        known = [it["conversation"] for it in emulator.conversations()]
        assert opened == {"conversations": known}
        status, refused = await call(
            bot, "POST", "/consumer", json={"action": "open-many", "count": 0}
        )
        assert (status, "count=0" in refused["error"]) == (400, True)


async def test_transcript_and_conversations_by_get(scene):
    async with scene(online=()) as (emulator, bot):
        opened = emulator.open_conversation(text="hi")
        where = f"conversation={opened.conversation_id}"
        _, told = await call(bot, "GET", f"/transcript?{where}")
        assert [it["event"]["message"] for it in told["events"]] == ["hi"]
        _, told = await call(bot, "GET", f"/transcript?{where}&since=1&wait=0.01")
        assert told == {
            "conversation": opened.conversation_id,
            "stage": "OPEN",
            "events": [],
        }
        _, told = await call(bot, "GET", "/conversations")
        assert told["conversations"] == emulator.conversations()


async def test_working_hours_by_post_and_get(scene):
    async with scene(online=()) as (emulator, bot):
        hours = {"skill": "17", "on": False, "next_off": 5}
        status, told = await call(bot, "POST", "/shifts", json=hours)
        assert status == 200
        assert told == {"shifts": emulator.shifts()}
        assert await call(bot, "GET", "/shifts") == (200, told)
        assert told["shifts"][1] == {
            "skill": "17",
            "on": False,
            "next_on": None,
            "next_off": 5,
        }


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        ({"skill": "17"}, "`on`"),
        ({"skill": "17", "on": "yes"}, "bool"),
        ({"skill": "17", "on": True, "next": 5}, "next"),
        ({"skill": "", "on": True}, "give the id of a skill"),
    ],
)
async def test_working_hours_that_are_none_are_refused(scene, hours, why):
    async with scene(online=()) as (emulator, bot):
        before = emulator.shifts()
        status, told = await call(bot, "POST", "/shifts", json=hours)
        assert status == 400
        assert why in told["error"]
        assert emulator.shifts() == before


async def test_faults_on_sockets_and_tokens_by_post(scene):
    async with scene(users=2) as (_, bot, other):
        post = ("POST", "/expire-tokens?user=bot1")
        assert await call(bot, *post) == (200, {"expired": 1})
        assert await call(bot, "POST", "/freeze?user=bot2") == (200, {"frozen": 1})
        assert await call(bot, "POST", "/close?code=4407&user=bot1") == (
            200,
            {"closed": 1},
        )
        assert await bot.ended() == 4407
        assert await call(bot, "POST", "/cut") == (200, {"closed": 1})
        assert await other.ended() == 1006


async def test_faults_by_post_get_and_delete(scene):
    async with scene(online=()) as (_, bot):
        drop = {"name": "drop", "user": "bot1", "count": 2, "value": "GetClock"}
        mute = {"name": "mute-pings"}
        assert await call(bot, "POST", "/faults", json=drop) == (
            200,
            {"faults": [drop]},
        )
        both = (200, {"faults": [drop, mute]})
        assert await call(bot, "POST", "/faults", json=mute) == both
        assert await call(bot, "GET", "/faults") == both
        left = await call(bot, "DELETE", "/faults?name=drop&user=bot1")
        assert left == (200, {"faults": [mute]})
        assert await call(bot, "DELETE", "/faults") == (200, {"faults": []})


async def test_the_root_tells_every_call_and_every_fault(scene):
    async with scene(online=()) as (_, bot):
        status, told = await call(bot, "GET", "")
        assert status == 200
        assert {it["name"] for it in told["faults"]} == set(KINDS)
        assert len(told["calls"]) == len(ENDPOINTS)
        for it in told["calls"]:
            method, _, path = it["call"].partition(" ")
            assert path.startswith("/emulator")
            answer = await call(bot, method, path.removeprefix("/emulator") + "?x=1")
            assert answer[0] == 400
            assert answer[1]["error"].startswith("there is no parameter 'x'; ")
            for name in it.get("query", {}):
                assert name in answer[1]["error"]


def test_the_root_tells_every_field_of_every_action():
    (consumer,) = (it for it in ENDPOINTS if it.path == "/consumer")
    told = {name: set(fields) for name, fields in consumer.body["action"].items()}
    assert told == {
        kind.__struct_config__.tag: set(kind.__struct_fields__)
        for kind in get_args(Action)
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/typo", 404),
        ("POST", "/state/more", 404),
        ("POST", "", 405),
        ("PUT", "/faults", 405),
    ],
)
async def test_what_there_is_not_points_to_the_root(scene, method, path, status):
    async with scene(online=()) as (_, bot):
        answer = await call(bot, method, path)
        assert answer[0] == status
        assert "GET /emulator says what each call takes" in answer[1]["error"]


async def test_a_wrong_method_names_the_right_ones(scene):
    async with scene(online=()) as (_, bot):
        _, told = await call(bot, "PUT", "/faults")
        assert (
            "/emulator/faults does not take PUT; use POST or GET or DELETE"
            in (told["error"])
        )


async def test_state_sockets_and_log_by_get(scene):
    async with scene() as (emulator, bot):
        await bot.request(".GetClock")
        assert await call(bot, "GET", "/state") == (200, emulator.state())
        _, told = await call(bot, "GET", "/sockets?user=bot1")
        assert told == {"sockets": emulator.sockets("bot1")}
        _, told = await call(bot, "GET", "/history?user=bot1")
        assert told == {"sockets": emulator.history("bot1")}
        async with bot.http.get(f"{emulator.control}/log?user=bot1") as answer:
            lines = (await answer.text()).splitlines()
        assert [json.loads(line)["dir"] for line in lines] == ["in", "out"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/consumer", b"no json", 400),
        ("POST", "/consumer", b'{"action":"dance"}', 400),
        ("POST", "/consumer", b'{"action":"_act"}', 400),
        ("POST", "/consumer", b'{"action":"open","typo":1}', 400),
        ("POST", "/consumer", b'"open"', 400),
        ("POST", "/consumer", b"null", 400),
        ("POST", "/consumer", b'{"action":"write","conversation":"x"}', 404),
        ("POST", "/close", b"", 400),
        ("POST", "/close?code=abc", b"", 400),
        ("POST", "/close?code=nan", b"", 400),
        ("POST", "/cut?user=nobody", b"", 400),
        ("POST", "/consumer", b'[{"action":"open"},{"action":"dance"}]', 400),
        ("POST", "/faults", b"[]", 400),
        ("POST", "/faults", b'{"name":"typo"}', 400),
        ("POST", "/faults", b'{"name":"drop","typo":1}', 400),
        ("POST", "/faults", b'{"name":"drop","count":0}', 400),
        ("POST", "/faults", b'{"name":"drop","user":"nobody"}', 400),
        ("DELETE", "/faults?name=typo", b"", 400),
        ("DELETE", "/faults?user=nobody", b"", 400),
        ("GET", "/transcript", b"", 400),
        ("GET", "/transcript?conversation=x", b"", 404),
        ("GET", "/transcript?conversation=x&since=y", b"", 400),
        ("GET", "/sockets?user=nobody", b"", 400),
        ("GET", "/history?user=nobody", b"", 400),
        ("GET", "/log?user=bot1&user=bot2", b"", 400),
        ("GET", "/log?user=nobody", b"", 400),
    ],
)
async def test_a_bad_call_gets_a_sentence(scene, method, path, body, status):
    async with scene(online=()) as (_, bot):
        answer = await call(bot, method, path, data=body)
        assert answer[0] == status
        assert isinstance(answer[1]["error"], str)


async def test_a_conversation_is_placed_by_post(scene):
    async with scene() as (emulator, bot):
        talk = emulator.open_conversation(text="hi").conversation_id
        body = {"conversation": talk, "group": "g"}
        status, answer = await call(bot, "POST", "/conversation", json=body)
        assert (status, answer) == (200, {"changed": True})
        status, answer = await call(bot, "POST", "/conversation", json={"group": "g"})
        assert status == 400
        assert "conversation" in answer["error"]
