"""Pykka on an event loop: actors, futures, timers and workers; no word of UMS."""

from __future__ import annotations

from ums_actors.runtime.actor import LoopActor
from ums_actors.runtime.future import LoopFuture
from ums_actors.runtime.gate import PacedGate
from ums_actors.runtime.loop import Loop
from ums_actors.runtime.proxy import LoopProxy, proxy_method
from ums_actors.runtime.ref import LoopRef
from ums_actors.runtime.runtime import Runtime
from ums_actors.runtime.workers import Workers

__all__ = [
    "Loop",
    "LoopActor",
    "LoopFuture",
    "LoopProxy",
    "LoopRef",
    "PacedGate",
    "Runtime",
    "Workers",
    "proxy_method",
]
