from __future__ import annotations

import socket

import pytest

from benchmarks.process import ChildFailed, LineProcess


def test_a_command_is_answered():
    with LineProcess("benchmarks.server") as server:
        assert server.read(10)["port"] > 0
        assert server.ask({"do": "stats"}, 10)["answered"] == 0


def test_a_child_that_ended_says_what_it_wrote_last():
    said = pytest.raises(ChildFailed, match=r"nowhere ended\n.*No module named")
    with LineProcess("benchmarks.nowhere") as child, said:
        child.read(10)


def test_a_silent_child_is_given_up_at_the_deadline_and_killed():
    with LineProcess("benchmarks.server") as server:
        server.read(10)
        with pytest.raises(ChildFailed, match="did not answer within 0 s"):
            server.read(0)


def test_an_error_of_the_child_is_raised():
    said = pytest.raises(ChildFailed, match="failed with ConnectionRefusedError")
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # taken, but nobody listens
        port = str(deaf.getsockname()[1])
        with LineProcess("benchmarks.worker", "floor", port) as worker, said:
            worker.ask({"do": "connect"}, 10)


def test_an_argument_that_a_child_cannot_read_is_reported():
    said = pytest.raises(ChildFailed, match=r"worker floor none failed .*ValueError")
    with LineProcess("benchmarks.worker", "floor", "none") as worker, said:
        worker.ask({"do": "connect"}, 10)
