"""What is heard of a fleet: the events of its agents, and a few of its own."""

from __future__ import annotations

from ums_actors.actors.events import Event

__all__ = [
    "AgentContested",
    "AgentEvent",
    "AgentFailed",
    "AgentReady",
    "FleetEvent",
]


class AgentEvent(Event, frozen=True, kw_only=True):
    """An event, and whose it is.

    Attributes:
        user: the agent's name in the fleet.
        account_id: its account.
        event: what happened: an event of its connection, or one of the fleet's own.
        missed: how many events of this agent were lost just before this one, since
            whoever hears them was slow.
    """

    user: str
    account_id: str
    event: Event
    missed: int = 0

    @property
    def conversation_id(self) -> str:
        """The conversation it is about; empty if it is about none."""
        return str(getattr(self.event, "conversation_id", ""))

    @property
    def dialog_id(self) -> str:
        """The dialog it is about; empty if it is about none."""
        return str(getattr(self.event, "dialog_id", ""))


class FleetEvent(Event, frozen=True, kw_only=True):
    """Base of what the fleet itself tells of an agent."""


class AgentReady(FleetEvent, frozen=True, kw_only=True):
    """The agent is READY for the first time, and ONLINE if it was to be."""


class AgentFailed(FleetEvent, frozen=True, kw_only=True):
    """The agent's connection has FAILED for good, or could not even be started.

    Attributes:
        reason: why, one line.
        error: what was raised, if anything was.
        retry_in: seconds until it is tried again; None: it is left as it is.
        tried: how often it was tried again so far, since it was last proven.
    """

    reason: str
    error: BaseException | None = None
    retry_in: float | None = None
    tried: int = 0


class AgentContested(FleetEvent, frozen=True, kw_only=True):
    """Somebody else logs in as this user again and again; the agent gives way.

    Each login kills the token of the other's, so both would go on for ever. Another
    process has the same agent, or a person uses the bot's login.

    Attributes:
        retry_in: seconds until it is tried again; None: it stays closed.
        tried: how often it was tried again so far, since it was last proven.
    """

    retry_in: float | None = None
    tried: int = 0
