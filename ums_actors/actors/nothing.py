"""What plays the part of the socket where there is nothing to send anything on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.actors.carrier import Carrier
from ums_actors.core.reason import Stopped
from ums_actors.errors import NotSupported

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.messages import CloseSocket, OpenSocket, SubmitRequest

__all__ = ["NullCarrier", "nothing_asked"]


class NullCarrier(Carrier):
    """Is up at once, and carries nothing: there never is a line to write on."""

    asks = False

    @classmethod
    def check(cls, kernel: Kernel, command: SubmitRequest) -> None:
        """Refuse it, whatever it is."""
        del kernel
        raise nothing_asked(command.type)

    def _start_line(self, command: OpenSocket) -> None:
        del command
        self._opened()

    def _close(self, command: CloseSocket) -> None:
        del command
        self._end(Stopped())


def nothing_asked(what: str) -> NotSupported:
    """Make the error for what a connection without a line cannot do."""
    return NotSupported(
        f"a NullConnection sends nothing, so not {what}: it hears what "
        "process_webhooks_notification() is given; to ask, start a "
        "BrandRestConnection, or one with a websocket, beside it or in its place"
    )
