"""The world of one test, from its beginning to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import pykka

from ums_actors.pytest_plugin.chance import SteadyWorld
from ums_actors.pytest_plugin.clock import UmsClock
from ums_actors.pytest_plugin.connecting import UmsConnect
from ums_actors.pytest_plugin.hand import Hand
from ums_actors.pytest_plugin.server import UmsServer
from ums_actors.pytest_plugin.service import ScriptedService
from ums_actors.pytest_plugin.verdicts import Verdicts
from ums_actors.runtime import LoopActor

if TYPE_CHECKING:
    from ums_actors.runtime import LoopRef

__all__ = ["Stage"]

_END: Final = 120.0
"""Virtual seconds in which all connections must have stopped."""


class Stage:
    """What the fixtures of one test give.

    Attributes:
        clock: its time.
        server: its far end.
        connect: makes its connections.
    """

    def __init__(self) -> None:
        self._world = SteadyWorld(0, ScriptedService)
        self._service = cast("ScriptedService", self._world.server)
        verdicts = Verdicts()
        self._hand = Hand(self._world, self._explain, verdicts.check)
        self._hand.take()
        self.clock: UmsClock = UmsClock(self._hand)
        self.server: UmsServer = UmsServer(self._service, self._hand)
        self.connect: UmsConnect = UmsConnect(self._world, self._service, verdicts)

    def close(self) -> None:
        """Stop what the test has started, and leave nothing of it.

        Raises:
            RuntimeError: an actor did not stop.
            AssertionError: of a handler.
        """
        try:
            for ref in self._actors():
                ref.stop(block=False)
            self._hand.turn(_END, lambda: not self._actors())
            left = self._actors()
        finally:
            self._world.close()
            self._hand.let_go()
        for ref in left:
            pykka.ActorRegistry.unregister(ref)
        if left:
            raise RuntimeError(f"these did not stop after the test: {left}")

    def _actors(self) -> list[LoopRef[Any]]:
        """Give the actors of this world that Pykka knows."""
        refs = cast("list[LoopRef[Any]]", pykka.ActorRegistry.get_by_class(LoopActor))
        return [ref for ref in refs if ref.actor_inbox.loop is self._world.loop]

    def _explain(self) -> str:
        pending = self._service.pending()
        if not pending:
            return "no request waits for an answer of the test"
        listed = "".join(f"\n  {each.at:.3f} {each}" for each in pending)
        return (
            "the test has not answered (ums_server.expect(…).answer(…), or "
            f"ums_server.stub(…)):{listed}"
        )
