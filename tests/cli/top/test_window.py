from __future__ import annotations

import asyncio
import contextlib
import shlex
import sys
from types import SimpleNamespace

import pytest

from ums_actors.cli.top import window
from ums_actors.cli.top.window import _end, _within, running_view

STUBBORN = "import sys; print('begun', flush=True); sys.stdin.read(); input()"


@pytest.mark.parametrize(
    ("told", "columns"),
    [
        (None, 80),
        ("120", 120),
        ("0", 1),
        ("-5", 80),
        ("1e9", 80),
        ("99999999999999999999", 500),
        ("²", 80),
        ("", 80),
    ],
)
def test_a_windows_size_has_bounds(told, columns):
    assert _within(told, 80) == columns


@pytest.mark.parametrize(
    "code", ["import time; time.sleep(60)", STUBBORN, "raise SystemExit(1)"]
)
def test_a_process_that_does_not_end_is_ended(code, monkeypatch):
    monkeypatch.setattr(window, "_ENDING", 0.3)

    async def nothing(*_):
        return None

    line = SimpleNamespace(send_bytes=nothing, send_str=nothing, close=nothing)
    command = f"exec {shlex.join([sys.executable, '-c', code])}"

    async def main():
        async with running_view(command, line, {"width": "x"}) as view:
            process = view._process
        return process.returncode

    assert asyncio.run(main()) is not None


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (asyncio.CancelledError, None),
        (OSError, None),
        (ZeroDivisionError, ZeroDivisionError),
    ],
)
def test_a_process_whose_view_cannot_be_stopped_is_ended(error, told):
    async def stop():
        raise error

    async def main():
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE
        )
        view = SimpleNamespace(_process=process, stop=stop, stdin=process.stdin)
        with contextlib.nullcontext() if told is None else pytest.raises(told):
            await _end(view)
        return process.returncode

    assert asyncio.run(main()) is not None
