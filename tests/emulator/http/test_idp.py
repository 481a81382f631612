from __future__ import annotations

import time

import jwt
import pytest

HOUR = 3_600


def customer(**claims):
    """Give a JWT of a customer's own login."""
    claims = {"sub": "customer-7", "iss": "https://shop.example", **claims}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, "the shop's own key, 32 bytes or more", "HS256")


def read(token):
    return jwt.decode(token, options={"verify_signature": False})


async def test_a_signup_makes_a_new_anonymous_consumer(scene):
    async with scene(online=(), consumers=2) as (emulator, _, visitor, other):
        claims = visitor.claims
        assert claims["aud"] == f"acc:{emulator.account}"
        assert claims["iss"] == "https://idp.liveperson.net"
        assert claims["exp"] > claims["iat"] >= time.time() - 60
        assert visitor.id != other.id
        assert await visitor.handshake_status() == 101
        assert emulator.state()["signups"] == 2


async def test_an_empty_body_and_an_empty_object_are_the_same_to_a_signup(scene):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        assert (await visitor.idp("signup", {}))[0] == 200


async def test_an_anonymous_identity_logs_in_by_a_connector(scene):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        status, answer = await visitor.idp("anonymous/authorize", {})
        assert status == 200
        external = answer["token"]
        status, answer = await visitor.idp(
            "app/any-id/authenticate", {"id_token": external}, v="3.0"
        )
        assert status == 200
        assert read(answer["token"])["sub"] == read(external)["sub"] != visitor.id
        assert await visitor.handshake_status(external) == 401
        assert await visitor.handshake_status(answer["token"]) == 101


@pytest.mark.parametrize("old", ["external", "internal"])
async def test_an_identity_is_renewed_with_the_same_sub_and_kills_the_old(scene, old):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        _, answer = await visitor.idp("anonymous/authorize", {})
        first = answer["token"]
        _, answer = await visitor.idp("app/c/authenticate", {"id_token": first})
        inner = answer["token"]
        shown = first if old == "external" else inner
        status, answer = await visitor.idp("anonymous/authorize", {"id_token": shown})
        assert status == 200
        second = answer["token"]
        assert read(second)["sub"] == read(first)["sub"]
        status, _ = await visitor.idp("app/c/authenticate", {"id_token": first})
        assert status == 401
        assert await visitor.handshake_status(inner) == 101
        await visitor.close()
        status, answer = await visitor.idp("app/c/authenticate", {"id_token": second})
        assert status == 200
        assert await visitor.handshake_status(inner) == 401
        assert await visitor.handshake_status(answer["token"]) == 101


async def test_a_killed_identity_can_be_renewed(scene):
    async with scene(online=(), consumers=1) as (emulator, _, visitor):
        assert emulator.expire_tokens(visitor.id) == 1
        assert await visitor.handshake_status() == 401
        _, answer = await visitor.idp("anonymous/authorize", {"id_token": visitor.jwt})
        _, answer = await visitor.idp(
            "app/c/authenticate", {"id_token": answer["token"]}
        )
        assert read(answer["token"])["sub"] == visitor.id
        assert await visitor.handshake_status(answer["token"]) == 101


async def test_a_customers_own_login_keeps_its_sub(scene):
    async with scene(online=(), consumers=1) as (emulator, _, visitor):
        details = [{"type": "ctmrinfo", "info": {"cstatus": "gold"}}]
        token = customer(lp_sdes=details, exp=time.time() + HOUR)
        for path, body, key in (
            ("app/c/authenticate", {"id_token": token}, "token"),
            ("authenticate", {"authCode": token}, "jwt"),
        ):
            status, answer = await visitor.idp(path, body)
            assert status == 200
            claims = read(answer[key])
            assert claims["sub"] == "customer-7"
            assert claims["lp.ext"] == {
                "sub": "customer-7",
                "iss": "https://shop.example",
                "lp_sdes": details,
            }
            assert await visitor.handshake_status(answer[key]) == 101
            await visitor.close()
        assert emulator.state()["consumers"] == 2


async def test_a_second_login_kills_the_first(scene):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        _, first = await visitor.idp("authenticate", {"authCode": customer()})
        _, second = await visitor.idp("authenticate", {"authCode": customer()})
        assert await visitor.handshake_status(first["jwt"]) == 401
        assert await visitor.handshake_status(second["jwt"]) == 101


@pytest.mark.parametrize(
    ("path", "key"), [("app/c/authenticate", "id_token"), ("authenticate", "authCode")]
)
async def test_what_is_no_login_is_refused_with_a_sentence(scene, path, key):
    async with scene(online=(), consumers=1) as (emulator, bot, visitor):
        await bot.log_in()
        wrong = {
            None: 400,
            7: 400,
            "garbage": 400,
            customer(sub=None): 400,
            customer(sub="x" * 129): 400,
            customer(sub="two words"): 400,
            customer(sub=bot.id): 400,
            customer(sub=bot.pid): 400,
            customer(sub=bot.name): 400,
            customer(exp=time.time() - 1): 401,
            customer(exp="soon"): 401,
            customer(iss="https://idp.liveperson.net"): 401,
            customer(iss="https://idp.liveperson.net/anonymous"): 401,
            visitor.jwt: 401,
        }
        for token, expected in wrong.items():
            status, answer = await visitor.idp(path, {key: token})
            assert (status, type(answer["error"])) == (expected, str)
            assert not isinstance(token, str) or token not in answer["error"]
        status, answer = await visitor.idp(path, {})
        assert (status, type(answer["error"])) == (400, str)
        assert emulator.state()["refused_consumer_tokens"] == len(wrong) + 1


