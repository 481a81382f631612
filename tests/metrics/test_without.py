"""The extras are only imported by who wants them, and say what to install."""

from __future__ import annotations

import subprocess
import sys

import pytest

HIDE = """
import importlib.abc, sys

class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == {package!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hidden())
"""


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
    ).stdout


def test_the_library_and_the_tables_import_neither_package():
    run(
        "import sys, ums_actors, ums_actors.metrics, ums_actors.metrics.table\n"
        "found = {'prometheus_client', 'opentelemetry'} & set(sys.modules)\n"
        "assert not found, found"
    )


def test_the_library_does_not_import_the_room():
    run(
        "import sys, ums_actors, ums_actors.sync, ums_actors.aio\n"
        "found = [name for name in sys.modules if name.startswith('ums_actors.metr')]\n"
        "assert not found, found"
    )


@pytest.mark.parametrize(
    ("package", "extra"),
    [("prometheus_client", "prometheus"), ("opentelemetry", "opentelemetry")],
)
def test_who_has_not_installed_an_extra_is_told_which(package, extra):
    said = run(
        HIDE.format(package=package)
        + f"try:\n    import ums_actors.metrics.{extra}\n"
        + "except ImportError as error:\n    print(error, error.name)"
    )
    assert f"run pip install 'ums_actors[{extra}]'" in said
    assert package in said.split()[-1]


@pytest.mark.parametrize(
    ("package", "other"),
    [("prometheus_client", "opentelemetry"), ("opentelemetry", "prometheus")],
)
def test_neither_needs_the_other(package, other):
    run(HIDE.format(package=package) + f"import ums_actors.metrics.{other}")


def test_the_sdk_of_opentelemetry_is_not_needed():
    run(
        "import sys, ums_actors.metrics.opentelemetry as ours\n"
        "ours.OpenTelemetryMetrics(); ours.OpenTelemetryTraces()\n"
        "assert 'opentelemetry.sdk' not in sys.modules"
    )
