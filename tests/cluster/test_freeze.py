"""A process that is frozen beyond its lease says nothing when it goes on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ums_actors.emulator import password_of, running_emulator
from ums_actors.testing.fault_proxy import FaultProxy

PROGRAM = Path(__file__).parent / "frozen.py"
TTL = 3.0
GENEROUS = 40.0


class Program:
    """The program in a process of its own; what it says can be waited for."""

    def __init__(self, settings):
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), json.dumps(settings)],
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait(self, name):
        for line in self.process.stdout:
            told = json.loads(line)
            if name in told:
                return told
        raise AssertionError(f"it ended without a word of {name!r}")

    def signal(self, number):
        os.kill(self.process.pid, number)

    def end(self):
        with contextlib.suppress(ProcessLookupError):
            self.signal(signal.SIGCONT)
        try:
            return self.process.wait(GENEROUS)
        finally:
            self.process.kill()
            self.process.wait(GENEROUS)
            self.process.stdout.close()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing freezes there")
@pytest.mark.parametrize(
    ("tls", "busy"),
    [(False, True), (True, True), (True, False)],
    ids=["busy", "busy-tls", "idle-tls"],
)
def test_after_its_lease_a_frozen_process_sends_nothing(tls, busy, eventually):
    with contextlib.ExitStack() as stack:
        emulator = stack.enter_context(running_emulator(users=1, tls=tls))
        port = int(emulator.csds.rpartition(":")[2])
        proxy = stack.enter_context(FaultProxy(port))
        end = "s" if tls else ""
        program = Program(
            {
                "account": emulator.account,
                "password": password_of("bot1"),
                "csds": emulator.csds if tls else f"http://{emulator.csds}",
                "ca": emulator.ca,
                "domains": {
                    "facadeMsg": f"ws{end}://{proxy.address}",
                    "agentVep": f"http{end}://{proxy.address}",
                },
                "ttl": TTL,
                "busy": busy,
            }
        )
        stack.callback(program.end)
        program.wait("ready")
        eventually(lambda: len(emulator.log("bot1")) > (100 if busy else 0))
        program.signal(signal.SIGSTOP)
        stopped = time.time()  # no renewal was sent later: here its lease begins to end
        threading.Event().wait(TTL)
        over = stopped + TTL
        assert emulator.state()["sockets"] == 1  # nothing can close it
        said = proxy.bytes["upstream"]
        program.signal(signal.SIGCONT)
        told = program.wait("state")
        eventually(lambda: emulator.state()["sockets"] == 0)
        assert program.end() == 0
        assert (told["state"], proxy.bytes["upstream"]) == ("CLOSED", said)
        assert "fenced" in told["reason"]
        heard = [each["t"] for each in emulator.log("bot1") if each["dir"] == "in"]
        assert heard
        assert max(heard) < over
        if busy:
            assert told["told"]["answered"] > 0
            assert told["told"].keys() <= {"answered", "NOT_SENT", "UNKNOWN"}
