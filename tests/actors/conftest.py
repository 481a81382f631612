from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from ums_actors.runtime import Loop

_path = Path(__file__).parents[1] / "connection" / "conftest.py"
_spec = importlib.util.spec_from_file_location("connection_fixtures", _path)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

emulator = _module.emulator
events = _module.events
start = _module.start


class Clock:
    def __init__(self):
        self.time = 0.0

    def now(self):
        return self.time


class Nothing:
    """A poller without descriptors."""

    def poll(self, timeout):
        return []

    def wake(self):
        pass

    def close(self):
        pass


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def loop(clock):
    return Loop(clock, Nothing())
