from __future__ import annotations

import socket
import ssl
import time

import pytest

from ums_actors.errors import ConnectError
from ums_actors.secret import Secret
from ums_actors.transport import Attempt, Target
from ums_actors.transport.budget import Budget
from ums_actors.transport.line import Line
from ums_actors.transport.upgrade import upgrade


@pytest.fixture
def budget():
    made = Budget(5, attempt=Attempt(), clock=time.monotonic, where="")
    made.step = "upgrade"
    return made


class Broken:
    """A line that breaks in sending or in receiving."""

    def __init__(self, error, *, when):
        self.error = error
        self.when = when

    def send_all(self, data):
        if self.when == "sending":
            raise self.error

    def receive(self, size):
        raise self.error


@pytest.mark.parametrize("when", ["sending", "receiving"])
@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError(104, "reset"),
        TimeoutError(110, "Connection timed out"),
        ssl.SSLEOFError(8, "end"),
        ssl.SSLError(1, "the read operation timed out"),
    ],
)
def test_an_error_of_the_line_is_not_taken_for_one_of_the_answer(budget, error, when):
    with pytest.raises(type(error)) as caught:
        upgrade(
            Broken(error, when=when), Target("wss://ums.example/"), Secret(""), budget
        )
    assert caught.value is error


def test_an_error_of_the_budget_passes(budget):
    error = ConnectError("over", step="upgrade", timed_out=True)
    with pytest.raises(ConnectError) as caught:
        upgrade(
            Broken(error, when="receiving"),
            Target("wss://ums.example/"),
            Secret(""),
            budget,
        )
    assert caught.value is error


def test_a_line_waits_for_whatever_tls_wants(budget):
    class Reluctant:
        def __init__(self, sock):
            self.fileno = sock.fileno
            self.wants = [ssl.SSLWantWriteError(), BlockingIOError()]

        def send(self, view):
            if self.wants:
                raise self.wants.pop(0)
            return 1

    ours, theirs = socket.socketpair()
    reluctant = Reluctant(ours)
    Line(reluctant, budget).send_all(b"abc")
    assert reluctant.wants == []
    ours.close()
    theirs.close()
