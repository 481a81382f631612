"""The abstract connection: the address that users hold.

Its public methods are called through a proxy and give futures.
"""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, ClassVar

from ums_actors.actors.messages import (
    ApplyEvent,
    FramesReceived,
    OpenConnection,
)
from ums_actors.arguments import seconds, shown
from ums_actors.connection.status import ConnectionStatus, status_of
from ums_actors.connection.webhooks import Webhooks
from ums_actors.core import course
from ums_actors.core.course import State
from ums_actors.errors import LocalProtocolError, NotSupported
from ums_actors.protocol.envelopes import (
    Notification,
    Response,
    decode_message,
)
from ums_actors.runtime import LoopFuture, LoopRef

if TYPE_CHECKING:
    from ums_actors.protocol.shifts import SkillShift

__all__ = ["WebsocketConnection"]

_CHILDREN = ("token", "correlator", "socket", "supervisor")


class WebsocketConnection(Webhooks, abc.ABC):
    """A supervised UMS connection.

    Abstract: :meth:`_get_websocket_url`, :meth:`_init_token`, :meth:`get_token`,
    :meth:`set_agent_state`. Overrides run on the loop thread and must not block; a
    hook may return ``self._in_worker(function)`` instead of its result.
    """

    _proxied: ClassVar[frozenset[str]] = frozenset(
        {
            "_close_dialog",
            "_connect_with_retry",
            "_download_file",
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

    def __init__(self) -> None:
        super().__init__()
        self._kernel.taps_messages = (
            type(self)._on_ums_message is not WebsocketConnection._on_ums_message
        )

    def set_agent_state(
        self, agent_state: str, agent_id: str | None = None
    ) -> LoopFuture[None]:
        """Set the agent's availability; brands only."""
        del agent_state, agent_id
        raise NotSupported(f"{type(self).__name__} has no agent state: use a brand's")

    def get_shift_status(self) -> LoopFuture[tuple[SkillShift, ...]]:
        """Ask which skills have their working hours now; brands only."""
        raise NotSupported(f"{type(self).__name__} has no skills: use a brand's")

    def get_message_statistics(
        self, agent_id: str | None = None
    ) -> LoopFuture[dict[str, Any]]:
        """Ask for message statistics; brands only."""
        del agent_id
        raise NotSupported(f"{type(self).__name__} has no statistics: use a brand's")

    # -- life

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
        self._opens()
        return reply

    def _opens(self) -> None:
        """Begin what goes on for as long as the connection is open."""

    def close(self) -> LoopFuture[None]:
        """Close in an orderly way; idempotent. The actor stays, in CLOSED.

        New requests are refused; those in flight have ``Options.drain_timeout`` to be
        answered, and get their verdict then. It keeps its token, unrefreshed, for
        another ``open()``.

        Stopping the actor, by ``ref.stop()`` or by Pykka's
        ``ActorRegistry.stop_all()``, which stops one after the other, does the same,
        after all that was asked before; then it logs out.
        """
        kernel = self._kernel
        if kernel.has_ended():
            return LoopFuture.of(None)
        kernel.closing = True  # in case that a crash loses the message
        self._apply(course.CloseRequested())
        done: LoopFuture[None] = LoopFuture()
        closed = kernel.closed_waiters.add(self._loop)
        closed.add_done_callback(lambda _: done.try_set(None))
        return done

    def wait_closed(self) -> LoopFuture[tuple[str, ...]]:
        """Wait until CLOSED or FAILED; gives the history of what happened."""
        kernel = self._kernel
        if kernel.has_ended():
            return LoopFuture.of(kernel.history)
        return kernel.closed_waiters.add(self._loop)

    def wait_ready(self, timeout: float | None = None) -> LoopFuture[None]:
        """Wait until READY, at most ``timeout`` seconds (then TimeoutError)."""
        kernel, patience = self._kernel, seconds(timeout)
        if kernel.session.state is State.READY:
            return LoopFuture.of(None)
        if kernel.at_rest():
            raise kernel.refusal()
        return kernel.ready_waiters.add(self._loop, patience)

    def reconnect_now(self) -> None:
        """End a pause between attempts."""
        self._apply(course.RetryDue())

    def status(self) -> ConnectionStatus:
        """Tell how the connection is doing."""
        return status_of(self._kernel, self._now())

    def child(self, name: str) -> LoopRef[Any]:
        """Give the reference of an actor of the tree, to look at or to try."""
        ref = self._kernel.refs.get(name) if isinstance(name, str) else None
        if ref is None:
            raise LocalProtocolError(
                f"there is no child {shown(name)}: there are {', '.join(_CHILDREN)}"
            )
        return ref

    # -- the reference's protected methods

    def _connect_with_retry(self) -> LoopFuture[None]:
        """Start attempts as ``open()`` does."""
        return self.open()

    def _on_ums_message(self, data: bytes | str) -> None:
        """Take one frame as if it had been received.

        On the receive path itself only in subclasses that override it.

        Raises:
            RemoteProtocolError: it is no UMS message.
            LocalProtocolError: it is neither bytes nor a string.
        """
        if not isinstance(data, (bytes, bytearray, memoryview, str)):
            raise LocalProtocolError(
                f"data must be the bytes or the text of a frame, not {shown(data)}"
            )
        message = decode_message(
            data.encode(errors="replace") if isinstance(data, str) else data
        )
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

    def _apply(self, event: course.Event) -> None:
        self._kernel.refs["supervisor"].tell(ApplyEvent(event))
