"""Requests that have an older or another form: each does what its newer form does."""

from __future__ import annotations

import pytest

from ums_actors.emulator.requests import table
from ums_actors.emulator.wire.dialects import canonical
from ums_actors.protocol.names import REQUESTS

CLOSE = {"field": "ConversationStateField", "conversationState": "CLOSE"}


@pytest.mark.parametrize(
    "kind", ["cm.RequestConversation", ".ams.cm.types.RequestConversation"]
)
async def test_either_side_opens_a_conversation(scene, kind):
    async with scene(consumers=1) as (emulator, bot, visitor):
        answer = await visitor.request(kind, {"skillId": "4"})
        assert answer["type"] == "cm.RequestConversationResponse"
        answer = await bot.request(kind, {"consumerId": visitor.id})
        assert answer["code"] == 200
        assert emulator.state()["conversations"]["open"] == 2
        assert (await bot.request(kind, {}))["code"] == 400


@pytest.mark.parametrize("side", ["brand", "consumer"])
async def test_an_older_subscription_tells_the_same_under_an_older_name(scene, side):
    async with scene(consumers=1) as (emulator, bot, visitor):
        who = bot if side == "brand" else visitor
        dotted = ".ams." if side == "brand" else ""
        told = f"{dotted}cm.ConversationChangeNotification"
        kind = f"{dotted}cm.SubscribeConversations"
        answer = await who.request(kind, {"stage": ["OPEN"]})
        assert answer["code"] == 200
        identity = answer["body"]["subscriptionId"]
        assert await who.note(told) == {"subscriptionId": identity, "changes": []}
        opened = emulator.open_conversation(consumer=visitor.id)
        (change,) = (await who.note(told))["changes"]
        assert change["type"] == "UPSERT"
        assert change["result"]["convId"] == opened.conversation_id
        emulator.close_conversation(opened.conversation_id)
        (change,) = (await who.note(told))["changes"]
        assert change["type"] == "DELETE"
        body = {"subscriptionId": identity}
        kind = f"{dotted}cm.UnsubscribeConversations"
        assert (await who.request(kind, body))["code"] == 200
        emulator.open_conversation(consumer=visitor.id)
        assert (await who.request(kind, body))["code"] == 404
        assert who.notes.empty()


@pytest.mark.parametrize("kind", ["ms.GenerateURL", ".ams.ms.BaseGenerateURL"])
async def test_one_request_serves_for_both_ways_of_a_file(scene, kind):
    async with scene(consumers=1) as (_, bot, visitor):
        for who in (bot, visitor):
            body = {"fileSize": "10", "fileType": "PNG"}
            put = (await who.request(kind, body))["body"]
            body = {"relativePath": put["relativePath"]}
            got = (await who.request(kind, body))["body"]
            assert got["relativePath"] == put["relativePath"]
            assert got["queryParams"] != put["queryParams"]
            assert (await who.request(kind, {}))["code"] == 400


@pytest.mark.parametrize("kind", ["ms.GenerateUploadToken", "ms.UploadToken"])
async def test_a_form_is_submitted_with_a_key(scene, kind):
    async with scene(consumers=1) as (_, _bot, visitor):
        dialog = await visitor.begin()
        form = {"type": "SecureForm", "dialogId": dialog, "invitationId": "i"}
        for body in (form, {"uploadable": form}):
            answer = await visitor.request(kind, body)
            assert (answer["code"], answer["type"]) == (200, "ms.UploadTokenResponse")
            assert len(answer["body"]["token"]["writeOtk"]) == 32
        for wrong, code in (
            ({**form, "type": "Other"}, 400),
            ({**form, "invitationId": ""}, 400),
            ({**form, "dialogId": "nothing"}, 404),
            ({"uploadable": "form"}, 400),
        ):
            assert (await visitor.request(kind, wrong))["code"] == code


async def test_a_submitted_form_is_read_under_either_name(scene):
    async with scene(consumers=1) as (_, bot, visitor):
        dialog = await visitor.begin()
        form = {"type": "SecureForm", "dialogId": dialog}
        form |= {"submissionId": "s", "invitationId": "i"}
        for kind in ("ms.DownloadToken", "ms.GenerateDownloadToken"):
            answer = await bot.request(kind, {"downloadable": form})
            assert len(answer["body"]["token"]["readOtk"]) == 32


@pytest.mark.parametrize("name", REQUESTS, ids=lambda name: name.canonical)
def test_every_known_request_is_served_under_each_of_its_names(name):
    """By the one side or both: nothing that is known is "Unknown request type"."""
    served = table._BRAND.keys() | table._CONSUMER.keys()
    spellings = {name.brand, name.consumer, *name.others} - {""}
    found = {canonical(spelling) for spelling in spellings}
    assert len(found) == 1
    assert found <= served
