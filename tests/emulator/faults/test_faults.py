from __future__ import annotations

import pytest

from ums_actors.emulator import EmulatorError
from ums_actors.emulator.faults.faults import MAX_FAULTS, Faults


@pytest.fixture
def faults():
    return Faults()


def test_as_made_nothing_goes_wrong(faults):
    assert not faults
    assert faults.strike("drop", "bot1") is None
    assert faults.as_list() == []


def test_a_fault_without_count_strikes_until_it_is_cleared(faults):
    added = faults.add("mute-pings")
    assert [faults.strike("mute-pings", None) for _ in range(3)] == [added] * 3
    faults.clear()
    assert faults.strike("mute-pings", None) is None
    assert not faults


def test_a_fault_with_a_count_runs_out(faults):
    faults.add("login", count=2, value=429)
    assert faults.as_list() == [{"name": "login", "count": 2, "value": 429}]
    assert faults.strike("login", None).setting.status == 429
    assert faults.as_list() == [{"name": "login", "count": 1, "value": 429}]
    assert faults.strike("login", None)
    assert faults.strike("login", None) is None
    assert not faults


def test_a_fault_of_one_user_strikes_nobody_else(faults):
    faults.add("mute-pings", user="bot1")
    assert faults.strike("mute-pings", "bot2") is None
    assert faults.strike("mute-pings", None) is None
    assert faults.strike("mute-pings", "bot1").user == "bot1"


def test_of_several_that_fit_the_oldest_strikes(faults):
    faults.add("login", user="bot1", count=1, value=429)
    faults.add("login", value=451)
    hit = [faults.strike("login", user) for user in ("bot2", "bot1")]
    assert [fault.setting.status for fault in hit] == [451, 429]
    assert faults.strike("login", "bot1").setting.status == 451


def test_what_is_not_hit_costs_no_strike(faults):
    faults.add("drop", count=1, value="GetClock")
    assert faults.strike("drop", "bot1", lambda it: it.setting.fit("KeepAlive")) is None
    assert faults.strike("drop", "bot1", lambda it: it.setting.fit(".GetClock"))


def test_to_find_a_fault_costs_no_strike(faults):
    fault = faults.add("reorder", count=1)
    assert faults.find("reorder", "bot1") is fault
    assert faults.find("reorder", "bot1") is fault


@pytest.mark.parametrize(
    ("which", "left"),
    [
        ({"name": "drop"}, ["reject"]),
        ({"user": "bot1"}, ["drop"]),
        ({"name": "drop", "user": "bot1"}, ["drop", "reject"]),
        ({}, []),
    ],
)
def test_faults_are_cleared_by_name_and_user(faults, which, left):
    faults.add("drop")
    faults.add("drop", user="bot1")
    faults.add("reject", user="bot1")
    faults.clear(**which)
    names = [it["name"] for it in faults.as_list()]
    assert names == left or (names == ["drop", "reject"] and left == names)


def test_the_default_value_is_shown(faults):
    faults.add("reject", user="bot1")
    assert faults.as_list() == [
        {"name": "reject", "user": "bot1", "value": {"code": 400}}
    ]


@pytest.mark.parametrize("count", [0, -1, 1_000_001])
def test_a_count_is_at_least_one(faults, count):
    with pytest.raises(EmulatorError, match="give one of 1 to 1000000, or none"):
        faults.add("drop", count=count)


def test_look_ups_of_domains_have_no_user(faults):
    with pytest.raises(EmulatorError, match="before it is known who asks; leave user"):
        faults.add("csds", user="bot1")


def test_to_clear_an_unknown_name_is_refused(faults):
    with pytest.raises(EmulatorError, match="no fault 'typo'"):
        faults.clear("typo")


def test_faults_have_a_bound(faults):
    for _ in range(MAX_FAULTS):
        faults.add("drop")
    with pytest.raises(EmulatorError, match="delete some of them first"):
        faults.add("drop")
