"""What plays the part of the socket where there is nothing to send anything on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ums_actors.actors.carrier import Carrier
from ums_actors.actors.messages import (
    ChildExited,
    CloseSocket,
    OpenSocket,
    SocketOpened,
)
from ums_actors.core.course import State
from ums_actors.core.reason import Stopped
from ums_actors.errors import NotSupported

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.messages import SubmitRequest

__all__ = ["NullCarrier", "nothing_asked"]


class NullCarrier(Carrier):
    """Is up at once, and carries nothing: there never is a line to write on."""

    asks = False
    handlers: ClassVar[dict[type[Any], str]] = {
        OpenSocket: "_open",
        CloseSocket: "_close",
    }

    @classmethod
    def check(cls, kernel: Kernel, command: SubmitRequest) -> None:
        """Refuse it, whatever it is."""
        del kernel
        raise nothing_asked(command.type)

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._line = 0
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether it was told to end."""
        return self._ended

    def abandon(self) -> None:
        """End."""
        self._ended = True

    def _open(self, command: OpenSocket) -> None:
        session = self._kernel.session
        if (
            command.generation != session.generation
            or session.state is not State.CONNECTING
        ):
            self._kernel.counters.stale += 1  # it waited here while we were down
            return
        self._line = command.generation
        self._tell("supervisor", SocketOpened(self._line))

    def _close(self, command: CloseSocket) -> None:
        del command
        if not self._ended:
            self.abandon()
            self._tell("supervisor", ChildExited("socket", self._line, Stopped()))


def nothing_asked(what: str) -> NotSupported:
    """Make the error for what a connection without a line cannot do."""
    return NotSupported(
        f"a NullConnection sends nothing, so not {what}: it hears what "
        "process_webhooks_notification() is given; to ask, start a "
        "BrandRestConnection, or one with a websocket, beside it or in its place"
    )
