from __future__ import annotations

import json
import socket
import ssl
import threading
import types
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from ums_actors.emulator import (
    EmulatorError,
    EmulatorProcess,
    EmulatorThread,
    password_of,
    running,
)

BOTH = pytest.mark.parametrize("kind", [EmulatorThread, EmulatorProcess])


def post(emulator, path, body, context=None, **headers):
    scheme = "https" if context else "http"
    url = f"{scheme}://{emulator.csds}/api/account/{emulator.account}/{path}?v=1.3"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10, context=context) as answer:
        return answer.read()


@BOTH
def test_a_restart_keeps_address_ca_tokens_and_conversations(kind):
    with kind(users=2, tls=True) as emulator:
        context = ssl.create_default_context(cafile=emulator.ca)
        told = (emulator.csds, emulator.ca, emulator.control, emulator.users)
        credentials = {"username": "bot1", "password": password_of("bot1")}
        login = json.loads(post(emulator, "login", credentials, context))
        opened = emulator.open_conversation(text="hi", assign="bot1")
        emulator.add_fault("csds")
        before = emulator.conversations()
        for sequence in (1, 2):
            emulator.restart()
            now = (emulator.csds, emulator.ca, emulator.control, emulator.users)
            assert now == told
            assert emulator.write(opened.conversation_id, "more") == sequence
        before[0]["events"] += 2
        assert emulator.conversations() == before
        assert emulator.faults() == []
        cookie = {"Cookie": f"session_id={login['sessionId']}"}
        post(emulator, "refresh", {"csrf": login["csrf"]}, context, **cookie)
        ca = Path(emulator.ca)
    assert not ca.exists()
    assert "ums-emulator" not in {thread.name for thread in threading.enumerate()}


@BOTH
def test_a_state_directory_outlives_the_emulator(kind, tmp_path):
    with kind(state=str(tmp_path)) as emulator:
        opened = emulator.open_conversation(text="hi")
    assert {file.name for file in tmp_path.iterdir()} == {"emulator.json"}
    with kind(state=str(tmp_path)) as emulator:
        assert emulator.write(opened.conversation_id, "more") == 1


@BOTH
def test_a_state_of_no_use_is_told_and_stays_as_it_is(kind, tmp_path):
    (tmp_path / "emulator.json").write_text("nonsense")
    with pytest.raises(EmulatorError, match=r"emulator\.json is no state "):
        kind(state=str(tmp_path)).start()
    assert (tmp_path / "emulator.json").read_text() == "nonsense"


@BOTH
def test_what_is_known_only_once_it_runs_says_so(kind):
    with pytest.raises(EmulatorError, match="call start"):
        _ = kind().csds


def test_a_process_that_dies_has_kept_nothing():
    with EmulatorProcess() as emulator:
        emulator._process.kill()
        with pytest.raises(EmulatorError, match="did not end in order, its state is"):
            emulator.restart()
        assert emulator.pid is None


@BOTH
def test_while_it_is_down_nobody_answers(kind, monkeypatch):
    with kind() as emulator:
        looked, port = [], int(emulator.csds.split(":")[1])

        def look(_):
            with pytest.raises(EmulatorError, match="does not answer"):
                emulator.state()
            with socket.socket() as other, pytest.raises(OSError, match="in use"):
                other.bind(("127.0.0.1", port))
            looked.append(port)

        monkeypatch.setattr(running, "time", types.SimpleNamespace(sleep=look))
        emulator.restart(down=0.5)
        assert looked == [port]
        assert emulator.state()["sockets"] == 0
