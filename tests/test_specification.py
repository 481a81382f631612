"""The tables of tests/SPECIFICATION.md: complete, and the tests they name exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "tests" / "SPECIFICATION.md").read_text("utf-8")
ROWS = re.findall(r"^\| (T\d+) \|(.*)\|$", TEXT, flags=re.MULTILINE)
NAMED = sorted(set(re.findall(r"`(tests/[^`]+\.py(?:::\w+)?)`", TEXT)))
COMMANDS = re.compile(r"run: `[^`]+`")


@cache
def names(path: str) -> frozenset[str]:
    """Give what a file has at its top: functions, classes, and what is assigned."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    found = {each.name for each in tree.body if hasattr(each, "name")}
    assigned = (each for each in tree.body if isinstance(each, ast.Assign))
    return frozenset(found | {ast.unparse(each.targets[0]) for each in assigned})


def test_there_is_a_row_for_each_in_order():
    assert [name for name, _ in ROWS] == [f"T{number}" for number in range(1, 28)]


@pytest.mark.parametrize(("name", "text"), ROWS, ids=[name for name, _ in ROWS])
def test_a_row_names_what_shows_it_and_what_was_reached(name, text):
    cells = [cell.strip() for cell in text.split("|")]
    assert len(cells) == 4, f"{name} has not the columns of the table"
    what, shown_by, reached, missing = cells
    assert what
    assert "`tests/" in shown_by or COMMANDS.search(shown_by)
    assert reached
    assert missing


@pytest.mark.parametrize("named", NAMED)
def test_the_tests_named_exist(named):
    path, _, name = named.partition("::")
    assert (ROOT / path).is_file(), path
    assert Path(path).name.startswith("test_")
    if name:
        assert name.lower().startswith("test")
        assert name in names(path), f"{name} is not in {path}"
