"""Thousands of supervised connections in one process, each user once."""

from __future__ import annotations

import os
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

import pykka

from ums_actors.actors.iterator import EventIterator
from ums_actors.arguments import seconds, shown, whole
from ums_actors.connection import (
    BrandConnectionProxy,
    ConsumerConnectionProxy,
    proxy_of,
)
from ums_actors.core.trials import Trials
from ums_actors.errors import AgentUnknown, ConnectionLost, Delivery, LocalProtocolError
from ums_actors.fleet.closing import Closing
from ums_actors.fleet.events import AgentEvent, FleetEvent
from ums_actors.fleet.feeding import ActorHandler
from ums_actors.fleet.handlers import CallbackHandler
from ums_actors.fleet.inbox import FairInbox
from ums_actors.fleet.limits import Limits
from ums_actors.fleet.loading import Loading
from ums_actors.fleet.member import Member
from ums_actors.fleet.pacing import Pacing
from ums_actors.fleet.registry import Registry
from ums_actors.fleet.source import source_of
from ums_actors.fleet.spec import AgentSpec
from ums_actors.fleet.status import FleetStatus, fleet_status
from ums_actors.fleet.supervision import Supervision
from ums_actors.fleet.switchboard import Switchboard
from ums_actors.fleet.troubles import HandlerTroubles
from ums_actors.runtime import LoopFuture, PacedGate, Runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType

    from ums_actors.actors.events import Event
    from ums_actors.fleet.source import Agents, Reloaded
    from ums_actors.fleet.spec import Key

__all__ = ["Fleet"]

TIMEOUT: Final = 30.0
"""Seconds in which a fleet closes."""
