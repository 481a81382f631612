"""Those who hear the events of a fleet: one handler, and any number who iterate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeGuard

import pykka

from ums_actors.actors.iterator import EventIterator
from ums_actors.actors.selection import selection
from ums_actors.arguments import whole
from ums_actors.errors import LocalProtocolError
from ums_actors.fleet.events import AgentEvent, FleetEvent
from ums_actors.fleet.feeding import ActorHandler
from ums_actors.fleet.handlers import CallbackHandler
from ums_actors.fleet.inbox import FairInbox
from ums_actors.fleet.switchboard import Switchboard
from ums_actors.fleet.troubles import HandlerTroubles

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable

    from ums_actors.actors.events import Event
    from ums_actors.fleet.limits import Limits
    from ums_actors.runtime import Runtime

__all__ = ["Audience", "Handler"]

Handler = Callable[[AgentEvent], object] | pykka.ActorRef[Any]
"""Who hears all agents: called, or asked, with an :class:`AgentEvent`."""


class Audience:
    """Lets events be heard; any thread.

    Args:
        runtime: of the fleet.
        kinds: what agents tell of; none means all but taps.
        limits: bounds of what waits for one of those who hear.
        handler: hears all agents, if there is one.
        threads: how many call it.

    Attributes:
        board: where agents tell.

    Raises:
        LocalProtocolError: an argument breaks a rule.
    """

    def __init__(
        self,
        runtime: Runtime,
        *,
        kinds: Iterable[type[Event]],
        limits: Limits,
        handler: Handler | None,
        threads: int,
    ) -> None:
        self.board: Switchboard = Switchboard(kinds)
        self._runtime = runtime
        self._limits = limits
        self._troubles = HandlerTroubles(runtime, self.board)
        whole("handlers", threads, 1, " threads")
        self._handler = self._reach(handler, threads)
        if self._handler is not None:
            self.board.add(self._handler, self.board.kinds)

    def _reach(
        self, handler: Any, threads: int
    ) -> CallbackHandler | ActorHandler | None:
        if handler is None:
            return None
        if _is_actor(handler):
            return ActorHandler(handler, self._limits, self._troubles)
        if not callable(handler):
            raise LocalProtocolError(
                f"handler is a {type(handler).__name__}: give a callable of one event, "
                "or a pykka.ActorRef"
            )
        return CallbackHandler(
            handler, self._limits, threads, self._troubles, self._runtime.clock.now
        )

    def events(
        self, kinds: tuple[type[Event], ...], timeout: float | None
    ) -> EventIterator[AgentEvent]:
        """Let somebody iterate.

        Raises:
            LocalProtocolError: agents do not tell of a kind.
        """
        told = self.board.kinds
        for kind in selection(kinds).kinds:
            if told and not issubclass(kind, (*told, FleetEvent)):
                names = ", ".join(each.__name__ for each in told)
                raise LocalProtocolError(
                    f"{kind.__name__} is not told: the fleet was made with kinds of "
                    f"{names}; name it there as well"
                )
        inbox, board = FairInbox(self._limits), self.board
        board.add(inbox, kinds)
        return EventIterator(inbox, lambda: board.remove(inbox), self._alive, timeout)

    def _alive(self) -> bool:
        return not all(loop.stopping for loop in self._runtime.loops)

    def join(self, timeout: float, but: threading.Thread) -> bool:
        """Wait until the handler has heard all; tell whether it has, here and aloud.

        Args:
            timeout: seconds; what waits then is forgotten.
            but: a thread whose call is not waited for.
        """
        heard = self._handler is None or self._handler.join(timeout, but)
        if not heard:
            self._troubles.late()
        return heard

    @property
    def busy(self) -> int:
        """How many calls of the handler run, or events its actor has."""
        return 0 if self._handler is None else self._handler.busy

    @property
    def errors(self) -> int:
        """How many calls of the handler raised."""
        return self._troubles.errors


def _is_actor(handler: Any) -> TypeGuard[pykka.ActorRef[Any]]:
    return isinstance(handler, pykka.ActorRef)
