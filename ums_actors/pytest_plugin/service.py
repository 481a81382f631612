"""The far end, which does by itself only what the test left to it."""

from __future__ import annotations

import itertools
from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ums_actors.protocol import brand
from ums_actors.pytest_plugin.request import USUAL, ServerRequest, is_called
from ums_actors.pytest_plugin.usual import BY_ITSELF, Usual
from ums_actors.testing.answers import Answers
from ums_actors.testing.server import AGENT, FakeServer
from ums_actors.testing.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from ums_actors.secret import Secret
    from ums_actors.testing.clock import Agenda
    from ums_actors.testing.farend import FarEnd
    from ums_actors.testing.place import Place
    from ums_actors.testing.trace import Trace

__all__ = ["Refusal", "ScriptedService", "Stub"]

_UNAUTHORIZED: Final = 401


class Stub(NamedTuple):
    """What becomes of requests of one name; ``held``: the test answers them."""

    kind: str
    held: bool
    body: Any = USUAL
    code: int = 200


class Refusal(NamedTuple):
    """Of a login."""

    status: int
    retry_after: float


class ScriptedService(FakeServer):
    """Notes all requests, answers those with a stub, and holds the others.

    Attributes:
        requests: all of them, in order.
        stubs: the later ones win.
        logins: refusals of the next ones.
        upgrades: statuses of the next ones.
    """

    def __init__(self, agenda: Agenda, chance: Random, trace: Trace) -> None:
        super().__init__(agenda, chance, trace)
        self.requests: list[ServerRequest] = []
        self.stubs: list[Stub] = [Stub(each, held=False) for each in BY_ITSELF]
        self.logins: deque[Refusal] = deque()
        self.upgrades: deque[int] = deque()
        self._usual = Usual(self)
        self._introductions = Answers(self)
        self._conversations = itertools.count(1)

    def pending(self) -> list[ServerRequest]:
        """Give the requests that nobody has answered."""
        return [each for each in self.requests if not each.answered]

    def upgrade(
        self, place: Place, path: str, headers: Mapping[str, Secret]
    ) -> tuple[int, str]:
        """Give the HTTP status of an upgrade, and who is let in."""
        if self.upgrades:
            return self.upgrades.popleft(), ""
        return super().upgrade(place, path, headers)

    def serve(self, line: FarEnd, frame: dict[str, Any]) -> None:
        """Take one request."""
        request = ServerRequest(self, line, frame)
        self.requests.append(request)
        if not line.user:
            code, body = self._introductions.introduce(line, request.type, frame)
            request.user = line.user
            request.answer(body, code)
        elif line.unauthorized:
            request.answer("the token is not valid", _UNAUTHORIZED)
        else:
            self._by_stub(request)

    def _by_stub(self, request: ServerRequest) -> None:
        for stub in reversed(self.stubs):
            if is_called(request.type, stub.kind):
                if not stub.held:
                    body = stub.body(request) if callable(stub.body) else stub.body
                    request.answer(body, stub.code)
                return

    def usual(self, line: FarEnd, request: ServerRequest) -> Any:
        """Give the body of a usual response, and do what it says."""
        return self._usual.body(line, request)

    # -- conversations

    def start_conversation(self, who: str = "", agent: str = AGENT) -> Transcript:
        """Let a consumer open a conversation with an agent."""
        number = next(self._conversations)
        name = f"conversation-{number}"
        who = who or f"consumer-{number}"
        transcript = Transcript(name, who, agent, self.agenda.now())
        self.transcripts[name] = transcript
        self._tell_change(transcript)
        return transcript

    def publish(
        self,
        transcript: Transcript,
        originator: str,
        event: dict[str, Any],
        metadata: list[Any] | None = None,
    ) -> int:
        """Let somebody say something; give its sequence number."""
        record = transcript.say(originator, event, self.agenda.now(), metadata)
        for line in list(self.lines):
            if not self.takes_part(line, transcript):
                continue
            if line.place.is_brand:
                line.notify(brand.MESSAGE_NOTIFICATION, record)
            elif transcript.id in line.dialogs:
                self.tell_events(line, transcript.id, [record])
        self._tell_change(transcript)
        sequence: int = record["sequence"]
        return sequence
