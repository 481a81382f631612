"""The port for what counts, measures and traces; without it nothing is told to it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import msgspec

from ums_actors.core.outcome import Outcome  # noqa: TC001 help() reads it
from ums_actors.runtime.ports import Observer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.runtime.loop import Loop
    from ums_actors.status.messages import Detail, Row

__all__ = [
    "Ending",
    "Inspected",
    "Instrument",
    "Instruments",
    "Measured",
    "Observers",
    "RequestBegan",
    "RequestEnded",
]

_logger = logging.getLogger("ums_actors")


class RequestBegan(msgspec.Struct, frozen=True, gc=False):
    """A request was handed over.

    Attributes:
        connection_id: of the connection it is for.
        generation: number of its line at the time.
        type: as on the wire, made by the user: not one of a few.
    """

    connection_id: str
    generation: int
    type: str


class RequestEnded(msgspec.Struct, frozen=True, gc=False):
    """A request ended: once for each that began.

    Attributes:
        connection_id: of the connection it was for.
        generation: number of the line at the end; another one if it was sent again.
        type: as on the wire, made by the user: not one of a few.
        outcome: what became of it.
        delivery: on which side of the write it was; empty where that is not known.
        code: of the answer that says no, else None.
        error: the name of the exception's class; empty if there is none.
        seconds: since it was handed over, waiting included.
    """

    connection_id: str
    generation: int
    type: str
    outcome: Outcome
    delivery: str
    code: int | None
    error: str
    seconds: float


Ending: TypeAlias = Callable[[RequestEnded], object]


class Inspected(Protocol):
    """A connection as its owner sees it from another process; its loop's thread."""

    def row(self, number: int) -> Row:
        """Tell how it is doing."""
        ...

    def tell(self, detail: Detail) -> None:
        """Fill in the rest: its actors, its history, who waits."""
        ...

    def reconnect(self) -> str:
        """Get a new line at once; give what that means.

        Raises:
            LocalProtocolError: it is at rest.
        """
        ...

    def close(self) -> str:
        """Begin to close; give what that means.

        Raises:
            LocalProtocolError: it is at rest.
        """
        ...


class Measured(Protocol):
    """A connection as an instrument sees it.

    Attributes:
        connection_id: its id.
        loop: on whose thread it may be looked into.
    """

    connection_id: str
    loop: Loop

    @property
    def inspection(self) -> Inspected:
        """What it tells the status endpoint; its loop's thread."""
        ...


class Instrument(Observer, Protocol):
    """Counts, measures or traces; must not block.

    Called on loop threads, but for ``connection_began``. What it raises is logged
    (``instrument.failed``), and disturbs nobody.
    """

    def connection_began(self, connection: Measured) -> None:
        """Take note of a connection before its first attempt; any thread."""
        ...

    def connection_ended(self, connection: Measured) -> None:
        """Take note that its actors have stopped for good."""
        ...

    def request_began(self, request: RequestBegan) -> Ending | None:
        """Take note of a request; give what is to be told of its end, if anything."""
        ...


class Instruments:
    """All instruments of a runtime; what one of them raises is logged."""

    __slots__ = ("_all",)

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self._all = tuple(instruments)

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        """Tell all of an event."""
        for each in self._all:
            _guarded(each.observe, event, level, fields)

    def connection_began(self, connection: Measured) -> None:
        """Tell all of a connection."""
        for each in self._all:
            _guarded(each.connection_began, connection)

    def connection_ended(self, connection: Measured) -> None:
        """Tell all that it is gone."""
        for each in self._all:
            _guarded(each.connection_ended, connection)

    def request_began(self, request: RequestBegan) -> list[Ending]:
        """Tell all of a request; give who wants to hear of its end."""
        endings = (_guarded(each.request_began, request) for each in self._all)
        return [ending for ending in endings if ending is not None]

    def request_ended(self, endings: list[Ending], request: RequestEnded) -> None:
        """Tell these of a request's end."""
        for ending in endings:
            _guarded(ending, request)


class Observers:
    """A runtime's observer, and its instruments, which observe as well."""

    __slots__ = ("_instruments", "_observer")

    def __init__(self, observer: Observer, instruments: Instruments) -> None:
        self._observer = observer
        self._instruments = instruments

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        """Tell all of an event; what the observer raises is its caller's concern."""
        self._instruments.observe(event, level, fields)
        self._observer.observe(event, level, fields)


def _guarded(function: Callable[..., Any], *given: Any) -> Any:
    try:
        return function(*given)
    except Exception:
        _logger.exception("instrument.failed")
        return None
