"""A small HTTP client: JSON for domains and logins, bytes for files."""

from __future__ import annotations

import http.client
import re
import threading
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
from msgspec import Struct
from urllib3.connection import HTTPConnection

from ums_actors._version import __version__
from ums_actors.errors import (
    LocalProtocolError,
    LoginError,
    RemoteProtocolError,
    UMSError,
)
from ums_actors.http.deadline import Deadline
from ums_actors.http.failures import FOREIGN, TooLong, reason_of
from ums_actors.http.line import Line, LineSocket
from ums_actors.http.tls import client_context
from ums_actors.protocol.lenient import is_object
from ums_actors.protocol.values import check_values

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from urllib3 import BaseHTTPResponse

    from ums_actors.http.origin import Origin
    from ums_actors.http.tls import TlsSource
    from ums_actors.http.tunnel import HttpProxy
    from ums_actors.secret import Secret

__all__ = ["Answer", "Http", "Payload"]

_BODY_LIMIT: Final = 1 << 20
_CHUNK: Final = 1 << 16
_REFUSED: Final = 300
_PATH: Final = re.compile(r"/[\x21\x22\x24-\x7e]*")
"""No control character, space, '#', or anything beyond ASCII."""
_COOKIE: Final = re.compile(r"[\x21-\x2b\x2d-\x3a\x3c-\x7e]+")
"""One cookie: printable ASCII without the blank, ',' and ';' that may end it."""
_BEARER: Final = re.compile(r"[\x21-\x7e]+")
"""A token: printable ASCII without the blank."""


class Failure(Protocol):
    """A class of errors for calls without an answer, such as LoginError."""

    def __call__(self, text: str, *, step: str) -> UMSError:
        """Make one."""
        ...


class Payload(Struct, frozen=True):
    """Bytes to send, and the media type that is said of them."""

    data: bytes
    media_type: str = "application/json"

    def __repr__(self) -> str:
        return f"Payload(<{len(self.data)} bytes>, {self.media_type!r})"


class Answer(Struct, frozen=True):
    """Status and body of an answer; the body is not shown, it may hold a token."""

    status: int
    body: bytes

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


