"""The README's table of features: complete, and each row shown by tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
NUMBERS = range(1, 81)
COLUMNS = "# feature lp-messaging-sdk node-agent-sdk ums_actors shown by"
ANSWERS = re.compile(r"yes\b|better: \S|not yet\b|not planned$")
OURS_ALONE = re.compile(r"not (yet|planned)\b")


class Row(NamedTuple):
    number: str
    feature: str
    messaging_sdk: str
    agent_sdk: str
    ours: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.number} {self.feature}"


def section() -> list[str]:
    text = (ROOT / "README.md").read_text("utf-8")
    found = re.search(r"^## Features\n(.*?)^## ", text, flags=re.DOTALL | re.MULTILINE)
    assert found
    return [line for line in found[1].splitlines() if line.startswith("|")]


def row(line: str) -> Row:
    *cells, tests = [cell.strip() for cell in line.strip("|").split("|")]
    assert len(cells) == 5, line
    named = () if tests == "-" else tuple(tests.split("<br>"))
    assert all(re.fullmatch(r"`[^`]+`", each) for each in named), line
    return Row(*cells, tuple(each.strip("`") for each in named))


ROWS = [row(line) for line in section()[2:]]


@cache
def functions(path: str) -> frozenset[str]:
    """Give the names of all tests of a file, those of classes too."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    bodies = [tree.body, *(n.body for n in tree.body if isinstance(n, ast.ClassDef))]
    return frozenset(
        node.name
        for body in bodies
        for node in body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    )


def test_the_columns_are_those_that_are_read_here():
    heads = [cell.strip() for cell in section()[0].strip("|").split("|")]
    assert " ".join(heads) == COLUMNS


def test_each_feature_has_its_row_in_order():
    numbered = [int(each.number) for each in ROWS if each.number != "+"]
    assert numbered == list(NUMBERS)
    assert len({each.feature for each in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_row_says_what_it_may_say(row):
    assert {row.messaging_sdk, row.agent_sdk} <= {"y", "n", "partly", "raw"}
    assert ANSWERS.match(row.ours)
    missing = OURS_ALONE.match(row.ours) is not None
    assert missing == (not row.tests), "what there is names a test, and nothing else"


@pytest.mark.parametrize("row", [each for each in ROWS if each.tests], ids=str)
def test_the_tests_of_a_row_exist(row):
    for named in row.tests:
        path, _, function = named.partition("::")
        assert re.fullmatch(r"tests/(\w+/)*test_\w+\.py", path)
        assert (ROOT / path).is_file(), path
        assert function in functions(path), f"{function} is not in {path}"
