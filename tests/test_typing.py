"""What type checkers say of user code: ``tests/typing`` has the code.

mypy and basedpyright check all of it in .ci/run. Here both must find each fault of
``wrong.py`` once its comments are gone, and nothing else.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = ROOT / "tests" / "typing"
ROOMS = (
    "ums_actors",
    "ums_actors.aio",
    "ums_actors.emulator",
    "ums_actors.pytest_plugin",
    "ums_actors.requests",
)
IGNORED = re.compile(r"  # type: ignore\[(?P<codes>[a-z, -]+)\]$")


def named() -> set[str]:
    """Give the dotted names that the code uses of what it imports."""
    found: set[str] = set()
    for path in CODE.glob("*.py"):
        tree = ast.parse(path.read_text())
        known = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for each in node.names:
                    known[each.asname or each.name] = f"{node.module}.{each.name}"
            elif isinstance(node, ast.Import):
                known |= {each.asname or each.name: each.name for each in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in known:
                found.add(known[node.id])
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.add(f"{known.get(node.value.id)}.{node.attr}")
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_used(room):
    public = {f"{room}.{name}" for name in importlib.import_module(room).__all__}
    assert public - named() == set()


def test_every_instrument_is_used():
    assert named() >= {
        "ums_actors.metrics.opentelemetry.OpenTelemetryMetrics",
        "ums_actors.metrics.opentelemetry.OpenTelemetryTraces",
        "ums_actors.metrics.prometheus.PrometheusMetrics",
    }


@pytest.fixture
def bare(tmp_path):
    """Give wrong.py without its comments, and what was expected by line."""
    expected, lines = {}, []
    for number, line in enumerate((CODE / "wrong.py").read_text().splitlines(), 1):
        found = IGNORED.search(line)
        if found:
            expected[number] = set(found["codes"].split(", "))
        lines.append(IGNORED.sub("", line))
    assert len(expected) > 20
    path = tmp_path / "bare.py"
    path.write_text("\n".join(lines) + "\n")
    return path, expected


def run(*command: str) -> str:
    """Give what a checker prints; it has found something."""
    if find_spec(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed: it comes with the extra dev")
    ran = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.timeout(560)
def test_mypy_finds_each_fault(bare):
    path, expected = bare
    found: dict[int, set[str]] = {}
    for told in re.finditer(
        r"^.*bare\.py:(\d+): error: .* \[([a-z-]+)\]$",
        run("mypy", "--hide-error-context", str(path)),
        re.MULTILINE,
    ):
        found.setdefault(int(told[1]), set()).add(told[2])
    assert found == expected


@pytest.mark.timeout(560)
def test_basedpyright_finds_each_fault(bare):
    path, expected = bare
    project = path.with_name("pyrightconfig.json")
    settings = {"include": [path.name], "extraPaths": [str(ROOT)]}
    project.write_text(json.dumps(settings | {"typeCheckingMode": "strict"}))
    told = run(
        "basedpyright",
        *("--project", str(project), "--outputjson", "--pythonpath", sys.executable),
    )
    found = {
        each["range"]["start"]["line"] + 1
        for each in json.loads(told)["generalDiagnostics"]
        if each["severity"] == "error"
    }
    assert found == set(expected)
