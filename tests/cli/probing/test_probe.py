from __future__ import annotations

import json
import threading

import pytest

from ums_actors.auth.brand import BrandTokenSource
from ums_actors.cli.main import main
from ums_actors.cli.probing.patience import within
from ums_actors.cli.probing.trial import STEPS
from ums_actors.emulator import password_of, running_emulator

PASSWORD = password_of("bot1")


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def emulator(request):
    with running_emulator(users=1, tls=request.param) as emulator:
        yield emulator


@pytest.fixture
def probe(emulator, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    def run(*more, password=PASSWORD, csds=None, ca=True):
        monkeypatch.setenv("UMS_PASSWORD", password)
        where = csds or ("" if emulator.tls else "http://") + emulator.csds
        arguments = ["probe", "--account", emulator.account, "--username", "bot1"]
        arguments += ["--csds", where, *more]
        if emulator.tls and ca:
            arguments += ["--ca", str(emulator.ca)]
        code = main(arguments)
        return code, capsys.readouterr().out

    return run


def verdicts(out):
    return {step["name"]: step["ok"] for step in json.loads(out)["steps"]}


def untried(after):
    at = STEPS.index(after)
    return {
        **dict.fromkeys(STEPS[:at], True),
        after: False,
        **dict.fromkeys(STEPS[at + 1 :]),
    }


def test_all_steps_are_taken_and_timed(emulator, probe):
    code, out = probe("--json")
    told = json.loads(out)
    assert (code, told["ok"]) == (0, True)
    assert tuple(step["name"] for step in told["steps"]) == STEPS
    assert all(step["ok"] and step["seconds"] >= 0 for step in told["steps"])
    assert told["seconds"] == pytest.approx(sum(s["seconds"] for s in told["steps"]))
    says = {step["name"]: step["says"] for step in told["steps"]}
    assert says["tls"].startswith("TLSv1." if emulator.tls else "none: a plain line")
    assert says["clock"].startswith("the server's clock is 0.")


def test_people_are_shown_a_line_for_each(probe):
    code, out = probe()
    *lines, last = out.splitlines()
    assert code == 0
    assert [line[8:].startswith(name) for line, name in zip(lines, STEPS, strict=True)]
    assert all(line.startswith("ok ") for line in lines)
    assert last.startswith("all went well in ")


def test_it_leaves_no_session_and_no_line(emulator, probe, eventually, monkeypatch):
    ended = []
    logout = BrandTokenSource.logout
    monkeypatch.setattr(
        BrandTokenSource,
        "logout",
        lambda *args: (ended.append(args[1].user_id), logout(*args)),
    )
    before = threading.active_count()
    assert probe()[0] == 0
    eventually(lambda: emulator.sockets() == [])
    assert ended == ["1001"]
    assert threading.active_count() == before


def test_a_wrong_password_is_seen_at_the_login(probe):
    code, out = probe("--json", password="wrong-word")
    assert (code, verdicts(out)) == (1, untried("login"))
    assert "wrong-word" not in out
    assert "check the credentials" in out


def test_a_host_where_nobody_listens_is_seen_at_the_domain_service(probe):
    code, out = probe("--json", csds="http://127.0.0.1:1")
    assert (code, verdicts(out)) == (1, untried("csds"))
    assert "Connection refused" in out


def test_a_name_that_nobody_has_is_seen_at_once(probe):
    code, out = probe("--json", csds="no-such-host.invalid")
    assert (code, verdicts(out)) == (1, untried("csds name"))
    assert "check the host name" in out


def test_a_refused_upgrade_is_seen_there(emulator, probe):
    emulator.add_fault("handshake", value=503)
    code, out = probe("--json")
    assert (code, verdicts(out)) == (1, untried("upgrade"))
    assert "503" in out


def test_a_clock_that_is_not_told_is_seen_there(emulator, probe):
    emulator.add_fault("drop", value="GetClock")
    code, out = probe("--json", "--timeout", "0.5")
    assert (code, verdicts(out)) == (1, untried("clock"))
    assert "did not tell the time" in out


def test_people_see_what_failed_and_what_was_not_tried(emulator, probe):
    emulator.add_fault("handshake", value=401)
    code, out = probe()
    assert code == 1
    lines = {line[8:].split("  ")[0]: line for line in out.splitlines()}
    assert lines["upgrade"].startswith("FAILED")
    assert lines["clock"].startswith("-")
    assert lines["clock"].endswith("not tried")
    assert "all went well" not in out


@pytest.mark.parametrize("emulator", [True], ids=["tls"], indirect=True)
def test_a_certificate_that_nobody_vouches_for_is_seen(probe):
    code, out = probe("--json", ca=False)
    assert (code, verdicts(out)) == (1, untried("csds"))
    assert "its certificate is not trusted" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--account", ""], "account_id is empty"),
        (["--csds", "ftp://127.0.0.1"], "the scheme 'ftp' is not known"),
        (["--timeout", "0"], "--timeout"),
    ],
)
def test_a_wrong_value_is_bad_usage(monkeypatch, capsys, arguments, said):
    monkeypatch.setenv("UMS_PASSWORD", "x")
    given = ["probe", "--account", "1", "--username", "b", *arguments]
    assert main(given) == 2
    assert said in capsys.readouterr().err


def test_what_does_not_come_back_is_given_up():
    gate = threading.Event()
    try:
        with pytest.raises(TimeoutError, match="no answer within"):
            within(0.05, gate.wait)
    finally:
        gate.set()
    assert within(5, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)
