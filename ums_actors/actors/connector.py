"""The port through which a socket actor comes by a websocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ums_actors.core.laps import Laps
    from ums_actors.secret import Secret
    from ums_actors.transport.nonblocking import Websocket

__all__ = ["Connector", "Dialling"]


class Dialling(Protocol):
    """One attempt to open a websocket."""

    @property
    def steps(self) -> Laps:
        """How many seconds each of its steps took; empty until ``run`` is over."""
        ...

    def run(self) -> Websocket:
        """Open it; blocking, on a worker thread.

        Raises:
            ConnectError: it did not come to be.
        """
        ...

    def abort(self) -> None:
        """Make ``run`` fail soon and leave nothing open; any thread."""
        ...


class Connector(Protocol):
    """Makes attempts."""

    def dial(
        self,
        url: Secret,
        timeout: float,
        headers: Mapping[str, Secret],
        permit: Callable[[], bool] | None = None,
    ) -> Dialling:
        """Prepare an attempt that may take ``timeout`` seconds.

        Args:
            url: where to.
            timeout: seconds for all of it.
            headers: further headers of the upgrade request.
            permit: asked on any thread before each write; False ends the attempt. Not
                given where nobody else could own the agent.
        """
        ...

    def close(self) -> None:
        """Give back what it holds; any thread."""
        ...
