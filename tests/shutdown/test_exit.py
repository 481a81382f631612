"""The interpreter ends, or is told to: the process is gone, and nothing is said."""

from __future__ import annotations

import ast
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import ums_actors as ums
from ums_actors.emulator import password_of

HERE = Path(__file__).parent
GENEROUS = 30.0


@pytest.fixture
def silent():
    """The address of a server that lets its callers in, and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def run(emulator):
    started = []

    def begin(scene, *, csds=None, websocket=None):
        where = [csds or emulator.csds, emulator.account, password_of("bot1")]
        words = [*where, *([websocket] if websocket else [])]
        process = subprocess.Popen(
            [sys.executable, HERE / "program.py", scene, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate(timeout=GENEROUS)


WHERE = {
    "ready": {},
    "authenticating": {"csds": "silent"},
    "connecting": {"websocket": "silent"},
    "backing-off": {"websocket": "127.0.0.1:1"},
    "raises": {},
}
CODES = {"raises": 3}


@pytest.mark.parametrize("scene", WHERE)
def test_the_end_of_the_main_thread_ends_the_process(run, silent, scene):
    where = {
        name: silent if address == "silent" else address
        for name, address in WHERE[scene].items()
    }
    process = run(scene, **where)
    out, err = process.communicate(timeout=GENEROUS)
    assert (process.returncode, out, err) == (CODES.get(scene, 0), "", "")


def test_sigterm_under_load_leaves_nobody_unanswered(run, emulator):
    process = run("signal")
    assert process.stdout.readline() == "loaded\n"
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=GENEROUS)
    assert (process.returncode, err) == (0, "")
    answers, _, alive = out.strip().rpartition(" ")
    kinds = dict(ast.literal_eval(answers))
    assert alive == "False"
    # what was sent, was answered; some may have asked when the actor was gone
    assert set(kinds) <= {"answer", "NOT_SENT", "dead"}
    assert kinds["answer"] > 0
    assert emulator.state()["sockets"] == 0


def test_a_signal_is_for_the_main_thread():
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ums.stop_on_signal)
        with pytest.raises(ums.LocalProtocolError, match="main thread"):
            asked.result(GENEROUS)
