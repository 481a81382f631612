from __future__ import annotations

import base64

import pytest

from ums_actors.emulator import assertion_of
from ums_actors.emulator.http import saml
from ums_actors.emulator.http.saml import Served, subject_of


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def login(assertion):
    return {"jwt": "dummy", "assertion": assertion}


@pytest.mark.parametrize("name", ["bot1", "a & b", "<x>", "Zoë", '"quoted"'])
def test_the_subject_is_found(name):
    assert subject_of(assertion_of(name)) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<NameID Format='x'> a&amp;b </NameID>", "a&b"),
        ('<saml2:NameID Format="a"\n SPNameQualifier="b">bot1</saml2:NameID>', "bot1"),
        ("<a><n-1.x:NameID>&quot;bot1&quot;</n-1.x:NameID></a>", '"bot1"'),
    ],
)
def test_the_subject_is_found_in_other_hands_assertions(text, name):
    assert subject_of(encoded(text)) == name


def test_base64_may_be_broken_into_lines():
    whole = assertion_of("bot1")
    lines = [whole[at : at + 76] for at in range(0, len(whole), 76)]
    assert subject_of("\r\n".join(lines)) == "bot1"


@pytest.mark.parametrize(
    "assertion",
    [
        "",
        "no base64!",
        encoded("<NameID></NameID>"),
        encoded("<NameID> </NameID>"),
        encoded("<NameIDs>bot1</NameIDs>"),
        encoded("nobody"),
        "/w==",
        None,
        7,
        encoded("<NameID>bot1</NameID>" + " " * 65_536),
    ],
)
def test_what_is_no_assertion_has_none(assertion):
    assert subject_of(assertion) is None


def test_an_assertion_is_good_once(monkeypatch):
    served, first, second = Served(), assertion_of("bot1"), assertion_of("bot1")
    assert [served.takes(it) for it in (first, second)] == [True, True]
    assert [served.takes(it) for it in (first, f" {second}\n")] == [False, False]
    monkeypatch.setattr(saml, "ASSERTION_SERVES_ONCE", False)
    assert served.takes(first)


def test_of_very_many_the_oldest_are_forgotten(monkeypatch):
    monkeypatch.setattr(saml, "KEPT_ASSERTIONS", 2)
    served, made = Served(), [assertion_of("bot1") for _ in range(3)]
    assert all(map(served.takes, made))
    assert not served.takes(made[2])
    assert served.takes(made[0])


async def test_an_assertion_logs_its_subject_in_once(scene):
    async with scene(online=(), users=2) as (emulator, bot, _):
        assertion = assertion_of("bot2")
        status, answer = await bot.post("login", login(assertion))
        assert status == 200
        assert answer["config"]["loginName"] == "bot2"
        assert await bot.handshake_status(answer["bearer"]) == 101
        status, answer = await bot.post("login", login(assertion))
        assert (status, type(answer["error"])) == (401, str)
        assert (await bot.post("login", login(assertion_of("bot2"))))[0] == 200
        state = emulator.state()
        assert (state["logins"], state["refused_logins"]) == (2, 1)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (login(assertion_of("nobody")), 401),
        (login("bm9ib2R5"), 400),
        (login(None), 400),
        ({"jwt": "dummy"}, 400),
        ({**login(assertion_of("bot1")), "username": "bot1"}, 401),
        ({**login(assertion_of("bot1")), "username": 7}, 400),
    ],
)
async def test_what_is_no_assertion_of_a_user_lets_nobody_in(scene, body, status):
    async with scene(online=()) as (_, bot):
        found, answer = await bot.post("login", body)
        assert (found, type(answer["error"])) == (status, str)


async def test_a_refused_account_uses_no_assertion_up(scene):
    async with scene(online=()) as (_, bot):
        here, assertion = bot.account, assertion_of("bot1")
        bot.account = here.replace("12345678", "87654321")
        assert (await bot.post("login", login(assertion)))[0] == 401
        bot.account = here
        assert (await bot.post("login", login(assertion)))[0] == 200


async def test_a_fault_strikes_the_login_of_one_subject(scene):
    async with scene(online=(), users=2) as (emulator, bot, _):
        emulator.add_fault("login", user="bot2", count=1, value=503)
        tried = [
            (await bot.post("login", login(assertion_of(name))))[0]
            for name in ("bot1", "bot2", "bot2")
        ]
        assert tried == [200, 503, 200]
