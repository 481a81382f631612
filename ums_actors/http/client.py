"""A small HTTP client: JSON for domains and logins, bytes for files."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

from urllib3.connection import HTTPConnection

from ums_actors.errors import (
    LocalProtocolError,
    LoginError,
    RemoteProtocolError,
    UMSError,
)
from ums_actors.http.answer import Answer, Response, read_answer
from ums_actors.http.asking import Ask, Payload, encode, headers_of
from ums_actors.http.deadline import Deadline
from ums_actors.http.failures import ENDED, FOREIGN, TooLong, reason_of
from ums_actors.http.line import Line, LineSocket
from ums_actors.http.tls import client_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from ums_actors.http.kept import Way
    from ums_actors.http.origin import Origin
    from ums_actors.http.tls import TlsSource
    from ums_actors.http.tunnel import HttpProxy
    from ums_actors.secret import Secret

__all__ = ["Answer", "Http", "Payload"]

_BODY_LIMIT: Final = 1 << 20


class Failure(Protocol):
    """A class of errors for calls without an answer, such as LoginError."""

    def __call__(self, text: str, *, step: str) -> UMSError:
        """Make one."""
        ...


class Http:
    """Calls services; a call blocks its thread up to its deadline.

    Each call has a connection of its own, unless its ``way`` keeps them: no cookie,
    redirect, environment proxy or SSLKEYLOGFILE reaches it. Any thread may call, many
    at a time. Resolving a name is the system's and cannot be limited here: it belongs
    on a worker that can be given up.

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
        headers: Mapping[str, str] | None = None,
        body_limit: int | None = None,
        error: Failure = LoginError,
        way: Way | None = None,
    ) -> Answer:
        """Make one call and give its answer, whatever its status below or above 300.

        Args:
            method: ``GET``, ``POST`` or another.
            origin: the service.
            path: path and query, percent-encoded.
            step: the ``step`` of the errors.
            deadline: until when everything is done.
            body: a :class:`Payload`, or what to send as JSON; None sends none.
            cookie: the value of the Cookie header, one cookie.
            bearer: the token that the Authorization header shows.
            headers: further headers: printable ASCII.
            body_limit: largest body of the answer, bytes.
            error: the class of error for a call without an answer.
            way: lets its line be kept for the next call, and be shut before its time;
                None: it has a line of its own.

        Raises:
            UMSError: of that class: no answer came; its text holds nothing of what was
                sent, the path included.
            RemoteProtocolError: the answer is too long, to a call with a ``way``.
            LocalProtocolError: a part cannot be sent, or the certificates to trust
                cannot be read.
        """
        payload = body if body is None or isinstance(body, Payload) else encode(body)
        told = headers_of(origin, payload, cookie, bearer, headers)
        if way is None:
            told["Connection"] = "close"
        limit = self._body_limit if body_limit is None else body_limit
        ask = Ask(method, origin, path, payload, told, limit, step)
        while True:
            outcome, had_ended = self._tried(ask, deadline, error, way)
            if isinstance(outcome, Answer):
                return outcome
            if not (had_ended and method == "GET") or deadline.over():
                break  # else another line may serve
        # outside of the handler, so that not even its context holds the cause
        raise error(f"the {step} call to {origin.host} failed: {outcome}", step=step)

    def close(self) -> None:
        """End running calls with an error, and refuse later ones; idempotent."""
        with self._lock:
            self._closed = True
            lines = list(self._lines)
        for line in lines:
            line.shut()

    def _tried(
        self, ask: Ask, deadline: Deadline, error: Failure, way: Way | None
    ) -> tuple[Answer | str, bool]:
        """Give the answer, or why there is none.

        And whether a line that had rested has ended just as it was used again.
        """
        origin, keeps = ask.origin, 0.0
        permit = None if self._permits is None else self._permits()
        line = self._line_for(origin, deadline, permit, way)
        was_kept = line.is_open
        if not self._enter(line):
            line.close()
            text = f"the {ask.step} call to {origin.host} came after close"
            raise error(text, step=ask.step)
        try:
            if way is not None:
                way.hold(line)
            if not was_kept:
                proxy = None if self._proxy is None else self._proxy(origin)
                line.open(self._tls(origin), proxy)
            if way is not None:
                line.permit = _both(permit, way.may_write)
            answer, keeps = self._exchange(line, ask, way)
        except LocalProtocolError:  # of a proxy or of certificates: it says what to do
            raise
        except TooLong:
            if way is not None:  # asking again would bring as much
                raise _too_long(ask) from None
            return reason_of(TooLong()), False
        except FOREIGN as foreign:
            return reason_of(foreign), was_kept and isinstance(foreign, ENDED)
        else:
            return answer, False
        finally:
            self._leave(line, keeps, way)

    @staticmethod
    def _line_for(
        origin: Origin,
        deadline: Deadline,
        permit: Callable[[], bool] | None,
        way: Way | None,
    ) -> Line:
        """Give a line that rests, or a new one that is to be opened."""
        line = None if way is None else way.kept.take(origin)
        if line is None:
            return Line(origin, deadline, permit)
        line.renew(deadline, permit)
        return line

    @staticmethod
    def _exchange(line: Line, ask: Ask, way: Way | None) -> tuple[Answer, float]:
        """Ask, and give the answer and for how long its line serves further."""
        connection = HTTPConnection(line.origin.host, line.origin.port)
        connection.response_class = Response
        connection.sock = LineSocket(line)
        connection.request(
            ask.method,
            ask.path,
            body=None if ask.payload is None else ask.payload.data,
            headers=ask.headers,
            preload_content=False,
            decode_content=False,
        )
        response = connection.getresponse()
        try:
            idle = 0.0 if way is None else way.kept.idle
            return read_answer(response, ask.body_limit, idle)
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

    def _leave(self, line: Line, keeps: float, way: Way | None) -> None:
        """Close a line, or let it rest for so many seconds."""
        with self._lock:
            if line in self._lines:
                self._lines.remove(line)
            closed = self._closed
        if way is None:
            line.close()
            return
        way.hold(None)
        way.kept.give(line, 0.0 if closed else keeps)


def _too_long(ask: Ask) -> RemoteProtocolError:
    return RemoteProtocolError(
        f"the answer to the {ask.step} call has more than {ask.body_limit} bytes"
    )


def _both(
    first: Callable[[], bool] | None, second: Callable[[], bool]
) -> Callable[[], bool]:
    if first is None:
        return second
    return lambda: first() and second()
