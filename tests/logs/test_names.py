"""The table and the code name the same events, and each has a test of its own."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import ums_actors
from ums_actors.log_table import LOGGED, TABLE

PACKAGE = Path(ums_actors.__file__).parent
ELSEWHERE = {"cli", "emulator", "examples", "testing"}
"""Rooms that observe nothing of a connection's."""
TELLING = {"_crash", "_observe", "_report", "observe", "observed", "report"}
PLACE = ("connection", "generation")
STRUCTLOGS = {"event", "level", "exc_info", "logger", "stack_info", "timestamp"}
"""Names that structlog, or the logger it wraps, gives a meaning of their own."""
NAME = re.compile(r"[a-z_]+\.[a-z_]+")
TESTS = "".join(
    path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py")
)


def sources():
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0]
        if room not in ELSEWHERE and path.name != "log_table.py":
            yield path


def called(node):
    function = node.func
    return getattr(function, "attr", getattr(function, "id", ""))


def names(functions):
    """Give the constant names with which one of these functions is called."""
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and called(node) in functions:
                found |= {
                    each.value
                    for each in node.args
                    if isinstance(each, ast.Constant)
                    and isinstance(each.value, str)
                    and NAME.fullmatch(each.value)
                }
    return found


def test_the_table_has_every_event_of_the_code_once_and_no_other():
    rows = [row.event for row in TABLE]
    assert len(rows) == len(set(rows))
    assert set(rows) == names(TELLING)


def test_so_has_the_list_of_what_goes_to_the_logger_itself():
    assert set(LOGGED) == names({"exception", "warning", "info", "_log"})
    assert not set(LOGGED) & {row.event for row in TABLE}


@pytest.mark.parametrize("event", [*[row.event for row in TABLE], *LOGGED])
def test_each_has_a_test_of_its_own(event):
    assert f"def test_{event.replace('.', '_')}(" in TESTS


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.event)
def test_each_says_what_it_tells(row):
    assert row.when
    assert row.levels == tuple(sorted(row.levels))
    assert not set(row.fields) & set(row.sometimes)
    named = set(row.fields) | set(row.sometimes)
    assert not named & STRUCTLOGS
    if row.event.startswith("actor."):  # one may be nobody's
        assert set(PLACE) <= set(row.sometimes)
    elif not row.event.startswith("fleet."):  # which tells of more than connections
        assert row.fields[:2] == PLACE
