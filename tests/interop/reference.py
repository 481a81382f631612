"""What both sides of lp-messaging-sdk 1.5.4 do: HTTP, one socket, what comes on it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import ssl
import time
import uuid

import aiohttp

DEADLINE = 10.0
"""Seconds that any one wait may last, on a busy machine too."""
HEADERS = {
    "User-Agent": "axios/0.27.2",
    "Accept": "application/json, text/plain, */*",
}
TRACKING = "intid=lpm-sdk&intvn=1.5.4&appid=unknown&appvn=unknown"


class Rejected(Exception):
    """An answer above 399, as the client's user sees it."""

    def __init__(self, code, text):
        super().__init__(f"Error response: {text}")
        self.code = code


class Reference:
    """What both sides of the client have in common; a context manager.

    Attributes:
        arrivals: (seconds, frame) of each frame read.
        judge: looks at each of them.
    """

    def __init__(self, emulator, judge, names):
        self.emulator = emulator
        self.account = emulator.account
        self.arrivals = []
        self.judge = judge
        self.close_code = None
        self._names = names
        self._schemes = ("https", "wss") if emulator.tls else ("http", "ws")
        self._ssl = True
        if emulator.tls:
            self._ssl = ssl.create_default_context(cafile=emulator.ca)
        self._news = asyncio.Event()

    async def __aenter__(self):
        jar = aiohttp.DummyCookieJar()  # Set-Cookie is ignored
        self._http = aiohttp.ClientSession(cookie_jar=jar, headers=HEADERS)
        self._socket = self._reader = None
        return self

    async def __aexit__(self, *_):
        if self._socket is not None:
            with contextlib.suppress(ConnectionError):
                await self._socket.close()
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self._http.close()

    # -- HTTP

    async def domain(self, service):
        """Look one service up; ``baseURI`` is read directly."""
        path = f"/api/account/{self.account}/service/{service}/baseURI.json"
        url = f"{self._schemes[0]}://{self.emulator.csds}{path}?version=1.0"
        async with self._http.get(url, ssl=self._ssl) as answer:
            return (await self._told(answer))["baseURI"]

    async def post(self, host, path, body=None, **headers):
        """Call a service."""
        url = f"{self._schemes[0]}://{host}/api/account/{self.account}/{path}"
        call = self._http.post(url, json=body, headers=headers, ssl=self._ssl)
        async with call as answer:
            return await self._told(answer)

    async def _told(self, answer):
        is_json = answer.content_type == "application/json"
        told = await answer.json() if is_json else {}
        if answer.status < 400:
            return told
        is_string = isinstance(told.get("error"), str)
        self.judge.expect(is_string, f"the error is no string: {told}")
        raise Rejected(answer.status, told.get("error"))

    # -- the socket

    async def dial(self, host, path, **headers):
        url = f"{self._schemes[1]}://{host}/ws_api/account/{self.account}/{path}"
        self._socket = await self._http.ws_connect(
            f"{url}&{TRACKING}", ssl=self._ssl, headers=headers, compress=15
        )
        self._reader = asyncio.create_task(self._read())

    async def _read(self):
        async for message in self._socket:
            frame = message.json()
            self.judge.look_at(frame)
            self.arrivals.append((time.monotonic(), frame))
            self._news.set()
        self.close_code = self._socket.close_code
        self._news.set()

    async def closed(self):
        """Wait for the close code."""
        async with asyncio.timeout(DEADLINE):
            while self.close_code is None:
                self._news.clear()
                await self._news.wait()
        return self.close_code

    async def send(self, name, body, **more):
        """Send a request; give the body of the answer."""
        frame = await self.ask(name, body, **more)
        if frame["code"] > 399:
            raise Rejected(frame["code"], frame["body"])
        return frame.get("body")

    async def ask(self, name, body, **more):
        """Send a request; give the whole answer."""
        identity, kind = str(uuid.uuid4()), self._names.get(name, name)
        request = {"kind": "req", "id": identity, "type": kind, "body": body, **more}
        self.judge.ask(request)
        await self._socket.send_json(request)
        place = await self.place(lambda frame: frame.get("reqId") == identity)
        return self.arrivals[place][1]

    # -- what has come

    async def place(self, wanted, start=0):
        """Give where the first frame stands that is wanted, waiting for it."""
        async with asyncio.timeout(DEADLINE):
            for place in itertools.count(start):
                while len(self.arrivals) <= place:
                    assert self.close_code is None, f"closed: {self.close_code}"
                    self._news.clear()
                    await self._news.wait()
                if wanted(self.arrivals[place][1]):
                    break
        return place

    def about(self, subscription):
        """Say which frame is wanted: a notification of this subscription."""

        def is_it(frame):
            body = frame["body"] if frame["kind"] == "notification" else {}
            return body.get("subscriptionId") == subscription

        return is_it

    def saying(self, text):
        """Say which frame is wanted: a message event of this text."""
        return self.with_any(
            "Events", lambda record: record["event"].get("message") == text
        )

    def repeating(self, text):
        """Say which frame is wanted: a change whose last content is this text."""

        def is_it(change):
            last = change["result"].get("lastContentEventNotification")
            return last is not None and last["event"].get("message") == text

        return self.with_any("Changes", is_it)

    def with_any(self, name, wanted):
        """Say which frame is wanted: a notification with such a change in it."""

        def is_it(frame):
            if frame["type"] != self._names[name]:
                return False
            return any(map(wanted, frame["body"].get("changes", [frame["body"]])))

        return is_it

    def of(self, conversation, kind="UPSERT", **details):
        """Say which change is wanted: its conversation, its type, what it shows."""

        def is_it(change):
            shown = change["result"]["conversationDetails"]
            meant = (change["type"], change["result"]["convId"])
            return meant == (kind, conversation) and all(
                shown.get(name) == it for name, it in details.items()
            )

        return is_it

    async def change(self, conversation, kind="UPSERT", **details):
        """Wait for a change of a conversation; give what it shows."""
        wanted = self.of(conversation, kind, **details)
        place = await self.place(self.with_any("Changes", wanted))
        changes = self.arrivals[place][1]["body"]["changes"]
        return next(filter(wanted, changes))["result"]["conversationDetails"]

    async def event(self, text):
        """Wait for the record of a message."""
        place = await self.place(self.saying(text))
        body = self.arrivals[place][1]["body"]
        records = body.get("changes", [body])
        return next(it for it in records if it["event"].get("message") == text)

    def update_times(self):
        """Give ``metaDataLastUpdateTs`` of all changes that have come."""
        return [
            change["result"]["conversationDetails"]["metaDataLastUpdateTs"]
            for _, frame in self.arrivals
            if frame["type"] == self._names["Changes"]
            for change in frame["body"]["changes"]
        ]

    # -- what both sides do

    async def subscribe(self, query):
        """Subscribe to conversations; give the id and the first changes."""
        start = len(self.arrivals)
        identity = (await self.send("Subscribe", query))["subscriptionId"]
        place = await self.place(self.about(identity), start)
        return identity, self.arrivals[place][1]["body"]["changes"]

    async def update(self, conversation, field):
        """Update a conversation with a list of fields, or with one that is bare."""
        body = {"conversationId": conversation, "conversationField": field}
        return await self.send("Update", body)

    async def close(self, conversation):
        """Close a conversation; give the text of the answer."""
        field = {"field": "ConversationStateField", "conversationState": "CLOSE"}
        return await self.update(conversation, [field])

    async def publish(self, conversation, text, audience="ALL"):
        """Say something; give its sequence."""
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
        body = {"conversationId": conversation, "dialogId": conversation}
        body |= {"messageAudience": audience, "event": event}
        return (await self.send("Publish", body))["sequence"]
