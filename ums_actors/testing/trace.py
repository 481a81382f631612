"""What happened, line by line, and a guard that no secret is among it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.testing.clock import VirtualClock

__all__ = ["SECRET_MARK", "Trace", "Voice", "brief", "texts_of"]

SECRET_MARK: Final = "5ec7e7"  # noqa: S105  (a mark, not a secret)
"""Every secret of a simulation begins with it; no other text has it."""


class Trace:
    """The lines of one simulation, and the rules that were found broken.

    Attributes:
        violations: what must not have happened, oldest first.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self.lines: list[str] = []
        self.violations: list[str] = []
        self._clock = clock

    def now(self) -> float:
        """Give virtual seconds."""
        return self._clock.now()

    @staticmethod
    def secret(text: str) -> str:
        """Make a secret of it, which must never be seen."""
        return SECRET_MARK + text

    def add(self, text: str, who: str = "", state: str = "") -> None:
        """Write a line."""
        self.check_secret(text, "a trace line")
        self.lines.append(f"{self._clock.now():10.3f} {who:4} {state:14} {text}")

    def blame(self, rule: str, who: str = "") -> None:
        """Note a violation."""
        self.add(f"VIOLATION {rule}", who)
        self._note(f"{who}: {rule}" if who else rule)

    def check_secret(self, text: str, where: str) -> None:
        """Note a violation if a secret is in the text."""
        if SECRET_MARK in text:
            self._note(f"a token in {where}")

    def digest(self) -> str:
        """Give a hash of all lines: the same for the same course of things."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:16]

    def _note(self, rule: str) -> None:
        self.violations.append(f"{self._clock.now():.3f}: {rule}")


class Voice:
    """Writes what concerns one connection.

    Attributes:
        state: of the connection, shown in each line.
    """

    def __init__(self, trace: Trace, name: str) -> None:
        self.trace = trace
        self.name = name
        self.state = "NEW"

    def add(self, text: str) -> None:
        """Write a line."""
        self.trace.add(text, self.name, self.state)

    def blame(self, rule: str) -> None:
        """Note a violation."""
        self.trace.blame(rule, self.name)

    def check_secret(self, value: Any, where: str) -> None:
        """Note a violation if a secret is in a text of the value."""
        for text in texts_of(value):
            self.trace.check_secret(text, f"{where} of {self.name}")


def texts_of(value: Any) -> Iterator[str]:
    """Give all texts of a value; of an exception also those of its causes."""
    yield str(value)
    if isinstance(value, str):
        return
    yield repr(value)
    seen: set[int] = set()
    while isinstance(value, BaseException) and id(value) not in seen:
        seen.add(id(value))
        yield repr(value.args)
        yield repr(vars(value))
        value = value.__cause__ or value.__context__
        yield repr(value)


def brief(value: Any) -> str:
    """Give one line for a value; of an exception its type, too."""
    if isinstance(value, BaseException):
        return f"{type(value).__name__}({value})"
    return str(value)
