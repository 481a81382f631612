from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json

import aiohttp
import pytest
from aiohttp import web

from ums_actors.emulator import EmulatorError
from ums_actors.emulator.sides.webhooks import EVENT_NAMES

CHANGES, CONTENT, RICH, ACCEPT, CHAT = EVENT_NAMES
TYPES = {
    "notification": (CHANGES, "ms.MessagingEventNotification"),
    "dotted": (
        ".ams.aam.ExConversationChangeNotification",
        ".ams.ms.OnlineEventDistribution",
    ),
}


class Endpoint:
    """Takes what is posted; answers with the statuses that it is given, then 200."""

    def __init__(self):
        self.heard = []
        self.statuses = []
        self.url = ""

    async def take(self, request):
        body = await request.read()
        self.heard.append((dict(request.headers), body))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    @property
    def bodies(self):
        return [json.loads(body) for _, body in self.heard]

    @property
    def texts(self):
        """Give what was said, in the order in which it came."""
        events = [
            change["event"].get("message")
            for body in self.bodies
            for change in body["body"].get("changes", ())
            if "event" in change
        ]
        return [text for text in events if text is not None]


@pytest.fixture
def endpoint():
    @contextlib.asynccontextmanager
    async def listen():
        end = Endpoint()
        app = web.Application()
        app.router.add_post("/hook", end.take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        end.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/hook"
        try:
            yield end
        finally:
            await runner.cleanup()

    return listen


async def test_all_that_happens_is_posted_as_documented(scene, endpoint, eventually):
    async with endpoint() as end, scene(online=()) as (emulator, _):
        emulator.add_webhook(end.url)
        talk = emulator.open_conversation(text="hi")
        emulator.accept(talk.conversation_id, [0])
        emulator.close_conversation(talk.conversation_id)
        await eventually(lambda: emulator.webhooks()[0]["posted"] >= 5)
        assert {body["kind"] for body in end.bodies} == {"notification"}
        assert {body["type"] for body in end.bodies} == set(TYPES["notification"])
        change = end.bodies[0]["body"]["changes"][0]
        assert change["type"] == "UPSERT"
        details = change["result"]["conversationDetails"]
        assert details["participants"] == [{"id": talk.consumer_id, "role": "CONSUMER"}]
        (said,) = next(
            body["body"]["changes"]
            for body in end.bodies
            if body["type"] == TYPES["notification"][1]
        )
        assert (said["sequence"], said["dialogId"]) == (0, talk.dialog_id)
        assert said["originatorId"] == talk.consumer_id
        last = end.bodies[-1]["body"]["changes"][0]["result"]["conversationDetails"]
        assert last["stage"] == "CLOSE"
        headers = end.heard[0][0]
        assert headers["x-liveperson-account-id"] == emulator.account
        assert "x-liveperson-signature" not in headers
        assert emulator.state()["webhook_posts"] == len(end.heard)


async def test_other_forms_are_posted_too(scene, endpoint, eventually):
    async with endpoint() as end, scene() as (emulator, bot):
        emulator.add_webhook(end.url, form="dotted")
        emulator.open_conversation(assign="bot1", text="hi")
        await eventually(lambda: emulator.webhooks()[0]["posted"] == 3)
        assert {body["type"] for body in end.bodies} == set(TYPES["dotted"])
        event = next(it["body"] for it in end.bodies if "event" in it["body"])
        assert (await bot.note_of(TYPES["dotted"][1])) == event
        end.heard.clear()
        emulator.add_webhook(end.url, form="wrapped")
        emulator.open_conversation(text="hi")
        await eventually(lambda: len(end.heard) >= 2)
        assert [*end.bodies[0]] == ["wsNotificationMsg"]
        assert end.bodies[0]["wsNotificationMsg"]["type"] == CHANGES


async def test_private_messages_are_posted_as_well(scene, endpoint, eventually):
    async with endpoint() as end, scene() as (emulator, bot):
        emulator.add_webhook(end.url, events=[CONTENT])
        talk = emulator.open_conversation(assign="bot1", text="0").conversation_id
        await bot.request(
            ".ams.ms.PublishEvent",
            {
                "dialogId": talk,
                "event": {"type": "ContentEvent", "message": "1"},
                "messageAudience": "AGENTS_AND_MANAGERS",
            },
        )
        await eventually(lambda: end.texts == ["0", "1"])
        said = end.bodies[1]["body"]["changes"][0]
        assert said["originatorId"] == bot.pid


async def test_only_what_is_asked_for_is_posted(scene, endpoint, eventually):
    async with endpoint() as end, scene(online=()) as (emulator, _):
        emulator.add_webhook(end.url, events=[ACCEPT])
        talk = emulator.open_conversation(text="hi").conversation_id
        emulator.accept(talk, [0])
        await eventually(lambda: emulator.webhooks()[0]["posted"] == 1)
        (body,) = end.bodies
        event = body["body"]["changes"][0]["event"]
        assert event["type"] == "AcceptStatusEvent"
        assert emulator.remove_webhook(end.url) == []
        emulator.accept(talk, [0])
        await asyncio.sleep(0.05)
        assert len(end.heard) == 1


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_bodies_are_signed(scene, endpoint, eventually, algorithm):
    async with endpoint() as end, scene(online=()) as (emulator, _):
        told = emulator.add_webhook(end.url, secret="s3cr3t", algorithm=algorithm)
        assert told[0]["signed"] == algorithm
        assert "s3cr3t" not in json.dumps(told)
        emulator.open_conversation(text="hi")
        await eventually(lambda: end.heard)
        headers, body = end.heard[0]
        digest = hmac.new(b"s3cr3t", body, getattr(hashlib, algorithm)).digest()
        signature = f"{algorithm}={base64.b64encode(digest).decode()}"
        assert headers["x-liveperson-signature"] == signature


async def test_what_is_not_taken_is_posted_again_while_others_go_on(
    scene, endpoint, eventually
):
    async with endpoint() as end, scene(online=()) as (emulator, _):
        end.statuses = [500, 200, 404]
        emulator.add_webhook(end.url, events=[CONTENT])
        talk = emulator.open_conversation(text="0").conversation_id
        emulator.write(talk, "1")
        await eventually(lambda: emulator.webhooks()[0]["posted"] == 2)
        assert end.texts == ["0", "1", "0", "0"]
        told = emulator.webhooks()[0]
        assert (told["failed"], told["lost"], told["waiting"]) == (2, 0, 0)
        assert emulator.state()["refused_webhook_posts"] == 2


async def test_what_is_never_taken_is_lost_in_the_end(scene, eventually):
    async with scene(online=()) as (emulator, _):
        emulator.add_webhook("http://127.0.0.1:1/", events=[CONTENT], retries=1)
        emulator.open_conversation(text="0")
        await eventually(lambda: emulator.webhooks()[0]["lost"] == 1)
        assert emulator.webhooks()[0]["failed"] == 2


@pytest.mark.parametrize(
    ("what", "texts"),
    [
        ("twice", ["0", "0", "1", "2"]),
        ("late", ["1", "0", "2"]),
        ("lost", ["1", "2"]),
    ],
)
async def test_faults_repeat_delay_and_lose(scene, endpoint, eventually, what, texts):
    async with endpoint() as end, scene(online=()) as (emulator, _):
        emulator.add_webhook(end.url, events=[CONTENT])
        emulator.add_fault("webhook", value=what, count=1)
        talk = emulator.open_conversation(text="0").conversation_id
        for text in ("1", "2"):
            emulator.write(talk, text)
        await eventually(lambda: len(end.heard) == len(texts))
        assert end.texts == texts


async def test_one_that_nothing_overtakes_comes_late(scene, endpoint, eventually):
    async with endpoint() as end, scene(online=()) as (emulator, _):
        emulator.add_webhook(end.url, events=[CONTENT])
        emulator.add_fault("webhook", value="late")
        emulator.open_conversation(text="0")
        await eventually(lambda: end.texts == ["0"])


async def test_many_may_be_posted_at_a_time(scene, endpoint, eventually):
    async with endpoint() as end, scene(online=()) as (emulator, _):
        emulator.add_webhook(end.url, events=[CONTENT], parallel=8)
        talk = emulator.open_conversation(text="0").conversation_id
        for number in range(1, 50):
            emulator.write(talk, str(number))
        await eventually(lambda: len(end.heard) == 50)
        assert sorted(end.texts, key=int) == [str(number) for number in range(50)]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"url": "http://example.org:80/"}, "no address of this machine"),
        ({"url": "https://127.0.0.1:1/"}, "no address of this machine"),
        ({"url": "http://127.0.0.1/"}, "no address of this machine"),
        ({"url": "http://127.0.0.1:x/"}, "no address of this machine"),
        ({"url": "nonsense"}, "no address of this machine"),
        ({"form": "xml"}, "form 'xml' is not known; use notification"),
        ({"algorithm": "md5"}, "algorithm 'md5' is not known; use sha1"),
        ({"events": ["x"]}, "events 'x' is not known; use cqm"),
        ({"retries": 6}, "retries 6 is out of range; give 0 to 5"),
        ({"parallel": 0}, "parallel 0 is out of range; give 1 to 20"),
    ],
)
async def test_what_cannot_be_posted_is_refused(scene, arguments, text):
    async with scene(online=()) as (emulator, _):
        with pytest.raises(EmulatorError, match=text):
            emulator.add_webhook(**{"url": "http://127.0.0.1:1/", **arguments})
        assert emulator.webhooks() == []


