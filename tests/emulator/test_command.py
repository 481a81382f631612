from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from ums_actors.cli.emulator import emulator as emulator_command
from ums_actors.emulator import EmulatorError, EmulatorProcess
from ums_actors.emulator.__main__ import _parser, main
from ums_actors.emulator.command import Command, _allow_descriptors
from ums_actors.emulator.command import _skills as skills_of

ROOT = str(Path(__file__).resolve().parents[2])
ENVIRONMENT = {**os.environ, "PYTHONPATH": ROOT}
PLAIN = ["-m", "ums_actors.emulator"]
CLICK = ["-c", "from ums_actors.cli.emulator import emulator; emulator()"]


def start(way, *words, **more):
    return subprocess.Popen(
        [sys.executable, *way, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        **more,
    )


def finish(process, number):
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("way", "number"),
    [(PLAIN, signal.SIGINT), (CLICK, signal.SIGTERM)],
    ids=["argparse", "click"],
)
def test_the_ready_line_and_the_end_by_a_signal(way, number):
    words = ["--account", "acc", "--user", "ann:pass:word", "--users", "2", "--no-log"]
    process = start(way, *words)
    ready = json.loads(process.stdout.readline())
    with urllib.request.urlopen(f"{ready['control']}/state", timeout=10) as answer:
        assert json.load(answer)["account"] == "acc"
    code, out, err = finish(process, number)
    assert (code, out, err) == (0, b"", b"")
    assert ready == {
        "csds": ready["csds"],
        "account": "acc",
        "tls": False,
        "ca": None,
        "control": f"http://{ready['csds']}/emulator",
        "users": ["bot1", "bot2", "ann"],
    }


@pytest.mark.parametrize("way", [PLAIN, CLICK], ids=["argparse", "click"])
def test_a_port_in_use_is_one_line_and_exit_code_2(way):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(way, "--port", str(taken.getsockname()[1]))
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, b"")
    (line,) = err.decode().splitlines()
    assert line.lower().startswith("error: ")
    assert line.endswith("choose another with --port, or --port 0 for a free one")


WRONG = pytest.mark.parametrize(
    ("words", "way_out"),
    [
        (["--host", "0.0.0.0"], "leave it out"),
        (["--user", "ann"], "give NAME:PASSWORD"),
        (["--user", "ann:x", "--user", "ann:y"], "give each name once"),
        (["--users", "0"], "N of 1 or more"),
        (["--users", "-1"], "from 1 to 10000"),
        (["--account", "a/b"], "_ and -"),
        (["--skills", "bot1"], "give NAME=SKILL,SKILL"),
        (["--skills", "nobody=a"], "use one of bot1"),
        (["--ring-timeout", "0"], "give seconds above 0 and below 86400"),
        (["--ring-timeout", "nan"], "give seconds above 0 and below 86400"),
    ],
)


@WRONG
def test_a_wrong_option_is_one_line_and_exit_code_2(words, way_out, capsys):
    assert main(words) == 2
    captured = capsys.readouterr()
    (line,) = captured.err.splitlines()
    assert captured.out == ""
    assert line.endswith(way_out)


@WRONG
def test_a_wrong_option_of_the_click_command_too(words, way_out):
    result = CliRunner().invoke(emulator_command, words)
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.endswith(way_out)


@pytest.mark.parametrize("words", [["--nonsense"], ["--port", "x"], ["--us", "2"]])
def test_what_is_no_option_is_one_line_too(words, capsys):
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("see --help for what it takes")


def test_it_ends_with_its_parent_if_told_to():
    process = start(PLAIN, "--exit-with-parent", stdin=subprocess.PIPE)
    assert process.stdout.readline()
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, b"", b"")


def test_a_state_outlives_a_signal_but_not_the_parent(tmp_path):
    def ready(process):
        return json.loads(process.stdout.readline())

    words = ["--state", str(tmp_path), "--exit-with-parent"]
    process = start(PLAIN, *words, stdin=subprocess.PIPE)
    act = json.dumps({"action": "open", "text": "hi"}).encode()
    urllib.request.urlopen(f"{ready(process)['control']}/consumer", act, 10).close()
    process.terminate()
    assert process.wait(20) == 0
    process.communicate()
    kept = (tmp_path / "emulator.json").read_text()
    process = start(PLAIN, *words, stdin=subprocess.PIPE)
    where = f"{ready(process)['control']}/conversations"
    with urllib.request.urlopen(where, timeout=10) as answer:
        (found,) = json.load(answer)["conversations"]
    assert found["events"] == 1
    process.communicate(timeout=20)  # closes its standard input
    assert (tmp_path / "emulator.json").read_text() == kept


def test_a_state_that_cannot_be_kept_is_one_line_and_exit_code_2(tmp_path):
    state = tmp_path / "state"
    process = start(PLAIN, "--state", str(state))
    assert process.stdout.readline()
    state.rmdir()
    code, _, err = finish(process, signal.SIGTERM)
    assert code == 2
    (line,) = err.decode().splitlines()
    assert line.startswith("error: the state cannot be written to ")


def test_a_process_may_have_as_many_descriptors_as_the_system_lets_it(monkeypatch):
    told = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 4_096))
    monkeypatch.setattr(resource, "setrlimit", lambda *words: told.append(words))
    _allow_descriptors()
    assert told == [(resource.RLIMIT_NOFILE, (4_096, 4_096))]


def test_without_a_pipe_it_cannot_watch_its_parent(tmp_path):
    (tmp_path / "file").touch()
    with (tmp_path / "file").open() as stdin:
        process = start(PLAIN, "--exit-with-parent", stdin=stdin)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, b"")
    assert err.decode().strip().endswith("leave the option out")


def test_a_process_of_its_own_with_tls_takes_calls_and_ends():
    with EmulatorProcess(users={"ann": "x"}, tls=True) as emulator:
        assert emulator.users == ("ann",)
        assert emulator.pid != os.getpid()
        opened = emulator.open_conversation(assign="ann", text="hi")
        assert opened.sequence == 0
        assert emulator.state()["conversations"]["open"] == 1
        ca, pid = Path(emulator.ca), emulator.pid
        assert ca.exists()
    assert emulator.pid is None
    assert not ca.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    emulator.stop()


def test_settings_of_rings_reach_the_process():
    skills = {"bot1": ["a", "b"], "bot2": "c"}
    process = EmulatorProcess(users=3, ring_timeout=2.5, skills=skills)
    words = process._command[process._command.index("ums_actors.emulator") + 1 :]
    command = Command(**vars(_parser().parse_args(words)))
    assert command.ring_timeout == 2.5
    assert skills_of(command) == {"bot1": ["a", "b"], "bot2": ["c"]}


def test_a_process_that_cannot_start_says_why():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = EmulatorProcess(port=taken.getsockname()[1])
        with pytest.raises(EmulatorError, match=r"^port \d+ of 127.0.0.1 is in use; "):
            process.start()
    assert process.pid is None


def test_a_survey_for_all_reaches_the_process():
    for survey in (True, False):
        words = EmulatorProcess(survey=survey)._command[3:]
        assert Command(**vars(_parser().parse_args(words))).survey is survey
