"""The script's calls from another thread or process, over HTTP."""

from __future__ import annotations

import http.client
import ssl
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec

from ums_actors.emulator.control.controls import MAX_WAIT, Opened
from ums_actors.emulator.failures import EmulatorError

__all__ = ["RemoteControls"]

CALL_TIMEOUT: Final = 10.0
"""Seconds that one call may take, beyond what it is asked to wait."""


class RemoteControls:
    """What a script may do to an emulator that runs elsewhere; any thread, blocking.

    All calls raise EmulatorError: the emulator refuses, or does not answer in 10 s.

    Args:
        control: base URL of the script's calls, from the ready line.
        ca: path of the CA's file, for https.
    """

    def __init__(self, control: str, ca: str | None = None) -> None:
        parts = urlsplit(control)
        self._authority = parts.netloc
        self._path = parts.path
        self._tls: ssl.SSLContext | None = None
        if parts.scheme == "https":
            self._tls = ssl.create_default_context(cafile=ca)

    # -- consumers

    def open_conversation(
        self,
        *,
        skill: str | None = None,
        assign: str | None = None,
        text: str | None = None,
        consumer: str | None = None,
        survey: bool = False,
    ) -> Opened:
        """Open a conversation as a consumer; see :class:`Controls`."""
        answer = self._consumer(
            action="open",
            skill=skill,
            assign=assign,
            text=text,
            consumer=consumer,
            survey=survey,
        )
        return Opened(
            answer["conversation"],
            answer["dialog"],
            answer["consumer"],
            answer["sequence"],
        )

    def write(
        self,
        conversation_id: str,
        text: str,
        *,
        dialog_id: str | None = None,
        metadata: list[Any] | None = None,
    ) -> int:
        """Write a message as the consumer; give its sequence."""
        answer = self._consumer(
            action="write",
            conversation=conversation_id,
            text=text,
            dialog=dialog_id,
            metadata=metadata,
        )
        return int(answer["sequence"])

    def accept(
        self, conversation_id: str, sequences: list[int], status: str = "READ"
    ) -> int:
        """Confirm messages as the consumer; give the confirmation's sequence."""
        answer = self._consumer(
            action="accept",
            conversation=conversation_id,
            sequences=sequences,
            status=status,
        )
        return int(answer["sequence"])

    def close_conversation(self, conversation_id: str) -> None:
        """Close a conversation as the consumer."""
        self._consumer(action="close", conversation=conversation_id)

    def transcript(self, conversation_id: str, since: int = 0) -> list[dict[str, Any]]:
        """Give the event records of a conversation from a sequence on."""
        return self.wait_for_events(conversation_id, since, 0.0)

    def wait_for_events(
        self, conversation_id: str, since: int, timeout: float
    ) -> list[dict[str, Any]]:
        """Give such records as soon as there are any; none after ``timeout`` s."""
        wait = min(timeout, MAX_WAIT)
        query = {"conversation": conversation_id, "since": since, "wait": wait}
        answer = self._call("GET", "/transcript", query, wait=wait)
        events: list[dict[str, Any]] = answer["events"]
        return events

    def conversations(self) -> list[dict[str, Any]]:
        """Give a summary of each conversation, oldest first."""
        summaries: list[dict[str, Any]] = self._call("GET", "/conversations")[
            "conversations"
        ]
        return summaries

    # -- trouble

    def close_sockets(self, code: int, user: str | None = None) -> int:
        """Send close frames and close TCP; give how many sockets it hit."""
        query = {"code": code, "user": user}
        return int(self._call("POST", "/close", query)["closed"])

    def cut(self, user: str | None = None) -> int:
        """Reset TCP connections without a close frame; give how many it hit."""
        return int(self._call("POST", "/cut", {"user": user})["closed"])

    def freeze(self, user: str | None = None) -> int:
        """Make sockets half-open; give how many."""
        return int(self._call("POST", "/freeze", {"user": user})["frozen"])

    def expire_tokens(self, user: str | None = None) -> int:
        """Kill live tokens, sockets stay up; give how many there were."""
        return int(self._call("POST", "/expire-tokens", {"user": user})["expired"])

    def set_faults(self, **knobs: Any) -> dict[str, Any]:
        """Set fault knobs, or none; give all as they stand."""
        answer: dict[str, Any] = self._call("POST", "/faults", body=knobs)
        return answer

    # -- looking inside

    def log(self, user: str | None = None) -> list[dict[str, Any]]:
        """Give the log: ``t`` (epoch s), ``conn``, ``user``, ``dir``, ``frame``."""
        lines = self._fetch("GET", "/log", {"user": user}).splitlines()
        return [msgspec.json.decode(line) for line in lines]

    def state(self) -> dict[str, Any]:
        """Give counts of all that is and has been."""
        answer: dict[str, Any] = self._call("GET", "/state")
        return answer

    # -- the wire

    def _consumer(self, **action: Any) -> Any:
        body = {name: value for name, value in action.items() if value is not None}
        return self._call("POST", "/consumer", body=body)

    def _call(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        *,
        body: Any = None,
        wait: float = 0.0,
    ) -> Any:
        return msgspec.json.decode(
            self._fetch(method, path, query, body=body, wait=wait)
        )

    def _fetch(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        *,
        body: Any = None,
        wait: float = 0.0,
    ) -> bytes:
        asked = {name: it for name, it in (query or {}).items() if it is not None}
        target = f"{self._path}{path}?{urlencode(asked)}"
        connection = self._connection(CALL_TIMEOUT + wait)
        try:
            data = None if body is None else msgspec.json.encode(body)
            connection.request(method, target, data, {"Connection": "close"})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise EmulatorError(
                f"the emulator at {self._authority} does not answer "
                f"({type(error).__name__}); start it again"
            ) from None
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise EmulatorError(_refusal(answer, response.status))
        return answer

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._authority, timeout=timeout)
        return http.client.HTTPSConnection(
            self._authority, timeout=timeout, context=self._tls
        )


def _refusal(answer: bytes, status: int) -> str:
    try:
        return str(msgspec.json.decode(answer)["error"])
    except (ValueError, TypeError, KeyError):
        return f"the emulator answered with HTTP status {status}; look at its output"
