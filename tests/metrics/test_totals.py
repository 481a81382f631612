from __future__ import annotations

from ums_actors.metrics.totals import BUCKETS, Durations, Totals


def test_values_are_added_or_the_least_or_the_most_of_them_is_given():
    totals = Totals()
    for value in (3, 1, 2):
        totals.put("requests_queued", value, "")
        totals.put("request_window", value, "")
        totals.put("attempts", value, "")
    assert totals == {
        ("requests_queued", ("",)): 6,
        ("request_window", ("",)): 1,
        ("attempts", ("",)): 3,
    }


def test_labels_keep_values_apart():
    totals, others = Totals(), Totals()
    totals.put("logins_total", 1, "a")
    others.put("logins_total", 2, "a")
    others.put("logins_total", 5, "b")
    totals.merge(others)
    assert totals == {("logins_total", ("a",)): 3, ("logins_total", ("b",)): 5}


def test_of_what_is_gone_the_counters_stay():
    totals = Totals()
    totals.put("logins_total", 1, "a")
    totals.put("requests_queued", 1, "a")
    assert totals.counters() == {("logins_total", ("a",)): 1}


def test_a_duration_falls_into_the_bucket_whose_bound_it_does_not_exceed():
    durations = Durations((0.5, 1.0))
    for seconds in (0.25, 0.5, 0.75, 2.0):
        durations.add(seconds)
    assert durations.buckets() == [(0.5, 2), (1.0, 3), (float("inf"), 4)]
    assert durations.sum == 3.5


def test_a_copy_of_durations_does_not_change():
    durations = Durations((0.5,))
    copy = durations.copy()
    durations.add(0.1)
    assert copy.buckets()[-1][1] == 0


def test_the_usual_bounds_grow():
    assert list(BUCKETS) == sorted(set(BUCKETS))
