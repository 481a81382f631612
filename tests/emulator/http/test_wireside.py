from __future__ import annotations

import pytest


async def get(bot, path):
    async with bot.http.get(f"{bot.base}{path}", ssl=bot.ssl) as answer:
        return answer.status, await answer.json()


async def test_domains_are_bare_hosts_with_a_port(scene):
    async with scene(online=()) as (emulator, bot):
        path = f"/api/account/{emulator.account}/service"
        status, every = await get(bot, f"{path}/baseURI.json?version=1.0")
        assert status == 200
        assert {"agentVep", "asyncMessagingEnt", "facadeMsg"} <= {
            entry["service"] for entry in every["baseURIs"]
        }
        for entry in every["baseURIs"]:
            one = await get(bot, f"{path}/{entry['service']}/baseURI.json?version=1.0")
            assert one == (200, entry)
            assert entry["baseURI"] == emulator.csds
            assert entry["account"] == emulator.account


async def test_unknown_accounts_and_services_have_no_domain(scene):
    async with scene(online=()) as (emulator, bot):
        path = "/api/account/{}/service/{}/baseURI.json"
        for wrong in (path.format("nobody", "agentVep"), path.format("nobody", "x")):
            assert await get(bot, wrong) == (400, {"error": "Unknown account"})
        wrong = path.format(emulator.account, "agentvep")
        assert await get(bot, wrong) == (404, {"error": "Unknown service"})


async def test_a_login_gives_tokens_identities_and_domains(scene):
    async with scene(online=()) as (emulator, bot):
        assert await bot.log_in() == 200
        login = bot.login
        assert len(login["bearer"]) == len(login["csrf"]) == 64
        assert login["config"]["loginName"] == "bot1"
        assert login["config"]["userId"].isdecimal()
        assert len(login["config"]["userPid"]) == 36
        assert login["csdsCollectionResponse"]["baseURIs"][0]["account"] == (
            emulator.account
        )


async def test_the_session_comes_as_a_cookie_too(scene):
    async with scene(online=()) as (_, bot):
        body = {"username": "bot1", "password": "bot1-password"}
        async with bot.http.post(f"{bot.account}/login?v=1.3", json=body) as answer:
            cookie = answer.cookies["Session_id"].value
            assert cookie == (await answer.json())["sessionId"]


async def test_five_keys_log_in_with_the_password_as_the_secret(scene):
    async with scene(online=()) as (_, bot):
        keys = {"appKey": "a", "accessToken": "dummy", "accessTokenSecret": "dummy"}
        right = {"username": "bot1", "secret": "bot1-password", **keys}
        assert (await bot.post("login", right))[0] == 200
        assert (await bot.post("login", {**right, "secret": "no"}))[0] == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"username": "bot1", "password": "wrong"}, 401),
        ({"username": "nobody", "password": "bot1-password"}, 401),
        ({"username": "bot1"}, 401),
        ({"password": "bot1-password"}, 400),
        ([], 400),
    ],
)
async def test_a_refused_login_says_why_in_a_string(scene, body, status):
    async with scene(online=()) as (emulator, bot):
        answer = await bot.post("login", body)
        assert answer[0] == status
        assert isinstance(answer[1]["error"], str)
        assert emulator.state()["refused_logins"] == 1


async def test_a_refresh_needs_csrf_and_session_of_the_live_token(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        for cookie in ("session_id", "Session_id", "SESSION_ID"):
            assert await bot.refresh(cookie=cookie) == 200
        assert await bot.refresh(csrf="x") == 401
        assert await bot.refresh(session_id="x") == 401
        answer = await bot.post("refresh", {"csrf": bot.login["csrf"]})
        assert answer[0] == 401
        assert isinstance(answer[1]["error"], str)
        state = emulator.state()
        assert (state["refreshes"], state["refused_refreshes"]) == (3, 3)


async def test_a_logout_ends_the_token(scene):
    async with scene(online=()) as (_, bot):
        await bot.log_in()
        cookies = {"session_id": bot.login["sessionId"]}
        body = {"csrf": bot.login["csrf"]}
        assert (await bot.post("logout", body, cookies))[0] == 200
        assert (await bot.post("logout", body, cookies))[0] == 401
        assert await bot.handshake_status() == 401


async def test_a_second_login_kills_the_first_token_but_not_its_socket(scene):
    async with scene() as (_, bot):
        first = dict(bot.login)
        await bot.log_in()
        assert await bot.refresh(first["csrf"], first["sessionId"]) == 401
        assert (await bot.request(".GetClock"))["code"] == 200
        await bot.close()
        assert await bot.handshake_status(first["bearer"]) == 401
        assert await bot.handshake_status() == 101


async def test_a_handshake_needs_a_live_token_and_a_known_version(scene):
    async with scene(online=()) as (emulator, bot):
        await bot.log_in()
        assert await bot.handshake_status("0" * 64) == 401
        assert await bot.handshake_status(version="9") == 400
        assert await bot.handshake_status(version="2") == 101
        state = emulator.state()
        assert (state["handshakes"], state["refused_handshakes"]) == (1, 2)


async def test_call_faults_answer_as_told_and_run_out(scene):
    async with scene(online=()) as (emulator, bot):
        for call in ("login", "refresh", "handshake", "csds"):
            emulator.add_fault(call, count=1, value=503)
        path = f"/api/account/{emulator.account}/service/baseURI.json"
        assert [(await get(bot, path))[0] for _ in range(2)] == [503, 200]
        assert [await bot.log_in() for _ in range(2)] == [503, 200]
        assert [await bot.refresh() for _ in range(2)] == [503, 200]
        assert [await bot.handshake_status() for _ in range(2)] == [503, 101]


async def test_everything_works_over_tls_too(scene):
    async with scene(tls=True) as (_, bot):
        assert bot.base.startswith("https://")
        assert (await bot.request(".GetClock"))["code"] == 200
        assert await bot.refresh() == 200
