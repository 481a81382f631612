from __future__ import annotations

GET = "userprofile.GetUserProfile"
SET = "userprofile.SetUserProfile"
BRAND = ".ams.brandprofile."


async def test_a_consumers_own_profile(scene):
    async with scene(consumers=1) as (_, _bot, visitor):
        for body in ({}, {"userId": visitor.id}, visitor.id):
            answer = await visitor.request(GET, body)
            assert (answer["code"], answer["type"]) == (200, f"{GET}Response")
            assert answer["body"]["userId"] == visitor.id


async def test_what_a_consumer_sets_is_seen_by_both(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        told = {
            "firstName": "Ann",
            "lastName": None,
            "privateData": {"mobileNum": "555"},
        }
        answer = await visitor.request(SET, told)
        assert (answer["code"], answer["type"]) == (200, "StringResponse")
        assert answer["body"] == "OK User Profile set successfully"
        for each, kind in ((visitor, GET), (bot, f".ams.{GET}")):
            body = (await each.request(kind, {"userId": visitor.id}))["body"]
            assert body["firstName"] == "Ann"
            assert body["privateData"] == {"mobileNum": "555"}
            assert body["lastName"] == ""


async def test_a_brand_user_sets_its_own_profile_alone(scene):
    async with scene(users=2, consumers=1) as (_, bot, other, visitor):
        kind = f".ams.{SET}"
        answer = await bot.request(kind, {"nickName": "Botty", "userId": bot.id})
        assert answer["type"] == ".ReqBody$StringResp"
        assert answer["body"] == "OK User Profile set successfully"
        answer = await other.request(f".ams.{GET}", {"userId": bot.id})
        assert answer["body"]["nickName"] == "Botty"
        for who in (visitor.id, other.id):
            answer = await bot.request(kind, {"userId": who, "firstName": "x"})
            assert answer["code"] == 403


async def test_a_consumer_sees_agents_by_pid_and_no_other_consumer(scene):
    async with scene(consumers=2) as (_, bot, visitor, other):
        answer = await visitor.request(GET, {"userId": bot.pid})
        assert answer["body"]["userId"] == bot.pid
        assert answer["body"]["firstName"] == "bot1"
        assert (await visitor.request(GET, {"userId": other.id}))["code"] == 403
        assert (await bot.request(GET, {"userId": "nobody"}))["code"] == 404


async def test_a_scripted_consumer_has_a_profile_too(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(consumer="c-1")
        answer = await bot.request(GET, {"userId": opened.consumer_id})
        assert answer["type"] == f".ams.{GET}$Response"
        assert answer["body"]["userId"] == "c-1"
        assert answer["body"]["acr"] == "0"


async def test_too_much_of_a_profile_is_refused(scene):
    async with scene(consumers=1) as (_, _bot, visitor):
        answer = await visitor.request(SET, {"description": "x" * 20_000})
        assert (answer["code"], answer["type"]) == (400, "StringResponse")
        assert (await visitor.request(SET, [1]))["code"] == 400


async def test_the_brands_profile(scene):
    async with scene(consumers=1) as (emulator, bot, visitor):
        answer = await bot.request(BRAND + "SetBrandProfile", {"name": "Shop"})
        assert answer["code"] == 200
        for each in (bot, visitor):
            body = {"brandId": emulator.account}
            answer = await each.request("brandprofile.GetBrandProfile", body)
            assert answer["body"]["name"] == "Shop"
            assert answer["body"]["brandId"] == emulator.account
            answer = await each.request(BRAND + "GetBrands")
            assert [it["name"] for it in answer["body"]] == ["Shop"]
        answer = await bot.request(BRAND + "GetBrandProfile", {"brandId": "other"})
        assert answer["code"] == 404
        answer = await visitor.request("brandprofile.SetBrandProfile", {"name": "x"})
        assert answer["code"] == 403