class Http:
    """Calls services; a call blocks its thread up to its deadline.

    Each call has a connection of its own: no cookie, redirect, environment proxy or
    SSLKEYLOGFILE reaches it. Any thread may call, many at a time. Resolving a name is
    the system's and cannot be limited here: it belongs on a worker that can be given
    up.

    Args:
        tls: gives the TLS context, which all calls share; asked at the first that
            needs it.
        proxy: gives the proxy for an origin, or None; the environment's are not asked.
        body_limit: largest body of an answer that is read, bytes, unless a call says
            otherwise.
        clock: monotonic seconds.
        permits: gives for each call, as it begins, what is asked before each of its
            writes; False ends the call with an error.
    """

    __slots__ = (
        "_body_limit",
        "_clock",
        "_closed",
        "_context",
        "_lines",
        "_lock",
        "_permits",
        "_proxy",
        "_tls_source",
    )

    def __init__(
        self,
        *,
        tls: TlsSource = client_context,
        proxy: Callable[[Origin], HttpProxy | None] | None = None,
        body_limit: int = _BODY_LIMIT,
        clock: Callable[[], float] = time.monotonic,
        permits: Callable[[], Callable[[], bool]] | None = None,
    ) -> None:
        self._permits = permits
        self._tls_source = tls
        self._context: ssl.SSLContext | None = None
        self._proxy = proxy
        self._body_limit = body_limit
        self._clock = clock
        self._lock = threading.Lock()
        self._lines: list[Line] = []  # few at a time
        self._closed = False

    def now(self) -> float:
        """Give the monotonic seconds that deadlines count in."""
        return self._clock()

    def deadline(self, timeout: float) -> Deadline:
        """Give the deadline ``timeout`` seconds from now."""
        return Deadline(timeout, self._clock)

    def call(
        self,
        method: str,
        origin: Origin,
        path: str,
        *,
        step: str,
        deadline: Deadline,
        body: Any = None,
        cookie: str | None = None,
        bearer: Secret | None = None,
        body_limit: int | None = None,
        error: Failure = LoginError,
    ) -> Answer:
        """Make one call and give its answer, whatever its status below or above 300.

        Args:
            method: ``GET``, ``POST`` or ``PUT``.
            origin: the service.
            path: path and query, percent-encoded.
            step: the ``step`` of the errors.
            deadline: until when everything is done.
            body: a :class:`Payload`, or what to send as JSON; None sends none.
            cookie: the value of the Cookie header, one cookie.
            bearer: the token that the Authorization header shows.
            body_limit: largest body of the answer, bytes.
            error: the class of error for a call without an answer.

        Raises:
            UMSError: of that class: no answer came; its text holds nothing of what was
                sent, the path included.
            LocalProtocolError: ``path``, ``body``, ``cookie`` or ``bearer`` cannot be
                sent, or the certificates to trust cannot be read.
        """
        if not _PATH.fullmatch(path):
            raise LocalProtocolError(
                f"the path of the {step} call has characters that an address cannot "
                "hold, or does not begin with '/': percent-encode it"
            )
        payload = body if body is None or isinstance(body, Payload) else _encode(body)
        headers = _headers(origin, payload, cookie, bearer)
        permit = None if self._permits is None else self._permits()
        line = Line(origin, deadline, permit)
        if not self._enter(line):
            text = f"the {step} call to {origin.host} came after close"
            raise error(text, step=step)
        limit = self._body_limit if body_limit is None else body_limit
        try:
            proxy = None if self._proxy is None else self._proxy(origin)
            line.open(self._tls(origin), proxy)
            data = None if payload is None else payload.data
            return self._exchange(line, method, path, data, headers, body_limit=limit)
        except LocalProtocolError:  # of a proxy or of certificates: it says what to do
            raise
        except FOREIGN as foreign:
            reason = reason_of(foreign)
        finally:
            self._leave(line)
        # outside of the handler, so that not even its context holds the cause
        raise error(f"the {step} call to {origin.host} failed: {reason}", step=step)

    def close(self) -> None:
        """End running calls with an error, and refuse later ones; idempotent."""
        with self._lock:
            self._closed = True
            lines = list(self._lines)
        for line in lines:
            line.shut()

    def _exchange(
        self,
        line: Line,
        method: str,
        path: str,
        data: bytes | None,
        headers: dict[str, str],
        *,
        body_limit: int,
    ) -> Answer:
        connection = HTTPConnection(line.origin.host, line.origin.port)
        connection.response_class = _Response
        connection.sock = LineSocket(line)
        connection.request(
            method,
            path,
            body=data,
            headers=headers,
            preload_content=False,
            decode_content=False,
        )
        response = connection.getresponse()
        try:
            return Answer(response.status, _body(response, body_limit))
        finally:
            response.close()

    def _tls(self, origin: Origin) -> ssl.SSLContext | None:
        if not origin.secure:
            return None
        with self._lock:  # made on first use: it reads the system's certificates
            if self._context is None:
                self._context = self._tls_source()
            return self._context

    def _enter(self, line: Line) -> bool:
        """Take note of a line, so that it can be shut; not after the close."""
        with self._lock:
            if not self._closed:
                self._lines.append(line)
            return not self._closed

    def _leave(self, line: Line) -> None:
        with self._lock:
            if line in self._lines:
                self._lines.remove(line)
        line.close()


class _Response(http.client.HTTPResponse):
    """A response that forgets its headers, but for the length of the body.

    Nothing here needs them, and what is not kept (cookies) cannot be logged.
    """

    def begin(self) -> None:
        super().begin()
        kept = http.client.HTTPMessage()
        if self.length is not None:
            kept["Content-Length"] = str(self.length)
        self.headers = self.msg = kept


def _body(response: BaseHTTPResponse, limit: int) -> bytes:
    """Read the body; of an answer that refuses, the status is enough."""
    parts: list[bytes] = []
    size = 0
    try:
        while part := response.read(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > limit:
                raise TooLong
    except FOREIGN:
        if response.status < _REFUSED:
            raise
        return b""
    return b"".join(parts)


def _encode(body: Any) -> Payload:
    try:
        return Payload(msgspec.json.encode(body))
    except (TypeError, ValueError, msgspec.MsgspecError):
        pass  # its text is not repeated: it is about a password
    raise LocalProtocolError(
        "the credentials hold something that cannot be written as JSON; "
        "give strings of valid Unicode"
    )


def _headers(
    origin: Origin,
    payload: Payload | None,
    cookie: str | None,
    bearer: Secret | None,
) -> dict[str, str]:
    headers = {
        "Host": origin.authority,
        "User-Agent": f"ums-actors/{__version__}",
        "Accept": "application/json, */*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    if payload is not None:
        headers["Content-Type"] = payload.media_type
    if cookie is not None:
        if not _COOKIE.fullmatch(cookie):
            raise LocalProtocolError(
                "the cookie of the session cannot be sent: its session_id has a blank, "
                "a comma, a semicolon, or something beyond printable ASCII"
            )
        headers["Cookie"] = cookie
    if bearer is not None:
        if not _BEARER.fullmatch(bearer.reveal()):
            raise LocalProtocolError(
                "the token cannot be sent: it is empty, or has a blank or something "
                "beyond printable ASCII"
            )
        headers["Authorization"] = f"Bearer {bearer.reveal()}"
    return headers
