from __future__ import annotations

import asyncio

import aiohttp
import pytest

from ums_actors.emulator.http.rest.service import LOOK, PUBLISH, ROUTES, UPDATE

CHANGES = ".ams.aam.ExConversationChangeNotification"
EVENTS = ".ams.ms.OnlineEventDistribution"
MESSAGES = "ms.MessagingEventNotification"
TEXT = {"type": "PLAIN_TEXT", "content": {"text": "hello"}}


class Rest:
    """A REST client of its own."""

    def __init__(self, bot, **headers):
        self.bot = bot
        self.headers = {
            "Brand-ID": bot.emulator.account,
            "Authorization": f"Bearer {bot.login.get('bearer', '')}",
            **headers,
        }

    async def call(self, method, path, body=None, *, etag=None, **more):
        headers = self.headers | ({"If-Match": etag} if etag else {})
        url = f"{self.bot.base}/v1/{path}"
        async with self.bot.http.request(
            method, url, json=body, headers=headers, ssl=self.bot.ssl, **more
        ) as answer:
            told = await answer.json()
            self.answer = answer
            return answer.status, told

    async def etag(self, path):
        status, _ = await self.call("GET", path)
        assert status == 200
        return self.answer.headers["ETag"]


def dialog(conversation, identity=None):
    return f"conversations/{conversation}/dialogs/{identity or conversation}"


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def tls(request):
    return request.param


async def opened(emulator, bot, **more):
    return emulator.open_conversation(assign=bot.name, **more).conversation_id


async def test_what_is_said_by_rest_is_heard_on_websockets_and_the_other_way_round(
    scene, tls
):
    async with scene(tls=tls, consumers=1) as (_, bot, visitor):
        conversation = await visitor.begin()
        rest = Rest(bot)
        joining = {"id": bot.id, "role": "MANAGER", "state": "ACTIVE"}
        path = dialog(conversation)
        assert (await rest.call("POST", path + "/participants", joining))[0] == 201
        told = await rest.call("POST", path + "/messages", TEXT)
        assert told == (201, {"sequence": 0})
        (heard,) = (await visitor.note_of(MESSAGES))["changes"]
        assert heard["event"]["message"] == "hello"
        own = await bot.note_of(EVENTS)
        assert (own["event"]["message"], own["originatorId"]) == ("hello", bot.id)
        await visitor.say(conversation, "hi")
        status, events = await rest.call("GET", path + "/messages")
        assert status == 200
        assert [it["event"]["message"] for it in events] == ["hello", "hi"]


@pytest.mark.parametrize(
    ("posted", "event"),
    [
        (
            TEXT,
            {"type": "ContentEvent", "contentType": "text/plain", "message": "hello"},
        ),
        (
            {"type": "RICH_CONTENT", "content": {"type": "vertical"}},
            {"type": "RichContentEvent", "content": {"type": "vertical"}},
        ),
        (
            {**TEXT, "quickReplies": {"replies": [{"type": "button"}]}},
            {
                "type": "ContentEvent",
                "contentType": "text/plain",
                "message": "hello",
                "quickReplies": {"replies": [{"type": "button"}]},
            },
        ),
        (
            {"type": "HOSTED_FILE", "content": {"relativePath": "/a", "fileType": "P"}},
            {
                "type": "ContentEvent",
                "contentType": "hosted/file",
                "message": {"relativePath": "/a", "fileType": "P"},
            },
        ),
        (
            {
                "type": "ACKNOWLEDGEMENT",
                "content": {"sequenceList": [0], "status": "READ"},
            },
            {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]},
        ),
        (
            {
                "type": "SECURE_FORM_SUBMISSION",
                "content": {"submissionId": "s", "invitationId": "i"},
            },
            {
                "type": "ContentEvent",
                "contentType": "forms/secure-submission",
                "message": {"submissionId": "s", "invitationId": "i"},
            },
        ),
    ],
    ids=lambda it: it["type"],
)
async def test_each_type_of_message_is_an_event(scene, posted, event):
    async with scene() as (emulator, bot):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        path = dialog(conversation) + "/messages"
        told = {**posted, "messageAudience": "ALL", "metadata": []}
        assert (await rest.call("POST", path, told))[0] == 201
        assert (await bot.note_of(EVENTS))["event"] == event


async def test_a_chat_state_is_told_and_has_no_number(scene):
    async with scene() as (emulator, bot):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        told = {"type": "CHAT_STATE", "content": {"chatState": "COMPOSING"}}
        answer = await rest.call("POST", dialog(conversation) + "/messages", told)
        assert answer == (201, {"sequence": 0})
        assert (await bot.note_of(EVENTS))["event"]["chatState"] == "COMPOSING"


async def test_private_messages_and_metadata_go_with_it(scene):
    async with scene() as (emulator, bot):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        told = {
            **TEXT,
            "messageAudience": "AGENTS_AND_MANAGERS",
            "metadata": [{"type": "ExternalId", "id": "7"}],
        }
        await rest.call("POST", dialog(conversation) + "/messages", told)
        event = await bot.note_of(EVENTS)
        assert event["messageAudience"] == "AGENTS_AND_MANAGERS"
        assert event["metadata"] == [{"type": "ExternalId", "id": "7"}]


