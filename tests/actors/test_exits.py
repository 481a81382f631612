from __future__ import annotations

import logging

import pytest

import ums_actors as ums
from ums_actors.core.severity import ALARMING_CRASHES


class Heard:
    """An observer that keeps what it hears."""

    def __init__(self):
        self.all = []

    def observe(self, event, level, fields):
        self.all.append((event, level, fields))

    def of(self, event):
        return [each for each in self.all if each[0] == event]


@pytest.fixture
def heard(runtime):
    runtime.observer = Heard()
    return runtime.observer


@pytest.fixture
def opened(emulator, start, events, heard):
    """Open a connection; give it and what it reports of exits."""

    def make(**more):
        proxy = start(emulator, **more)
        exits = events(proxy, ums.ExitReported)
        proxy.open().get(timeout=10)
        return proxy, exits

    return make


def of(who):
    return lambda report: report.who == who


def test_a_line_that_is_cut_is_reported_with_what_follows(emulator, opened, heard):
    _, exits = opened()
    emulator.cut("bot1")
    report = exits.wait(of("line"))
    assert (report.verdict, report.generation, report.attempt) == ("RETRY", 1, 1)
    assert 0.0 <= report.delay <= 0.05
    assert (report.budget_left, report.refilled_in) == (None, 0.0)
    assert report.reason.startswith("the line broke")
    ((_, level, fields),) = heard.of("connection.exit")
    assert level == logging.INFO
    assert {name: fields[name] for name in report.__struct_fields__} == {
        name: getattr(report, name) for name in report.__struct_fields__
    }
    assert fields["connection"]


def test_the_verdict_on_a_close_code_is_in_the_report(emulator, opened):
    _, exits = opened()
    emulator.close_sockets(4407, "bot1")
    assert exits.wait(of("line")).verdict == "RENEW_TOKEN"


def test_attempts_that_fail_count_up_and_are_told_louder(
    emulator, start, events, heard
):
    emulator.add_fault("handshake", count=3, value=502)
    proxy = start(emulator)
    exits = events(proxy, ums.ExitReported)
    proxy.open().get(timeout=10)
    reports = [exits.wait(of("attempt")) for _ in range(3)]
    assert [report.attempt for report in reports] == [1, 2, 3]
    levels = [level for _, level, _ in heard.of("connection.exit")]
    assert levels == [logging.INFO, logging.INFO, logging.WARNING]


def test_a_refused_login_is_reported_as_the_end(emulator, start, events, heard):
    emulator.add_fault("login", value=401)
    proxy = start(emulator)
    exits = events(proxy, ums.ExitReported)
    with pytest.raises(ums.AuthenticationRejected):
        proxy.open().get(timeout=10)
    report = exits.wait(of("attempt"))
    assert (report.verdict, report.delay) == ("GIVE_UP", None)
    assert heard.of("connection.exit")[-1][1] == logging.ERROR


def test_a_close_is_reported_as_asked_for(opened, heard):
    proxy, exits = opened()
    proxy.close().get(timeout=10)
    report = exits.wait(of("line"))
    assert (report.verdict, report.delay) == ("STOP", None)
    assert heard.of("connection.exit")[-1][1] == logging.INFO


@pytest.mark.parametrize("child", ["token", "correlator", "socket"])
def test_each_crash_of_a_child_is_reported_with_its_budget(opened, heard, child):
    proxy, exits = opened(options={"restart_intensity": 2, "stable_after": 60.0})
    ref = proxy.child(child).get(timeout=5)
    for _ in range(3):
        ref.tell(object())
    reports = [exits.wait(of(child)) for _ in range(3)]
    assert [report.verdict for report in reports] == ["CRASH", "CRASH", "GIVE_UP"]
    assert [report.attempt for report in reports] == [1, 2, 3]
    assert [report.delay for report in reports] == [0.0, 0.0, None]
    assert [report.budget_left for report in reports] == [1, 0, 0]
    assert all(0.0 < report.refilled_in <= 60.0 for report in reports)
    assert "LocalProtocolError" in reports[0].reason
    told = [each for each in heard.of("connection.exit") if each[2]["who"] == child]
    assert [level for _, level, _ in told] == [
        logging.WARNING,
        logging.WARNING,
        logging.ERROR,
    ]


def test_the_third_crash_in_the_window_is_an_alarm_though_more_are_forgiven(
    opened, heard
):
    proxy, exits = opened()
    for _ in range(ALARMING_CRASHES):
        proxy.child("token").get(timeout=5).tell(object())
    reports = [exits.wait(of("token")) for _ in range(ALARMING_CRASHES)]
    assert [report.budget_left for report in reports] == [4, 3, 2]
    levels = [level for _, level, _ in heard.of("connection.exit")]
    assert levels == [logging.WARNING, logging.WARNING, logging.ERROR]


def test_the_supervisor_and_the_root_report_their_crashes_too(opened):
    proxy, exits = opened(options={"restart_period": 0.05})
    proxy.child("supervisor").get(timeout=5).tell(object())
    assert exits.wait(of("SupervisorActor")).budget_left == 0
    proxy.subscribe.defer(object())  # a bad target, told: a crash
    report = exits.wait(of("BrandWebsocketConnection"))
    assert report.reason.startswith("crashed by LocalProtocolError")


def test_status_says_how_long_it_takes_until_a_budget_is_full_again(opened):
    proxy, exits = opened(options={"stable_after": 60.0})
    before = proxy.status().get(timeout=5)
    assert set(before.restarts_refilled_in) == set(before.restarts_left)
    assert set(before.restarts_refilled_in.values()) == {0.0}
    proxy.child("token").get(timeout=5).tell(object())
    exits.wait(of("token"))
    after = proxy.status().get(timeout=5)
    assert 0.0 < after.restarts_refilled_in["token"] <= 60.0
    assert after.restarts_refilled_in["socket"] == 0.0
