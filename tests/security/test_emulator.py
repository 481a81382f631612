"""The emulator, its control endpoint included, serves this machine alone."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request

import pytest
from click.testing import CliRunner

import ums_actors as ums
from ums_actors.cli.emulator import emulator as emulator_command
from ums_actors.emulator import password_of, running_emulator
from ums_actors.emulator.__main__ import main

EVERYWHERE = "0.0.0.0"
FOREIGN = ["0.0.0.0", "::", "192.0.2.1", "2001:db8::1"]


@pytest.mark.parametrize("host", FOREIGN)
def test_an_address_that_others_reach_is_refused_in_one_line(host, capsys):
    assert main(["--host", host]) == 2
    by_click = CliRunner().invoke(emulator_command, ["--host", host])
    assert by_click.exit_code == 2
    for text in (capsys.readouterr().err, by_click.stderr):
        (line,) = text.splitlines()
        assert "add --i-know" in line


def test_loopback_needs_no_confession():
    with running_emulator(host="127.0.0.1") as emulator:
        assert not emulator.emulator.is_exposed


@pytest.mark.parametrize(
    "way",
    [
        ["-m", "ums_actors.emulator"],
        ["-c", "from ums_actors.cli.emulator import emulator; emulator()"],
    ],
    ids=["argparse", "click"],
)
def test_those_who_know_are_warned_and_served(way):
    words = ["--host", EVERYWHERE, "--i-know", "--exit-with-parent"]
    with subprocess.Popen(
        [sys.executable, *way, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        ready = json.loads(process.stdout.readline())
        port = ready["csds"].rpartition(":")[2]
        control = f"http://127.0.0.1:{port}/emulator/state"
        with urllib.request.urlopen(control, timeout=10) as answer:
            assert json.load(answer)["sockets"] == 0
        _, errors = process.communicate(timeout=20)
    (line,) = errors.splitlines()
    assert line.startswith("warning: 0.0.0.0:")
    assert "control endpoint" in line


@pytest.mark.parametrize("asked", ["127.0.0.1", "localhost"])
def test_a_client_is_led_to_the_address_that_it_found(observed, asked):
    with running_emulator(host=EVERYWHERE, i_know=True, tls=True) as emulator:
        port = emulator.csds.rpartition(":")[2]
        ref = ums.BrandWebsocketConnection.start(
            emulator.account,
            auth=ums.PasswordLogin("bot1", password_of("bot1")),
            csds=f"{asked}:{port}",
            ca_file=emulator.ca,
            runtime=observed,
        )
        ref.proxy().open(fail_fast=True).get(timeout=15)
        ref.stop(timeout=10)
