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
        port = deaf.getsockname()[1]
        with LineProcess("benchmarks.worker", "floor", "request") as worker, said:
            worker.ask({"do": "connect", "connections": 1, "port": port}, 10)


def test_a_command_that_a_child_does_not_know_is_reported():
    said = pytest.raises(ChildFailed, match=r"worker floor request failed .*_dance")
    with LineProcess("benchmarks.worker", "floor", "request") as worker, said:
        worker.ask({"do": "dance"}, 10)


def test_another_command_may_be_a_child():
    program = "while read line; do echo '{\"said\": 1}'; done"
    with LineProcess.of("echo", ("sh", "-c", program)) as child:
        assert child.ask({"do": "anything"}, 10) == {"said": 1}