async def test_messages_are_asked_for_by_number(scene):
    async with scene() as (emulator, bot):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        for number in range(5):
            emulator.write(conversation, str(number))
        path = dialog(conversation) + "/messages"

        async def numbers(**query):
            _, told = await rest.call("GET", path, params=query)
            return [event["sequence"] for event in told]

        assert await numbers(newerThanSequence=3) == [3, 4]
        assert await numbers(olderThanSequence=1, limit="") == [0, 1]
        assert await numbers(limit=2) == [3, 4]
        assert await numbers(offset=4) == [4]
        for query in ({"limit": "x"}, {"filters": "x"}):
            assert (await rest.call("GET", path, params=query))[0] == 400


async def test_a_conversation_is_shown_changed_and_closed_by_who_has_seen_it(scene):
    async with scene() as (emulator, bot):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        path = f"conversations/{conversation}"
        await bot.subscribe()
        for change in ({"type": "URGENT", "value": 0}, {"manualETTR": 7}):
            etag = await rest.etag(path)
            status, told = await rest.call("PATCH", path, change, etag=etag)
            assert status == 200
        details = told["conversationDetails"]
        assert (details["ttr"]["ttrType"], details["manualETTR"]) == ("URGENT", 7)
        etag = await rest.etag(path)
        assert (await rest.call("PATCH", path, {"stage": "CLOSE"}, etag=etag))[0] == 200
        stages = [
            (await bot.note_of(CHANGES))["changes"][0]["result"]["conversationDetails"][
                "stage"
            ]
            for _ in range(3)
        ]
        assert stages == ["OPEN", "OPEN", "CLOSE"]


async def test_a_change_wants_the_etag_of_what_there_is(scene):
    async with scene() as (emulator, bot):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        path, change = f"conversations/{conversation}", {"manualETTR": 7}
        etag = await rest.etag(path)
        assert await rest.etag(path) == etag
        assert (await rest.call("PATCH", path, change))[0] == 428
        emulator.write(conversation, "meanwhile")
        assert await rest.etag(path) != etag
        assert (await rest.call("PATCH", path, change, etag=etag))[0] == 412
        assert (await rest.call("PATCH", path, change, etag="*"))[0] == 200
        for where in (
            dialog(conversation),
            dialog(conversation) + f"/participants/{bot.id}",
        ):
            method = "DELETE" if "participants" in where else "PATCH"
            told = {"state": "CLOSE"}
            assert (await rest.call(method, where, told))[0] == 428
            assert (await rest.call(method, where, told, etag='"old"'))[0] == 412


async def test_a_dialog_is_shown_and_closed(scene):
    async with scene() as (emulator, bot):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        path = dialog(conversation)
        etag = await rest.etag(path)
        told = {"state": "CLOSE", "closeReason": "SYSTEM"}
        status, shown = await rest.call("PATCH", path, told, etag=etag)
        assert (status, shown["state"], shown["closedBy"]) == (200, "CLOSE", "SYSTEM")
        assert emulator.stage(conversation) == "CLOSE"


async def test_participants_come_are_shown_hand_over_and_go(scene):
    async with scene(users=2) as (emulator, bot, other):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        path = dialog(conversation) + "/participants"
        joining = {"id": other.id, "role": "READER", "state": "ACTIVE"}
        assert (await rest.call("POST", path, joining))[0] == 201
        reader = f"{path}/{other.id}"
        assert await rest.call("GET", reader) == (200, joining)
        etag = await rest.etag(reader)
        assert (await rest.call("DELETE", reader, etag=etag))[0] == 200
        assert (await rest.call("GET", reader))[0] == 404
        own = f"{path}/{bot.id}"
        where = {"transferToSkillId": "17", "transferToAgentId": other.id}
        etag = await rest.etag(own)
        assert (await rest.call("DELETE", own, etag=etag, params=where))[0] == 200
        (listed,) = emulator.conversations()
        assert (listed["skill"], listed["assigned"]) == ("17", None)
        suggested = {"id": other.id, "role": "ASSIGNED_AGENT", "state": "SUGGESTED"}
        assert (await rest.call("GET", reader))[1] == suggested


async def test_files_have_addresses(scene):
    async with scene() as (emulator, bot):
        rest = Rest(bot)
        brand = f"brands/{emulator.account}"
        for size in (3, "3"):
            told = {"fileSize": size, "fileType": "PNG"}
            status, up = await rest.call("POST", f"{brand}/file-upload-path", told)
            assert (status, set(up)) == (200, {"relativePath", "queryParams"})
        told = {"relativePath": up["relativePath"]}
        status, down = await rest.call("POST", f"{brand}/file-download-path", told)
        assert (status, down["relativePath"]) == (200, up["relativePath"])
        elsewhere = await rest.call("POST", "brands/1/file-upload-path", told)
        assert elsewhere[0] == 404


