"""Thousands of supervised connections in one process, each user once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.arguments import seconds, shown
from ums_actors.connection import proxy_of
from ums_actors.core.trials import Trials
from ums_actors.errors import AgentUnknown, LocalProtocolError
from ums_actors.fleet.audience import Audience
from ums_actors.fleet.life import Life
from ums_actors.fleet.limits import Limits
from ums_actors.fleet.pacing import Pacing
from ums_actors.fleet.source import source_of
from ums_actors.fleet.spec import AgentSpec
from ums_actors.fleet.staff import Staff
from ums_actors.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ums_actors.actors.events import Event
    from ums_actors.actors.iterator import EventIterator
    from ums_actors.connection import BrandConnectionProxy, ConsumerConnectionProxy
    from ums_actors.fleet.audience import Handler
    from ums_actors.fleet.events import AgentEvent
    from ums_actors.fleet.source import Agents
    from ums_actors.fleet.spec import Key
    from ums_actors.fleet.status import FleetStatus
    from ums_actors.runtime import LoopFuture

__all__ = ["Fleet"]

HANDLERS: Final = 4
"""Threads that call the handler: as many agents as may block at a time."""


class Fleet(Life):
    """Many agents: started, paced, supervised, heard and closed together.

    ::

        bots = [
            ums.AgentSpec(user=name, account_id=account, auth=login, online=True)
            for name, login in logins.items()
        ]

        def handle(event: ums.AgentEvent) -> None:
            match event.event:
                case ums.RingOffered(ring=ring):
                    ring.accept()
                case ums.MessageReceived(mine=False) as message:
                    bot = fleet.get(event.user)
                    bot.send_text(message.conversation_id, "Hello").get(timeout=30)

        fleet = ums.Fleet(bots, handler=handle)
        with fleet:
            print(fleet.open().get(timeout=300))

    Any thread may call it; nothing of it waits but leaving a ``with`` block.

    Args:
        agents: the agents, the path of a TOML file that has them, or a callable that
            gives them (called on a thread of its own, where it may block). They are
            started by :meth:`open`; :meth:`reload` asks again.
        handler: hears the events of all agents. A callable is called with an
            :class:`AgentEvent` on threads of the fleet: one call at a time for an
            agent, several agents at a time, in turns, so that an agent which floods or
            blocks holds up no other. Or a :class:`pykka.ActorRef`, which is asked with
            the same, a few at a time.
        handlers: threads that call it. As many agents may block at a time; if all do,
            the others wait (``fleet.handlers_blocked`` is logged).
        kinds: event classes that are wanted; all if none is named. ``RequestSent`` and
            all others that are a ``Tap`` must be named to be heard.
        pacing: how fast agents may connect and log in.
        limits: how much all of them may hold.
        trials: when an agent that has failed for good is tried again; None: never.
        runtime: one of yours, in place of one that the fleet makes and closes: with
            instruments, say, or a status socket. Its gates and bounds of requests are
            yours, too: ``Runtime(gate=pacing.connect_gate(),
            login_gate=pacing.login_gate(), limits=limits)``.
        loops: event loops of the fleet's own runtime, each with a thread.

    Raises:
        LocalProtocolError: an argument breaks a rule.
    """

    def __init__(
        self,
        agents: Agents = (),
        *,
        handler: Handler | None = None,
        handlers: int = HANDLERS,
        kinds: Iterable[type[Event]] = (),
        pacing: Pacing | None = None,
        limits: Limits | None = None,
        trials: Trials | None = Trials(),  # noqa: B008  (it cannot be changed)
        runtime: Runtime | None = None,
        loops: int = 1,
    ) -> None:
        for name, value, kind in (
            ("pacing", pacing, Pacing),
            ("limits", limits, Limits),
            ("trials", trials, Trials),
            ("runtime", runtime, Runtime),
        ):
            if value is not None:
                _of_kind(name, value, kind)
        if runtime is not None and (pacing is not None or loops != 1):
            raise LocalProtocolError(
                "a runtime of yours has its own loops and gates: leave pacing and "
                "loops out, or give Runtime(loops, gate=…, login_gate=…)"
            )
        source, bounds = source_of(agents), limits or Limits()
        made = runtime or _runtime(pacing or Pacing(), bounds, loops)
        try:
            audience = Audience(
                made, kinds=kinds, limits=bounds, handler=handler, threads=handlers
            )
        except LocalProtocolError:
            if runtime is None:
                made.close(0.0)  # nothing of it runs yet
            raise
        staff = Staff(made, audience, source=source, limits=bounds, trials=trials)
        super().__init__(staff, None if runtime else made)
        self._audience = audience

    # -- its agents

    def add(self, spec: AgentSpec) -> BrandConnectionProxy | ConsumerConnectionProxy:
        """Start an agent, and give its connection; it is opened, in its turn.

        Raises:
            LocalProtocolError: it is there already, or an argument breaks a rule.
            Overloaded: there are as many as there may be.
            ConnectionLost: the fleet is closed.
        """
        self._check()
        _of_kind("spec", spec, AgentSpec)
        return proxy_of(self._staff.enter(spec, sourced=False).ref)

    def remove(self, user: str, account_id: str | None = None) -> LoopFuture[None]:
        """Close an agent's connection, log it out, and stop it; done then.

        Raises:
            AgentUnknown: there is no such agent.
            LocalProtocolError: there are several; give account_id as well.
        """
        self._check()
        return self._staff.leave(self._staff.registry.look_up(user, account_id))

    def get(
        self, user: str, account_id: str | None = None
    ) -> BrandConnectionProxy | ConsumerConnectionProxy:
        """Give an agent's connection.

        Raises:
            AgentUnknown: there is no such agent, or it is being removed.
            LocalProtocolError: there are several; give account_id as well.
            pykka.ActorDeadError: somebody stops it at this very moment.
        """
        self._check()
        member = self._staff.registry.look_up(user, account_id)
        if member.leaving:
            raise AgentUnknown(
                f"user {shown(user)} is leaving the fleet: add() it again afterwards",
                user=user,
                account_id=member.key[0],
            )
        return proxy_of(member.ref)

    def __len__(self) -> int:
        return len(self._staff.registry)

    def __bool__(self) -> bool:
        return True  # also without agents

    def __iter__(self) -> Iterator[Key]:
        """Go through account and user of each agent."""
        self._check()
        return iter(self._staff.registry.keys())

    def __contains__(self, key: object) -> bool:
        """Tell whether an agent is there, by its user or by account and user."""
        self._check()
        return self._staff.registry.has(key)

    # -- what they do

    def status(self) -> FleetStatus:
        """Tell how the fleet is doing; waits for no loop."""
        self._check()
        return self._staff.status()

    def events(
        self, *kinds: type[Event], timeout: float | None = None
    ) -> EventIterator[AgentEvent]:
        """Iterate over the events of all agents, by ``for`` or ``async for``.

        In turns: an agent that floods loses its own oldest events, not those of
        others. It ends when the fleet is closed.

        Args:
            kinds: event classes, of those that the fleet was made with; all if none.
            timeout: seconds without an event after which ``for`` ends.

        Raises:
            LocalProtocolError: an argument breaks a rule.
        """
        self._check()
        return self._audience.events(kinds, seconds(timeout))


def _of_kind(name: str, value: object, kind: type[Any]) -> None:
    if not isinstance(value, kind):
        raise LocalProtocolError(
            f"{name}={shown(value)} must be a {kind.__name__}, not a "
            f"{type(value).__name__}"
        )


def _runtime(pacing: Pacing, limits: Limits, loops: int) -> Runtime:
    return Runtime(
        loops,
        gate=pacing.connect_gate(),
        login_gate=pacing.login_gate(),
        limits=limits,
    )
