"""The server and the certificates are those of the HTTP client's tests."""

import importlib.util
from pathlib import Path

_path = Path(__file__).parents[1] / "http" / "conftest.py"
_spec = importlib.util.spec_from_file_location("http_conftest", _path)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

serve = _module.serve
authority = _module.authority
server_context = _module.server_context
ca_file = _module.ca_file
dead_port = _module.dead_port
full_text = _module.full_text
no_thread_is_left = _module.no_thread_is_left
