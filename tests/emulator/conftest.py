from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import ssl
import time
import uuid

import aiohttp
import jwt
import pytest

from ums_actors.emulator import Emulator, password_of

CHANGES = ".ams.aam.ExConversationChangeNotification"
EVENTS = ".ams.ms.OnlineEventDistribution"
MESSAGES = "ms.MessagingEventNotification"
DEADLINE = 15.0
GOODBYE = 0.5
"""Seconds that a frozen emulator is waited for when all is over."""


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return None
    names = inspect.signature(test).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    asyncio.run(asyncio.wait_for(test(**arguments), 40))
    return True


class Bot:
    """A brand client of its own: aiohttp, no code of the library."""

    def __init__(self, emulator, name, http):
        self.emulator = emulator
        self.name = name
        self.http = http
        scheme = "https" if emulator.tls else "http"
        self.base = f"{scheme}://{emulator.csds}"
        self.account = f"{self.base}/api/account/{emulator.account}"
        self.ssl = True
        if emulator.tls:
            self.ssl = ssl.create_default_context(cafile=emulator.ca)
        self.login = {}
        self.ws = None
        self.reader = None
        self.answers = {}
        self.frames = []
        self.notes = asyncio.Queue()
        self.end = asyncio.Event()

    def gap(self, *frames):
        """Give the seconds between two frames by the clock of who wrote them.

        A reader may get both at once, however long the writer has waited.
        """
        written = {
            json.dumps(line["frame"], sort_keys=True): line["t"]
            for line in self.emulator.log()
            if line["dir"] == "out"
        }
        first, second = (
            written[json.dumps(frame, sort_keys=True)] for _, frame in frames
        )
        return second - first

    @property
    def id(self):
        return f"{self.emulator.account}.{self.login['config']['userId']}"

    @property
    def pid(self):
        return self.login["config"]["userPid"]

    async def log_in(self, password=None):
        body = {"username": self.name, "password": password or password_of(self.name)}
        status, self.login = await self.post("login", body)
        return status

    async def post(self, path, body, cookies=None):
        url = f"{self.account}/{path}?v=1.3"
        async with self.http.post(
            url, json=body, cookies=cookies, ssl=self.ssl
        ) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else None

    async def refresh(self, csrf=None, session_id=None, cookie="session_id"):
        csrf = csrf or self.login["csrf"]
        session_id = session_id or self.login["sessionId"]
        status, _ = await self.post("refresh", {"csrf": csrf}, {cookie: session_id})
        return status

    async def connect(self, bearer=None, version="2.1", **options):
        bearer = bearer or self.login["bearer"]
        path = f"/ws_api/account/{self.emulator.account}/messaging/brand/{bearer}"
        url = f"{self.base}{path}?v={version}"
        self.ws = await self.http.ws_connect(url, ssl=self.ssl, **options)
        self.reader = asyncio.create_task(self._read())

    async def handshake_status(self, bearer=None, version="2.1"):
        try:
            await self.connect(bearer, version)
        except aiohttp.WSServerHandshakeError as error:
            return error.status
        return 101

    async def request(self, kind, body=None, **more):
        identity = str(uuid.uuid4())
        await self.send_request(identity, kind, body, **more)
        return await asyncio.wait_for(self.answers[identity], DEADLINE)

    async def send_request(self, identity, kind, body=None, **more):
        self.answers[identity] = asyncio.get_running_loop().create_future()
        body = {} if body is None else body
        frame = {"kind": "req", "id": identity, "type": kind, "body": body}
        await self.ws.send_json({**frame, **more})

    async def update(self, conversation, *fields):
        body = {"conversationId": conversation, "conversationField": list(fields)}
        return await self.request(".ams.cm.UpdateConversationField", body)

    async def join(self, conversation, role="MANAGER"):
        field = {"field": "ParticipantsChange", "type": "ADD", "role": role}
        return await self.update(conversation, {**field, "userId": self.id})

    async def say(self, conversation, text, **more):
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
        body = {"dialogId": conversation, "event": event}
        return await self.request(".ams.ms.PublishEvent", body, **more)

    async def subscribe(self, **query):
        answer = await self.request(".ams.aam.SubscribeExConversations", query)
        return answer["body"]["subscriptionId"], (await self.note_of(CHANGES))[
            "changes"
        ]

    async def note(self, kind=None):
        frame = await asyncio.wait_for(self.notes.get(), DEADLINE)
        assert kind in (None, frame["type"])
        return frame["body"]

    async def note_of(self, kind, wanted=lambda _body: True):
        """Give the next notification of a kind that is wanted; skip others."""
        while True:
            frame = await asyncio.wait_for(self.notes.get(), DEADLINE)
            if frame["type"] == kind and wanted(frame["body"]):
                return frame["body"]

    async def ended(self):
        await asyncio.wait_for(self.end.wait(), DEADLINE)
        return self.ws.close_code

    async def _read(self):
        async for message in self.ws:
            frame = message.json()
            self.frames.append((time.monotonic(), frame))
            if frame["kind"] == "resp":
                self.answers[frame["reqId"]].set_result(frame)
            else:
                self.notes.put_nowait(frame)
        self.end.set()

    async def close(self):
        if self.ws is not None:
            with contextlib.suppress(ConnectionError, TimeoutError):
                await asyncio.wait_for(self.ws.close(), GOODBYE)
            self.reader.cancel()
            await asyncio.gather(self.reader, return_exceptions=True)


