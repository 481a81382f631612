"""Every error the library raises on purpose.

::

    UMSError
    ├── LocalProtocolError        you misused the library (also a ValueError)
    │   ├── WouldDeadlock         a blocking wait on a loop thread
    │   ├── NotSupported          this kind of connection cannot do that
    │   ├── RingNotWaiting        a ring is not there to be answered: state
    │   └── AgentUnknown          a fleet has no such agent: user, account_id
    ├── RemoteProtocolError       the server broke the protocol
    ├── ConnectError              no websocket came to be: step, status
    ├── LoginError                no token came to be, for now: step, status
    │   └── AuthenticationRejected   ... for good: the credentials are refused
    ├── LeaseLost                 another process may own the agent: epoch
    ├── LeaseStoreError           who owns which shard cannot be asked
    ├── ClusterError              a cluster is not there, or cannot do it: cluster
    ├── FileError                 a file did not go up or come down: step, status
    ├── OutboxError               the file of an outbox cannot be used
    ├── StatusError               a status endpoint is gone, or does not answer
    ├── RestartBudgetExhausted    a child crashed too often: child, exits
    └── RequestError              one request failed: delivery, request_id
        ├── ConnectionLost        the line, or the connection, went away
        ├── RequestForgotten      its caller gave up waiting
        ├── RequestTimedOut       no answer in time (also a TimeoutError)
        ├── RequestRejected       the server said no: code, body
        └── Overloaded            a bound was reached

Errors carry fields; their text is one line, holds no message body and no token.
Foreign exceptions are translated at one place a port, ``from None`` where their
text could carry a secret.
"""

from __future__ import annotations

import enum
from typing import Any

__all__ = [
    "AgentUnknown",
    "AuthenticationRejected",
    "ClusterError",
    "ConnectError",
    "ConnectionLost",
    "Delivery",
    "FileError",
    "LeaseLost",
    "LeaseStoreError",
    "LocalProtocolError",
    "LoginError",
    "NotSupported",
    "OutboxError",
    "Overloaded",
    "RemoteProtocolError",
    "RequestError",
    "RequestForgotten",
    "RequestRejected",
    "RequestTimedOut",
    "RestartBudgetExhausted",
    "RingNotWaiting",
    "StatusError",
    "UMSError",
    "WouldDeadlock",
]

_TOO_MANY = 429
_LEAST_PAUSE = 1.0
_PASSING = frozenset({401, _TOO_MANY})
_FIRST_SERVER_ERROR = 500


class Delivery(enum.StrEnum):
    """On which side of the write a failed request was."""

    NOT_SENT = "NOT_SENT"
    """No byte of it reached the kernel, or the server was too busy for it (429): it has
    not been carried out."""
    UNKNOWN = "UNKNOWN"
    """Some or all of it was written, and no answer came."""
    ANSWERED = "ANSWERED"
    """The server answered it."""


class UMSError(Exception):
    """Base of all errors of this library; they can be pickled, fields and all.

    Attributes:
        history: of an error that a connection has FAILED by, what happened before: its
            flight recorder, at most 200 lines, oldest first. Else empty.
    """

    history: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, dict(vars(self)))


def _rebuild(
    kind: type[UMSError], args: tuple[Any, ...], fields: dict[str, Any]
) -> UMSError:
    error = kind.__new__(kind)
    error.args = args
    vars(error).update(fields)
    return error


class LocalProtocolError(UMSError, ValueError):
    """The caller broke a rule; the text names the value, the rule, the way out."""


class WouldDeadlock(LocalProtocolError):
    """A blocking wait was tried on a thread that runs an event loop."""


class NotSupported(LocalProtocolError):
    """The operation does not exist for this kind of connection."""


class RingNotWaiting(LocalProtocolError):
    """The ring has ended, or is being answered already; nothing was sent.

    Attributes:
        ring_id: which one.
        state: its state when it was tried.
        delivery: always NOT_SENT.
    """

    def __init__(self, text: str, *, ring_id: str, state: str) -> None:
        super().__init__(text)
        self.ring_id = ring_id
        self.state = state
        self.delivery = Delivery.NOT_SENT


class AgentUnknown(LocalProtocolError):
    """A fleet has no agent of this name, or no longer.

    Attributes:
        user: who was asked for.
        account_id: of which account; None if that was left open.
    """

    def __init__(self, text: str, *, user: str, account_id: str | None = None) -> None:
        super().__init__(text)
        self.user = user
        self.account_id = account_id


class RemoteProtocolError(UMSError):
    """The server broke RFC 6455 or the UMS protocol.

    Attributes:
        close_code: the websocket close code that answers it (1002, 1007, 1009).
        body: what it sent, where that is a sentence for people.
    """

    def __init__(
        self, text: str, *, close_code: int = 1002, body: str | None = None
    ) -> None:
        super().__init__(text)
        self.close_code = close_code
        self.body = body


