"""What the oldest allowed versions of our requirements do otherwise than the newest."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "ums_actors").rglob("*.py"))
BROAD = {"MsgspecError", "Exception", "BaseException"}


def names(node):
    """Give all names and attributes in a piece of code."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr


DECODERS = {"msgspec.json.decode", "read_as", "take_as", "as_record", "decoder"}


def decodes(statement):
    return any(
        isinstance(each, ast.Call) and ast.unparse(each.func) in DECODERS
        for each in ast.walk(statement)
    )


def handlers():
    """Give (where, what it catches) of each decoding whose failure is handled."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Try) and any(map(decodes, node.body)):
                caught = {
                    name
                    for handler in node.handlers
                    for name in names(handler.type or ast.Name("BaseException"))
                }
                if node.handlers:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", caught


HANDLERS = list(handlers())


def test_there_are_some():
    assert len(HANDLERS) > 10


@pytest.mark.parametrize(
    ("where", "caught"), HANDLERS, ids=[where for where, _ in HANDLERS]
)
def test_errors_of_msgspec_are_caught_by_name(where, caught):
    """They are ValueErrors from 0.22 on, and nothing but Exceptions before."""
    assert caught & BROAD, f"{where} misses what msgspec before 0.22 raises"