async def test_there_are_not_too_many(scene):
    async with scene(online=()) as (emulator, _):
        for port in range(1, 11):
            emulator.add_webhook(f"http://127.0.0.1:{port}/")
        emulator.add_webhook("http://127.0.0.1:1/")  # in its place
        with pytest.raises(EmulatorError, match="there are 10 webhooks already"):
            emulator.add_webhook("http://127.0.0.1:11/")
        assert emulator.remove_webhook() == []


async def test_a_slow_endpoint_loses_the_oldest(scene, monkeypatch, eventually):
    monkeypatch.setattr("ums_actors.emulator.posting.MAX_WAITING_POSTS", 3)
    async with scene(online=()) as (emulator, _):
        emulator.add_webhook("http://127.0.0.1:1/", events=[CONTENT], retries=0)
        talk = emulator.open_conversation(text="0").conversation_id
        for number in range(1, 10):
            emulator.write(talk, str(number))
        assert emulator.webhooks()[0]["lost"] == 7
        await eventually(lambda: emulator.webhooks()[0]["lost"] == 10)


async def test_webhooks_by_post_get_and_delete(scene):
    async with scene(online=()) as (emulator, bot):
        base, hook = f"{emulator.control}/webhooks", {"url": "http://127.0.0.1:1/x"}
        told = {
            "url": hook["url"],
            "form": "notification",
            "signed": "sha1",
            "events": list(EVENT_NAMES),
            "retries": 3,
            "parallel": 1,
            "posted": 0,
            "failed": 0,
            "lost": 0,
            "waiting": 0,
        }
        async with bot.http.post(base, json={**hook, "secret": "s3cr3t"}) as answer:
            assert await answer.json() == {"webhooks": [told]}
        async with bot.http.get(base) as answer:
            assert await answer.json() == {"webhooks": [told]}
        async with bot.http.post(base, json={"url": "x"}) as answer:
            assert answer.status == 400
        async with bot.http.post(base, json={**hook, "more": 1}) as answer:
            assert answer.status == 400
        async with bot.http.delete(base, params=hook) as answer:
            assert await answer.json() == {"webhooks": []}


async def test_nothing_is_posted_after_the_end(scene, endpoint):
    async with endpoint() as end:
        async with scene(online=()) as (emulator, _):
            emulator.add_webhook(end.url, events=[CONTENT])
            emulator.add_fault("webhook", value="late")
            emulator.open_conversation(text="0")
        await asyncio.sleep(1.1)
        assert end.heard == []
        assert aiohttp  # its sessions are closed: a warning would fail this
