from __future__ import annotations

import pytest

from ums_actors.runtime.poller import READABLE, WRITABLE
from ums_actors.testing.poller import FakePoller


def test_a_descriptor_is_given_as_long_as_it_is_ready():
    ready = [0]
    poller = FakePoller()
    fd = poller.open(lambda: ready[0])
    poller.add(fd, READABLE)
    assert poller.poll(0.0) == []
    ready[0] = READABLE | WRITABLE
    assert poller.poll(0.0) == []  # nobody said so
    poller.touch(fd)
    assert poller.poll(0.0) == [(fd, READABLE)]
    poller.change(fd, READABLE | WRITABLE)
    assert poller.poll(0.0) == [(fd, READABLE | WRITABLE)]
    poller.remove(fd)
    assert poller.poll(0.0) == []
    assert len(poller) == 0


def test_it_refuses_to_sleep():
    with pytest.raises(RuntimeError, match="must not sleep"):
        FakePoller().poll(1.0)


def test_watching_twice_and_watching_what_is_not_open_are_errors():
    poller = FakePoller()
    fd = poller.open(lambda: 0)
    poller.add(fd, READABLE)
    with pytest.raises(FileExistsError):
        poller.add(fd, READABLE)
    with pytest.raises(OSError, match="Bad file descriptor"):
        poller.add(fd + 1, READABLE)
    with pytest.raises(FileNotFoundError):
        poller.change(fd + 1, READABLE)


def test_closing_what_is_watched_is_noted():
    poller = FakePoller()
    fd = poller.open(lambda: 0)
    poller.add(fd, READABLE)
    poller.close_fd(fd)
    assert len(poller.misuses) == 1
