from __future__ import annotations

import json
import signal

import pytest

from ums_actors.cli.main import main
from ums_actors.emulator import password_of, running_emulator

PASSWORD = password_of("bot1")


@pytest.fixture
def emulator():
    with running_emulator(users=1) as emulator:
        yield emulator


@pytest.fixture
def connect(program, emulator):
    def start(*more, password=PASSWORD, csds=None, account=None):
        return program(
            "connect",
            "--account",
            account or emulator.account,
            "--username",
            "bot1",
            "--csds",
            csds or f"http://{emulator.csds}",
            *more,
            UMS_PASSWORD=password,
        )

    return start


def test_it_prints_states_and_notifications_until_it_is_interrupted(emulator, connect):
    running = connect()
    running.wait_for(lambda line: line.startswith("READY"))
    opened = emulator.open_conversation(text="hello")
    line = running.wait_for(lambda line: opened.conversation_id in line)
    assert line.startswith(".ams.aam.ExConversationChangeNotification {")
    running.interrupt()
    assert running.end() == (0, "")


def test_sigterm_ends_it_as_well(connect):
    running = connect()
    running.wait_for(lambda line: line.startswith("READY"))
    running.interrupt(signal.SIGTERM)
    assert running.end() == (0, "")


def test_it_survives_a_cut(emulator, connect):
    running = connect()
    running.wait_for(lambda line: line.startswith("READY"))
    assert emulator.cut(user="bot1") == 1
    running.wait_for(lambda line: line.startswith("BACKING_OFF"))
    running.wait_for(lambda line: line.startswith("READY"))
    opened = emulator.open_conversation(text="hello")
    running.wait_for(lambda line: opened.conversation_id in line)


def test_with_json_each_line_is_an_object(connect):
    running = connect("--json")
    running.wait_for(lambda line: json.loads(line).get("state") == "READY")
    events = [json.loads(line) for line in running.seen]
    assert {event["event"] for event in events} >= {"StateChanged"}


def test_it_connects_over_tls_with_the_ca_it_is_given(program):
    with running_emulator(users=1, tls=True) as emulator:
        arguments = ["connect", "--account", emulator.account, "--username", "bot1"]
        arguments += ["--csds", emulator.csds, "--ca", str(emulator.ca)]
        running = program(*arguments, UMS_PASSWORD=password_of("bot1"))
        running.wait_for(lambda line: line.startswith("READY"))
        running.interrupt()
        assert running.end() == (0, "")


def test_a_wrong_password_is_one_line_and_exit_code_1(connect):
    code, error = connect(password="wrong-word").end()
    assert code == 1
    assert error.count("\n") == 1
    assert error.startswith("ums-actors: ")
    assert "password" in error
    assert error.rstrip().endswith("check the credentials")
    assert "wrong-word" not in error


def test_an_unknown_account_is_one_line_and_exit_code_1(connect):
    code, error = connect(account="999").end()
    assert code == 1
    assert error.count("\n") == 1
    assert "does not know the account 999; check" in error


def test_a_host_where_nobody_listens_is_one_line_and_exit_code_1(connect):
    code, error = connect(csds="127.0.0.1:1").end()
    assert code == 1
    assert error.count("\n") == 1
    assert "; check --account and --csds" in error


def test_plain_http_to_another_host_is_refused_at_once(connect):
    code, error = connect(csds="http://example.com").end()
    assert code == 1
    assert error.count("\n") == 1
    assert "https" in error


def test_without_a_password_and_a_terminal_it_says_what_to_set(connect):
    code, error = connect(password="").end()
    assert code == 2
    assert "UMS_PASSWORD" in error
    assert error.count("\n") == 1


def test_the_password_is_no_option(capsys):
    assert main(["connect", "--help"]) == 0
    assert "--password" not in capsys.readouterr().out
