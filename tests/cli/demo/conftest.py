from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


def _load():
    path = Path(__file__).with_name("people.py")
    spec = importlib.util.spec_from_file_location("ums_demo_people", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_people = _load()


@pytest.fixture(scope="session")
def people():
    """Give the module of made-up conversations, events and connections."""
    return _people
