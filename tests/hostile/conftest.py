from __future__ import annotations

import importlib.util
import json
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_HERE = Path(__file__).parent


def _load(path: Path) -> Any:
    name = f"ums_hostile_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# An emulator, a relay before it and connections, as the tests of hazards have them.
_hazards = _load(_HERE.parent / "hazards" / "conftest.py")
emulator = _hazards.emulator
start = _hazards.start
opened = _hazards.opened
consumer = _hazards.consumer
relay = _hazards.relay
events = _hazards.events

# A scripted websocket server, as the tests of the transport have it.
_transport = _load(_HERE.parent / "transport" / "conftest.py")
authority = _transport.authority
ca_file = _transport.ca_file
server_context = _transport.server_context
serve = _transport.serve
frame = _transport.frame

RECORDED = tuple(
    json.loads(line)
    for line in (_HERE / "recorded.jsonl").read_text(encoding="utf-8").splitlines()
)


@pytest.fixture(scope="session")
def recorded() -> tuple[dict[str, Any], ...]:
    """Frames that a server really sends, one of each shape."""
    return RECORDED


@pytest.fixture
def peak() -> Callable[..., int]:
    """Give the most bytes of Python's memory that a call took beside what there was."""

    def measure(call: Callable[[], object]) -> int:
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            call()
            return tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()

    return measure
