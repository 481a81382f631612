"""Everything that one running emulator holds, apart from how it is reached."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from ums_actors.emulator.control.faults import Faults
from ums_actors.emulator.counters import Counters
from ums_actors.emulator.http.sessions import Sessions
from ums_actors.emulator.requests.table import answer_request
from ums_actors.emulator.sides.brand import BrandSide
from ums_actors.emulator.wire.framelog import FrameLog
from ums_actors.emulator.wire.line import Line
from ums_actors.emulator.world.users import User, Users
from ums_actors.emulator.world.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.wire.frames import Answer, Request

__all__ = ["Service"]


class Service:
    """World, tokens, open sockets, faults, log.

    Attributes:
        authority: bare ``host:port``, known once it is served.
    """

    def __init__(
        self,
        account: str,
        users: int | Mapping[str, str],
        *,
        log_limit: int,
        gap: float,
        idle_timeout: float,
    ) -> None:
        self.account = account
        self.users = Users(account, users)
        self.world = World(account, self.users)
        self.brand_side = BrandSide(self.world)
        self.world.listeners.append(self.brand_side)
        self.sessions = Sessions()
        self.faults = Faults()
        self.log = FrameLog(log_limit, self.sessions.issued)
        self.counters = Counters()
        self.authority = ""
        self.lines: list[Line] = []
        self._numbers = itertools.count(1)
        self._gap = gap
        self._idle_timeout = idle_timeout

    def new_line(self, user: User) -> Line:
        """Make the line of a brand's handshake that is to be accepted."""
        return Line(
            next(self._numbers),
            user,
            user.old_id,
            self._serve,
            faults=self.faults,
            log=self.log,
            gap=self._gap,
            idle_timeout=self._idle_timeout,
        )

    def add_line(self, line: Line) -> None:
        """Take in a line that is open."""
        self.lines.append(line)
        self.brand_side.join(line.client)

    def remove_line(self, line: Line) -> None:
        """Let go of a line that has ended; it may have been let go before."""
        if line in self.lines:
            self.lines.remove(line)
            self.brand_side.leave(line.client)
            self.counters.requests += line.requests

    def lines_of(self, user: str | None) -> list[Line]:
        """Give the open lines of a user, or all.

        Raises:
            EmulatorError: there is no such user.
        """
        if user is None:
            return list(self.lines)
        named = self.users.named(user)
        return [line for line in self.lines if line.client.user is named]

    def _serve(self, client: Client, request: Request) -> Answer:
        return answer_request(self.world, client, request)
