"""The abstract connection: the address that users hold; owner of the tree.

Its public methods are called through a proxy and give futures. What must survive a
crash of this actor is in the kernel, which its cell keeps.
"""

from __future__ import annotations

import abc
import logging
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ums_actors.actors.crash import crashed, root_crashed
from ums_actors.actors.line import dismantle
from ums_actors.actors.messages import (
    AcquireToken,
    ApplyEvent,
    ConnectPrepared,
    FramesReceived,
    FramesTapped,
    InvalidateToken,
    LineRestored,
    OpenConnection,
    PrepareConnect,
    RestoreLine,
    StepFailed,
    SubmitRequest,
)
from ums_actors.actors.supervisor import SupervisorActor
from ums_actors.connection.shortcut import SendShortcut, seconds, submission
from ums_actors.connection.status import ConnectionStatus, status_of
from ums_actors.core import session
from ums_actors.core.session import State
from ums_actors.errors import (
    LocalProtocolError,
    NotSupported,
    UMSError,
)
from ums_actors.protocol.envelopes import (
    Notification,
    Response,
    decode_message,
)
from ums_actors.runtime import LoopActor, LoopFuture, LoopRef, Runtime
from ums_actors.runtime.proxy import shortcut
from ums_actors.runtime.steps import Steps, run_steps
from ums_actors.secret import Secret

if TYPE_CHECKING:
    from types import TracebackType

    from ums_actors.actors.events import Event
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.subscribers import Target
    from ums_actors.runtime.cell import Cell

__all__ = ["WebsocketConnection"]

_CHILDREN = ("token", "correlator", "socket", "supervisor")


