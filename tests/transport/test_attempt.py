from __future__ import annotations

import socket

import pytest

from ums_actors.errors import ConnectError
from ums_actors.transport import Attempt, Opened


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_an_abort_shuts_down_but_leaves_the_closing_to_the_worker(pair):
    ours, theirs = pair
    attempt = Attempt()
    attempt.adopt(ours)
    attempt.abort()
    attempt.abort()
    assert theirs.recv(1) == b""
    assert ours.fileno() >= 0
    attempt.discard_all()
    assert ours.fileno() == -1


def test_an_abort_just_before_the_delivery_wins(pair):
    ours, _ = pair
    attempt = Attempt()
    attempt.adopt(ours)
    attempt.abort()
    assert not attempt.deliver(Opened(ours), ours)
    attempt.discard_all()
    assert ours.fileno() == -1


def test_what_was_delivered_is_closed_by_an_abort_unless_taken(pair):
    ours, _ = pair
    attempt, opened = Attempt(), Opened(ours)
    attempt.adopt(ours)
    assert attempt.deliver(opened, ours)
    attempt.discard_all()
    assert ours.fileno() >= 0
    attempt.abort()
    assert ours.fileno() == -1
    with pytest.raises(ConnectError):
        opened.take()


def test_a_discarded_socket_is_closed_at_once(pair):
    ours, _ = pair
    attempt = Attempt()
    attempt.adopt(ours)
    attempt.discard(ours)
    assert ours.fileno() == -1
    attempt.abort()


def test_an_attempt_ends_for_good_when_it_is_not_permitted_any_more(pair):
    ours, _ = pair
    answers = iter([True, False])
    attempt = Attempt(lambda: next(answers))
    attempt.adopt(ours)
    assert not attempt.ended()
    assert not attempt.deliver(Opened(ours), ours)
    assert attempt.aborted
    attempt.discard_all()
