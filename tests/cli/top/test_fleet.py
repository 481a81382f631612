from __future__ import annotations

from ums_actors.cli.top.fleet import SAMPLES, Fleet


def test_rates_need_two_readings_and_the_processs_own_clock(page, row):
    fleet = Fleet()
    fleet.take([page(row(requests=100), clock=50.0)])
    (seen,) = fleet.seen.values()
    assert (seen.rate, seen.failures, fleet.rate) == (None, None, 0.0)
    fleet.take([page(row(requests=130, failed=5), clock=52.0)])
    (seen,) = fleet.seen.values()
    assert (seen.rate, seen.failures, fleet.rate) == (15.0, 2.5, 15.0)


def test_a_clock_that_stands_still_gives_no_rate(page, row):
    fleet = Fleet()
    for requests in (1, 2):
        fleet.take([page(row(requests=requests), clock=50.0)])
    assert next(iter(fleet.seen.values())).rate is None


def test_who_is_gone_is_gone_unless_a_loop_is_silent(page, row):
    fleet = Fleet()
    fleet.take([page(row(1), row(2))])
    fleet.take([page(row(2), silent=1)])
    assert [seen.row.number for seen in fleet.seen.values()] == [1, 2]
    assert fleet.silent == 1
    fleet.take([page(row(2))])
    assert [seen.row.number for seen in fleet.seen.values()] == [2]
    assert fleet.silent == 0


def test_another_process_has_other_connections(page, row):
    fleet = Fleet()
    fleet.take([page(row(1, requests=5), clock=1.0, pid=1)])
    fleet.take([page(row(1, requests=9), clock=2.0, pid=2, silent=1)])
    (seen,) = fleet.seen.values()
    assert seen.rate is None


def test_all_pages_are_one_reading_and_curves_have_an_end(page, row):
    fleet = Fleet()
    for at in range(SAMPLES + 30):
        pages = [page(row(1, requests=at, p99=0.5)), page(row(2, p99=0.1))]
        for each in pages:
            each.clock = float(at)
        fleet.take(pages)
    assert len(fleet.seen) == 2
    assert len(fleet.curves.rates) == len(fleet.curves.latencies) == SAMPLES
    assert fleet.slowest == 0.5
    assert fleet.rate == 1.0


def test_states_are_counted(page, row):
    fleet = Fleet()
    fleet.take([page(row(1), row(2), row(3, state="FAILED"))])
    assert fleet.states() == {"READY": 2, "FAILED": 1}