class Visitor(Bot):
    """A consumer's client of its own: signs up, and speaks the short dialect."""

    def __init__(self, emulator, http):
        super().__init__(emulator, "", http)
        self.jwt = ""

    @property
    def claims(self):
        return jwt.decode(self.jwt, options={"verify_signature": False})

    @property
    def id(self):
        return self.claims["sub"]

    async def idp(self, path, body=None, **query):
        url = f"{self.account}/{path}"
        async with self.http.post(url, json=body, params=query, ssl=self.ssl) as answer:
            return answer.status, await answer.json()

    async def sign_up(self):
        status, answer = await self.idp("signup")
        self.jwt = answer.get("jwt", "")
        return status

    async def connect(self, token=None, *, headers=None, query="v=3", account=None):
        """Connect with a token in the header; with none if it is empty."""
        token = self.jwt if token is None else token
        headers = {"Authorization": f"jwt {token}"} | (headers or {}) if token else {}
        account = account or self.emulator.account
        url = f"{self.base}/ws_api/account/{account}/messaging/consumer?{query}"
        self.ws = await self.http.ws_connect(url, ssl=self.ssl, headers=headers)
        self.reader = asyncio.create_task(self._read())

    async def handshake_status(self, token=None, **options):
        try:
            await self.connect(token, **options)
        except aiohttp.WSServerHandshakeError as error:
            return error.status
        return 101

    async def init(self, token=None, **properties):
        headers = [
            {
                "type": ".ams.headers.ConsumerAuthentication",
                "jwt": self.jwt if token is None else token,
            },
            {"type": ".ams.headers.ClientProperties", **properties},
        ]
        return await self.request("InitConnection", {}, headers=headers)

    async def begin(self, **body):
        """Open a conversation and hear its events; give its id."""
        answer = await self.request("cm.ConsumerRequestConversation", body)
        conversation = answer["body"]["conversationId"]
        assert await self.listen(conversation) == []
        return conversation

    async def listen(self, dialog, since=0, **more):
        """Subscribe to a dialog's events; give those that there are."""
        body = {"dialogId": dialog, "fromSeq": since, **more}
        answer = await self.request("ms.SubscribeMessagingEvents", body)
        assert answer["code"] == 200
        return (await self.note_of(MESSAGES))["changes"]

    async def update(self, conversation, *fields):
        body = {"conversationId": conversation, "conversationField": list(fields)}
        return await self.request("cm.UpdateConversationField", body)

    async def say(self, dialog, text, **more):
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
        body = {"dialogId": dialog, "event": event}
        return await self.request("ms.PublishEvent", body, **more)

    async def subscribe(self, **query):
        answer = await self.request("cqm.SubscribeExConversations", query)
        note = await self.note_of("cqm.ExConversationChangeNotification")
        return answer["body"]["subscriptionId"], note["changes"]


async def eventually(condition):
    """Wait until a condition holds that has no event of its own."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)


@pytest.fixture(name="eventually")
def eventually_fixture():
    return eventually


@pytest.fixture
def scene():
    """An emulator with connected bots, and connected consumers after them.

    ``async with scene(users=2, consumers=1) as (emulator, bot, other, visitor)``
    """

    @contextlib.asynccontextmanager
    async def play(*, online=None, consumers=0, **settings):
        async with contextlib.AsyncExitStack() as stack:
            emulator = await stack.enter_async_context(Emulator(**settings))

            async def session():
                jar = aiohttp.DummyCookieJar()
                return await stack.enter_async_context(
                    aiohttp.ClientSession(cookie_jar=jar)
                )

            bots = []
            for name in emulator.users:
                bot = Bot(emulator, name, await session())
                stack.push_async_callback(bot.close)
                if online is None or name in online:
                    assert await bot.log_in() == 200
                    await bot.connect()
                bots.append(bot)
            for _ in range(consumers):
                visitor = Visitor(emulator, await session())
                stack.push_async_callback(visitor.close)
                assert await visitor.sign_up() == 200
                if online is None:
                    await visitor.connect()
                bots.append(visitor)
            yield emulator, *bots

    return play