class ConnectError(UMSError):
    """No websocket came to be.

    Attributes:
        step: ``resolve``, ``tcp``, ``proxy``, ``tls``, ``upgrade`` or ``queue``.
        status: HTTP status of a refused upgrade or proxy request, else None.
        timed_out: whether the deadline ended it.
    """

    def __init__(
        self,
        text: str,
        *,
        step: str,
        status: int | None = None,
        timed_out: bool = False,
    ) -> None:
        super().__init__(text)
        self.step = step
        self.status = status
        self.timed_out = timed_out


class LoginError(UMSError):
    """No token came to be; trying again later may help.

    Attributes:
        step: ``csds``, ``login``, ``refresh`` or ``source`` (a user's TokenSource).
        status: HTTP status, if there was an answer.
        retry_after: least seconds to wait before the next try.
    """

    def __init__(
        self,
        text: str,
        *,
        step: str = "login",
        status: int | None = None,
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(text)
        self.step = step
        self.status = status
        self.retry_after = retry_after


class AuthenticationRejected(LoginError):
    """The credentials are refused for good; trying them again cannot help."""


class LeaseLost(UMSError):
    """The lease under which the agent was this process's has ended; nothing is sent.

    Another process may own the agent by now. Ask the cluster for it.

    Attributes:
        epoch: of the lease that has ended; 0 if there was none.
    """

    def __init__(self, text: str, *, epoch: int = 0) -> None:
        super().__init__(text)
        self.epoch = epoch


class LeaseStoreError(UMSError):
    """The lease store gave no answer: it is gone, cannot be reached, or is too slow."""


class ClusterError(UMSError):
    """A cluster is not there, does not answer, or could not do what it was asked.

    Attributes:
        cluster: its name.
    """

    def __init__(self, text: str, *, cluster: str = "") -> None:
        super().__init__(text)
        self.cluster = cluster


class FileError(UMSError):
    """A file did not get to the file service, or back from it.

    Nothing was said of it in the conversation.

    Attributes:
        step: ``read`` (a local file), ``csds``, ``upload``, ``download``, or
            ``transfer`` (out of time).
        status: HTTP status, if there was an answer; 404: it is not there (any more).
    """

    def __init__(self, text: str, *, step: str, status: int | None = None) -> None:
        super().__init__(text)
        self.step = step
        self.status = status


class OutboxError(UMSError):
    """The file of an outbox cannot be opened, read or written: a full disk, say.

    What was to be kept is not kept, and not sent.
    """


class StatusError(UMSError):
    """A status endpoint cannot be opened, is gone, or does not answer in time."""


class RestartBudgetExhausted(UMSError):
    """A child crashed more often than its intensity window allows.

    Attributes:
        child: the child's name in the supervision tree.
        exits: one line for each of its crashes in the window, oldest first.
    """

    def __init__(
        self,
        text: str,
        *,
        child: str = "",
        exits: tuple[str, ...] = (),
        history: tuple[str, ...] = (),
    ) -> None:
        super().__init__(text)
        self.child = child
        self.exits = exits
        self.history = history


class RequestError(UMSError):
    """One request failed.

    Attributes:
        delivery: on which side of the write it was.
        request_id: its id on the wire, empty if it never got one.
        request_type: its wire type.
    """

    def __init__(
        self,
        text: str,
        *,
        delivery: Delivery,
        request_id: str = "",
        request_type: str = "",
    ) -> None:
        super().__init__(text)
        self.delivery = delivery
        self.request_id = request_id
        self.request_type = request_type


class ConnectionLost(RequestError, ConnectionError):
    """The line dropped before the answer, or the connection is closed or failed."""


class RequestForgotten(RequestError):
    """Its caller gave up waiting, and told the connection so."""


class RequestTimedOut(RequestError, TimeoutError):
    """No answer within the request's deadline."""


class RequestRejected(RequestError):
    """The server answered with a code of 400 or more.

    Attributes:
        code: the HTTP-like code of the response.
        body: its body, decoded; mostly a sentence.
    """

    def __init__(
        self,
        code: int,
        body: Any = None,
        *,
        request_id: str = "",
        request_type: str = "",
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(
            f"the server rejected {request_type or 'the request'} with code {code}",
            delivery=Delivery.ANSWERED,
            request_id=request_id,
            request_type=request_type,
        )
        self.code = code
        self.body = body
        self._told = retry_after

    @property
    def retry_after(self) -> float:
        """Least seconds to wait before asking again.

        What the service told, and 1 at least after a 429; else 0.
        """
        least = _LEAST_PAUSE if self.code == _TOO_MANY else 0.0
        return max(least, self._told)

    @property
    def may_pass(self) -> bool:
        """Whether asking again later may help: a dead token, a busy or ill server."""
        return self.code in _PASSING or self.code >= _FIRST_SERVER_ERROR


class Overloaded(RequestError):
    """A bound was reached; the request was not accepted. Slow down and try again."""

    def __init__(
        self, text: str, *, request_id: str = "", request_type: str = ""
    ) -> None:
        super().__init__(
            text,
            delivery=Delivery.NOT_SENT,
            request_id=request_id,
            request_type=request_type,
        )
