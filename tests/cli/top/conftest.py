from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from ums_actors.status.messages import Page, Process, Row

_path = Path(__file__).parents[2] / "status" / "conftest.py"
_spec = importlib.util.spec_from_file_location("status_fixtures", _path)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

client = _module.client
emulator = _module.emulator
opened = _module.opened
path = _module.path
runtime = _module.runtime
short = _module.short
start = _module.start


@pytest.fixture
def page():
    """Make a page of rows, read at a second of the process's clock."""

    def make(*rows, clock=0.0, pid=1, silent=0, more=None):
        process = Process(
            pid=pid, program="bots.py", version="0", uptime=1.0, connections=len(rows)
        )
        return Page(
            process=process, rows=[*rows], clock=clock, silent=silent, more=more
        )

    return make


@pytest.fixture
def row():
    def make(number=1, **more):
        named = {"id": f"{number:032x}", "user": f"1.{number}", "state": "READY"}
        return Row(number=number, **{**named, **more})

    return make
