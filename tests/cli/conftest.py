from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


def _load():
    path = Path(__file__).with_name("program.py")
    spec = importlib.util.spec_from_file_location("ums_cli_program", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_program = _load()


@pytest.fixture
def program():
    """Start ``ums-actors`` with these arguments; ended with the test."""
    started = []

    def start(*arguments, **environment):
        running = _program.Program(*arguments, **environment)
        started.append(running)
        return running

    yield start
    for running in started:
        running.__exit__()
