"""T19: frame after frame, in the order of the wire, and a slow one harms nobody."""

from __future__ import annotations

import importlib.util
import json
import queue
import threading
from pathlib import Path

import pytest

import ums_actors as ums
from ums_actors.emulator import running_emulator

GENEROUS = 60.0
CHUNK = 500
TYPE = "numbered"
SIZES = [
    pytest.param((3_000, 500), id="3000"),
    pytest.param(
        (100_000, 10_000),
        id="100000",
        marks=[pytest.mark.soak, pytest.mark.timeout(600)],
    ),
]


def _load():
    path = Path(__file__).parents[1] / "hazards" / "relay.py"
    spec = importlib.util.spec_from_file_location("ums_faults_relay", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


relaying = _load()


@pytest.fixture
def between():
    """A relay before an emulator that can say things of its own."""
    with running_emulator(users=1) as emulator:
        made = relaying.Relay(emulator.csds)
        made.emulator = emulator
        yield made
        made.close()


class Slow:
    """Sits on the first event until it is released, then takes the others."""

    def __init__(self):
        self.heard = []
        self.released = threading.Event()

    def __call__(self, event):
        assert self.released.wait(GENEROUS)
        self.heard.append(event.body["number"])


def numbered(numbers):
    frames = (
        {"kind": "notification", "type": TYPE, "body": {"number": number}}
        for number in numbers
    )
    return b"".join(relaying.frame(json.dumps(each)) for each in frames)


@pytest.mark.parametrize("size", SIZES)
def test_order_is_kept_and_what_a_slow_one_loses_is_counted(
    between, start, events, eventually, size
):
    count, limit = size
    proxy = start(
        between.emulator,
        domains={"facadeMsg": between.address},
        options={"subscriber_limit": limit, "request_timeout": GENEROUS},
    )
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=GENEROUS)
    slow, brisk, unread = Slow(), [], queue.Queue()
    for target in (slow, lambda event: brisk.append(event.body["number"]), unread):
        proxy.subscribe_notifications(target, TYPE).get(timeout=5)

    for first in range(0, count, CHUNK):
        if first == count // 2:  # the rest comes on another line
            between.emulator.cut("bot1")
            states.wait(lambda event: event.state == "READY" and event.generation == 2)
        between.say(numbered(range(first, first + CHUNK)))
        assert proxy.get_clock().get(timeout=GENEROUS) > 0
        eventually(lambda until=first + CHUNK: len(brisk) == until, GENEROUS)

    lost = proxy.status().get(timeout=5).dropped
    slow.released.set()
    eventually(lambda: slow.heard and slow.heard[-1] == count - 1, GENEROUS)
    assert brisk == list(range(count))
    assert slow.heard == [0, *range(count - limit, count)]  # one was in its hands
    last = [unread.get_nowait().body["number"] for _ in range(unread.qsize())]
    assert last == list(range(count - limit, count))
    assert lost == (count - limit - 1) + (count - limit)
    assert proxy.status().get(timeout=5).dropped == lost
