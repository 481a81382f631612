"""No secret is in anything that is written, whatever fails and however loudly.

What is searched: standard output and error, the log at DEBUG of every library with all
fields of its records, all events and states as they print, and all errors with their
chains, fields and tracebacks. For what: all that was ever wrapped as a Secret in that
process (tokens, cookies, addresses, headers), and what its user knows to be one.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

HERE = Path(__file__).parent
DEMO = ("--bots", "2", "--consumers", "3", "--seconds", "5", "--seed", "1", "--plain")


class Run:
    """What a program wrote, and what it should not have."""

    def __init__(self, folder, script, words):
        done = subprocess.run(
            [sys.executable, "-X", "dev", HERE / script, folder, *words],
            capture_output=True,
            check=False,
            text=True,
            timeout=100,
            env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        known = json.loads((folder / "secrets").read_text("utf-8"))
        self.secrets, self.reached = known["secrets"], known["reached"]
        self.texts = {"stdout": done.stdout, "stderr": done.stderr}
        for name in ("log", "shown"):
            self.texts[name] = (folder / name).read_text("utf-8")

    def leaks(self):
        return [
            (where, form)
            for secret in self.secrets
            for form in forms(secret)
            for where, text in self.texts.items()
            if form in text
        ]


def forms(secret):
    """Give a secret as it is, as programs print strings, and as it travels."""
    data = secret.encode("utf-8", "surrogatepass")
    return {
        secret,
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        quote(data, safe=""),
        base64.b64encode(data).decode(),
    }


EXPECTED = {
    "wrong password AuthenticationRejected",
    "assertion AuthenticationRejected",
    "vault LoginError",
    "handshake 401 ConnectError",
    "handshake 502 ConnectError",
    "close 4401 ConnectionStatus",
    "dead token tuple",
    "failed refresh LoginError",
    *(
        f"crash of {name} ConnectionStatus"
        for name in ("token", "correlator", "socket", "supervisor", "root")
    ),
    "address FileUrl",
    "upload FileError",
    "download FileError",
    "key Secret",
    "proxy LoginError",
    "brand with a bad token ConnectError",
    "consumer with a bad token LocalProtocolError",
    "webhook RemoteProtocolError",
    "webhook that is none RemoteProtocolError",
    "event ConnectEnded",
    "event ResponseReceived",
    "event StateChanged",
    "event TokenFailed",
    "event TokenObtained",
}


DEMO_EXPECTED = {"event MessageReceived", "event RingOffered", "event StateChanged"}


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("script", "words", "expected"),
    [("demo_run.py", ("demo", *DEMO), DEMO_EXPECTED), ("scenes.py", (), EXPECTED)],
    ids=["demo", "failures"],
)
def test_no_secret_is_in_anything_that_is_written(script, words, expected, tmp_path):
    run = Run(tmp_path, script, words)
    assert run.leaks() == []
    # and there was something to be found, and a place to find it in
    assert set(run.reached) >= expected
    assert len(run.secrets) >= 20
    assert "actor.crashed" in run.texts["log"]
    assert "Traceback" in run.texts["log"]


def test_the_search_finds_what_is_there(tmp_path):
    """The test's own test: each form of a secret is found."""
    run = Run.__new__(Run)
    run.secrets = ["käse\nbrot/1"]
    for form in forms(run.secrets[0]):
        run.texts = {"log": f"before{form}after"}
        assert run.leaks()
