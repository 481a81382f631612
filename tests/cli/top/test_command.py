"""``ums-actors top`` as it is called: which process, JSON, and what goes wrong."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import socket
import subprocess
import sys
import termios
import time

import pytest

import ums_actors as ums
from ums_actors.cli.main import main
from ums_actors.emulator import password_of


@pytest.fixture(autouse=True)
def _no_socket_of_the_environment(monkeypatch):
    monkeypatch.delenv("UMS_STATUS_SOCKET", raising=False)


def told(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_is_one_look_at_a_process_by_its_path(opened, runtime, capsys, emulator):
    proxy = opened()
    path = str(runtime.status_path)
    assert main(["top", "--json", "--seconds", "0", "--socket", path]) == 0
    (look,) = told(capsys)
    status = proxy.status().get(timeout=5)
    assert [*look] == [
        *("socket", "pid", "program", "version", "uptime"),
        *("silent_loops", "states", "connections"),
    ]
    assert look["socket"] == path
    assert look["states"] == {"READY": 1}
    assert look["silent_loops"] == 0
    (connection,) = look["connections"]
    assert connection["id"] == status.connection_id
    assert connection["account"] == emulator.account
    assert (connection["state"], connection["generation"]) == ("READY", 1)
    assert connection["requests_per_second"] is None
    assert {"budget", "restarts", "retry_in", "p50", "p99", "in_state"} <= {*connection}
    assert password_of("bot1") not in json.dumps(look)


def test_json_counts_requests_for_a_while(opened, runtime, capsys):
    opened()
    path = str(runtime.status_path)
    assert main(["top", "--json", "--seconds", "0.05", "--socket", path]) == 0
    (look,) = told(capsys)
    (connection,) = look["connections"]
    assert connection["requests_per_second"] == 0.0


def test_the_environment_names_a_socket(runtime, monkeypatch, capsys):
    monkeypatch.setenv("UMS_STATUS_SOCKET", str(runtime.status_path))
    assert main(["top", "--json", "--seconds", "0"]) == 0
    assert told(capsys)[0]["connections"] == []


def test_without_a_name_all_processes_are_found(short, capsys):
    runtimes = [ums.Runtime(status_socket=True) for _ in range(2)]
    assert main(["top", "--json", "--seconds", "0"]) == 0
    paths = {str(runtime.status_path) for runtime in runtimes}
    assert {look["socket"] for look in told(capsys)} == paths
    for runtime in runtimes:
        assert runtime.close(10)


def test_a_service_without_a_runtime_directory_is_found_as_well(
    short, monkeypatch, capsys
):
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    service = ums.Runtime(status_socket=True)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    assert main(["top", "--json", "--seconds", "0"]) == 0
    assert [look["socket"] for look in told(capsys)] == [str(service.status_path)]
    assert service.close(10)


def failed(capsys, *arguments):
    code = main(["top", *arguments])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return code, captured.err


@pytest.mark.parametrize("how", [(), ("--json",), ("--web",)])
def test_no_process_is_told_with_what_to_do(short, capsys, how):
    code, said = failed(capsys, *how)
    assert code == 1
    assert f"no process of yours has a status socket in {short}/ums-actors or" in said
    assert "Runtime(status_socket=True)" in said
    assert "--socket or UMS_STATUS_SOCKET" in said


def test_a_path_where_nobody_listens_is_told(short, capsys):
    code, said = failed(capsys, "--json", "--socket", str(short / "none.sock"))
    assert code == 1
    assert "nobody answers at" in said
    assert "No such file" in said


def test_a_path_that_is_too_long_for_any_socket_is_told(capsys):
    code, said = failed(capsys, "--json", "--socket", "/tmp/" + "x" * 300)
    assert code == 1
    assert "nobody answers at" in said


def test_what_listens_there_may_be_something_else(short, capsys):
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(short / "x.sock"))
        other.listen()
        other.close()
    code, said = failed(capsys, "--json", "--socket", str(short / "x.sock"))
    assert code == 1
    assert "Connection refused" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--json", "--web"], "exclude each other"),
        (["--seconds", "-1"], "0<=x<=3600"),
        (["--seconds", "nan"], "--seconds"),
        (["--port", "70000"], "0<=x<=65535"),
        (["extra"], "unexpected extra argument"),
        (["--host", "0.0.0.0"], "No such option"),
    ],
)
def test_bad_usage_is_told(runtime, capsys, arguments, said):
    code, told = failed(capsys, "--socket", str(runtime.status_path), *arguments)
    assert code == 2
    assert said in told


def test_without_a_terminal_it_says_what_to_take(runtime, capsys):
    code, said = failed(capsys, "--socket", str(runtime.status_path))
    assert code == 2
    assert "no terminal: take --json, or --web" in said


class Terminal:
    """The program at a terminal of its own."""

    def __init__(self, *arguments):
        self._near, far = pty.openpty()
        termios.tcsetwinsize(far, (30, 120))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ums_actors.cli.main", "top", *arguments],
            stdin=far,
            stdout=far,
            stderr=far,
            env={**os.environ, "TERM": "xterm-256color"},
            start_new_session=True,
        )
        os.close(far)
        self._said = b""

    def sees(self, wanted):
        deadline = time.monotonic() + 40
        while wanted not in self._said:
            left = deadline - time.monotonic()
            assert left > 0, self._said[-2000:]
            if select.select([self._near], [], [], min(left, 1.0))[0]:
                self._said += os.read(self._near, 65536)

    def types(self, keys):
        os.write(self._near, keys)

    def end(self):
        """Give the exit code; what it says on its way out is read as well."""
        deadline = time.monotonic() + 40
        while self.process.poll() is None:
            assert time.monotonic() < deadline
            with contextlib.suppress(OSError):
                if select.select([self._near], [], [], 0.1)[0]:
                    self._said += os.read(self._near, 65536)
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        os.close(self._near)


@pytest.fixture
def terminal(opened, runtime):
    opened()
    made = Terminal("--socket", str(runtime.status_path))
    yield made
    made.close()


@pytest.mark.parametrize("key", [b"q", b"\x03"], ids=["q", "interrupt"])
def test_at_a_terminal_it_shows_the_table_and_ends_at_a_key(terminal, key):
    terminal.sees(b"12345678.1001")
    terminal.types(key)
    assert terminal.end() == 0


def test_sigterm_ends_it_in_good_order(terminal):
    terminal.sees(b"12345678.1001")
    terminal.process.terminate()
    assert terminal.end() == 0
    terminal.sees(b"\x1b[?1049l")  # the screen of before is back


HIDE = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("textual", "textual_serve"):
            raise ModuleNotFoundError("hidden", name=name)
sys.meta_path.insert(0, Hide())
sys.stdin = sys.stdout = type("Terminal", (), {{
    "isatty": lambda self: True, "write": sys.__stdout__.write, "flush": lambda self: 0
}})()
from ums_actors.cli.main import main
sys.exit(main({arguments!r}))
"""


def without_the_extra(*arguments):
    return subprocess.run(
        [sys.executable, "-c", HIDE.format(arguments=["top", *arguments])],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("how", [(), ("--web",)])
def test_a_missing_extra_is_named(runtime, how):
    ran = without_the_extra("--socket", str(runtime.status_path), *how)
    assert ran.returncode == 2, ran.stderr
    assert ran.stderr.startswith("ums-actors: the package 'textual")
    assert ran.stderr.endswith("pip install 'ums_actors[top]'\n")


def test_json_needs_no_extra_but_that_of_the_command_line(runtime):
    path = str(runtime.status_path)
    ran = without_the_extra("--json", "--seconds", "0", "--socket", path)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_library_imports_neither_textual_nor_the_room():
    code = (
        "import sys, ums_actors, ums_actors.sync, ums_actors.aio\n"
        "runtime = ums_actors.Runtime(); runtime.close()\n"
        "found = [name for name in sys.modules"
        " if name.startswith(('textual', 'ums_actors.status', 'ums_actors.runtime.w'))]"
        "\nassert found == ['ums_actors.runtime.workers'], found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