class WebsocketConnection(LoopActor, abc.ABC):
    """A supervised UMS connection.

    Abstract: :meth:`_get_websocket_url`, :meth:`_init_token`, :meth:`get_token`,
    :meth:`set_agent_state`. Overrides run on the loop thread and must not block; a
    hook may return ``self._in_worker(function)`` instead of its result.
    """

    _proxied: ClassVar[frozenset[str]] = frozenset(
        {
            "_close_dialog",
            "_connect_with_retry",
            "_get_websocket_url",
            "_init_token",
            "_join_dialog",
            "_leave_dialog",
            "_on_auth_invalid_error",
            "_on_ums_message",
            "_request_conversation_subscription",
            "_transfer_conversation",
        }
    )
    """The reference's protected methods, which Pykka would hide."""

    @classmethod
    def start(
        cls, *args: Any, runtime: Runtime | None = None, **kwargs: Any
    ) -> LoopRef[Self]:
        """Start a connection; see the class's own arguments.

        Raises:
            LocalProtocolError: an argument breaks a rule.
        """
        chosen = runtime or Runtime.default()
        return cls._launch(args, kwargs, chosen, chosen.next_loop(), root_crashed)

    def __init__(self) -> None:
        super().__init__()
        if self._cell.keep is None:
            self._cell.keep = self._make_kernel()
        self._kernel: Kernel = self._cell.keep
        self._kernel.taps_messages = (
            type(self)._on_ums_message is not WebsocketConnection._on_ums_message
        )
        self._stepping = 0  # the generation whose step runs

    @abc.abstractmethod
    def _make_kernel(self) -> Kernel:
        """Make the record that survives restarts of this actor; once."""

    # -- the hooks of a subclass

    @abc.abstractmethod
    def _init_token(self) -> LoopFuture[Any] | None:
        """See to it that there is a valid token before an attempt."""

    @abc.abstractmethod
    def _get_websocket_url(
        self,
    ) -> LoopFuture[str] | LoopFuture[Secret] | str | Secret:
        """Give the address of the websocket, its token included."""

    def _restore(self) -> Steps[None]:
        """Make again what lived on the old line; yields futures to wait for."""
        yield from ()

    @abc.abstractmethod
    def get_token(self) -> LoopFuture[str]:
        """Give a valid token; waits for a login that is under way."""

    def set_agent_state(
        self, agent_state: str, agent_id: str | None = None
    ) -> LoopFuture[None]:
        """Set the agent's availability; brands only."""
        del agent_state, agent_id
        raise NotSupported(f"{type(self).__name__} has no agent state: use a brand's")

    # -- life

    def on_start(self) -> None:
        """Start the tree, once."""
        if "supervisor" not in self._kernel.refs:
            self._kernel.refs["supervisor"] = SupervisorActor._launch(
                (self._kernel,), {}, self._runtime, self._loop, self._supervisor_crashed
            )

    def on_stop(self) -> None:
        """Stop the tree."""
        dismantle(self._kernel, self._now())

    def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Report the step that ends with this object."""
        del exception_type, traceback
        if self._stepping and exception_value is not None:
            failed = StepFailed(self._stepping, exception_value)
            self._kernel.refs["supervisor"].tell(failed)

    def _before_stop(self) -> LoopFuture[None]:
        return self.close()

    def open(
        self, timeout: float | None = None, fail_fast: bool = False
    ) -> LoopFuture[None]:
        """Connect, and stay connected; done at the first READY.

        Args:
            timeout: seconds the future waits; the attempts go on after it.
            fail_fast: give up at the first failure instead of trying on.

        Raises (through the future):
            AuthenticationRejected: the credentials are refused.
            TimeoutError: not READY within ``timeout``.
            UMSError: with ``fail_fast``, what went wrong.
        """
        kernel, reply = self._kernel, LoopFuture[None]()
        kernel.refs["supervisor"].tell(
            OpenConnection(reply, seconds(timeout), fail_fast)
        )
        if kernel.session.state in (State.CLOSED, State.FAILED):
            kernel.opening = True
        return reply

    def close(self) -> LoopFuture[None]:
        """Close in an orderly way; idempotent. The actor stays, in CLOSED."""
        kernel = self._kernel
        if kernel.has_ended():
            return LoopFuture.of(None)
        self._apply(session.CloseRequested())
        done: LoopFuture[None] = LoopFuture()
        closed = kernel.closed_waiters.add(self._loop)
        closed.add_done_callback(lambda _: done.try_set(None))
        return done

    def wait_closed(self) -> LoopFuture[tuple[str, ...]]:
        """Wait until CLOSED or FAILED; gives the history of what happened."""
        kernel = self._kernel
        if kernel.has_ended():
            return LoopFuture.of(tuple(kernel.history))
        return kernel.closed_waiters.add(self._loop)

    def wait_ready(self, timeout: float | None = None) -> LoopFuture[None]:
        """Wait until READY, at most ``timeout`` seconds (then TimeoutError)."""
        kernel = self._kernel
        if kernel.session.state is State.READY:
            return LoopFuture.of(None)
        if kernel.at_rest():
            raise kernel.refusal()
        return kernel.ready_waiters.add(self._loop, seconds(timeout))

    def reconnect_now(self) -> None:
        """End a pause between attempts."""
        self._apply(session.RetryDue())

    def status(self) -> ConnectionStatus:
        """Tell how the connection is doing."""
        return status_of(self._kernel, self._now())

    def child(self, name: str) -> LoopRef[Any]:
        """Give the reference of an actor of the tree, to look at or to try."""
        ref = self._kernel.refs.get(name)
        if ref is None:
            raise LocalProtocolError(
                f"there is no child {name!r}: there are {', '.join(_CHILDREN)}"
            )
        return ref

    # -- requests and events

    @shortcut(SendShortcut)
    def send(
        self, request: Any, timeout: float | None = None, resend: bool = False
    ) -> LoopFuture[Any]:
        """Send a request; done with the body of its response.

        Args:
            request: a mapping or Struct with ``type``, ``body``, and, if wanted,
                ``headers`` and ``metadata``.
            timeout: seconds for the answer once it is sent.
            resend: send it again if the line drops before the answer; only for what
                may safely be done twice.

        Raises (through the future):
            RequestError: with ``delivery``; see :mod:`ums_actors.errors`.
            LocalProtocolError: the request breaks a rule.
        """
        return self._pass_on(submission(request, timeout, resend, LoopFuture()))

    def subscribe(self, target: Target, *kinds: type[Event]) -> str:
        """Hear events: of these classes, or all; gives a handle.

        Args:
            target: a callable (called in order, on a worker thread), a
                :class:`pykka.ActorRef` (told), or a :class:`queue.Queue`. A slow one
                loses its oldest events, which is counted.
            kinds: event classes such as ``ums_actors.MessageReceived``.
        """
        return self._kernel.subscribers.add(target, kinds)

    def unsubscribe(self, handle: str) -> bool:
        """Hear no more; tell whether the handle was known."""
        return self._kernel.subscribers.remove(handle)

    def _submit(self, kind: str, body: Any, **more: Any) -> LoopFuture[Any]:
        return self._pass_on(SubmitRequest(kind, body, LoopFuture(), **more))

    def _pass_on(self, command: SubmitRequest) -> LoopFuture[Any]:
        if self._kernel.at_rest():
            raise self._kernel.refusal(command.type)
        self._kernel.refs["correlator"].tell(command)
        return command.reply

    # -- the reference's protected methods

    def _connect_with_retry(self) -> LoopFuture[None]:
        """Start attempts as ``open()`` does."""
        return self.open()

    def _on_auth_invalid_error(self) -> None:
        """Forget the token; the next attempt, or who asks, fetches one."""
        kernel = self._kernel
        generation = kernel.token_generation
        kernel.refs["token"].tell(InvalidateToken(generation, "_on_auth_invalid_error"))

    def _on_ums_message(self, data: bytes | str) -> None:
        """Take one frame as if it had been received.

        On the receive path itself only in subclasses that override it.

        Raises:
            RemoteProtocolError: it is no UMS message.
        """
        message = decode_message(data.encode() if isinstance(data, str) else data)
        if isinstance(message, Response):
            self._handle_response(message)
        else:
            self._handle_notification(message)

    def _handle_response(self, response: Response) -> None:
        self._take(response)

    def _handle_notification(self, notification: Notification) -> None:
        self._take(notification)

    def _take(self, message: Response | Notification) -> None:
        kernel = self._kernel
        kernel.refs["correlator"].tell(
            FramesReceived(kernel.session.generation, [message])
        )

    # -- the supervisor's wishes

    def on_receive(self, message: Any) -> Any:
        """Serve the supervisor and the socket."""
        match message:
            case PrepareConnect():
                if self._wanted(message.generation, State.AUTHENTICATING):
                    self._run_step(
                        message.generation, self._prepare(message.generation)
                    )
            case RestoreLine():
                if self._wanted(message.generation, State.RESTORING):
                    self._run_step(message.generation, self._restore_line(message))
            case FramesTapped():
                if self._wanted(message.generation, self._kernel.session.state):
                    for frame in message.frames:
                        self._tap(frame)
            case _:
                return super().on_receive(message)
        return None

    def _wanted(self, generation: int, state: State) -> bool:
        """Tell whether the line that a message speaks of is still in that state."""
        present = self._kernel.session
        if (generation, state) == (present.generation, present.state):
            return True
        self._kernel.counters.stale += 1
        return False

    def _prepare(self, generation: int) -> Steps[Any]:
        yield from _settled(self._init_token())
        token = self._kernel.token_generation  # before somebody renews it
        url = yield from _settled(self._get_websocket_url())
        if not isinstance(url, (str, Secret)):
            raise LocalProtocolError(
                f"_get_websocket_url gave a {type(url).__name__}: it must give a str"
            )
        return ConnectPrepared(
            generation, url if isinstance(url, Secret) else Secret(url), token
        )

    def _restore_line(self, command: RestoreLine) -> Steps[Any]:
        yield from self._restore()
        return LineRestored(command.generation)

    def _run_step(self, generation: int, steps: Steps[Any]) -> None:
        """Run a step of an attempt and tell the supervisor what came of it."""
        supervisor = self._kernel.refs["supervisor"]

        self._stepping = generation

        def done(future: LoopFuture[Any]) -> None:
            if self._stepping == generation:
                self._stepping = 0
            error = future.exception()
            supervisor.tell(
                future.get(timeout=0)
                if error is None
                else StepFailed(generation, error)
            )

        run_steps(steps, self._cell.fenced).add_done_callback(done)

    def _tap(self, frame: bytes) -> None:
        """Hand a frame to a subclass; what it raises concerns that frame alone."""
        try:
            self._on_ums_message(frame)
        except UMSError as error:
            self._kernel.counters.bad_frames += 1
            self._observe("frame.undecodable", logging.WARNING, reason=str(error))
        except Exception as error:  # noqa: BLE001  (isolation is the point)
            self._kernel.counters.failed_notifications += 1
            self._observe("frame.tap_failed", logging.WARNING, error=error)

    def _acquire_token(self) -> LoopFuture[Any]:
        """Ask the token actor for the session that holds a valid token."""
        reply: LoopFuture[Any] = LoopFuture()
        self._kernel.refs["token"].tell(AcquireToken(reply))
        return reply

    def _apply(self, event: session.Event) -> None:
        self._kernel.refs["supervisor"].tell(ApplyEvent(event))

    def _supervisor_crashed(self, cell: Cell, error: BaseException) -> None:
        crashed(self._kernel, cell, error)


def _settled(value: Any) -> Steps[Any]:
    """Wait for a hook's result if it is a future."""
    if isinstance(value, LoopFuture):
        value = yield value
    return value
