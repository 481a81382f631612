"""A scripted UMS on the far side of the fake wire; it keeps its own log."""

from __future__ import annotations

import itertools
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ums_actors.protocol import brand
from ums_actors.testing.transcript import Transcript

if TYPE_CHECKING:
    from random import Random

    from ums_actors.testing.clock import Agenda
    from ums_actors.testing.trace import Trace
    from ums_actors.testing.wire import FakeWebsocket

__all__ = ["ACCOUNT", "AGENT", "USER", "FakeServer", "FarEnd", "Received"]

ACCOUNT = "12345678"
USER = "bot"
AGENT = f"{ACCOUNT}.{USER}"
_REFUSED = 400
_UNAUTHORIZED = 401
_TOO_MANY = 429
_NEAR_CONNECT = 1.0
"""Seconds after the upgrade in which message events may be missed (UMS.md 3.6)."""
_MISSED = 0.3
_LATE_ONLY = 0.5
"""Share of the disorder in which a notification comes late, not twice."""
_WITH_LAST = 0.7
"""Chance that a change names the last content event, which it may leave out."""


class Received(NamedTuple):
    """One request as the server saw it."""

    at: float
    line: int
    id: str
    type: str
    text: str
    refused: bool = False
    """Whether it was answered with 429, and so not carried out."""


