from __future__ import annotations

import pytest

from benchmarks.contestants import ENTRIES
from benchmarks.gates import GATES, Gate, judge
from benchmarks.measure import Result
from benchmarks.suite import OURS, Workload
from benchmarks.suites import SUITES


def workload(suite: str, name: str) -> Workload:
    (found,) = (each for each in SUITES[suite].workloads(False) if each.name == name)
    return found


@pytest.mark.parametrize("gate", GATES, ids=lambda each: "-".join(map(str, each[:3])))
def test_every_gate_is_of_something_that_is_measured(gate):
    of = workload(gate.suite, gate.workload)
    metric = gate.metric or of.metrics[0].name
    assert metric in {each.name for each in of.metrics}
    for name in (gate.ours, gate.against or OURS):
        assert of.kind in ENTRIES[name].does
        assert not of.peers or name in of.peers
    ordered = gate.gate >= gate.aim if gate.at_most else gate.gate <= gate.aim
    assert ordered


def result(**columns: list[float]) -> Result:
    samples = {
        name: [{"rate": value, "memory": value} for value in column]
        for name, column in columns.items()
    }
    return Result(workload("request", "32"), 5, samples, {}, {})


@pytest.mark.parametrize(
    ("ours", "verdict", "aim"),
    [
        ([40.0] * 5, "reached", "reached"),
        ([30.0] * 5, "reached", "missed"),
        ([10.0] * 5, "missed", "missed"),
        ([40.0, 40.0, 40.0, 40.0, 10.0], "too noisy to say", "too noisy to say"),
        ([40.0] * 4, "too few rounds to say", "too few rounds to say"),
    ],
)
def test_gate_and_aim_are_judged_by_the_whole_interval(ours, verdict, aim):
    gates = (Gate("request", "32", "websockets", 3.0, 4.0),)
    found = result(ums=ours, websockets=[10.0] * len(ours))
    (judged,) = judge("request", found, gates)
    assert (str(judged.verdict), str(judged.aim)) == (verdict, aim)


@pytest.mark.parametrize(("kib", "verdict"), [(9.0, "reached"), (15.1, "missed")])
def test_a_figure_itself_is_judged_in_the_unit_of_its_gate(kib, verdict):
    gate = Gate("request", "32", None, 15, 10, "memory", True, 1024.0, "KiB")
    (judged,) = judge("request", result(ums=[kib * 1024] * 5), (gate,))
    assert (judged.found.median, str(judged.verdict)) == (kib, verdict)


@pytest.mark.parametrize(
    "columns", [{"ums": [1.0] * 5}, {"websockets": [1.0] * 5}, {"ums": []}]
)
def test_what_was_not_measured_is_not_judged(columns):
    gates = (Gate("request", "32", "websockets", 3.0, 4.0),)
    assert judge("request", result(**columns), gates) == []


def test_gates_of_other_workloads_are_not_judged():
    gates = (Gate("request", "1", "websockets", 3.0, 4.0),)
    assert judge("request", result(ums=[1.0], websockets=[1.0]), gates) == []
