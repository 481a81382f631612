"""Many supervised connections in one process."""

from __future__ import annotations

from ums_actors.core.trials import Trials
from ums_actors.fleet.events import (
    AgentContested,
    AgentEvent,
    AgentFailed,
    AgentReady,
    FleetEvent,
)
from ums_actors.fleet.fleet import Fleet
from ums_actors.fleet.limits import Limits
from ums_actors.fleet.pacing import Pacing
from ums_actors.fleet.source import Reloaded
from ums_actors.fleet.spec import AgentSpec
from ums_actors.fleet.status import AgentTrouble, FleetStatus

__all__ = [
    "AgentContested",
    "AgentEvent",
    "AgentFailed",
    "AgentReady",
    "AgentSpec",
    "AgentTrouble",
    "Fleet",
    "FleetEvent",
    "FleetStatus",
    "Limits",
    "Pacing",
    "Reloaded",
    "Trials",
]
