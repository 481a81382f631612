from __future__ import annotations

import asyncio
import contextlib
import inspect
import ssl
import time
import uuid

import aiohttp
import pytest

from ums_actors.emulator import Emulator, password_of

CHANGES = ".ams.aam.ExConversationChangeNotification"
EVENTS = ".ams.ms.OnlineEventDistribution"
DEADLINE = 5.0


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return None
    names = inspect.signature(test).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    asyncio.run(asyncio.wait_for(test(**arguments), 20))
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
        frame = {"kind": "req", "id": identity, "type": kind, "body": body or {}}
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
        return answer["body"]["subscriptionId"], (await self.note(CHANGES))["changes"]

    async def note(self, kind=None):
        frame = await asyncio.wait_for(self.notes.get(), DEADLINE)
        assert kind in (None, frame["type"])
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
            with contextlib.suppress(ConnectionError):
                await self.ws.close()
            self.reader.cancel()
            await asyncio.gather(self.reader, return_exceptions=True)


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
    """An emulator and connected bots: ``async with scene(users=2) as (emu, bots)``."""

    @contextlib.asynccontextmanager
    async def play(*, online=None, **settings):
        async with contextlib.AsyncExitStack() as stack:
            emulator = await stack.enter_async_context(Emulator(**settings))
            bots = []
            for name in emulator.users:
                jar = aiohttp.DummyCookieJar()
                http = await stack.enter_async_context(
                    aiohttp.ClientSession(cookie_jar=jar)
                )
                bot = Bot(emulator, name, http)
                stack.push_async_callback(bot.close)
                if online is None or name in online:
                    assert await bot.log_in() == 200
                    await bot.connect()
                bots.append(bot)
            yield emulator, *bots

    return play
