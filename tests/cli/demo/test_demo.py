from __future__ import annotations

import json
import shutil
import signal
import tempfile
from pathlib import Path

import psutil
import pytest

from ums_actors.cli.demo.plan import STRIKES

SMALL = ("--bots", "2", "--consumers", "6", "--seconds", "5", "--seed", "1")
ZEROS = ("lost", "duplicated", "out_of_order", "unanswered")


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "more",
    [
        pytest.param((), id="tls"),
        pytest.param(("--no-tls",), id="plain", marks=pytest.mark.soak),
    ],
)
def test_nothing_is_lost_and_every_fault_is_recovered_from(program, more):
    running = program("demo", *SMALL, "--json", *more)
    report = json.loads(running.wait_for(lambda line: True, timeout=100))
    code, error = running.end()
    assert error == ""
    assert code == 0
    assert list(report) == [
        "seed",
        "conversations",
        "messages",
        "rings",
        "closed_by_bots",
        "closed_by_consumers",
        "transfers",
        "recoveries",
        *ZEROS,
    ]
    assert report["seed"] == 1
    assert report["conversations"] >= 6
    messages = report["messages"]
    assert messages["to_bots"] == messages["to_consumers"] >= 6 * 4
    assert messages["handed_out"] >= 4 * messages["to_bots"]
    assert report["rings"] >= report["conversations"]
    closed = report["closed_by_bots"] + report["closed_by_consumers"]
    assert closed == report["conversations"]
    done = [(one["fault"], one["on"]) for one in report["recoveries"]]
    assert done == [(strike.fault, strike.side) for strike in STRIKES]
    assert all(one["count"] == 1 and one["p50_s"] >= 0 for one in report["recoveries"])
    assert [report[name] for name in ZEROS] == [0, 0, 0, 0]


@pytest.mark.timeout(120)
def test_it_can_be_looked_at_meanwhile(program, monkeypatch):
    home = tempfile.mkdtemp(prefix="u", dir="/tmp")  # a socket's path is short
    monkeypatch.setenv("XDG_RUNTIME_DIR", home)
    monkeypatch.setenv("TMPDIR", home)
    running = program(
        *("demo", "--bots", "1", "--consumers", "2", "--plain", "--status"),
        *("--no-tls", "--seconds", "60"),
    )
    running.wait_for(lambda line: "look at it: ums-actors top" in line, timeout=40)
    running.wait_for(lambda line: "fault: " in line, timeout=40)
    looking = program("top", "--json", "--seconds", "0")
    look = json.loads(looking.wait_for(lambda line: True, timeout=40))
    assert looking.end() == (0, "")
    assert look["pid"] == running.pid
    kinds = sorted(each["kind"] for each in look["connections"])
    assert [kind[:5] for kind in kinds] == ["Brand", "Consu", "Consu"]
    running.interrupt()
    assert running.end(timeout=30)[0] == 130
    assert not list(Path(home).rglob("*.sock"))
    shutil.rmtree(home)


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    ("number", "more"),
    [(signal.SIGINT, ()), (signal.SIGTERM, ("--no-tls",))],
    ids=["interrupt", "term"],
)
def test_an_interrupt_ends_it_and_leaves_no_process(program, number, more):
    running = program("demo", "--bots", "1", "--consumers", "2", "--plain", *more)
    running.wait_for(lambda line: "fault: " in line, timeout=40)
    children = psutil.Process(running.pid).children(recursive=True)
    assert children
    running.interrupt(number)
    code, error = running.end(timeout=30)
    assert (code, error.strip()) == (130, "")
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert gone
    assert not alive
    assert any("READY" in line for line in running.seen)
    way = "plain" if more else "TLS"
    said = f"ums-actors demo: bots 1, consumers 2, {way}, seed"
    assert running.seen[0].startswith(said)
