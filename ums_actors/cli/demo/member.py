"""One bot of a run with its connection and the record of the connection's states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ums_actors as ums
from ums_actors.cli.demo.bots import Bot

if TYPE_CHECKING:
    from collections.abc import Callable

    import pykka

    from ums_actors.cli.demo.ledger import Ledger

__all__ = ["OPTIONS", "Address", "Member"]

OPTIONS = ums.Options(backoff_base=0.25, stable_after=0.25)
"""Shorter than the defaults in two points, so that six faults and the recoveries
from them fit into a few seconds: the default pauses are meant for a service that is
shared with others, this one is ours alone."""

_TELLING = frozenset({"BACKING_OFF", "FAILED"})
"""States whose reason is told: in the others it is still that of the last line."""
_CALL_TIMEOUT = 10.0
"""Seconds for what only needs the loop thread."""


class Address:
    """Where the emulator is: its CSDS, account and CA file (None: no TLS)."""

    def __init__(self, csds: str, account: str, ca_file: str | None) -> None:
        self.csds = csds if ca_file is not None else f"http://{csds}"
        self.account = account
        self.ca_file = ca_file


class Member:
    """A bot, its connection, and when the connection was READY.

    Args:
        name: of the bot, and its user name.
        report: told one line for each change of state; any thread.
    """

    def __init__(
        self,
        name: str,
        password: str,
        address: Address,
        runtime: ums.Runtime,
        report: Callable[[str], None],
    ) -> None:
        self.name = name
        self.ref = ums.BrandWebsocketConnection.start(
            account_id=address.account,
            auth=ums.PasswordLogin(name, password),
            csds=address.csds,
            ca_file=address.ca_file,
            options=OPTIONS,
            runtime=runtime,
        )
        self.connection = ums.proxy_of(self.ref)
        self._report = report
        self._ready: list[tuple[int, float]] = []
        self._bot: pykka.ActorRef[Bot] | None = None

    def open(
        self, ledger: Ledger, owns: Callable[[str], bool], timeout: float
    ) -> ums.LoopFuture[None]:
        """Start the bot, subscribe it, and connect."""
        self._bot = Bot.start(self.name, self.connection, ledger, owns)
        subscribe = self.connection.subscribe
        subscribe(self._take, ums.StateChanged).get(timeout=_CALL_TIMEOUT)
        subscribe(self._bot, ums.ConversationChanged, ums.MessageReceived).get(
            timeout=_CALL_TIMEOUT
        )
        return self.connection.open(timeout=timeout, fail_fast=True)

    def ready_after(self, generation: int) -> float | None:
        """Give when a later generation was first READY, monotonic seconds."""
        return next((at for number, at in self._ready if number > generation), None)

    def stable(self, now: float) -> bool:
        """Tell whether its line has been READY for long enough to count as stable."""
        return bool(self._ready) and now - self._ready[-1][1] > OPTIONS.stable_after

    def close(self, timeout: float) -> None:
        """Close the connection, then stop its bot; every future has its outcome."""
        if self.ref.is_alive():
            self.ref.stop(timeout=timeout)
        if self._bot is not None and self._bot.is_alive():
            self._bot.stop(timeout=timeout)

    def _take(self, event: ums.StateChanged) -> None:
        if event.state == "READY":
            self._ready.append((event.generation, event.at))
        why = f" ({event.reason})" if event.state in _TELLING and event.reason else ""
        self._report(f"{self.name}: {event.state} generation {event.generation}{why}")
