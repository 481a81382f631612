"""How the scripted server answers each request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.protocol import brand, consumer

if TYPE_CHECKING:
    from ums_actors.testing.farend import FarEnd
    from ums_actors.testing.server import FakeServer
    from ums_actors.testing.transcript import Transcript

__all__ = ["Answers"]

_OK: Final = 200
_REFUSED: Final = 400
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_EXPIRED: Final = 4401
_CLOSES_AFTER: Final = 0.1
Answer = tuple[int, Any]


class Answers:
    """The requests of both dialects, by their canonical names."""

    def __init__(self, server: FakeServer) -> None:
        self._server = server

    def introduce(self, line: FarEnd, kind: str, frame: dict[str, Any]) -> Answer:
        """Answer on a line whose user has not said who it is."""
        if kind != consumer.INIT_CONNECTION:
            return _UNAUTHORIZED, "InitConnection comes first"
        headers: list[dict[str, Any]] = frame.get("headers") or []
        token = next((each["jwt"] for each in headers if "jwt" in each), "")
        user = line.place.tokens.get(token)
        if user is None:
            agenda = self._server.agenda
            agenda.after(_CLOSES_AFTER, lambda: line.close(_EXPIRED))
            return _UNAUTHORIZED, "the token is not valid"
        line.user = user
        return _OK, "OK"

    def to(self, line: FarEnd, kind: str, body: dict[str, Any]) -> Answer:
        """Carry out a request; give the code and the body of its response.

        Args:
            line: on which it came.
            kind: its name.
            body: its body; of a message with what stands beside it as ``metadata``.
        """
        server = self._server
        match kind:
            case brand.GET_CLOCK:
                return _OK, {"currentTime": int(server.agenda.now() * 1000)}
            case brand.SET_AGENT_STATE:
                return _OK, "OK Agent state updated successfully"
            case brand.SUBSCRIBE_CONVERSATIONS:
                return _OK, {"subscriptionId": self._subscribe(line)}
            case brand.UNSUBSCRIBE_CONVERSATIONS:
                gone = body["subscriptionId"]
                line.subscriptions = [s for s in line.subscriptions if s != gone]
                return _OK, "OK"
            case consumer.CREATE_CONVERSATION:
                return _OK, {"conversationId": server.start_conversation(line.user).id}
            case (
                brand.PUBLISH_EVENT
                | brand.QUERY_MESSAGES
                | (consumer.SUBSCRIBE_MESSAGES)
            ):
                transcript = server.transcripts[body["dialogId"]]
                if not server.takes_part(line, transcript):
                    return _FORBIDDEN, "only for participants"
                return self._in_dialog(line, kind, body, transcript)
            case _:
                return _REFUSED, f"unknown request type {kind}"

    def _in_dialog(
        self, line: FarEnd, kind: str, body: dict[str, Any], transcript: Transcript
    ) -> Answer:
        server = self._server
        if kind == brand.PUBLISH_EVENT:
            text, beside = body["event"]["message"], body["metadata"]
            number = server.say(transcript, line.user, text, beside)
            return _OK, {"sequence": number}
        if kind == brand.QUERY_MESSAGES:
            return _OK, transcript.newer_than(body.get("newerThanSequence", -1))
        self._follow(line, transcript, body.get("fromSeq") or 0)
        return _OK, {}

    def _subscribe(self, line: FarEnd) -> str:
        """Subscribe; the snapshot comes a little later, and changes after it."""
        server = self._server
        line.made += 1
        subscription = f"sub-{line.wire.number}-{line.made}"

        def snapshot() -> None:
            line.subscriptions.append(subscription)
            mine = [
                each
                for each in server.transcripts.values()
                if server.takes_part(line, each)
            ]
            server.tell_conversations(line, subscription, *mine)

        server.agenda.after(0.06 + server.chance.uniform(0, 0.4), snapshot)
        return subscription

    def _follow(self, line: FarEnd, transcript: Transcript, since: int) -> None:
        """Tell what is there, in one piece after the answer, and then what comes.

        Where nothing is new, the service may say so or not.
        """
        server = self._server

        def tell() -> None:
            line.dialogs[transcript.id] = None
            records = transcript.newer_than(since - 1)
            if records or server.chance.random() < _OFTEN:
                server.tell_events(line, transcript.id, records)

        server.agenda.after(0.06 + server.chance.uniform(0, 0.1), tell)


_OFTEN: Final = 0.7
