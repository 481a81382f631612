from __future__ import annotations

import pytest

from benchmarks.measure import Result
from benchmarks.suite import Metric, Workload
from benchmarks.suites import SUITES
from benchmarks.summary import summarize

(REQUEST,) = (each for each in SUITES["request"].workloads(False) if each.name == "32")
LESS = REQUEST._replace(
    name="none", base="json", metrics=(Metric("time", "CPU µs", 1e6),)
)


def result(busy: float = 0.5, **rates: list[float]) -> Result:
    samples = {
        name: [{"rate": rate, "server_busy": busy, "cpu": 1 / rate} for rate in column]
        for name, column in rates.items()
    }
    rounds = max((len(column) for column in rates.values()), default=5)
    return Result(REQUEST, rounds, samples, {}, {})


def times(workload: Workload = LESS, **columns: list[float]) -> Result:
    samples = {
        name: [{"time": value} for value in column] for name, column in columns.items()
    }
    return Result(workload, 5, samples, {}, {})


def remarks(found: Result) -> list[str]:
    return summarize("request", found).remarks


def test_rows_come_best_first_with_all_ratios():
    rows = summarize(
        "request", result(websockets=[10.0] * 5, floor=[80.0] * 5, ums=[40.0] * 5)
    ).rows
    assert [row.name for row in rows] == ["floor", "ums", "websockets"]
    ums = rows[1]
    assert ums.to_base is not None
    assert ums.to_floor is not None
    assert ums.cpu_to_base is not None
    assert (ums.to_base.median, ums.to_floor.median) == (4.0, 0.5)
    assert ums.cpu_to_base.median == 0.25


def test_less_can_be_better():
    found = summarize("codec", times(json=[4.0] * 5, ums=[1.0] * 5, orjson=[2.0] * 5))
    assert [row.name for row in found.rows] == ["ums", "orjson", "json"]
    assert found.remarks == ["Best: ums_actors."]


@pytest.mark.parametrize(
    ("present", "base"),
    [
        (("ums", "websockets", "floor"), "websockets"),
        (("ums", "floor"), "floor"),
        (("ums", "picows"), "ums"),
    ],
)
def test_without_the_base_another_one_is_taken(present, base):
    found = result(**{name: [1.0] * 5 for name in present})
    assert summarize("request", found).base == base


def test_a_gate_is_judged_on_paired_rounds():
    ours = {"ums": [1.0] * 5, "ums-lends": [40.0, 4.0, 40.0, 4.0, 40.0]}
    slowing = result(**ours, websockets=[10, 1, 10, 1, 10])
    (judged,) = summarize("request", slowing).gates
    assert (judged.found.median, str(judged.verdict)) == (4.0, "reached")


def test_a_noisy_run_names_no_winner():
    noisy = result(ums=[10.0] * 5, picows=[9.0, 9.0, 9.0, 9.0, 11.0])
    assert "too noisy to tell ums_actors from picows" in remarks(noisy)[0]


def test_a_very_noisy_run_says_how_noisy():
    noisy = result(ums=[10.0, 30.0, 10.0, 30.0, 20.0], websockets=[9.0] * 5)
    assert any(
        "A noisy run: ratios are known to ± 50%" in said for said in remarks(noisy)
    )


def test_a_clear_run_names_the_best_and_never_the_floor():
    clear = result(ums=[10.0] * 5, picows=[9.0] * 5, floor=[99.0] * 5)
    assert remarks(clear)[0] == "Best: ums_actors."


def test_too_few_rounds_name_no_winner():
    said = remarks(result(ums=[10.0], picows=[5.0]))
    assert said[0].startswith("No winner: fewer than 5 rounds")


@pytest.mark.parametrize(
    ("busy", "rate", "said", "not_said"),
    [
        (0.5, 10.0, "no bottleneck", "hold it back"),
        (0.5, 80.0, "80% of the ceiling", "no bottleneck"),
        (0.95, 10.0, "busy 95% of the time with ums_actors", "no bottleneck"),
        (0.5, 120.0, "floor was slower than others", "no bottleneck"),
    ],
)
def test_whether_the_server_may_hold_somebody_back_is_said(busy, rate, said, not_said):
    told = " ".join(remarks(result(busy, ums=[rate] * 5, floor=[100.0] * 5)))
    assert said in told
    assert not_said not in told
    assert "The server's own ceiling: 100 requests/s" in told


def test_nothing_measured_gives_an_empty_summary():
    summary = summarize("request", result())
    assert (summary.rows, summary.gates) == ([], [])
