"""Where bots and consumers are taken on: what all of a run share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import ums_actors as ums
from ums_actors.cli.demo.bots import Bot
from ums_actors.cli.demo.consumers import Consumer
from ums_actors.cli.demo.member import STABLE_AFTER, Member
from ums_actors.cli.demo.plan import Side

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cli.demo.alarm import Alarm
    from ums_actors.cli.demo.ledger import Ledger

__all__ = ["Address", "Office"]

OPTIONS = ums.Options(
    backoff_base=0.1, stable_after=STABLE_AFTER, ping_interval=1.0, pong_timeout=1.0
)
"""Shorter than the defaults in four points, so that all faults and the recoveries from
them fit into a few seconds: the default pauses are meant for a service that is shared
with others, this one is ours alone."""


class Address(NamedTuple):
    """Where the emulator is: its CSDS, account and CA file (None: no TLS)."""

    csds: str
    account: str
    ca_file: str | None

    def arguments(self) -> dict[str, Any]:
        """Give what a connection is started with to get there."""
        plain = f"http://{self.csds}"
        return {
            "account_id": self.account,
            "csds": self.csds if self.ca_file is not None else plain,
            "ca_file": self.ca_file,
            "options": OPTIONS,
        }


class Office:
    """What all members of a run share."""

    def __init__(
        self,
        address: Address,
        runtime: ums.Runtime,
        ledger: Ledger,
        alarm: Alarm,
        report: Callable[[str], None],
    ) -> None:
        self._arguments = {**address.arguments(), "runtime": runtime}
        self._ledger = ledger
        self._alarm = alarm
        self._report = report

    def bot(self, name: str, password: str) -> Member:
        """Start a bot on a brand connection."""
        ref = ums.BrandWebsocketConnection.start(
            auth=ums.PasswordLogin(name, password), **self._arguments
        )
        connection = ums.proxy_of(ref)
        return Member(
            name,
            Side.BOT,
            ref=ref,
            connection=connection,
            actor=Bot.start(name, connection, self._ledger, self._alarm),
            report=self._report,
        )

    def consumer(self, name: str) -> Member:
        """Start a consumer, anonymous to the service, on a connection of their own."""
        ref = ums.ConsumerWebsocketConnection.start(
            auth=ums.Anonymous(), **self._arguments
        )
        connection = ums.proxy_of(ref)
        return Member(
            name,
            Side.CONSUMER,
            ref=ref,
            connection=connection,
            actor=Consumer.start(name, connection, self._ledger, self._alarm),
            report=self._report,
        )
