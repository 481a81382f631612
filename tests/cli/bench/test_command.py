from __future__ import annotations

import io
import json
import signal

import pytest
from rich.console import Console

from ums_actors.cli.bench.display import Bar
from ums_actors.cli.bench.report import Latency, Report
from ums_actors.cli.bench.settings import Settings
from ums_actors.cli.bench.table import table
from ums_actors.emulator import running_emulator

FIELDS = (
    "connections in_flight tls seconds requests failed per_second latency processor "
    "memory connecting server_busy version python"
)


def test_json_is_one_object_with_what_is_promised(program):
    bench = program("bench", "--connections", "3", "--seconds", "1", "--json")
    code, errors = bench.end(55)
    assert (code, errors) == (0, "")
    told = json.loads(bench.wait_for(bool))
    assert list(told) == FIELDS.split()
    assert list(told["latency"]) == ["p50", "p99", "p999", "longest"]
    assert (told["connections"], told["in_flight"], told["tls"]) == (3, 8, True)
    assert told["requests"] > 0
    assert told["failed"] == {}


def test_people_get_a_table(program):
    bench = program("bench", "--connections", "1", "--seconds", "1", "--no-tls")
    code, errors = bench.end(55)
    assert (code, errors) == (0, "")
    title = bench.wait_for(bool)
    assert title.startswith(
        "1 connections (plain), 8 requests in flight on each, 1.0 s"
    )
    bench.wait_for(lambda line: line.split()[:1] == ["throughput"])


def test_one_that_runs_here_already(program):
    with running_emulator(users=2, tls=True) as emulator:
        where = ["--csds", emulator.csds, "--ca", emulator.ca, "--seconds", "1"]
        bench = program("bench", *where, "--connections", "2", "--json")
        assert bench.end(55) == (0, "")
        told = json.loads(bench.wait_for(bool))
        assert told["server_busy"] is None
        assert told["tls"]
        bench = program("bench", *where, "--connections", "3")
        code, errors = bench.end(55)
    assert code == 1
    assert errors.count("\n") == 1
    assert "run 'ums-actors emulator --users 3', or give fewer --connections" in errors


def test_requests_that_fail_give_one(program):
    with running_emulator(users=1) as emulator:
        emulator.add_fault("reject", value={"code": 500, "type": ".GetClock"})
        where = ["--csds", f"http://{emulator.csds}", "--connections", "1"]
        bench = program("bench", *where, "--seconds", "1", "--json")
        code, errors = bench.end(55)
    assert code == 1
    assert errors.startswith("ums-actors bench: requests failed (8 RequestRejected): ")
    assert json.loads(bench.wait_for(bool))["failed"] == {"RequestRejected": 8}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--csds", "example.com"], "a bench loads this machine alone"),
        (["--ca", __file__], "--ca belongs to --csds"),
        (["--ca", __file__, "--csds", "127.0.0.1:9"], "cannot be read"),
        (["--seconds", "nan"], "give a number of seconds"),
        (["--connections", "501"], "501 is not in the range"),
        (["--in-flight", "0"], "0 is not in the range"),
        (["--csds", "ftp://127.0.0.1"], "the scheme 'ftp' is not known"),
    ],
)
def test_bad_usage_gives_two_and_one_line(program, arguments, says):
    code, errors = program("bench", *arguments).end(30)
    assert code == 2
    assert errors.count("\n") == 1
    assert says in errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_and_leaves_nothing(program, number, eventually):
    with running_emulator(users=2) as emulator:
        where = ["--csds", f"http://{emulator.csds}", "--connections", "2"]
        bench = program("bench", *where, "--seconds", "600")
        eventually(lambda: len(emulator.sockets()) == 2)
        bench.interrupt(number)
        code, errors = bench.end(50)
        assert (code, errors.strip()) == (130, "")
        eventually(lambda: not emulator.sockets())


def report(**more):
    usual = {
        "connections": 20,
        "in_flight": 8,
        "tls": True,
        "seconds": 10.0,
        "requests": 123_456,
        "failed": {},
        "per_second": 12_345.6,
        "latency": Latency(1.0, 2.0, 3.0, 4.0),
        "processor": 25.3,
        "memory": 40.0,
        "connecting": 0.5,
        "server_busy": 0.87,
    }
    return Report(**{**usual, **more})


def drawn(what):
    console = Console(file=io.StringIO(), width=100)
    console.print(what)
    return [line.split() for line in console.file.getvalue().splitlines()]


def test_the_table_has_each_figure_with_its_unit():
    lines = drawn(table(report()))
    for line in (
        "20 connections (TLS), 8 requests in flight on each, 10.0 s",
        "throughput 12,346 requests a second, all together",
        "latency, 99.9 % 3.0 ms at most",
        "processor time 25.3 µs a request, here",
        "the server 87% of one core, in its own process",
    ):
        assert line.split() in lines


def test_the_table_says_what_is_not_known_and_what_failed():
    failed = {"ConnectionLost": 1_000}
    lines = drawn(table(report(memory=None, server_busy=None, failed=failed)))
    assert ["memory", "-", "KiB", "for", "each", "further", "connection"] in lines
    assert ["FAILED", "1,000", "ConnectionLost"] in lines


def test_a_terminal_sees_how_far_it_is():
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    bar = Bar(console, Settings(connections=4, in_flight=1, seconds=2.0))
    bar.connected(2)
    bar._progress.refresh()
    bar.warming()
    bar.counting(0.0, 0)
    bar.counting(1.0, 5_000)
    bar._progress.refresh()
    bar.stop()
    bar.stop()
    shown = console.file.getvalue()
    for text in ("connecting", "2 of 4", "asking", "5,000 a second"):
        assert text in shown
