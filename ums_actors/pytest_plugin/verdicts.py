"""Assertions that failed where nobody would hear of it: in handlers of events."""

from __future__ import annotations

from typing import Any

import pytest

from ums_actors.runtime.ports import LogObserver

__all__ = ["Verdicts"]

_OURS = (AssertionError, pytest.fail.Exception, pytest.skip.Exception)


class Verdicts(LogObserver):
    """A runtime's observer: writes the log, and keeps what is the test's business.

    What else a handler raises is the library's: it is told as ErrorOccurred.
    """

    def __init__(self) -> None:
        super().__init__()
        self._errors: list[BaseException] = []

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        """Take one event."""
        super().observe(event, level, fields)
        error = fields.get("error")
        if event == "subscriber.failed" and isinstance(error, _OURS):
            self._errors.append(error)

    def check(self) -> None:
        """Raise the first that is there, and forget them all."""
        __tracebackhide__ = True
        errors, self._errors = self._errors, []
        if errors:
            raise errors[0]
