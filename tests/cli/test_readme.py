from __future__ import annotations

import os
from pathlib import Path

from ums_actors.options import Options

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8").splitlines()
DEMO = (
    "python3 -m venv .venv && .venv/bin/pip install -q '.[demo]' "
    "&& .venv/bin/ums-actors demo"
)
TESTS = (
    "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' "
    "&& .venv/bin/python -m pytest -q -n 4"
)


def test_the_first_command_runs_the_demo_and_the_second_the_tests():
    commands = [line for line in README if line.startswith("python3 -m venv")]
    assert commands == [DEMO, TESTS]


def test_the_two_commands_stand_on_the_first_screen():
    assert README.index(TESTS) < 40


def test_the_first_line_that_names_the_test_runner_is_the_command():
    assert next(line for line in README if "pytest" in line) == TESTS


def test_the_check_runs_what_the_readme_says():
    check = ROOT / ".ci" / "run"
    assert os.access(check, os.X_OK)
    text = check.read_text("utf-8")
    assert "grep -m 1 pytest README.md" in text
    for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports"):
        assert tool in text


def test_the_readme_names_every_option_with_its_default():
    rows = [line for line in README if line.startswith("| `")]
    for name in Options.__struct_fields__:
        assert any(f"`{name}`" in row for row in rows), name