class FarEnd:
    """The server's end of one websocket."""

    def __init__(self, server: FakeServer, wire: FakeWebsocket) -> None:
        self.wire = wire
        self.open = True
        self.unauthorized = False
        self.since = server.agenda.now()
        self.made = 0
        self.subscriptions: list[str] = []
        self._server = server

    def received(self, payload: bytes) -> None:
        """Take a text frame."""
        if self.open:
            self._server.serve(self, msgspec.json.decode(payload))

    def goodbye(self, code: int) -> None:
        """Take a close frame, and answer it."""
        if self.open:
            self.hung_up()
            self.wire.close_by_peer(code)

    def hung_up(self) -> None:
        """Take the end of the TCP connection."""
        self.open = False
        if self in self._server.lines:
            self._server.lines.remove(self)
            self._server.trace.add(f"server: line {self.wire.number} is gone")

    def send(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        if self.open:
            self.wire.deliver(msgspec.json.encode(frame))

    def notify(self, kind: str, body: Any) -> None:
        """Send a notification."""
        self.send({"kind": "notification", "type": kind, "body": body})


class FakeServer:
    """Answers one brand user; consumers write to it through :meth:`say`.

    Attributes:
        log: every request it has seen.
        refusals: HTTP statuses of the next upgrades.
        answers: what is to happen to the next answers: ``drop``, a delay in seconds,
            or an error code.
        disorder: chance that a notification comes twice or late.
    """

    def __init__(self, agenda: Agenda, chance: Random, trace: Trace) -> None:
        self.agenda = agenda
        self.trace = trace
        self.log: list[Received] = []
        self.lines: list[FarEnd] = []
        self.transcripts: dict[str, Transcript] = {}
        self.tokens: set[str] = set()
        self.refusals: deque[int] = deque()
        self.answers: deque[str | float | int] = deque()
        self.disorder = 0.0
        self.agent_state = ""
        self._chance = chance
        self._numbers = itertools.count(1)

    # -- tokens and lines

    def grant(self) -> str:
        """Give a new token; a user's second login kills the first one's."""
        token = f"{self._chance.getrandbits(96):024x}"
        self.trace.guard(token)
        self.tokens = {token}
        return token

    def expire_tokens(self) -> None:
        """Let no token be valid; lines stay, but what is asked on them is refused."""
        self.tokens.clear()
        for line in self.lines:
            line.unauthorized = True

    def upgrade(self, path: str) -> int:
        """Give the HTTP status that an upgrade request gets."""
        if self.refusals:
            return self.refusals.popleft()
        known = any(f"/{token}" in path for token in self.tokens)
        return 101 if known else _UNAUTHORIZED

    def accept(self, wire: FakeWebsocket) -> None:
        """Take a line whose upgrade succeeded."""
        wire.far = FarEnd(self, wire)
        self.lines.append(wire.far)
        self.trace.add(f"server: line {wire.number} is open")

    def heal(self) -> None:
        """Be well behaved from now on."""
        self.refusals.clear()
        self.answers.clear()
        self.disorder = 0.0

    # -- what people do

    def start_conversation(self) -> Transcript:
        """Let a consumer open a conversation; the brand's user is assigned."""
        number = next(self._numbers)
        transcript = Transcript(
            f"conv-{number}", f"consumer-{number}", AGENT, self.agenda.now()
        )
        self.transcripts[transcript.id] = transcript
        self.trace.add(f"server: {transcript.id} begins")
        self._tell_change(transcript)
        return transcript

    def say(self, transcript: Transcript, originator: str, text: str) -> int:
        """Let somebody say something; give its sequence number."""
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
        record = transcript.say(originator, event, self.agenda.now())
        sequence: int = record["sequence"]
        self.trace.add(f"server: {transcript.id} #{sequence} {text}")
        for line in list(self.lines):
            fresh = self.agenda.now() - line.since < _NEAR_CONNECT
            if not (fresh and self._chance.random() < _MISSED):
                self._notify(line, brand.MESSAGE_NOTIFICATION, record)
        self._tell_change(transcript)
        return sequence

    def _tell_change(self, transcript: Transcript) -> None:
        with_last = self._chance.random() < _WITH_LAST
        for line in list(self.lines):
            for subscription in line.subscriptions:
                change = transcript.change(with_last=with_last)
                body = {"subscriptionId": subscription, "changes": [change]}
                self._notify(line, brand.CONVERSATION_NOTIFICATION, body)

    def _notify(self, line: FarEnd, kind: str, body: Any) -> None:
        """Notify now; in disorder perhaps twice, or after later ones."""
        chance = self._chance
        if chance.random() < self.disorder:
            delay = chance.uniform(0, 0.5)
            self.agenda.after(delay, lambda: line.notify(kind, body))
            if chance.random() < _LATE_ONLY:
                return
        line.notify(kind, body)

    # -- requests

    def serve(self, line: FarEnd, frame: dict[str, Any]) -> None:
        """Take one request."""
        body: dict[str, Any] = frame.get("body") or {}
        event: dict[str, Any] = body.get("event") or {}
        text = str(event.get("message", ""))
        kind: str = frame["type"]
        fate = self.answers.popleft() if self.answers else 0.0
        if line.unauthorized:
            fate = _UNAUTHORIZED
        elif fate == _REFUSED and kind == brand.SUBSCRIBE_CONVERSATIONS:
            fate = 0.0  # it would rightly be taken for final
        refused = fate == _TOO_MANY
        number = line.wire.number
        self.log.append(
            Received(self.agenda.now(), number, frame["id"], kind, text, refused)
        )
        self.trace.add(f"server: line {number} asks {kind} {frame['id']}")
        if isinstance(fate, int):
            answer: Any = "no"
            code = fate
        else:
            code, answer = self._answer(line, kind, body)
        if fate == "drop":
            return
        response = {"kind": "resp", "reqId": frame["id"], "code": code, "body": answer}
        work = self._chance.uniform(0, 0.05) + (fate if isinstance(fate, float) else 0)
        self.agenda.after(work, lambda: line.send(response))

    def _answer(self, line: FarEnd, kind: str, body: dict[str, Any]) -> tuple[int, Any]:
        match kind:
            case brand.GET_CLOCK:
                return 200, {"currentTime": int(self.agenda.now() * 1000)}
            case brand.SET_AGENT_STATE:
                self.agent_state = body["availability"]
                return 200, "OK Agent state updated successfully"
            case brand.SUBSCRIBE_CONVERSATIONS:
                return 200, {"subscriptionId": self._subscribe(line)}
            case brand.UNSUBSCRIBE_CONVERSATIONS:
                gone = body["subscriptionId"]
                line.subscriptions = [s for s in line.subscriptions if s != gone]
                return 200, "OK"
            case brand.PUBLISH_EVENT:
                transcript = self.transcripts[body["dialogId"]]
                return 200, {
                    "sequence": self.say(transcript, AGENT, body["event"]["message"])
                }
            case brand.QUERY_MESSAGES:
                newer_than = body.get("newerThanSequence", -1)
                return 200, self.transcripts[body["dialogId"]].newer_than(newer_than)
            case _:
                return 400, f"unknown request type {kind}"

    def _subscribe(self, line: FarEnd) -> str:
        """Subscribe; the snapshot comes a little later, and changes after it."""
        line.made += 1
        subscription = f"sub-{line.wire.number}-{line.made}"
        chance = self._chance

        def snapshot() -> None:
            line.subscriptions.append(subscription)
            changes = [
                transcript.change(with_last=chance.random() < _WITH_LAST)
                for transcript in self.transcripts.values()
            ]
            body = {"subscriptionId": subscription, "changes": changes}
            line.notify(brand.CONVERSATION_NOTIFICATION, body)

        self.agenda.after(0.06 + chance.uniform(0, 0.4), snapshot)
        return subscription
