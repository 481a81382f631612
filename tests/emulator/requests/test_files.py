from __future__ import annotations

import pytest

UPLOAD = ".ams.ms.GenerateURLForUploadFile"
DOWNLOAD = ".ams.ms.GenerateURLForDownloadFile"
TOKEN = ".ams.ms.token.GenerateDownloadToken"
STRING = ".ReqBody$StringResp"


@pytest.mark.parametrize("size", ["5020", 5020])
@pytest.mark.parametrize("kind", ["JPEG", "jpg", "PNG", "GIF", "PDF"])
async def test_either_side_gets_an_address_for_a_file(scene, size, kind):
    async with scene(consumers=1) as (_, bot, visitor):
        body = {"fileSize": size, "fileType": kind}
        for each, asked, told in (
            (bot, UPLOAD, ".ams.ms.GenerateURL$Response"),
            (visitor, "ms.GenerateURLForUploadFile", "ms.GenerateURLResponse"),
        ):
            answer = await each.request(asked, body)
            assert (answer["code"], answer["type"]) == (200, told)
            assert answer["body"].keys() == {"relativePath", "queryParams"}
            query = answer["body"]["queryParams"]
            assert query.keys() == {"temp_url_sig", "temp_url_expires"}
            assert all(isinstance(value, str) for value in query.values())
            path = {"relativePath": answer["body"]["relativePath"]}
            again = await each.request(asked.replace("Upload", "Download"), path)
            assert (again["code"], again["type"]) == (200, told)
            assert again["body"]["relativePath"] == path["relativePath"]


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        (UPLOAD, {}, 400),
        (UPLOAD, {"fileSize": 5, "fileType": "EXE"}, 400),
        (UPLOAD, {"fileSize": 5, "fileType": ["PNG"]}, 400),
        (UPLOAD, {"fileSize": "big", "fileType": "PNG"}, 400),
        (UPLOAD, {"fileSize": -5, "fileType": "PNG"}, 400),
        (UPLOAD, {"fileSize": "\u0665", "fileType": "PNG"}, 400),
        (UPLOAD, {"fileSize": "9" * 5_000, "fileType": "PNG"}, 400),
        (UPLOAD, {"fileSize": True, "fileType": "PNG"}, 400),
        (UPLOAD, {"fileSize": 0, "fileType": "PNG"}, 400),
        (UPLOAD, {"fileSize": 3 * 1_048_576 + 1, "fileType": "PNG"}, 413),
        (DOWNLOAD, {}, 400),
        (DOWNLOAD, {"relativePath": "/"}, 400),
        (DOWNLOAD, {"relativePath": 5}, 400),
        (DOWNLOAD, {"relativePath": "x" * 1_025}, 400),
    ],
)
async def test_nonsense_is_refused_with_a_sentence(scene, kind, body, code):
    async with scene() as (_, bot):
        answer = await bot.request(kind, body)
        assert (answer["code"], answer["type"]) == (code, STRING)
        assert " " in answer["body"]


def form(dialog, **more):
    known = {"type": "SecureForm", "dialogId": dialog}
    known |= {"submissionId": "s", "invitationId": "i"}
    return {"downloadable": {**known, **more}}


async def test_a_secure_form_has_a_key_of_its_own(scene):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        keys = set()
        for _ in range(2):
            answer = await bot.request(TOKEN, form(opened.dialog_id))
            assert answer["code"] == 200
            assert answer["type"] not in (TOKEN, STRING)
            keys.add(answer["body"]["token"]["readOtk"])
        assert len(keys) == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"type": "File"}, 400),
        ({"submissionId": None}, 400),
        ({"invitationId": None}, 400),
        ({"dialogId": "nowhere"}, 404),
    ],
)
async def test_a_key_for_nothing_is_refused(scene, more, code):
    async with scene() as (emulator, bot):
        opened = emulator.open_conversation(assign="bot1")
        answer = await bot.request(TOKEN, form(opened.dialog_id, **more))
        assert (answer["code"], answer["type"]) == (code, STRING)
        answer = await bot.request(TOKEN, {"downloadable": "form"})
        assert answer["code"] == 400
