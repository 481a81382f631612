from __future__ import annotations

from benchmarks.measure import Result, Sample, Settings
from benchmarks.ratio import Verdict
from benchmarks.summary import summarize


def result(busy: float = 0.5, **rates: list[float]) -> Result:
    samples = {
        name: [Sample(rate, 1e-3, 2e-3, 1e-5, busy, 263.0) for rate in column]
        for name, column in rates.items()
    }
    rounds = max((len(column) for column in rates.values()), default=5)
    return Result(Settings(tuple(rates), rounds), samples, {}, {})


def test_rows_come_fastest_first_with_both_ratios():
    summary = summarize(result(websockets=[10.0] * 5, floor=[80.0] * 5, ums=[40.0] * 5))
    assert [row.name for row in summary.rows] == ["floor", "ums", "websockets"]
    ums = summary.rows[1]
    assert ums.to_base is not None
    assert ums.to_floor is not None
    assert (ums.to_base.median, ums.to_floor.median) == (4.0, 0.5)


def test_the_gate_is_judged_on_paired_rounds():
    slowing = result(ums=[30.0, 3.0, 30.0, 3.0, 30.0], websockets=[10, 1, 10, 1, 10])
    (_, ratio, verdict), *others = summarize(slowing).gates
    assert (ratio.median, verdict, others) == (3.0, Verdict.REACHED, [])


def test_a_noisy_run_names_no_winner():
    noisy = result(ums=[10.0] * 5, picows=[9.0, 9.0, 9.0, 9.0, 11.0])
    assert "too noisy to tell ums_actors from picows" in summarize(noisy).remarks[0]


def test_a_clear_run_names_the_fastest_and_never_the_floor():
    clear = result(ums=[10.0] * 5, picows=[9.0] * 5, floor=[99.0] * 5)
    assert summarize(clear).remarks[0] == "Fastest: ums_actors."


def test_too_few_rounds_name_no_winner():
    remarks = summarize(result(ums=[10.0], picows=[5.0])).remarks
    assert remarks[0].startswith("No winner: fewer than 5 rounds")


def test_a_contestant_near_the_ceiling_is_said():
    remarks = summarize(result(ums=[80.0] * 5, floor=[100.0] * 5)).remarks
    assert any("80% of the ceiling" in remark for remark in remarks)
    assert not any("no bottleneck" in remark for remark in remarks)


def test_a_busy_server_is_said():
    remarks = summarize(result(0.95, ums=[10.0] * 5, floor=[100.0] * 5)).remarks
    assert any("busy 95% of the time with ums_actors" in remark for remark in remarks)


def test_a_server_far_from_its_limits_is_no_bottleneck():
    remarks = summarize(result(ums=[10.0] * 5, floor=[100.0] * 5)).remarks
    assert any("no bottleneck" in remark for remark in remarks)


def test_nothing_measured_gives_an_empty_summary():
    summary = summarize(result())
    assert (summary.rows, summary.gates) == ([], [])
