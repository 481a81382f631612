"""What happened, line by line, and a guard that no secret is among it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ums_actors.core.course import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.testing.clock import VirtualClock

__all__ = ["LogTap", "Trace", "TraceObserver", "texts_of"]

_EXPECTED = frozenset(
    {"actor.crashed", "actor.gave_up", "connection.exit", "connection.state"}
)
"""Events of the level ERROR that faults may cause."""


class Trace:
    """The lines of one simulation, and the rules that were found broken.

    Attributes:
        state: of the connection, shown in each line.
        violations: what must not have happened, oldest first.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self.lines: list[str] = []
        self.violations: list[str] = []
        self.state = "NEW"
        self._clock = clock
        self._secrets: list[str] = []

    def now(self) -> float:
        """Give virtual seconds."""
        return self._clock.now()

    def guard(self, secret: str) -> None:
        """Let this string never be seen."""
        self._secrets.append(secret)

    def add(self, text: str) -> None:
        """Write a line."""
        line = f"{self._clock.now():10.3f} {self.state:14} {text}"
        self.check_secret(text, "a trace line")
        self.lines.append(line)

    def blame(self, rule: str) -> None:
        """Note a violation."""
        self.add(f"VIOLATION {rule}")
        self.violations.append(f"{self._clock.now():.3f}: {rule}")

    def check_secret(self, text: str, where: str) -> None:
        """Note a violation if a guarded string is in the text."""
        if any(secret in text for secret in self._secrets):
            self.violations.append(f"{self._clock.now():.3f}: a token in {where}")


class TraceObserver:
    """The runtime's observer: writes each event, and looks into all of its fields.

    Attributes:
        crashes: time, actor and error of each crash.
        transitions: of the connection, as they were announced.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.crashes: list[tuple[float, str, BaseException]] = []
        self.transitions: list[tuple[State, State]] = []

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        """Take one event."""
        trace = self._trace
        if event == "connection.state":
            before, after = State(fields["previous"]), State(fields["state"])
            self.transitions.append((before, after))
            trace.state = str(after)
        shown: list[str] = []
        for name, value in sorted(fields.items()):
            for text in texts_of(value):
                trace.check_secret(text, f"the field {name} of {event}")
            if name not in ("urn", "connection", "history"):
                shown.append(f"{name}={_brief(value)}")
        trace.add(f"{event} {' '.join(shown)}")
        error = fields.get("error")
        if event == "actor.crashed" and isinstance(error, BaseException):
            self.crashes.append((trace.now(), str(fields["actor"]), error))
        elif level >= logging.ERROR and event not in _EXPECTED:
            trace.blame(f"{event} is reported as an error")


class LogTap(logging.Handler):
    """Whatever reaches the package's logger as an error is a bug."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(logging.WARNING)
        self._trace = trace

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        error = record.exc_info[1] if record.exc_info else None
        text = f"log {record.getMessage()} {_brief(error)}"
        self._trace.check_secret(text, "a log record")
        if record.levelno >= logging.ERROR:
            self._trace.blame(text)
        else:
            self._trace.add(text)


def texts_of(value: Any) -> Iterator[str]:
    """Give all texts of a value; of an exception also those of its causes."""
    yield str(value)
    yield repr(value)
    seen: set[int] = set()
    while isinstance(value, BaseException) and id(value) not in seen:
        seen.add(id(value))
        yield repr(value.args)
        yield repr(vars(value))
        value = value.__cause__ or value.__context__
        yield repr(value)


def _brief(value: Any) -> str:
    if isinstance(value, BaseException):
        return f"{type(value).__name__}({value})"
    return str(value)
