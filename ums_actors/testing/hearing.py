"""What a simulation hears of the package: its events, and its log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from ums_actors.core.course import State
from ums_actors.testing.trace import brief, texts_of

if TYPE_CHECKING:
    from ums_actors.testing.trace import Trace, Voice

__all__ = ["CRASH_MARK", "LogTap", "VoiceObserver"]

CRASH_MARK: Final = "SimulatedCrash"
"""Is in the text of every error that a fault of ours makes an actor raise."""
_EXPECTED: Final = frozenset(
    {"actor.crashed", "actor.gave_up", "connection.exit", "connection.state"}
)
"""Events of the level ERROR that faults may cause."""
_LATE: Final = "future.never_retrieved"
_CRASHES: Final = frozenset({"actor.crashed", "actor.init_failed"})
_PLAIN: Final = frozenset(logging.makeLogRecord({}).__dict__) - {"msg", "args"}
"""Fields that each log record has; what else it has came with ``extra``."""


class VoiceObserver:
    """A runtime's observer: writes each event, and looks into all of its fields.

    Attributes:
        crashes: time, actor and error of each crash.
        transitions: of the connection, as they were announced.
    """

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self.crashes: list[tuple[float, str, BaseException]] = []
        self.transitions: list[tuple[State, State]] = []

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        """Take one event."""
        voice = self._voice
        if event == "connection.state":
            before, after = State(fields["previous"]), State(fields["state"])
            self.transitions.append((before, after))
            voice.state = str(after)
        shown: list[str] = []
        for name, value in sorted(fields.items()):
            for text in texts_of(value):
                voice.trace.check_secret(text, f"the field {name} of {event}")
            if name not in ("urn", "connection", "history"):
                shown.append(f"{name}={brief(value)}")
        voice.add(f"{event} {' '.join(shown)}")
        error = fields.get("error")
        ours = isinstance(error, BaseException) and CRASH_MARK in str(error)
        if event in _CRASHES and isinstance(error, BaseException):
            self.crashes.append((voice.trace.now(), str(fields["actor"]), error))
        if level >= logging.ERROR and event not in _EXPECTED and not ours:
            voice.blame(f"{event} is reported as an error")


class LogTap(logging.Handler):
    """Whatever reaches the package's logger as an error is a bug."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(logging.WARNING)
        self._trace = trace

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        error = record.exc_info[1] if record.exc_info else None
        for name, value in [*record.__dict__.items(), ("error", error)]:
            if name not in _PLAIN or name == "error":
                for found in texts_of(value):
                    self._trace.check_secret(found, f"a log record's {name}")
        if record.getMessage() == _LATE:
            return  # told when garbage is collected, which is no time of the simulation
        text = f"log {record.getMessage()} {brief(error)}"
        if record.levelno >= logging.ERROR:
            self._trace.blame(text)
        else:
            self._trace.add(text)
