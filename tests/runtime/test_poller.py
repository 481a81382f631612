from __future__ import annotations

import os
import select
import socket
import threading

import pytest

from ums_actors.runtime import poller as module
from ums_actors.runtime.poller import READABLE, WRITABLE, EpollPoller, SelectPoller

WAIT = 5.0


@pytest.fixture(params=[EpollPoller, SelectPoller])
def poller(request):
    made = request.param()
    yield made
    made.close()


@pytest.fixture
def pair():
    near, far = socket.socketpair()
    with near, far:
        yield near, far


def test_it_finds_what_is_readable_and_writable(poller, pair):
    near, far = pair
    poller.add(near.fileno(), READABLE)
    assert poller.poll(0) == []
    far.send(b"x")
    assert poller.poll(WAIT) == [(near.fileno(), READABLE)]
    poller.change(near.fileno(), READABLE | WRITABLE)
    assert poller.poll(WAIT) == [(near.fileno(), READABLE | WRITABLE)]
    near.recv(1)
    assert poller.poll(WAIT) == [(near.fileno(), WRITABLE)]
    poller.remove(near.fileno())
    poller.remove(near.fileno())
    assert poller.poll(0) == []


def test_of_a_herd_it_tells_a_part_at_a_time_and_of_all_in_turn(monkeypatch):
    """Level-triggered: all of them stay readable, and yet nobody is left out."""
    monkeypatch.setattr(module, "AT_ONCE", 8)
    poller = EpollPoller()
    pairs = [socket.socketpair() for _ in range(20)]
    for near, far in pairs:
        poller.add(near.fileno(), READABLE)
        far.send(b"x")
    told = [[fd for fd, _ in poller.poll(WAIT)] for _ in range(3)]
    poller.close()
    herd = {near.fileno() for near, _ in pairs}
    for near, far in pairs:
        near.close()
        far.close()
    assert [len(each) for each in told] == [8, 8, 8]
    assert {fd for each in told for fd in each} == herd


def test_a_hang_up_is_readable(poller, pair):
    near, far = pair
    poller.add(near.fileno(), READABLE)
    far.close()
    [(fd, mask)] = poller.poll(WAIT)
    assert fd == near.fileno()
    assert mask & READABLE


def test_an_error_without_data_is_readable(poller):
    reader, writer = os.pipe()
    try:
        poller.add(writer, WRITABLE)
        assert poller.poll(WAIT) == [(writer, WRITABLE)]
        os.close(reader)
        [(fd, mask)] = poller.poll(WAIT)
        assert fd == writer
        assert mask & ~WRITABLE or isinstance(poller, SelectPoller)
        poller.remove(writer)
    finally:
        os.close(writer)


def test_a_wake_ends_a_running_poll(poller):
    thread = threading.Timer(0.02, poller.wake)
    thread.start()
    assert poller.poll(30.0) == []
    thread.join()


def test_a_wake_comes_beside_other_events(poller, pair):
    near, far = pair
    poller.add(near.fileno(), READABLE)
    far.send(b"x")
    for _ in range(3):
        poller.wake()
    assert poller.poll(WAIT) == [(near.fileno(), READABLE)]
    near.recv(1)
    assert poller.poll(0) == []


def test_thousands_of_wakes_do_no_harm(poller):
    for _ in range(5000):
        poller.wake()
    while poller.poll(0):
        pass
    assert poller.poll(0.0) == []


def test_closing_twice_and_waking_afterwards_is_harmless(poller):
    poller.close()
    [stranger] = [os.open(os.devnull, os.O_RDONLY)]  # takes a number just given back
    poller.close()
    poller.wake()
    os.close(stranger)
    poller.remove(0)


def test_the_best_poller_of_the_system_is_made(monkeypatch):
    best = module.poller()
    assert isinstance(best, EpollPoller)
    best.close()
    monkeypatch.delattr(select, "epoll")
    best = module.poller()
    assert isinstance(best, SelectPoller)
    best.close()
