"""How much a fleet may hold."""

from __future__ import annotations

import msgspec

from ums_actors.arguments import whole

__all__ = ["Limits"]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of all agents of a fleet together; sizes are bytes.

    Raises:
        LocalProtocolError: a value is no whole number, 1 or more, or fewer events may
            wait for all agents than for one.
    """

    connections: int = 10_000
    """Agents. Each takes a descriptor; most systems give a process at most a million,
    many 1,024 unless it asks for more."""
    requests: int = 100_000
    """Requests that wait for a line or for their answer. What lines need to come back
    is counted, but not refused."""
    request_bytes: int = 256 << 20
    """What their payloads weigh. What waits to be written is a copy of these, so the
    memory taken is at most about twice as much."""
    events: int = 100_000
    """Events that wait for the fleet's handler. Beyond, who has more than an even share
    loses the oldest, counted."""
    events_per_agent: int = 1_000
    """Events of one agent that wait; beyond, the oldest are lost, counted."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            whole(f"Limits.{name}", getattr(self, name), 1)
        whole("Limits.events", self.events, self.events_per_agent, _AS_ONE)


_AS_ONE = ", as for one agent: raise it, or lower events_per_agent"
