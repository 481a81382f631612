"""Stock Pykka: an actor is a thread."""

from __future__ import annotations

import pykka

from benchmarks.contestants.actors import ActorPeer

__all__ = ["StockPykka"]


class _Counter(pykka.ThreadingActor):
    use_daemon_thread = True

    def on_receive(self, message: object) -> object:
        return message


class StockPykka(ActorPeer):
    """ThreadingActors."""

    most = 1_000

    def start_one(self) -> pykka.ActorRef[_Counter]:
        """Start an actor and its thread."""
        return _Counter.start()
