from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
import warnings
from pathlib import Path

import pytest

import ums_actors as ums
from ums_actors.status.client import Client

_path = Path(__file__).parents[1] / "connection" / "conftest.py"
_spec = importlib.util.spec_from_file_location("connection_fixtures", _path)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

arguments = _module.arguments
emulator = _module.emulator
events = _module.events
opened = _module.opened
start = _module.start


@pytest.fixture
def short(monkeypatch):
    """A private directory with a short name: the path of a socket has few bytes."""
    made = Path(tempfile.mkdtemp(prefix="u", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(made))
    monkeypatch.setenv("TMPDIR", str(made))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def path(short):
    return short / "s.sock"


@pytest.fixture
def runtime(path):
    """A runtime with an endpoint."""
    made = ums.Runtime(status_socket=path)
    yield made
    assert made.close(10.0)


@pytest.fixture
def client(runtime):
    with Client(runtime.status_path, timeout=10.0) as made:
        yield made


@pytest.fixture
def fork():
    """Fork; what the child does needs no other thread, which later Pythons doubt."""

    def begin():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return os.fork()

    return begin


@pytest.fixture
def as_nobody(fork):
    """Run a function in a child of another user's; give whether it raised nothing."""
    if os.getuid():
        pytest.skip("only root can become somebody else")

    def run(function):
        child = fork()
        if not child:
            code = 1
            try:
                os.setgid(65534)
                os.setuid(65534)
                function()
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) == 0

    return run
