"""What a connection must not lose when one of its actors crashes.

The error kernel is one plain record: the table of pending requests, the session
machine, the restart windows, what is to be made again on the next line, and the
addresses of all actors. It holds data; decisions are in ``core``, actions in the
actors. All of it belongs to the connection's loop thread.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from ums_actors.actors.counters import Counters
from ums_actors.actors.departure import Departure
from ums_actors.actors.parts import Parts
from ums_actors.actors.subscribers import Subscribers
from ums_actors.actors.subscription import Kind
from ums_actors.actors.tenancy import Tenancy
from ums_actors.actors.waiters import Waiters
from ums_actors.core.course import State
from ums_actors.core.pending import Pending
from ums_actors.core.recorder import FlightRecorder
from ums_actors.core.restart import (
    ChildSpec,
    Group,
    Intensity,
    Restart,
    Strategy,
    Supervision,
)
from ums_actors.core.session import Session
from ums_actors.errors import ConnectionLost, Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ums_actors.actors.carrier import Carrier, Line
    from ums_actors.actors.connector import Connector
    from ums_actors.actors.subscription import Subscription
    from ums_actors.auth.session import Session as Login
    from ums_actors.auth.source import TokenSource
    from ums_actors.core.reason import Reason
    from ums_actors.options import Options
    from ums_actors.runtime import Loop, LoopRef, Runtime
    from ums_actors.runtime.instrument import Instruments

__all__ = ["ROOT_CRASHES", "TREE", "Kernel"]

TREE = Group(
    Strategy.ONE_FOR_ONE,
    (
        ChildSpec("token", Restart.TRANSIENT),
        Group(
            Strategy.REST_FOR_ONE,
            (
                ChildSpec("correlator", Restart.PERMANENT),
                ChildSpec("socket", Restart.PERMANENT),
            ),
        ),
    ),
)
"""A dead socket leaves the correlator alone; a dead correlator renews the socket,
since answers to unknown ids are worthless; a dead token actor drops nothing."""

ROOT_CRASHES = 1
"""Crashes of the root and the supervisor together that the window forgives."""


class Kernel(Parts):
    """The record that survives.

    Attributes:
        own_id: the user's id on the wire; None before the first login.
    """

    __slots__ = (
        "_identify",
        "_login",
        "account_id",
        "agent_state",
        "baseline_seen",
        "carrier",
        "cleared",
        "closed_waiters",
        "closing",
        "connection_id",
        "connector",
        "counters",
        "crashes",
        "departure",
        "fetching",
        "follows",
        "held",
        "hooks",
        "instruments",
        "last_error",
        "last_reason",
        "line_token",
        "loop",
        "next_retry",
        "numbers",
        "openers",
        "opening",
        "options",
        "outgoing",
        "own_id",
        "pending",
        "prefix",
        "ready_waiters",
        "recorder",
        "refresh_waiters",
        "refs",
        "root",
        "runtime",
        "services",
        "session",
        "source",
        "subscribers",
        "subscriptions",
        "supervision",
        "taps_messages",
        "tenancy",
        "token_generation",
        "token_waiters",
        "websocket",
    )

    account_id: str

    def __init__(
        self,
        *,
        account_id: str,
        options: Options,
        runtime: Runtime,
        loop: Loop,
        root: LoopRef[Any],
        source: TokenSource,
        connector: Connector,
        identify: Callable[[Login], str],
        follows: bool = False,
        carrier: type[Carrier] | None = None,
    ) -> None:
        super().__init__()
        self.account_id = account_id
        self.options: Options = options
        self.runtime: Runtime = runtime
        self.loop: Loop = loop
        self.root: LoopRef[Any] = root
        self.follows: bool = follows
        self.carrier: type[Carrier] | None = carrier  # None: a websocket's actor
        self.source: TokenSource = source
        self.instruments: Instruments | None = runtime.instruments
        self.connector: Connector = connector
        self._identify = identify
        self.tenancy: Tenancy | None = (
            None if runtime.tenure is None else Tenancy(self, runtime.tenure)
        )
        self.departure: Departure = Departure(runtime, loop, source)
        self.connection_id: str = runtime.ids()
        self.prefix: str = f"{self.connection_id[:8]}-"  # of request ids
        self.session: Session = Session(options)
        self.pending: Pending = Pending(
            queue_limit=options.queue_limit,
            in_flight_limit=options.in_flight_limit,
            allowance=runtime.allowance(loop),
            turn_timeout=options.queue_timeout if _takes_turns(carrier) else 0.0,
            usual_timeout=options.request_timeout,
        )
        self.subscribers: Subscribers = Subscribers(
            runtime, loop, options.subscriber_limit, place=self.place
        )
        self.supervision: Supervision = self.new_supervision()
        self.crashes: Intensity = Intensity(ROOT_CRASHES, options.restart_period)
        self.hooks: Intensity = Intensity(
            options.restart_intensity, options.restart_period
        )
        self.counters: Counters = Counters()
        self.recorder: FlightRecorder = FlightRecorder()
        self.subscriptions: dict[str, Subscription] = {}
        self.agent_state: str | None = None
        self._login: Login | None = None
        self.own_id: str | None = None
        self.held: Login | None = None  # the session of the token that is held
        self.fetching: bool = False  # there is, or soon will be, a login under way
        self.token_generation: int = 0
        self.cleared: int = 0  # the attempt whose login has had its turn at the gate
        self.line_token: int | None = None
        self.token_waiters: Waiters = Waiters()
        self.refresh_waiters: Waiters = Waiters()
        self.openers: Waiters = Waiters()
        self.ready_waiters: Waiters = Waiters()
        self.closed_waiters: Waiters = Waiters()
        self.refs: dict[str, LoopRef[Any]] = {}
        self.websocket: Line | None = None
        self.outgoing: list[tuple[str, bytes]] = []  # frames for the socket
        self.last_reason: Reason | None = None
        self.last_error: BaseException | None = None
        self.services: Any = None  # what the root calls beside the websocket
        self.next_retry: float | None = None
        self.baseline_seen: bool = False
        self.taps_messages: bool = False
        # open() was called at rest, or close(), and the supervisor may not know yet
        self.opening: bool = False
        self.closing: bool = False
        self.numbers: Iterator[int] = itertools.count(1)  # of requests

    def place(self) -> dict[str, Any]:
        """Give what each event begins with: whose it is, of which line; any thread."""
        return {
            "connection": self.connection_id,
            "generation": self.session.generation,
        }

    def note(self, text: str) -> None:
        """Write a line into the flight recorder: no secret, nothing that was said."""
        self.recorder.note(self.loop.clock.now(), text)

    @property
    def asks(self) -> bool:
        """Whether anything can be asked of the service, over whatever line."""
        return self.carrier is None or self.carrier.asks

    @property
    def history(self) -> tuple[str, ...]:
        """What happened last, one line each, oldest first."""
        return self.recorder.lines()

    def new_supervision(self) -> Supervision:
        """Give fresh restart windows."""
        return Supervision(
            TREE,
            intensity=self.options.restart_intensity,
            period=self.options.restart_period,
        )

    def windows(self) -> dict[str, Intensity]:
        """Give the windows of crashes: of each child, and of the root's hooks."""
        supervision = self.supervision
        windows = {name: supervision.window(name) for name in supervision.start_order()}
        return windows | {"root": self.hooks}

    def all_shown(self) -> bool:
        """Tell whether all conversation subscriptions have had their snapshot."""
        return all(
            known.snapshot_seen
            for known in self.subscriptions.values()
            if known.kind is Kind.CONVERSATIONS
        )

    def next_id(self) -> str:
        """Give a request id, unique in all generations of this connection."""
        return f"{self.prefix}{next(self.numbers)}"

    @property
    def login(self) -> Login | None:
        """The session of the last login; None before the first."""
        return self._login

    @login.setter
    def login(self, login: Login | None) -> None:
        self._login = login
        self.own_id = None if login is None else self._identify(login)

    def at_rest(self) -> bool:
        """Tell whether a request would wait in vain: nobody wants a line."""
        return self.session.state in _AT_REST and not self.opening

    def has_ended(self) -> bool:
        """Tell whether the connection is CLOSED or FAILED, and nobody opens it."""
        return self.session.state in _ENDED and not self.opening

    def refusal(self, request_type: str = "") -> ConnectionLost:
        """Give the error for a request that comes when the connection is at rest."""
        state = self.session.state
        why = f" ({self.last_reason})" if self.last_reason is not None else ""
        error = ConnectionLost(
            f"the connection is {state}{why}: open() it again before sending",
            delivery=Delivery.NOT_SENT,
            request_type=request_type,
        )
        error.__cause__ = self.last_error if state is State.FAILED else None
        return error

    def drop_websocket(self) -> list[str]:
        """Shut the socket if there is one; give the requests it has not sent."""
        websocket, self.websocket = self.websocket, None
        unsent = [request_id for request_id, _ in self.outgoing]
        self.outgoing.clear()
        if websocket is None:
            return unsent
        unsent += websocket.unsent()
        fd = websocket.fileno()
        if fd >= 0:
            self.loop.unwatch(fd)
        websocket.shutdown()
        return unsent


_ENDED = frozenset({State.CLOSED, State.FAILED})
_AT_REST = _ENDED | {State.CLOSING}


def _takes_turns(carrier: type[Carrier] | None) -> bool:
    return carrier is not None and carrier.takes_turns
