from __future__ import annotations

import io
import json
import time

import pytest

from ums_actors.cli.main import main
from ums_actors.emulator import password_of, running_emulator


@pytest.fixture
def emulator():
    with running_emulator(users=1) as emulator:
        yield emulator


@pytest.fixture
def send(emulator, monkeypatch, capsys):
    def run(*more):
        monkeypatch.setenv("UMS_PASSWORD", password_of("bot1"))
        where = ["--account", emulator.account, "--username", "bot1"]
        where += ["--csds", f"http://{emulator.csds}"]
        code = main(["send", *where, *more])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_answers_body_is_printed(send):
    code, out, error = send(".GetClock")
    assert (code, error) == (0, "")
    assert abs(json.loads(out)["currentTime"] / 1000 - time.time()) < 60


def test_the_body_may_come_from_standard_input(send, emulator, monkeypatch):
    place = emulator.open_conversation(assign="bot1", text="hi").conversation_id
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": "hello"}
    body = json.dumps({"dialogId": place, "conversationId": place, "event": event})
    monkeypatch.setattr("sys.stdin", io.StringIO(body))
    code, out, _ = send("ms.PublishEvent", "-")
    assert code == 0
    assert json.loads(out)["sequence"] == 1


def test_a_text_is_said_and_its_number_printed(send, emulator):
    place = emulator.open_conversation(assign="bot1", text="hi").conversation_id
    assert send("--text", "hello", "--conversation", place) == (0, "1\n", "")
    assert send("--text", "more", "--conversation", place, "--dialog", place) == (
        0,
        "2\n",
        "",
    )


def test_pretty_is_over_several_lines(send):
    _, out, _ = send(".GetClock", "--pretty")
    assert out.startswith('{\n  "currentTime": ')


def test_what_is_refused_is_printed_and_the_exit_code_says_so(send):
    code, out, error = send("ms.Nonsense", '{"a": 1}')
    assert code == 1
    assert json.loads(out) is not None
    assert error.startswith("ums-actors: the server rejected ms.Nonsense with code 400")
    assert error.endswith("; change the request\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "there is nothing to send: give a REQUEST_TYPE such as .GetClock, or"),
        ([""], "the request has no type"),
        (["x", "{"], "BODY is not JSON"),
        (["x", "[" * 10_000], "BODY is not JSON"),
        (["--text", "hello"], "--text and --conversation go together"),
        (["--conversation", "c"], "--text and --conversation go together"),
        (["x", "--text", "a", "--conversation", "c"], "without a REQUEST_TYPE"),
        (["x", "--dialog", "d"], "--dialog belongs to --text"),
        (["x", "--timeout", "0"], "--timeout"),
    ],
)
def test_bad_usage_is_said_before_anything_is_done(send, emulator, arguments, said):
    code, out, error = send(*arguments)
    assert (code, out) == (2, "")
    assert said in error
    assert error.count("\n") == 1
    assert emulator.log() == []
