"""The actors of ums_actors: all on one loop thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.contestants.actors import ActorPeer
from benchmarks.contestants.contestant import DEADLINE
from ums_actors import LoopActor, Runtime

if TYPE_CHECKING:
    from ums_actors import LoopRef

__all__ = ["LoopActors"]


class _Counter(LoopActor):
    def on_receive(self, message: object) -> object:
        return message


class LoopActors(ActorPeer):
    """LoopActors."""

    def __init__(self) -> None:
        super().__init__()
        self._runtime = Runtime()

    def start_one(self) -> LoopRef[_Counter]:
        """Start an actor on the loop."""
        return _Counter.start(runtime=self._runtime)

    def close(self) -> None:
        """End the loop, too."""
        super().close()
        self._runtime.close(DEADLINE)
