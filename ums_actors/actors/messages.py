"""What crosses a mailbox: commands are VerbNoun, events are NounVerbed.

All actors of a connection live on one loop thread, so a message may carry a future
to be answered; whoever takes such a message owns the duty to answer it.
"""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 help() reads it
from typing import Any

import msgspec

from ums_actors.core.course import Event  # noqa: TC001 help() reads it
from ums_actors.core.reason import Reason  # noqa: TC001 help() reads it
from ums_actors.protocol.envelopes import Notification, Response  # noqa: TC001 help() reads it
from ums_actors.runtime import LoopFuture  # noqa: TC001 help() reads it
from ums_actors.runtime.envelope import Bare
from ums_actors.secret import Secret  # noqa: TC001 help() reads it

__all__ = [
    "AbandonLogin",
    "AcquireToken",
    "AnswersArrived",
    "ApplyEvent",
    "AwaitAnswers",
    "CallAnswered",
    "CallFailed",
    "CallsBegan",
    "CatchUp",
    "ChildExited",
    "CloseSocket",
    "ConnectPrepared",
    "ForgetRequest",
    "FramesReceived",
    "FramesTapped",
    "InvalidateToken",
    "Later",
    "LineDropped",
    "LineRestored",
    "LogOut",
    "OpenConnection",
    "OpenSocket",
    "PrepareConnect",
    "RefreshToken",
    "ReleaseQueue",
    "RestoreLine",
    "SocketOpened",
    "StepFailed",
    "SubmitRequest",
    "SubmitToken",
    "TakeWebhook",
    "TenureEnded",
    "ValidateToken",
]


class Message(msgspec.Struct, frozen=True):
    """Base of all messages."""


# -- to the supervisor


class ApplyEvent(Message, frozen=True):
    """Feed an event of a user's to the session machine."""

    event: Event


class OpenConnection(Message, frozen=True):
    """Connect, and answer at the first READY, or after ``timeout`` seconds."""

    reply: LoopFuture[Any]
    timeout: float | None = None
    fail_fast: bool = False


class ConnectPrepared(Message, frozen=True):
    """The root has token and address."""

    generation: int
    url: Secret
    token: int
    """Generation of the token that goes with it."""
    headers: dict[str, Secret] = {}
    """Further headers of the upgrade request."""


class SocketOpened(Message, frozen=True):
    """The websocket of this generation is up."""

    generation: int


class LineRestored(Message, frozen=True):
    """The root has made subscriptions and agent state again."""

    generation: int


class StepFailed(Message, frozen=True):
    """A step of the attempt of this generation failed."""

    generation: int
    error: BaseException


class ChildExited(Message, frozen=True):
    """A child ended: the socket's line dropped, or any child crashed."""

    child: str
    generation: int
    reason: Reason


class TenureEnded(Message, frozen=True):
    """This process may no longer own the agent: the epoch is over."""

    epoch: int


class AnswersArrived(Message, frozen=True):
    """Nobody on the line of this generation waits for an answer any more."""

    generation: int


# -- to the root


class PrepareConnect(Message, frozen=True):
    """Run ``_init_token`` and ``_get_websocket_url``."""

    generation: int


class RestoreLine(Message, frozen=True):
    """Make subscriptions and agent state again."""

    generation: int


class FramesTapped(Message, frozen=True):
    """Undecoded frames for a subclass's own ``_on_ums_message``."""

    generation: int
    frames: list[bytes]


# -- to the token actor


class AcquireToken(Message, frozen=True):
    """Answer with the session that holds a valid token."""

    reply: LoopFuture[Any]


class RefreshToken(Message, frozen=True):
    """Refresh now, or log in; answer when there is a token that is alive."""

    reply: LoopFuture[Any]


class LogOut(Message, frozen=True):
    """End the session, for good; answer when that has been tried."""

    reply: LoopFuture[Any]


class SubmitToken(Message, frozen=True):
    """A worker's login or refresh, begun by that object, came to an end."""

    object: int
    flight: int
    kind: str
    value: Any = None
    error: BaseException | None = None


class AbandonLogin(Message, frozen=True):
    """The connection is at rest: wait no more for a turn to log in."""


class InvalidateToken(Message, frozen=True):
    """Forget the token of this generation; None means whichever is held."""

    generation: int | None
    source: str


class ValidateToken(Message, frozen=True):
    """Ask the service whether the token still lives; a refusal forgets it."""


# -- to the correlator


class Later(Message, frozen=True):
    """A body that is made just before it is first written.

    For what only a login tells, such as the user's own id; the request has its place in
    the queue meanwhile.
    """

    make: Callable[[], Any]


class SubmitRequest(Bare, Message, frozen=True, gc=False):
    """Send a request and answer ``reply`` exactly once."""

    type: str
    body: Any
    """What is encoded, or :class:`Later`."""
    reply: LoopFuture[Any]
    headers: Any = None
    metadata: Any = None
    timeout: float | None = None
    resend: bool = False
    internal: bool = False
    raw: bool = False
    encoded_metadata: str | None = None


class ForgetRequest(Message, frozen=True):
    """Nobody waits for the answer any more."""

    request: LoopFuture[Any]
    """The ``reply`` of its :class:`SubmitRequest`."""


class FramesReceived(Message, frozen=True):
    """What one read of the socket brought."""

    generation: int
    messages: list[Response | Notification]


class TakeWebhook(Message, frozen=True):
    """Hand on a notification that came by a webhook; answer when that is done."""

    notification: Notification
    reply: LoopFuture[None]


class CallsBegan(Message, frozen=True):
    """Requests have had their turn: their answers are due earlier than was known."""


class CallAnswered(Message, frozen=True):
    """What a call brought that stands for a request; HTTP's status is its code."""

    generation: int
    response: Response
    pause: float = 0.0
    """Seconds for which the service wants to be left alone."""


class CallFailed(Message, frozen=True):
    """A call that stands for a request came to nothing; others do not suffer by it."""

    generation: int
    request_id: str
    error: BaseException
    written: bool = False
    """Whether the service may have got it."""


class CatchUp(Message, frozen=True):
    """There may be messages to ask for."""


class AwaitAnswers(Message, frozen=True):
    """Tell the supervisor, once, when all on the line of this generation are answered.

    See :class:`AnswersArrived`.
    """

    generation: int


class ReleaseQueue(Message, frozen=True):
    """The line is READY: send what waited."""


class LineDropped(Message, frozen=True):
    """The line is gone: requests that went back into the queue have new deadlines."""


# -- to the socket actor


class OpenSocket(Message, frozen=True):
    """Open the websocket of this generation."""

    generation: int
    url: Secret
    headers: dict[str, Secret] = {}


class CloseSocket(Message, frozen=True):
    """Say goodbye and end."""

    code: int = 1000
