"""T12: socket after socket, and nothing is left of any of them."""

from __future__ import annotations

import contextlib
import gc
import threading
from pathlib import Path
from random import Random

import psutil
import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorProcess

GENEROUS = 20.0
GROWTH = 10 << 20
"""Bytes that 2,000 sockets may leave."""
WARM_UP = 30
COUNTS = [30, pytest.param(2_000, marks=[pytest.mark.soak, pytest.mark.timeout(900)])]
AT_ONCE = {"backoff_base": 0.001, "stable_after": 0.000001, "ping_interval": 20.0}


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def process(request):
    with EmulatorProcess(users=1, tls=request.param, log=False) as made:
        yield made


def left():
    """Give threads, descriptors and bytes of this process."""
    gc.collect()
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    return threading.active_count(), descriptors, psutil.Process().memory_info().rss


@pytest.mark.parametrize("count", COUNTS)
def test_threads_descriptors_and_memory_are_where_they_were(
    process, start, events, eventually, count
):
    proxy = start(process, options=AT_ONCE)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=GENEROUS)
    random = Random(12)

    def renew(how_many):
        for _ in range(how_many):
            states.seen.clear()
            generation = proxy.status().get(timeout=GENEROUS).generation
            lost = proxy.send({"type": ".GetClock", "body": {}})
            if random.random() < 0.5:
                assert process.cut("bot1") == 1
            else:
                assert process.close_sockets(1001, "bot1") == 1
            states.wait(
                lambda event, generation=generation: (
                    event.state == "READY" and event.generation > generation
                )
            )
            with contextlib.suppress(ums.ConnectionLost):  # or it was answered before
                assert lost.get(timeout=GENEROUS)

    renew(WARM_UP)
    eventually(lambda: process.state()["sockets"] == 1)
    threads, descriptors, memory = left()
    renew(count)
    eventually(lambda: process.state()["sockets"] == 1)
    eventually(lambda: left()[:2] == (threads, descriptors))
    grown = left()[2] - memory
    print(f"{count} sockets: {grown / 1024:+.0f} KiB")  # noqa: T201
    assert grown < GROWTH
    status = proxy.status().get(timeout=5)
    assert status.generation > WARM_UP + count
    assert (status.state, status.in_flight, status.restarts) == ("READY", 0, {})
