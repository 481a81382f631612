from __future__ import annotations

import itertools
import math

import pytest

from benchmarks.compare import changes, compared, table


def outside_by_counting(new: int, old: int) -> int:
    """Count over all orders what the table counts by recursion."""
    orders = list(itertools.combinations(range(new + old), new))
    wrong = [
        sum(a > b for a in chosen for b in set(range(new + old)) - set(chosen))
        for chosen in orders
    ]
    outside = -1
    while True:
        tail = sum(count <= outside + 1 for count in wrong) / len(orders)
        if 1 - 2 * tail < 0.9:
            return outside
        outside += 1


@pytest.mark.parametrize(("new", "old"), [(3, 3), (3, 5), (5, 3), (5, 5), (4, 6)])
def test_the_interval_is_as_narrow_as_ninety_percent_allow(new, old):
    values = [2.0**n for n in range(new)], [3.0**n for n in range(old)]
    quotients = sorted(a / b for a in values[0] for b in values[1])
    outside = outside_by_counting(new, old)
    found = compared(*values)
    assert (found.low, found.high) == (quotients[outside], quotients[-1 - outside])


def test_with_fewer_rounds_nothing_is_said():
    found = compared([2.0, 2.0], [1.0, 1.0, 1.0])
    assert found.median == 2.0
    assert math.isnan(found.low)


def run(more: bool = True, **columns: list[float]):
    contestants = {
        name: {"title": name, "samples": [{"rate": each} for each in column]}
        for name, column in columns.items()
    }
    metric = {"name": "rate", "title": "requests/s", "more": more}
    workload = {"metrics": [metric], "base": "json", "contestants": contestants}
    return {"suites": {"request": {"workloads": {"32": workload}}}}


@pytest.mark.parametrize(
    ("new", "more", "verdict"),
    [
        ([4.0] * 5, True, "better"),
        ([4.0] * 5, False, "worse"),
        ([1.0] * 5, True, "worse"),
        ([1.0] * 5, False, "better"),
        ([2.0, 2.1, 1.9, 2.0, 2.0], True, "no change that can be seen"),
        ([4.0, 4.0], True, "too few rounds to say"),
    ],
)
def test_ratios_to_the_base_are_compared_not_figures(new, more, verdict):
    faster_machine = run(more, ums=[10 * each for each in new], json=[10.0] * len(new))
    (change,) = changes(faster_machine, run(more, ums=[2.0] * 5, json=[1.0] * 5))
    assert change.verdict == verdict
    assert (change.old, change.new) == (2.0, pytest.approx(sorted(new)[len(new) // 2]))
    assert table([change])[1][-1] == verdict


@pytest.mark.parametrize(
    "old",
    [
        {"suites": {}},
        {"suites": {"request": {"own": 1}}},
        run(ums=[1.0]),
        run(json=[1.0]),
        run(json=[1.0, 2.0], ums=[1.0]),
    ],
)
def test_what_only_one_run_has_is_passed_over(old):
    assert list(changes(run(ums=[1.0], json=[1.0]), old)) == []
