"""What of the kernel is made when it is first used: most connections need little of it.

An idle bot that only sends has no rings, no conversations and no agents to remember;
their empty tables would be a fifth of all that it takes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from ums_actors.actors.agents import AgentStates
from ums_actors.actors.catching import CatchUps
from ums_actors.actors.conversations import Conversations
from ums_actors.actors.intake import Intake
from ums_actors.actors.loading import Memory
from ums_actors.actors.pauses import Pauses
from ums_actors.actors.rings import Rings
from ums_actors.actors.taps import Taps
from ums_actors.actors.timings import Timings
from ums_actors.core.following import FollowedStreams
from ums_actors.core.marks import Marks
from ums_actors.core.stream import Streams
from ums_actors.core.unasked import UnaskedStreams
from ums_actors.protocol.consumer import short
from ums_actors.protocol.ids import IdTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.inspection import Inspection
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.reporting import Reporting
    from ums_actors.actors.shifts import Shifts
    from ums_actors.options import Options

__all__ = ["Parts"]

_LEAST_TRIES = 3


class Parts:
    """The parts of a kernel that are made by asking for them; loop thread."""

    __slots__ = ("_parts",)

    agents: AgentStates
    catch_ups: CatchUps
    conversations: Conversations
    ids: IdTable
    inspection: Inspection
    intake: Intake
    marks: Marks
    memory: Memory
    pauses: Pauses
    reporting: Reporting
    rings: Rings
    shifts: Shifts
    streams: Streams[Any]
    taps: Taps
    timings: Timings

    def __init__(self) -> None:
        self._parts: dict[str, Any] | None = None

    def made(self, part: str) -> bool:
        """Tell whether a part is there: to ask it would make it."""
        return self._parts is not None and part in self._parts


class _Part:
    """An attribute that is made when it is first read.

    ``__getattr__`` would do the same, and make every other attribute of the kernel
    slow: the interpreter has no short way to those of a class that has one.
    """

    __slots__ = ("_make", "_name")

    def __init__(self, name: str, make: Callable[[Kernel], Any]) -> None:
        self._name = name
        self._make = make

    def __get__(self, kernel: Any, owner: type[Any]) -> Any:
        if kernel is None:
            return self
        parts: dict[str, Any] | None = kernel._parts
        if parts is None:
            parts = kernel._parts = {}
        if self._name not in parts:
            parts[self._name] = self._make(kernel)
        return parts[self._name]


def _conversations(kernel: Kernel) -> Conversations:
    follows = kernel.follows
    return Conversations(kernel, short if follows else str, is_brand=not follows)


def _inspection(kernel: Kernel) -> Inspection:
    # who has no status endpoint need not import what is said over one
    from ums_actors.actors.inspection import Inspection  # noqa: PLC0415

    return Inspection(kernel)


def _reporting(kernel: Kernel) -> Reporting:
    # few ask for reports: the others need not import what asks for them
    from ums_actors.actors.reporting import Reporting  # noqa: PLC0415

    return Reporting(kernel)


def _shifts(kernel: Kernel) -> Shifts:
    from ums_actors.actors.shifts import Shifts  # noqa: PLC0415  (likewise)

    return Shifts(kernel)


def _streams(kernel: Kernel) -> Streams[Any]:
    options = kernel.options
    limit, queries = options.dialog_limit, options.catch_up_limit
    if not kernel.asks:
        return UnaskedStreams(limit)
    tries = _catch_up_tries(options)
    if kernel.follows:
        return FollowedStreams(limit, query_limit=queries, tries=tries)
    return Streams(limit, query_limit=queries, tries=tries)


def _catch_up_tries(options: Options) -> int:
    """Let queries fail for longer than a dead line may go unnoticed.

    It bounds how long later events of a dialog are held back once its query is out.
    With the defaults there are 4 tries: 40 s if none is answered, 60 s at most if each
    is answered late and refused for now; what is refused for good
    four times at once is not tried again.
    Lines that die meanwhile add their own time, but only eight of them in a row.
    """
    unnoticed = options.ping_interval + options.pong_timeout
    return max(_LEAST_TRIES, math.ceil(unnoticed / options.request_timeout) + 1)


_MAKERS: Final[dict[str, Callable[[Kernel], Any]]] = {
    "agents": AgentStates,
    "catch_ups": lambda _: CatchUps(),
    "conversations": _conversations,
    "ids": lambda kernel: IdTable(kernel.account_id),
    "inspection": _inspection,
    "intake": Intake,
    "marks": lambda _: Marks(),
    "memory": lambda _: Memory(),
    "pauses": lambda kernel: Pauses(kernel.marks),
    "reporting": _reporting,
    "rings": Rings,
    "shifts": _shifts,
    "streams": _streams,
    "taps": Taps,
    "timings": Timings,
}

for _name, _make in _MAKERS.items():
    setattr(Parts, _name, _Part(_name, _make))
