from __future__ import annotations

import json
import signal

import psutil
import pytest

from ums_actors.cli.demo.plan import Fault

SMALL = ("--bots", "2", "--conversations", "4", "--seconds", "5", "--seed", "1")


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("more", [(), ("--no-tls",)], ids=["tls", "plain"])
def test_nothing_is_lost_and_every_fault_is_recovered_from(program, more):
    running = program("demo", *SMALL, "--json", *more)
    report = json.loads(running.wait_for(lambda line: True, timeout=90))
    code, error = running.end()
    assert error == ""
    assert code == 0
    assert list(report) == [
        "conversations",
        "messages",
        "recoveries",
        "lost",
        "duplicated",
        "unanswered",
    ]
    assert report["conversations"] == 4
    assert report["messages"]["to_bots"] >= 4 * 2
    assert report["messages"]["to_consumers"] == report["messages"]["to_bots"]
    assert [one["fault"] for one in report["recoveries"]] == [str(one) for one in Fault]
    assert all(one["count"] == 1 and one["p50_s"] > 0 for one in report["recoveries"])
    assert (report["lost"], report["duplicated"], report["unanswered"]) == (0, 0, 0)


@pytest.mark.timeout(90)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_and_leaves_no_process(program, number):
    running = program("demo", "--bots", "1", "--conversations", "1", "--plain")
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
    assert running.seen[0].startswith(
        "ums-actors demo: bots 1, conversations 1, TLS, seed"
    )
