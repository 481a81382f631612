"""5,000 connections on one loop, cut at once, and back at the pace of the gate."""

from __future__ import annotations

import gc
import os
import threading
import time

import psutil
import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorProcess, password_of
from ums_actors.runtime.poller import poller

COUNT = 5_000
RATE = int(os.environ.get("UMS_SOAK_GATE", "100"))
"""Attempts a second that the gate lets begin; fewer for a machine with other work."""
LONG = 600.0
LATE = 0.1
"""Seconds; a longer turn of the loop is counted."""
PATIENT = ums.Options(
    connect_timeout=60.0,
    login_timeout=60.0,
    restore_timeout=120.0,
    request_timeout=120.0,
    pong_timeout=120.0,
    ping_interval=50.0,
    queue_timeout=LONG,
)


class Turns:
    """A poller that notes how long the loop was away from it: its longest turn."""

    def __init__(self):
        self._inner = inner = poller()
        self.add, self.change, self.remove = inner.add, inner.change, inner.remove
        self.wake, self.close = inner.wake, inner.close
        self._since = None
        self.reset()

    def reset(self):
        self.longest, self.computing, self.late, self.collecting = 0.0, 0.0, 0, 0.0

    def collected(self, phase, info):
        """Note how long the loop's thread collects garbage; for ``gc.callbacks``."""
        if threading.current_thread().name != "ums-loop-1":
            return
        if phase == "start":
            self._collecting = time.thread_time()
        else:
            took = time.thread_time() - self._collecting
            self.collecting = max(self.collecting, took)

    def poll(self, timeout):
        now, cpu = time.monotonic(), time.thread_time()
        if self._since is not None:
            self.longest = max(self.longest, now - self._since[0])
            self.computing = max(self.computing, cpu - self._since[1])
            self.late += now - self._since[0] > LATE
        found = self._inner.poll(timeout)
        self._since = time.monotonic(), time.thread_time()
        return found

    def __str__(self):
        return (
            f"longest turn {self.longest * 1e3:.0f} ms, of which the thread computed "
            f"at most {self.computing * 1e3:.0f} ms (collected garbage: "
            f"{self.collecting * 1e3:.0f} ms); {self.late} beyond {LATE:g} s"
        )


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def process(request):
    with EmulatorProcess(users=COUNT, tls=request.param, log=False) as made:
        yield made


@pytest.fixture
def turns():
    made = Turns()
    gc.callbacks.append(made.collected)
    yield made
    gc.callbacks.remove(made.collected)


@pytest.fixture
def crowd(process, turns, descriptors):
    runtime = ums.Runtime(gate=ums.PacedGate(RATE), poller=lambda: turns)
    here = process.csds if process.tls else f"http://{process.csds}"
    refs = [
        ums.BrandWebsocketConnection.start(
            process.account,
            runtime=runtime,
            auth=ums.PasswordLogin(name, password_of(name)),
            csds=here,
            domains={"agentVep": here, "facadeMsg": here},
            ca_file=process.ca,
            options=PATIENT,
        )
        for name in process.users
    ]
    yield [ref.proxy() for ref in refs]
    stopped = [ref.stop(block=False) for ref in refs]
    for each in stopped:
        each.get(timeout=LONG)
    assert runtime.close(30.0)


def watch(process, wanted, counted, begun):
    """Note (seconds, handshakes) until so many sockets are up."""
    seen = []
    deadline = time.monotonic() + LONG
    while True:
        asked = time.monotonic()
        state = process.state()
        seen.append((time.monotonic() - begun, state["handshakes"] - counted))
        if state["sockets"] == wanted and seen[-1][1] >= wanted:
            return seen
        assert asked < deadline, seen[-1]
        threading.Event().wait(0.25)


def ready(crowd):
    for proxy in crowd:
        proxy.wait_ready(LONG).get(timeout=LONG)


def memory():
    gc.collect()
    return psutil.Process().memory_info().rss >> 20


def report(process, turns, what, seconds):
    server = psutil.Process(process.pid)
    print(  # noqa: T201
        f"{'TLS' if process.tls else 'plain'}, {what}: {seconds:.0f} s, "
        f"{memory()} MiB, "
        f"{psutil.Process().num_threads()} threads, "
        f"{sum(psutil.Process().cpu_times()[:2]):.0f} s of CPU "
        f"(server {server.memory_info().rss >> 20} MiB, "
        f"{sum(server.cpu_times()[:2]):.0f} s); {turns}"
    )
    turns.reset()


@pytest.mark.soak
@pytest.mark.timeout(1_800)
def test_all_are_ready_again_and_the_gate_was_kept(process, turns, crowd):
    report(process, turns, f"{COUNT} connections made, gate {RATE}/s", 0)
    begun = time.monotonic()
    opened = [proxy.open() for proxy in crowd]
    for each in opened:
        each.get(timeout=LONG)
    report(process, turns, "all READY", time.monotonic() - begun)
    before = process.state()
    assert (before["sockets"], before["logins"]) == (COUNT, COUNT)
    threads = psutil.Process().num_threads()

    begun = time.monotonic()
    assert process.cut() == COUNT
    seen = watch(process, COUNT, before["handshakes"], begun)
    ready(crowd)
    report(process, turns, "cut, all READY again", time.monotonic() - begun)

    for seconds, handshakes in seen:  # no more than the gate let begin
        assert handshakes <= 2 + RATE * seconds
    answers = [proxy.get_clock() for proxy in crowd]
    assert all(answer.get(timeout=LONG) > 0 for answer in answers)
    after = process.state()
    assert after["logins"] == COUNT  # a drop is not a login
    assert after["handshakes"] == before["handshakes"] + COUNT  # nobody had to retry
    assert psutil.Process().num_threads() <= threads + 2
    report(process, turns, "a request each", 0)
