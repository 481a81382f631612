"""The HTTP upgrade, done by websocket-client behind a guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from websocket._exceptions import WebSocketException
from websocket._handshake import handshake

from ums_actors.transport.head import MAX_HEAD_SIZE, read_head

if TYPE_CHECKING:
    import socket

    from ums_actors.secret import Secret
    from ums_actors.transport.budget import Budget
    from ums_actors.transport.line import Line
    from ums_actors.transport.target import Target

__all__ = ["upgrade"]

_SWITCHING = 101
_CHECKED = ("upgrade", "connection", "sec-websocket-accept")
_NOT_OFFERED = ("sec-websocket-extensions", "sec-websocket-protocol")


def upgrade(
    line: Line,
    target: Target,
    headers: Secret,
    budget: Budget,
    max_head_size: int = MAX_HEAD_SIZE,
) -> bytes:
    """Turn ``line`` into a websocket; worker thread.

    Args:
        line: connected to the server, encrypted if need be.
        target: what to ask for.
        headers: further lines of the request, see ``header_lines``.
        budget: its deadline bounds the time.
        max_head_size: most bytes of the answer.

    Returns:
        The bytes that came behind the answer.

    Raises:
        ConnectError: refused (status), invalid, or out of bounds. Redirects are
            refusals.
        OSError: the line broke.
    """
    guard = _Guard(line, target, headers, budget, max_head_size)
    try:
        # No URL, no resource, no headers: what it does not know it can neither log
        # nor put into an exception. Without a host name it asks its process-wide
        # cookie jar for nothing.
        handshake(
            cast("socket.socket", guard),
            f"{target.scheme}:",
            "",
            target.port,
            "/",
            host=target.authority,
            suppress_origin=True,
        )
    except WebSocketException:
        if (
            guard.failure is not None
        ):  # some errors of the line are dressed up as its own
            raise guard.failure from None
        raise budget.error(
            f"{target.safe} answered the upgrade with invalid websocket headers",
            _SWITCHING,
        ) from None
    return guard.rest


class _Guard:
    """The socket that websocket-client's handshake sees.

    It completes the request with what is secret, reads the answer within bounds,
    and hands on only the headers to be checked: no cookie reaches the jar, no body
    is waited for.
    """

    def __init__(
        self,
        line: Line,
        target: Target,
        headers: Secret,
        budget: Budget,
        max_head_size: int,
    ) -> None:
        self._line = line
        self._target = target
        self._headers = headers
        self._budget = budget
        self._max_head_size = max_head_size
        self._answer: bytes | None = None
        self.rest = b""
        self.failure: OSError | None = None

    def gettimeout(self) -> float:
        """Say "non-blocking", so that no waiting is done outside the budget."""
        return 0.0

    def send(self, data: bytes) -> int:
        """Write the whole request, with resource and headers put in."""
        _, _, others = data.partition(b"\r\n")
        first = f"GET {self._target.resource.reveal()} HTTP/1.1\r\n"
        request = (first + self._headers.reveal()).encode("ascii") + others
        try:
            self._line.send_all(request)
        except OSError as error:
            self.failure = error
            raise
        return len(data)

    def recv(self, size: int) -> bytes:
        """Give the next bytes of the answer."""
        if self._answer is None:
            try:
                self._answer = self._read()
            except OSError as error:
                self.failure = error
                raise
        data, self._answer = self._answer[:size], self._answer[size:]
        return data

    def _read(self) -> bytes:
        head = read_head(self._line, self._budget, "the server", self._max_head_size)
        if head.status != _SWITCHING:
            raise self._budget.error(
                f"{self._target.safe} refused the upgrade with HTTP status "
                f"{head.status}",
                head.status,
            )
        for name in _NOT_OFFERED:
            if head.fields.get(name):
                raise self._budget.error(
                    f"{self._target.safe} answered with {name}, which was not offered",
                    head.status,
                )
        self.rest = head.rest
        fields = [f"{n}: {head.fields[n]}" for n in _CHECKED if n in head.fields]
        return "\r\n".join(["HTTP/1.1 101 X", *fields, "", ""]).encode("utf-8")
