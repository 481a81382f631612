"""The part in the tree of what carries requests and answers: its name is "socket".

A websocket's actor plays it; where there is none, another does, and the rest of the
tree (deadlines, queue, bounds, restarts, the course of the session) is the same.
"""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from ums_actors.actors.child import Child
from ums_actors.actors.messages import (
    ChildExited,
    CloseSocket,
    OpenSocket,
    SocketOpened,
)
from ums_actors.core.course import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.messages import SubmitRequest
    from ums_actors.core.reason import Reason

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
    handlers: ClassVar[dict[type[Any], str]] = {
        OpenSocket: "_open",
        CloseSocket: "_close",
    }

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self._line = 0
        self._ended = False

    def on_stop(self) -> None:
        """Leave nothing open."""
        self.abandon()
        super().on_stop()

    @classmethod
    def check(cls, kernel: Kernel, command: SubmitRequest) -> None:
        """Refuse a request that it cannot carry, before it waits for a line.

        Raises:
            UMSError: it cannot; what it cannot is NotSupported.
        """

    @property
    def ended(self) -> bool:
        """Whether it has said that its line has ended, or was told so."""
        return self._ended

    def abandon(self) -> None:
        """Stop at once, without a word to the supervisor."""
        self._ended = True

    def _open(self, command: OpenSocket) -> None:
        """Open the line of this generation, if it is wanted still."""
        kernel, line = self._kernel, command.generation
        session = kernel.session
        if line != session.generation or session.state is not State.CONNECTING:
            kernel.counters.stale += 1  # it waited here while this actor was down
            return
        self._line = line
        self._start_line(command)

    @abc.abstractmethod
    def _start_line(self, command: OpenSocket) -> None:
        """Open the line."""

    @abc.abstractmethod
    def _close(self, command: CloseSocket) -> None:
        """Say goodbye and end."""

    def _opened(self) -> None:
        self._tell("supervisor", SocketOpened(self._line))

    def _end(self, reason: Reason) -> None:
        """Tell the supervisor, once, that the line has ended."""
        if not self._ended:
            self.abandon()
            self._tell("supervisor", ChildExited("socket", self._line, reason))

    def _permit_of_line(self) -> Callable[[], bool] | None:
        """Give what is asked before each write; None where there is no tenure."""
        tenancy = self._kernel.tenancy
        return None if tenancy is None else tenancy.permit()
