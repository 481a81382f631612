"""5,000 connections on one loop, cut at once, and back at the pace of the gate."""

from __future__ import annotations

import resource
import time

import psutil
import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorProcess, password_of

COUNT, RATE = 5_000, 100
LONG = 600.0
PATIENT = ums.Options(
    connect_timeout=60.0,
    login_timeout=60.0,
    restore_timeout=120.0,
    request_timeout=120.0,
    pong_timeout=120.0,
    ping_interval=50.0,
    queue_timeout=LONG,
)


@pytest.fixture
def descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 3 * COUNT:
        pytest.skip(f"{3 * COUNT} descriptors are needed, {hard} are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def process():
    with EmulatorProcess(users=COUNT, log=False) as made:
        yield made


@pytest.fixture
def crowd(process, descriptors):
    runtime = ums.Runtime(gate=ums.PacedGate(RATE))
    here = f"http://{process.csds}"
    refs = [
        ums.BrandWebsocketConnection.start(
            process.account,
            runtime=runtime,
            auth=ums.PasswordLogin(name, password_of(name)),
            csds=here,
            domains={"agentVep": here, "facadeMsg": here},
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
        time.sleep(0.25)


def ready(crowd):
    for proxy in crowd:
        proxy.wait_ready(LONG).get(timeout=LONG)


@pytest.mark.soak
@pytest.mark.timeout(1_800)
def test_all_are_ready_again_and_the_gate_was_kept(process, crowd):
    begun = time.monotonic()
    opened = [proxy.open() for proxy in crowd]
    for each in opened:
        each.get(timeout=LONG)
    first = time.monotonic() - begun
    before = process.state()
    assert (before["sockets"], before["logins"]) == (COUNT, COUNT)
    memory = psutil.Process().memory_info().rss
    threads = psutil.Process().num_threads()

    begun = time.monotonic()
    assert process.cut() == COUNT
    seen = watch(process, COUNT, before["handshakes"], begun)
    ready(crowd)
    again = time.monotonic() - begun

    for seconds, handshakes in seen:  # no more than the gate let begin
        assert handshakes <= 2 + RATE * seconds
    answers = [proxy.get_clock() for proxy in crowd]
    assert all(answer.get(timeout=LONG) > 0 for answer in answers)
    after = process.state()
    assert after["logins"] == COUNT  # a drop is not a login
    assert after["handshakes"] == before["handshakes"] + COUNT  # nobody had to retry
    assert psutil.Process().num_threads() <= threads + 2
    print(  # noqa: T201
        f"{COUNT} connections, gate {RATE}/s: all READY in {first:.0f} s, again in "
        f"{again:.0f} s; {memory >> 20} MiB, {threads} threads; after them "
        f"{psutil.Process().memory_info().rss >> 20} MiB"
    )