async def test_a_body_that_is_no_object_is_refused(scene):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        for path in ("signup", "anonymous/authorize", "app/c/authenticate"):
            assert await visitor.idp(path, [1]) == (
                400,
                {"error": "The body is no object"},
            )


async def test_another_account_is_unknown_everywhere(scene):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        visitor.account = visitor.account.replace("12345678", "87654321")
        for path in (
            "signup",
            "anonymous/authorize",
            "app/c/authenticate",
            "authenticate",
        ):
            assert await visitor.idp(path, {}) == (400, {"error": "Unknown account"})


@pytest.mark.parametrize("old", ["garbage", customer(), 7])
async def test_only_an_own_anonymous_identity_is_renewed(scene, old):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        status, answer = await visitor.idp("anonymous/authorize", {"id_token": old})
        assert (status, type(answer["error"])) == (401, str)


async def test_a_customer_is_not_renewed_as_anonymous(scene):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        _, answer = await visitor.idp("authenticate", {"authCode": customer()})
        status, _ = await visitor.idp(
            "anonymous/authorize", {"id_token": answer["jwt"]}
        )
        assert status == 401


async def test_anonymous_consumers_can_be_switched_off(scene):
    async with scene(online=(), consumers=1, anonymous=True) as (emulator, _, visitor):
        emulator._service.anonymous = False
        for path in ("signup", "anonymous/authorize"):
            status, answer = await visitor.idp(path, {})
            assert (status, type(answer["error"])) == (428, str)
        status, _ = await visitor.idp("anonymous/authorize", {"id_token": visitor.jwt})
        assert status == 200


async def test_connectors_may_be_named(scene):
    async with scene(online=(), consumers=1, connectors=["web"]) as (_, _bot, visitor):
        body = {"id_token": customer()}
        assert (await visitor.idp("app/web/authenticate", body))[0] == 200
        assert await visitor.idp("app/other/authenticate", body) == (
            404,
            {"error": "Unknown connector"},
        )


async def test_a_mock_login_names_the_same_consumer_each_time(scene):
    async with scene(online=(), consumers=1) as (_, _bot, visitor):
        body = {"code": "ann", "redirect_uri": "https://liveperson.net"}
        _, first = await visitor.idp("app/default/authenticate", body, v="2")
        _, again = await visitor.idp("app/default/authenticate", body, v="2")
        stepped = {"lp_jwt": visitor.jwt, "code": "ann"}
        _, third = await visitor.idp("app/c/authenticate", stepped, v="3.0")
        subjects = {read(it["token"])["sub"] for it in (first, again, third)}
        assert len(subjects) == 1
        assert subjects != {visitor.id}
        assert await visitor.handshake_status(third["token"]) == 101
        await visitor.close()
        for wrong in ({"code": ""}, {"code": 7}, {"redirect_uri": "x"}):
            assert (await visitor.idp("app/c/authenticate", wrong))[0] == 400
        dead = {"lp_jwt": "garbage", "code": "ann"}
        assert (await visitor.idp("app/c/authenticate", dead))[0] == 401


async def test_an_identity_is_not_renewed_for_ever(scene):
    async with scene(online=(), consumers=1) as (emulator, _, visitor):
        tokens = emulator._service.world.tokens
        tokens._clock = lambda: time.time() + 731 * HOUR
        status, answer = await visitor.idp(
            "anonymous/authorize", {"id_token": visitor.jwt}
        )
        assert (status, type(answer["error"])) == (401, str)


async def test_a_token_that_is_too_old_opens_nothing(scene):
    async with scene(online=(), consumers=1) as (emulator, _, visitor):
        _, answer = await visitor.idp("anonymous/authorize", {})
        tokens = emulator._service.world.tokens
        tokens._clock = lambda: time.time() + 2 * HOUR
        assert await visitor.handshake_status() == 401
        status, _ = await visitor.idp(
            "app/c/authenticate", {"id_token": answer["token"]}
        )
        assert status == 401


async def test_a_fault_strikes_the_calls_of_one_consumer(scene):
    async with scene(online=(), consumers=2) as (emulator, _, visitor, other):
        emulator.add_fault("idp", user=visitor.id, count=1, value=503)
        for who, status in ((other, 200), (visitor, 503), (visitor, 200)):
            body = {"id_token": who.jwt}
            assert (await who.idp("anonymous/authorize", body))[0] == status
        emulator.add_fault("idp", value=428)
        assert (await visitor.idp("anonymous/authorize", {}))[0] == 428
        assert emulator.state()["refused_consumer_tokens"] == 2
