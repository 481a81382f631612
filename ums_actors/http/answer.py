"""The answer to a call: what is read of it, and what is forgotten."""

from __future__ import annotations

import email.utils
import http.client
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from ums_actors.errors import RemoteProtocolError
from ums_actors.http.failures import FOREIGN, TooLong
from ums_actors.protocol.lenient import is_object
from ums_actors.protocol.values import check_values

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

__all__ = ["Answer", "Response", "read_answer"]

_CHUNK: Final = 1 << 16
_REFUSED: Final = 300
_KEPT: Final = ("ETag", "Retry-After", "Keep-Alive")
_CLOSES: Final = "Connection"
_MARGIN: Final = 1.0
"""Seconds by which a line is given up before its server does so."""
_LONGEST: Final = 86_400.0
"""Seconds of a Retry-After that are believed."""


class Answer(Struct, frozen=True):
    """Status and body of an answer; the body is not shown, it may hold a token.

    Attributes:
        etag: of what it shows; empty if it was not said.
        retry_after: seconds that the service wants to be left alone; 0 if it did not
            say so.
    """

    status: int
    body: bytes
    etag: str = ""
    retry_after: float = 0.0

    def json(self) -> Any:
        """Give the decoded body, None if it is not JSON, or made to fill memory."""
        try:
            check_values(self.body)
            return msgspec.json.decode(self.body)
        except (
            RemoteProtocolError,
            msgspec.MsgspecError,
            ValueError,
            RecursionError,
        ):
            return None

    def fields(self) -> dict[str, Any]:
        """Give the body's JSON object, an empty one if it is none."""
        found = self.json()
        return found if is_object(found) else {}

    def __repr__(self) -> str:
        return f"Answer(status={self.status}, body=<{len(self.body)} bytes>)"


class Response(http.client.HTTPResponse):
    """A response that forgets its headers, but for those that are asked for.

    What is not kept (cookies) cannot be logged.
    """

    headers: http.client.HTTPMessage
    msg: http.client.HTTPMessage

    def begin(self) -> None:
        """Read the head, and keep little of it."""
        super().begin()
        kept = http.client.HTTPMessage()
        if self.length is not None:
            kept["Content-Length"] = str(self.length)
        for name in _KEPT:
            value = self.headers.get(name)
            if value is not None and value.isascii() and value.isprintable():
                kept[name] = value
        kept[_CLOSES] = "close" if self.will_close else "keep-alive"
        self.headers = self.msg = kept


def read_answer(
    response: BaseHTTPResponse, limit: int, idle: float
) -> tuple[Answer, float]:
    """Read the body; of an answer that refuses, the status is enough.

    Args:
        response: whose head has been read.
        limit: largest body, bytes.
        idle: seconds that its line may rest before the next call.

    Returns:
        the answer, and for how many seconds its line serves another call; 0: not.
    """
    headers = response.headers
    keeps = 0.0 if headers.get(_CLOSES) == "close" else _rest_of(headers, idle)
    try:
        body = _read(response, limit)
    except FOREIGN:
        if response.status < _REFUSED:
            raise
        body, keeps = b"", 0.0
    answer = Answer(response.status, body, headers.get("ETag", ""), _pause_of(headers))
    return answer, keeps


def _read(response: BaseHTTPResponse, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := response.read(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > limit:
            raise TooLong
    return b"".join(parts)


def _rest_of(headers: Any, idle: float) -> float:
    """Give how long a line may rest: as long as we like and its server says."""
    for part in str(headers.get("Keep-Alive", "")).split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "timeout" and value.isdecimal() and value.isascii():
            return max(0.0, min(idle, float(value[:9]) - _MARGIN))
    return idle


def _pause_of(headers: Any) -> float:
    """Give the seconds of a Retry-After: a number, or a date by the system's clock."""
    told = str(headers.get("Retry-After", "")).strip()
    if told.isascii() and told.replace(".", "", 1).isdecimal():
        return min(float(told), _LONGEST)
    try:
        date = email.utils.parsedate_to_datetime(told)
    except ValueError:
        return 0.0
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    left = (date - datetime.fromtimestamp(time.time(), UTC)).total_seconds()
    return min(max(0.0, left), _LONGEST)
