"""Everything that one running emulator holds, apart from how it is reached."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Final

from ums_actors.emulator.alarm import Alarm
from ums_actors.emulator.choices import DEFAULT_INIT_TIMEOUT
from ums_actors.emulator.counters import Counters
from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.faults.faults import Faults
from ums_actors.emulator.posting import Postings
from ums_actors.emulator.repeater import Repeater
from ums_actors.emulator.requests.consumers import introduce
from ums_actors.emulator.requests.table import answer_request
from ums_actors.emulator.sides.brand import BrandSide
from ums_actors.emulator.sides.consumer import ConsumerSide
from ums_actors.emulator.sides.webhooks import WebhookSide
from ums_actors.emulator.wire.framelog import FrameLog
from ums_actors.emulator.wire.line import Line
from ums_actors.emulator.wire.visits import Visits
from ums_actors.emulator.world.sessions import Sessions
from ums_actors.emulator.world.users import User, Users
from ums_actors.emulator.world.world import World

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.wire.frames import Answer, Request

__all__ = ["Service"]

SHOWN_NAMES: Final = 5
"""Login names that an error about an unknown one shows."""


class Service:
    """World, tokens, open sockets, faults, log.

    Attributes:
        authority: bare ``host:port``, known once it is served.
        generations: sockets since the start, by login name or consumer id.
        connectors: ids of the account's login connectors; None has every id.
        anonymous: whether consumers may come without a login of their own.
    """

    def __init__(
        self,
        account: str,
        users: int | Mapping[str, str],
        *,
        log_limit: int,
        gap: float,
        idle_timeout: float,
        ring_timeout: float,
        skills: Mapping[str, Iterable[str]] | None,
        init_timeout: float = DEFAULT_INIT_TIMEOUT,
        connectors: Collection[str] | None = None,
        anonymous: bool = True,
        survey: bool = False,
    ) -> None:
        self.account = account
        self.users: Users = Users(account, users, skills)
        self.world: World = World(
            account, self.users, ring_timeout=ring_timeout, survey=survey
        )
        self.alarm: Alarm = Alarm(self.world)
        self.brand_side: BrandSide = BrandSide(self.world)
        self.consumer_side: ConsumerSide = ConsumerSide(self.world)
        webhook_side = WebhookSide(self.world)
        self.world.listeners += [self.brand_side, self.consumer_side, webhook_side]
        self.sessions: Sessions = Sessions()
        self.faults: Faults = Faults()
        self.repeater: Repeater = Repeater(self.world, self.faults)
        self.log: FrameLog = FrameLog(log_limit, self.sessions.issued)
        self.counters: Counters = Counters()
        self.postings: Postings = Postings(
            account, webhook_side, self.faults, self.counters
        )
        self.connectors = connectors
        self.anonymous = anonymous
        self.authority = ""
        self.lines: list[Line] = []
        self.visits: Visits = Visits()
        self.generations: Counter[str] = Counter()
        self._numbers = itertools.count(1)
        self._gap = gap
        self._idle_timeout = idle_timeout
        self._init_timeout = init_timeout

    def new_line(self, user: User | None, identity: str) -> Line:
        """Make the line of a handshake that is to be accepted.

        A consumer's has no user, and no identity if InitConnection is to tell it.
        """
        return Line(
            next(self._numbers),
            user,
            identity,
            self._serve,
            faults=self.faults,
            log=self.log,
            gap=self._gap,
            idle_timeout=self._idle_timeout,
            init_timeout=self._init_timeout,
        )

    def add_line(self, line: Line) -> None:
        """Take in a line that is open."""
        self.lines.append(line)
        self.visits.begin(line)
        self._join(line.client)

    def remove_line(self, line: Line) -> None:
        """Let go of a line that has ended; it may have been let go before."""
        if line in self.lines:
            self.lines.remove(line)
            self.visits.end(line)
            line.client.subscriptions.end_all()
            if line.client.is_brand:
                self.brand_side.leave(line.client)
            elif line.client.is_known:
                self.consumer_side.leave(line.client)
            self.counters.requests += line.requests

    def lines_of(self, user: str | None) -> list[Line]:
        """Give the open lines of a brand user or a consumer, or all.

        Raises:
            EmulatorError: nobody has that login name or consumer id.
        """
        if user is None:
            return list(self.lines)
        self.require_known(user)
        return [line for line in self.lines if line.client.name == user]

    def require_known(self, name: str) -> None:
        """See that a name is a brand user's login name or a consumer's id.

        Raises:
            EmulatorError: it is neither.
        """
        if name not in self.users.by_name and self.world.consumers.find(name) is None:
            known = list(self.users.by_name)
            shown = ", ".join(known[:SHOWN_NAMES]) + ", …" * (len(known) > SHOWN_NAMES)
            raise EmulatorError(
                f"there is no user or consumer {name!r}; use one of {shown}, "
                "or the id of a consumer"
            )

    def expire_tokens(self, name: str | None) -> int:
        """Kill the live tokens of a brand user or a consumer, or all; give how many.

        Raises:
            EmulatorError: nobody has that login name or consumer id.
        """
        if name is not None:
            self.require_known(name)
        users = [it for it in self.users if name in (None, it.name)]
        people = [it.consumer_id for it in self.world.consumers]
        hit = [it for it in people if name in (None, it)]
        return self.sessions.expire(users) + sum(map(self.world.tokens.expire, hit))

    def _join(self, client: Client) -> None:
        if client.is_known:
            self.generations[client.name] += 1
            client.generation = self.generations[client.name]
        if client.is_brand:
            self.brand_side.join(client)
        elif client.is_known:
            self.consumer_side.join(client)

    def _serve(self, client: Client, request: Request) -> Answer:
        if client.is_known:
            return answer_request(self.world, client, request)
        answer = introduce(self.world, client, request)
        self._join(client)
        return answer