async def test_who_calls_is_known_by_a_live_bearer(scene):
    async with scene() as (emulator, bot):
        path = f"conversations/{await opened(emulator, bot)}"
        assert (await Rest(bot).call("GET", path))[0] == 200
        wrong = {"Authorization": "Bearer " + "0" * 64}
        assert (await Rest(bot, **wrong).call("GET", path))[0] == 401
        assert (await Rest(bot, **{"Brand-ID": "1"}).call("GET", path))[0] == 400
        emulator.expire_tokens(bot.name)
        status, told = await Rest(bot).call("GET", path)
        assert (status, type(told["error"])) == (401, str)


@pytest.mark.parametrize(
    ("method", "where", "body", "status"),
    [
        ("POST", "/messages", {"type": "SMOKE", "content": {}}, 400),
        ("POST", "/messages", {"type": "PLAIN_TEXT", "content": "x"}, 400),
        ("POST", "/messages", {"type": "PLAIN_TEXT", "content": {}}, 400),
        ("POST", "/messages", [], 400),
        ("POST", "/messages", None, 400),
        ("POST", "/participants", {"role": "MANAGER", "state": "ACTIVE"}, 400),
        ("POST", "/participants", {"id": "x", "role": "MANAGER"}, 400),
        (
            "POST",
            "/participants",
            {"id": "x", "role": "READER", "state": "ACTIVE"},
            404,
        ),
        ("GET", "/participants/x", None, 404),
        ("PATCH", "", {"state": "OPEN"}, 400),
    ],
)
async def test_what_makes_no_sense_is_refused(scene, method, where, body, status):
    async with scene() as (emulator, bot):
        path = dialog(await opened(emulator, bot)) + where
        answer = await Rest(bot).call(method, path, body, etag="*")
        assert (answer[0], type(answer[1]["error"])) == (status, str)


async def test_what_is_not_there_is_not_found(scene):
    async with scene() as (emulator, bot):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        for path in (
            "conversations/x",
            dialog("x"),
            dialog(conversation, "x"),
            dialog("x", conversation) + "/messages",
        ):
            assert (await rest.call("GET", path))[0] == 404
        nothing = await rest.call(
            "PATCH", f"conversations/{conversation}", {}, etag="*"
        )
        assert nothing[0] == 400


async def test_requests_are_refused_by_the_faults_of_their_types(scene):
    async with scene() as (emulator, bot):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        path = dialog(conversation) + "/messages"
        emulator.add_fault("reject", count=1, value={"code": 503, "type": PUBLISH})
        assert (await rest.call("GET", path))[0] == 200
        assert (await rest.call("POST", path, TEXT))[0] == 503
        assert "Retry-After" not in rest.answer.headers
        value = {"code": 429, "type": PUBLISH, "retry_after": 7}
        for told in (value, {"code": 429}):
            emulator.add_fault("reject", count=1, value=told)
            assert (await rest.call("POST", path, TEXT))[0] == 429
            wanted = str(told.get("retry_after", 1))
            assert rest.answer.headers["Retry-After"] == wanted
        assert (await rest.call("POST", path, TEXT))[1] == {"sequence": 0}


async def test_too_many_at_once_are_refused_and_late_ones_are_late(scene):
    async with scene() as (emulator, bot):
        path = dialog(await opened(emulator, bot)) + "/messages"
        emulator.add_fault("delay", value={"seconds": 0.3, "types": PUBLISH})
        emulator.add_fault("too-many", value=1)
        calls = [Rest(bot).call("POST", path, TEXT) for _ in range(3)]
        statuses = sorted(status for status, _ in await asyncio.gather(*calls))
        assert statuses == [201, 429, 429]


@pytest.mark.parametrize("fault", ["drop", "process-then-disconnect"])
async def test_what_is_carried_out_may_be_left_unanswered(scene, tls, fault):
    async with scene(tls=tls) as (emulator, bot):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        emulator.add_fault(fault, count=1, value=PUBLISH)
        path = dialog(conversation) + "/messages"
        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            await asyncio.wait_for(rest.call("POST", path, TEXT), 2)
        assert len(emulator.transcript(conversation)) == 1


async def test_calls_are_counted_and_kept_in_the_log_without_tokens(scene):
    async with scene() as (emulator, bot):
        conversation, rest = await opened(emulator, bot), Rest(bot)
        path = dialog(conversation) + "/messages"
        for _ in range(3):
            await rest.call("POST", path, TEXT)
        state = emulator.state()
        assert (state["rest_calls"], state["rest_lines"]) == (3, 1)
        lines = [it for it in emulator.log(bot.name) if not it["conn"]]
        assert [it["dir"] for it in lines] == ["in", "out"] * 3
        assert lines[0]["frame"]["path"] == f"/v1/{path}"
        assert lines[1]["frame"] == lines[0]["frame"] | {
            "status": 201,
            "body": {"sequence": 0},
        }
        assert bot.login["bearer"] not in str(lines)


async def test_it_is_described(scene):
    async with scene() as (emulator, bot):
        async with bot.http.get(emulator.control) as answer:
            told = await answer.json()
        assert [it["call"].split(" ")[0] for it in told["rest"]] == [
            method for method, *_ in ROUTES
        ]
        assert {it["type"] for it in told["rest"]} >= {PUBLISH, UPDATE, LOOK}
