"""A scripted UMS on the far side of the fake wires; it keeps its own log."""

from __future__ import annotations

import itertools
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from ums_actors.protocol import brand, consumer
from ums_actors.testing.answers import Answers
from ums_actors.testing.farend import FarEnd
from ums_actors.testing.ledger import Ledger, Received
from ums_actors.testing.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from ums_actors.secret import Secret
    from ums_actors.testing.clock import Agenda
    from ums_actors.testing.place import Fate, Place
    from ums_actors.testing.trace import Trace
    from ums_actors.testing.wire import FakeWebsocket

__all__ = ["ACCOUNT", "AGENT", "USER", "FakeServer"]

ACCOUNT: Final = "12345678"
USER: Final = "bot"
AGENT: Final = f"{ACCOUNT}.{USER}"
_SWITCHING: Final = 101
_REFUSED: Final = 400
_UNAUTHORIZED: Final = 401
_NEAR_CONNECT: Final = 1.0
"""Seconds after the upgrade in which message events may be missed (UMS.md 3.6)."""
_MISSED: Final = 0.3
_LATE_ONLY: Final = 0.5
"""Share of the disorder in which a notification comes late, not twice."""
WITH_LAST: Final = 0.7
"""Chance that a change names the last content event, which it may leave out."""
_FINAL: Final = frozenset({brand.SUBSCRIBE_CONVERSATIONS, consumer.SUBSCRIBE_MESSAGES})
"""What a client rightly takes for final if it is refused with 400."""
_CANONICAL: Final = {
    consumer.short(name): name
    for name in (
        brand.GET_CLOCK,
        brand.SUBSCRIBE_CONVERSATIONS,
        brand.UNSUBSCRIBE_CONVERSATIONS,
        brand.PUBLISH_EVENT,
    )
}


