from __future__ import annotations

import pytest

from benchmarks import measure
from benchmarks.contestants import ENTRIES, Unavailable
from benchmarks.measure import Result, contestants_of
from benchmarks.process import ChildFailed
from benchmarks.suite import Metric, Workload

WORKLOAD = Workload(
    name="w",
    title="w",
    kind="request",
    metrics=(Metric("rate", "requests/s"),),
    command={"do": "run"},
    sum_up=lambda turns: {"rate": float(len(turns))},
)


@pytest.mark.parametrize(
    ("kind", "peers", "expected"),
    [
        ("request", (), ("floor", "ums")),
        ("request", ("ums",), ("ums",)),
        ("codec", (), ("json", "ums")),
        ("nothing", (), ()),
    ],
)
def test_those_take_part_who_can_and_are_wanted(kind, peers, expected):
    workload = WORKLOAD._replace(kind=kind, peers=peers)
    assert contestants_of(workload, ("floor", "json", "ums")) == expected


def test_a_metric_that_some_rounds_lack_is_none():
    samples = {"ums": [{"rate": 1.0, "cpu": 2.0}, {"rate": 3.0}], "floor": []}
    result = Result(WORKLOAD, 2, samples, {}, {})
    assert result.column("ums", "rate") == [1.0, 3.0]
    assert result.column("ums", "cpu") == []
    assert result.column("nobody", "rate") == []


def test_nobody_is_always_first_or_behind_the_same_neighbour():
    orders = [measure._order(["a", "b", "c"], number) for number in range(6)]
    assert {order[0] for order in orders} == {"a", "b", "c"}
    behind = {(order[i], order[i + 1]) for order in orders for i in range(2)}
    assert len(behind) == 6


class Process:
    """Answers what it is told to, whatever it is asked."""

    def __init__(self, answers: dict[str, dict[str, float]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def ask(self, command, timeout):
        self.asked.append(command["do"])
        return self.answers.get(command["do"], {})


def turns(worker: Process, server: Process | None) -> measure._Turns:
    return measure._Turns("ums", worker, {}, server, WORKLOAD)  # type: ignore[arg-type]


def test_a_first_slice_warms_up_and_does_not_count():
    worker = Process({"run": {"requests": 3}})
    one = turns(worker, Process({"stats": {"answered": 5.0, "pushed": 0.0}}))
    assert worker.asked == ["connect", "run"]
    worker.answers["run"] = {}
    one.take()
    assert one.close() == {"rate": 1.0}
    assert worker.asked == ["connect", "run", "run", "close"]


@pytest.mark.parametrize("claim", ["requests", "frames"])
def test_who_claims_more_than_the_server_gave_fails(claim):
    server = Process({"stats": {"answered": 5.0, "pushed": 5.0}})
    one = turns(Process({"run": {claim: 1}}), server)
    with pytest.raises(ChildFailed, match=f"ums claims 1 {claim}, but the server has"):
        one.take()


def test_what_needs_no_server_has_none():
    one = turns(Process({"run": {}}), None)
    one.take()
    assert one.close() == {"rate": 1.0}


def test_who_is_unavailable_or_fails_is_left_out_of_all_rounds():
    result = Result(WORKLOAD, 1, {"ums": [], "floor": []}, {}, {})
    with measure._leaving_out("ums", result):
        raise Unavailable("not installed")
    with measure._leaving_out("floor", result):
        raise ChildFailed("it broke")
    assert result.samples == {}
    assert result.unavailable == {"ums": "not installed"}
    assert result.failed == {"floor": "it broke"}


def test_without_tls_on_this_machine_the_workload_is_left_out(monkeypatch):
    class Server:
        def __init__(self, *_: str) -> None: ...

        def __enter__(self):
            return self

        def __exit__(self, *_: object) -> None: ...

        def read(self, timeout: float) -> dict[str, str]:
            return {"unavailable": "the package trustme is not installed"}

    monkeypatch.setattr(measure, "LineProcess", Server)
    found = measure.measure(WORKLOAD._replace(tls=True), tuple(ENTRIES), 2, pytest.fail)
    assert found.samples == {}
    assert found.unavailable == {"the server": "the package trustme is not installed"}
