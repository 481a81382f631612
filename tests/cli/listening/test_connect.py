from __future__ import annotations

import json
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest

import ums_actors as ums
from ums_actors.cli.listening import printer
from ums_actors.cli.main import main
from ums_actors.emulator import password_of, running_emulator

PASSWORD = password_of("bot1")


def is_state(state):
    return lambda line: line[20:].startswith(state)


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
    running.wait_for(is_state("READY"))
    opened = emulator.open_conversation(text="hello")
    line = running.wait_for(lambda line: opened.conversation_id in line)
    assert line[20:].startswith(".ams.aam.ExConversationChangeNotification {")
    running.interrupt()
    assert running.end() == (0, "")


def test_sigterm_ends_it_as_well(connect):
    running = connect()
    running.wait_for(is_state("READY"))
    running.interrupt(signal.SIGTERM)
    assert running.end() == (0, "")


def test_it_survives_a_cut(emulator, connect):
    running = connect()
    running.wait_for(is_state("READY"))
    assert emulator.cut(user="bot1") == 1
    running.wait_for(is_state("BACKING_OFF"))
    running.wait_for(is_state("READY"))
    opened = emulator.open_conversation(text="hello")
    running.wait_for(lambda line: opened.conversation_id in line)


def test_with_json_each_line_is_an_object(connect):
    began = time.time() - 1
    running = connect("--json")
    running.wait_for(lambda line: json.loads(line).get("state") == "READY")
    events = [json.loads(line) for line in running.seen]
    assert {event["event"] for event in events} >= {"StateChanged"}
    for event in events:
        at = datetime.fromisoformat(event["at"])
        assert at.utcoffset() == timedelta(0)
        assert began <= at.timestamp() <= time.time()


def test_it_connects_over_tls_with_the_ca_it_is_given(program):
    with running_emulator(users=1, tls=True) as emulator:
        arguments = ["connect", "--account", emulator.account, "--username", "bot1"]
        arguments += ["--csds", emulator.csds, "--ca", str(emulator.ca)]
        running = program(*arguments, UMS_PASSWORD=password_of("bot1"))
        running.wait_for(is_state("READY"))
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


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"--csds": "http://example.com"}, "use https://example.com"),
        ({"--csds": "ftp://127.0.0.1"}, "the scheme 'ftp' is not known"),
        ({"--csds": "http://["}, "'[' is not a host"),
        ({"--csds": "127.0.0.1:99999"}, "'127.0.0.1:99999' is not a host"),
        ({"--csds": ""}, "'' is not a host"),
        ({"--account": ""}, "account_id='' must be"),
        ({"--username": ""}, "username must be"),
        ({"--ca": __file__}, "cannot be read: give the path of a PEM file"),
        ({"--ca": "/"}, "'/' is a directory"),
    ],
)
def test_a_wrong_value_is_bad_usage(program, wrong, said):
    given = {"--account": "1", "--username": "bot1", "--csds": "127.0.0.1:1", **wrong}
    words = [word for pair in given.items() for word in pair]
    code, error = program("connect", *words, UMS_PASSWORD=PASSWORD).end()
    assert code == 2
    assert error.count("\n") == 1
    assert error.startswith("ums-actors connect: ")
    assert said in error
    assert error.endswith(": run 'ums-actors connect --help' for what it takes\n")


def test_without_a_password_and_a_terminal_it_says_what_to_set(connect):
    code, error = connect(password="").end()
    assert code == 2
    assert "UMS_PASSWORD" in error
    assert error.count("\n") == 1


def test_the_password_is_no_option(capsys):
    assert main(["connect", "--help"]) == 0
    words = capsys.readouterr().out.split()
    assert "--password-file" in words
    assert not {"--password", "--token", "--app-key"} & set(words)


def test_each_line_says_what_time_it_was(connect):
    """By the clock on the wall, and not by how long the machine has been up."""
    began = datetime.fromtimestamp(int(time.time()))  # noqa: DTZ006  (local time)
    running = connect()
    running.wait_for(is_state("READY"))
    times = [datetime.fromisoformat(line[:19]) for line in running.seen]
    assert sorted(times) == times
    assert began <= times[0]
    assert times[-1] <= datetime.now()  # noqa: DTZ005


def test_what_happened_a_while_ago_is_told_with_its_own_time():
    age = 7_200.0
    event = ums.StateChanged(
        state="READY", previous="", generation=1, at=time.monotonic() - age
    )
    told = printer._when(event)
    late = datetime.now(UTC) - told
    assert timedelta(seconds=age - 1) < late < timedelta(seconds=age + 60)


def test_what_a_terminal_would_obey_is_shown(capsys):
    evil = "\x1b]0;evil\x07\x9b2J\u202e\r\n"
    event = ums.NotificationReceived(type=evil, body={"text": evil})
    for as_json in (False, True):
        printer.Printer(as_json=as_json).show(event)
    plain, as_object = capsys.readouterr().out.splitlines()
    assert plain.isprintable()
    assert as_object.isprintable()
    told = json.loads(as_object)
    assert (told["type"], told["body"]) == (evil, {"text": evil})
    assert json.loads(plain[plain.index("{") :]) == {"text": evil}


def test_a_connection_that_gives_up_later_says_why(emulator, connect):
    running = connect()
    running.wait_for(is_state("READY"))
    emulator.add_fault("login", value=401)
    emulator.expire_tokens("bot1")
    emulator.cut("bot1")
    running.wait_for(is_state("FAILED"))
    code, error = running.end()
    assert code == 1
    assert error == (
        "ums-actors: the login service answered 401: user name or password (or keys) "
        "are wrong; check the credentials\n"
    )


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["connect", "--account"], "connect: Option '--account' requires an argument"),
        (["connect", "--nonsense"], "connect: No such option"),
        (["connect"], "connect: account is not set: give --account or UMS_ACCOUNT"),
        (["emulator", "--port", "x"], "emulator: Invalid value for '--port'"),
        (["emulator", "--port"], "emulator: Option '--port' requires an argument"),
        (["emulator", "more"], "emulator: Got unexpected extra argument"),
        (["--nonsense"], ": No such option"),
        (["conect"], ": No such command"),
    ],
)
def test_whose_usage_is_bad_is_said(capsys, arguments, text):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    name = f" {arguments[0]}" if text[0] != ":" else ""
    assert error.startswith(f"ums-actors{' ' if name else ''}{text}")
    assert error.endswith(f": run 'ums-actors{name} --help' for what it takes\n")
