"""The part in the tree of what carries requests and answers: its name is "socket".

A websocket's actor plays it; where there is none, another does, and the rest of the
tree (deadlines, queue, bounds, restarts, the course of the session) is the same.
"""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, ClassVar, Protocol

from ums_actors.actors.child import Child

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.messages import CloseSocket, OpenSocket, SubmitRequest

__all__ = ["Carrier", "Line"]


class Line(Protocol):
    """What a carrier holds while it is up; ``kernel.websocket``."""

    def withdraw(self, request_id: str, /) -> bool:
        """Take a request back; tells whether no byte of it has gone."""
        ...

    def unsent(self) -> list[str]:
        """Give the ids of the requests of which no byte has gone."""
        ...

    def fileno(self) -> int:
        """Give the descriptor that the loop watches, -1 if there is none."""
        ...

    def shutdown(self) -> None:
        """End it at once."""
        ...


class Carrier(Child, abc.ABC):
    """Opens a line, takes ``kernel.outgoing`` on it, and says when it has ended.

    It puts the line into ``kernel.websocket`` and tells the supervisor SocketOpened
    or StepFailed, and ChildExited in the end; answers go to the correlator.

    Attributes:
        takes_turns: whether what it is given may have to wait with it for its turn. It
            says by ``Pending.begin`` and CallsBegan when that has come.
        asks: whether anything can be asked by it. Where not, there is no login either.
    """

    asks: ClassVar[bool] = True
    takes_turns: ClassVar[bool] = False

    @classmethod
    def check(cls, kernel: Kernel, command: SubmitRequest) -> None:
        """Refuse a request that it cannot carry, before it waits for a line.

        Raises:
            UMSError: it cannot; what it cannot is NotSupported.
        """

    @property
    @abc.abstractmethod
    def ended(self) -> bool:
        """Whether it has said that its line has ended, or was told so."""

    @abc.abstractmethod
    def abandon(self) -> None:
        """Stop at once, without a word to the supervisor."""

    @abc.abstractmethod
    def _open(self, command: OpenSocket) -> None:
        """Open the line of this generation."""

    @abc.abstractmethod
    def _close(self, command: CloseSocket) -> None:
        """Say goodbye and end."""
