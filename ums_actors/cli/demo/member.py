"""A bot or consumer of a run: its connection, and the record of when that was READY."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ums_actors as ums
from ums_actors.cli.demo.plan import Side

if TYPE_CHECKING:
    from collections.abc import Callable

    import pykka

    from ums_actors.connection import ConnectionProxy


__all__ = ["STABLE_AFTER", "Member"]

STABLE_AFTER = 0.25
"""Seconds READY after which a line counts as stable."""
_TELLING = frozenset({"BACKING_OFF", "FAILED"})
"""States whose reason is told: in the others it is still that of the last line."""
_CALL_TIMEOUT = 10.0
"""Seconds for what only needs the loop thread."""


class Member:
    """Somebody, their connection, and when the connection was READY.

    Args:
        name: of the bot or consumer.
        ref: of the connection, not open yet.
        connection: a proxy of it.
        actor: of the bot or consumer.
        report: told one line for each change of state; any thread.
    """

    def __init__(
        self,
        name: str,
        side: Side,
        *,
        ref: ums.LoopRef[Any],
        connection: ConnectionProxy,
        actor: pykka.ActorRef[Any],
        report: Callable[[str], None],
    ) -> None:
        self.name = name
        self.side = side
        self.connection = connection
        self._ref = ref
        self._actor = actor
        self._report = report
        self._ready: list[tuple[int, float]] = []

    def open(self, timeout: float) -> ums.LoopFuture[None]:
        """Let the actor hear what the connection tells, and connect."""
        subscribe = self.connection.subscribe
        subscribe(self._take, ums.StateChanged).get(timeout=_CALL_TIMEOUT)
        kinds: list[type[ums.Event]] = [ums.ConversationChanged, ums.MessageReceived]
        kinds += [ums.RingOffered] if self.side is Side.BOT else []
        subscribe(self._actor, *kinds).get(timeout=_CALL_TIMEOUT)
        return self.connection.open(timeout=timeout, fail_fast=True)

    def status(self) -> ums.ConnectionStatus:
        """Tell how the connection is doing."""
        return self.connection.status().get(timeout=_CALL_TIMEOUT)

    @property
    def user(self) -> str:
        """Whom the emulator is to do a fault to: a login name or a consumer's id."""
        return self.name if self.side is Side.BOT else self.wire_id

    @property
    def wire_id(self) -> str:
        """The id by which the service names them; empty before the first login."""
        return self.status().agent_id or ""

    def tell(self, message: object) -> None:
        """Tell the actor something."""
        self._actor.tell(message)

    def ready_after(self, generation: int) -> float | None:
        """Give when a later generation was first READY, monotonic seconds."""
        return next((at for number, at in self._ready if number > generation), None)

    def stable(self, now: float) -> bool:
        """Tell whether its line has been READY for long enough to count as stable."""
        return bool(self._ready) and now - self._ready[-1][1] > STABLE_AFTER

    def close(self, timeout: float) -> None:
        """Close the connection, then stop the actor; every future has its outcome."""
        if self._ref.is_alive():
            self._ref.stop(timeout=timeout)
        if self._actor.is_alive():
            self._actor.stop(timeout=timeout)

    def _take(self, event: ums.StateChanged) -> None:
        if event.state == "READY":
            self._ready.append((event.generation, event.at))
        why = f" ({event.reason})" if event.state in _TELLING and event.reason else ""
        self._report(f"{self.name}: {event.state} generation {event.generation}{why}")
