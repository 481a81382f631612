from __future__ import annotations

import io

import pytest

from ums_actors.emulator import choices

PICTURE = b"\x89PNG" + b"\0" * 200_000


async def address(bot, path=None, **query):
    """Give the address of a new upload, or of a download of a path."""
    if path is None:
        body = {"fileSize": "5020", "fileType": "PNG"}
        answer = await bot.request(".ams.ms.GenerateURLForUploadFile", body)
    else:
        body = {"relativePath": path}
        answer = await bot.request(".ams.ms.GenerateURLForDownloadFile", body)
    path = answer["body"]["relativePath"]
    return path, {**answer["body"]["queryParams"], **query}


async def put(bot, path, query, data=PICTURE, slash=""):
    url = f"{bot.base}{slash}{path}"
    async with bot.http.put(url, params=query, data=data, ssl=bot.ssl) as answer:
        return answer.status


async def get(bot, path, query, slash=""):
    url = f"{bot.base}{slash}{path}"
    async with bot.http.get(url, params=query, ssl=bot.ssl) as answer:
        return answer.status, answer.content_type, await answer.read()


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("tls", [True, False])
async def test_a_file_is_uploaded_shown_and_downloaded(scene, slash, tls):
    async with scene(consumers=1, tls=tls) as (_, bot, visitor):
        dialog = await visitor.begin()
        await bot.join(dialog)
        path, query = await address(bot)
        assert await put(bot, path, query, slash=slash) == 201
        message = {"caption": "a cat", "relativePath": path, "fileType": "PNG"}
        event = {"type": "ContentEvent", "contentType": "hosted/file"}
        body = {"dialogId": dialog, "event": {**event, "message": message}}
        assert (await bot.request("ms.PublishEvent", body))["code"] == 200
        (heard,) = (await visitor.note_of("ms.MessagingEventNotification"))["changes"]
        told = heard["event"]["message"]["relativePath"]
        path, query = await address(visitor, told)
        assert await get(bot, path, query, slash) == (200, "image/png", PICTURE)


async def test_a_wrong_signature_is_refused(scene):
    async with scene() as (_, bot):
        path, query = await address(bot)
        assert await put(bot, path, {}) == 401
        assert await put(bot, path, {**query, "temp_url_sig": "x"}) == 401
        assert await put(bot, path, {**query, "temp_url_expires": "9" * 12}) == 401
        assert (await get(bot, path, query))[0] == 401
        assert await put(bot, path, query) == 201


async def test_an_address_is_good_for_a_minute(scene):
    async with scene() as (emulator, bot):
        world = emulator._service.world
        path, query = await address(bot)
        clock = world._clock
        world._clock = lambda: clock() + choices.FILE_URL_LIFE + 1
        assert await put(bot, path, query) == 401
        world._clock = clock
        assert await put(bot, path, query) == 201


async def test_what_is_unknown_is_not_found(scene):
    async with scene() as (_, bot):
        path, _ = await address(bot)
        for unknown in (path, path + "x"):
            named, query = await address(bot, unknown)
            assert (await get(bot, named, query))[0] == 404


async def test_an_upload_that_has_been_forgotten_is_not_found(scene, monkeypatch):
    monkeypatch.setattr(choices, "MAX_FILES", 1)
    async with scene() as (_, bot):
        path, query = await address(bot)
        await address(bot)
        assert await put(bot, path, query) == 404


async def test_a_file_that_is_too_large_is_refused(scene):
    async def parts():  # without a length in advance
        for _ in range(4):
            yield b"\0" * choices.MAX_FILE_BYTES

    async with scene() as (_, bot):
        path, query = await address(bot)
        most = b"\0" * choices.MAX_FILE_BYTES
        assert await put(bot, path, query, io.BytesIO(most + b"\0")) == 413
        assert await put(bot, path, query, parts()) == 413
        assert await put(bot, path, query, io.BytesIO(most)) == 201