class FakeServer:
    """Answers one brand user and some consumers; scripted ones write by :meth:`say`.

    Attributes:
        ledger: every request it has seen.
        lines: those that are open.
        answers: what is to happen to the next answers, whoever asks.
        transcripts: all conversations by id.
    """

    def __init__(self, agenda: Agenda, chance: Random, trace: Trace) -> None:
        self.agenda = agenda
        self.trace = trace
        self.ledger: Ledger = Ledger()
        self.lines: list[FarEnd] = []
        self.answers: deque[Fate] = deque()
        self.transcripts: dict[str, Transcript] = {}
        self.chance = chance
        self._answers = Answers(self)
        self._numbers = itertools.count(1)
        self._consumers = itertools.count(1)

    @property
    def log(self) -> list[Received]:
        """Every request, in order."""
        return self.ledger.entries

    # -- tokens and lines

    def token(self) -> str:
        """Make a token that nobody had before."""
        return self.trace.secret(f"{self.chance.getrandbits(96):024x}")

    def new_consumer(self) -> str:
        """Make an identity that nobody had before."""
        return f"anonymous-{next(self._consumers)}"

    def upgrade(
        self, place: Place, path: str, headers: Mapping[str, Secret]
    ) -> tuple[int, str]:
        """Give the HTTP status that an upgrade request gets, and who is let in.

        A consumer may come without a token, and is nobody until InitConnection.
        """
        if place.refusals:
            return place.refusals.popleft(), ""
        if not place.is_brand:
            if "Authorization" not in headers:
                return _SWITCHING, ""
            path = f"/{headers['Authorization'].reveal().removeprefix('jwt ')}"
        for token, user in place.tokens.items():
            if f"/{token}" in path:
                return _SWITCHING, user
        return _UNAUTHORIZED, ""

    def accept(self, wire: FakeWebsocket, place: Place, user: str) -> None:
        """Take a line whose upgrade succeeded."""
        wire.far = FarEnd(self, wire, place, user)
        self.lines.append(wire.far)
        place.lines.append(wire.far)
        self.trace.add(f"server: line {wire.number} of {place.name} is open")

    # -- what people do

    def start_conversation(self, who: str = "") -> Transcript:
        """Let a consumer open a conversation; the brand's user is assigned."""
        number = next(self._numbers)
        transcript = Transcript(
            f"conv-{number}", who or f"consumer-{number}", AGENT, self.agenda.now()
        )
        self.transcripts[transcript.id] = transcript
        self.trace.add(f"server: {transcript.id} begins")
        self._tell_change(transcript)
        return transcript

    def say(
        self,
        transcript: Transcript,
        originator: str,
        text: str,
        metadata: list[Any] | None = None,
    ) -> int:
        """Let somebody say something; give its sequence number."""
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
        record = transcript.say(originator, event, self.agenda.now(), metadata)
        sequence: int = record["sequence"]
        self.trace.add(f"server: {transcript.id} #{sequence} {text}")
        for line in list(self.lines):
            if not self.takes_part(line, transcript):
                continue
            if line.place.is_brand:
                fresh = self.agenda.now() - line.since < _NEAR_CONNECT
                if not (fresh and self.chance.random() < _MISSED):
                    self.notify(line, brand.MESSAGE_NOTIFICATION, record)
            elif transcript.id in line.dialogs:
                self.tell_events(line, transcript.id, [record])
        self._tell_change(transcript)
        return sequence

    @staticmethod
    def takes_part(line: FarEnd, transcript: Transcript) -> bool:
        """Tell whether a conversation is one of the line's user."""
        return line.user in (transcript.agent, transcript.consumer)

    def tell_events(
        self, line: FarEnd, dialog_id: str, records: list[dict[str, Any]]
    ) -> None:
        """Notify a consumer of events."""
        body = {"dialogId": dialog_id, "changes": records}
        self.notify(line, consumer.MESSAGE_NOTIFICATION, body)

    def tell_conversations(
        self, line: FarEnd, subscription: str, *shown: Transcript
    ) -> None:
        """Notify of conversations as they are now."""
        with_last = self.chance.random() < WITH_LAST
        is_brand = line.place.is_brand
        changes = [
            each.change(with_last=with_last, is_brand=is_brand) for each in shown
        ]
        body = {"subscriptionId": subscription, "changes": changes}
        kind = brand if is_brand else consumer
        self.notify(line, kind.CONVERSATION_NOTIFICATION, body)

    def _tell_change(self, transcript: Transcript) -> None:
        for line in list(self.lines):
            if self.takes_part(line, transcript):
                for subscription in line.subscriptions:
                    self.tell_conversations(line, subscription, transcript)

    def notify(self, line: FarEnd, kind: str, body: Any) -> None:
        """Notify now; in disorder perhaps twice, or after later ones."""
        chance, disorder = self.chance, line.place.disorder
        if disorder and chance.random() < disorder:
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
        asked: str = frame["type"]
        kind = _CANONICAL.get(asked, asked)
        answers = self.answers or line.place.answers
        fate = answers.popleft() if answers else 0.0
        if line.unauthorized:
            fate = _UNAUTHORIZED
        elif fate == _REFUSED and kind in _FINAL:
            fate = 0.0
        number, request_id = line.wire.number, frame["id"]
        failure = fate if isinstance(fate, int) else 0
        self.ledger.write(
            Received(self.agenda.now(), number, request_id, kind, text, failure)
        )
        self.trace.add(f"server: line {number} asks {kind} {request_id}")
        if isinstance(fate, int):
            code, answer = fate, "no"
        elif not line.user:
            code, answer = self._answers.introduce(line, kind, frame)
        else:
            if kind == brand.PUBLISH_EVENT:
                body = body | {"metadata": frame.get("metadata")}
            code, answer = self._answer(line, kind, body)
        if fate == "drop":
            return
        response = {"kind": "resp", "reqId": request_id, "code": code, "body": answer}
        work = self.chance.uniform(0, 0.05) + (fate if isinstance(fate, float) else 0)
        for _ in range(2 if fate == "twice" else 1):
            self.agenda.after(work, lambda: line.send(response))

    def _answer(self, line: FarEnd, kind: str, body: dict[str, Any]) -> tuple[int, Any]:
        return self._answers.to(line, kind, body)
