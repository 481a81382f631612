from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from ums_actors.log_table import TABLE

_path = Path(__file__).parents[1] / "connection" / "conftest.py"
_spec = importlib.util.spec_from_file_location("connection_fixtures", _path)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

emulator = _module.emulator
events = _module.events
start = _module.start
PLAIN = {str, int, float, bool, type(None)}
_ROWS = {row.event: row for row in TABLE}


class Heard:
    """An observer that keeps what it hears, and holds it against the table."""

    def __init__(self, eventually):
        self.all = []
        self._eventually = eventually

    def observe(self, event, level, fields):
        self.all.append((event, level, dict(fields)))

    def wait(self, event):
        """Wait for an event; every one of its kind must be as the table says."""
        self._eventually(lambda: any(name == event for name, _, _ in self.all))
        row = _ROWS[event]
        self._plain(event)
        found = [(level, told) for name, level, told in self.all if name == event]
        for level, fields in found:
            assert level in row.levels
            assert set(row.fields) <= set(fields)
            assert set(fields) <= {*row.fields, *row.sometimes}
        return found[-1][1]

    def _plain(self, event):
        for name, _, told in self.all:
            for key, value in told.items() if name == event else ():
                assert type(value) in PLAIN or key in ("error", "history"), (key, value)
            error = told.get("error")
            assert error is None or isinstance(error, BaseException)
            assert {type(line) for line in told.get("history", ())} <= {str}


@pytest.fixture
def heard(runtime, eventually):
    runtime.observer = Heard(eventually)
    return runtime.observer
