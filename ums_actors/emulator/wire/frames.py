"""Frames: requests read, responses and notifications written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from ums_actors.emulator.values import as_object
from ums_actors.emulator.wire.dialects import short_response

__all__ = [
    "STRING_RESPONSE",
    "Answer",
    "Malformed",
    "Request",
    "encode",
    "notification",
    "parse",
    "response",
]

MAX_ID_LENGTH: Final = 64
CONSUMER_STRING_RESPONSE: Final = "StringResponse"
STRING_RESPONSE: Final = ".ReqBody$StringResp"

_ID: Final = re.compile(r'"id"\s*:\s*(?:"([^"\\]{1,64})"|(\d{1,18})\b)')


class Malformed(Exception):
    """A frame is no request.

    Attributes:
        request_id: its id as far as it can be read, else None.
        text: what is wrong with it.
    """

    def __init__(self, request_id: str | None, text: str) -> None:
        super().__init__(text)
        self.request_id = request_id
        self.text = text


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; ``body`` is mostly an object."""

    request_id: str
    type: str
    body: Any
    metadata: Any
    headers: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a response will say.

    Attributes:
        then_close: close code for the socket once it is written; None leaves it open.
        pause: seconds that a REST call is told to wait; None if it is not told.
    """

    body: Any
    type: str = STRING_RESPONSE
    code: int = 200
    then_close: int | None = None
    pause: float | None = None


def parse(text: str) -> Request:
    """Read a request; ids may be numbers and are answered as strings.

    Raises:
        Malformed: the frame is no request.
    """
    try:
        frame = as_object(msgspec.json.decode(text))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        found = _ID.search(text)
        request_id = found and (found[1] or found[2])
        raise Malformed(request_id, "The frame is no JSON") from None
    if frame is None:
        raise Malformed(None, "The frame is no object")
    request_id = frame.get("id")
    if (
        type(request_id) not in (str, int)
        or not 1 <= len(str(request_id)) <= MAX_ID_LENGTH
    ):
        raise Malformed(None, "The request has no id of 1 to 64 characters")
    if frame.get("kind", "req") != "req":
        raise Malformed(str(request_id), "The kind is not req")
    if not isinstance(frame.get("type"), str):
        raise Malformed(str(request_id), "The request has no type")
    body = frame.get("body")
    return Request(
        str(request_id),
        frame["type"],
        {} if body is None else body,
        frame.get("metadata"),
        frame.get("headers"),
    )


def encode(value: Any) -> str:
    """Give JSON text."""
    return msgspec.json.encode(value).decode()


def response(
    request_id: str, answer: Answer, request_type: str = "", *, is_brand: bool = True
) -> str:
    """Give the frame of a response; it never has the type of its request."""
    kind = answer.type if is_brand else short_response(answer.type)
    if kind == request_type:  # a known client chokes on that
        kind = CONSUMER_STRING_RESPONSE
    return encode(
        {
            "kind": "resp",
            "reqId": request_id,
            "code": answer.code,
            "type": kind,
            "body": answer.body,
        }
    )


def notification(kind: str, body: Any) -> str:
    """Give the frame of a notification."""
    return encode({"kind": "notification", "type": kind, "body": body})
