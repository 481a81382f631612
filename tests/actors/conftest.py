from __future__ import annotations

import importlib.util
from pathlib import Path

_path = Path(__file__).parents[1] / "connection" / "conftest.py"
_spec = importlib.util.spec_from_file_location("connection_fixtures", _path)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

emulator = _module.emulator
events = _module.events
start = _module.start
