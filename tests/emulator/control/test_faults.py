from __future__ import annotations

import pytest

from ums_actors.emulator.control.faults import Faults
from ums_actors.emulator.failures import EmulatorError


def test_nothing_goes_wrong_unless_asked():
    faults = Faults()
    assert faults.delay_of(".GetClock") == 0
    assert not faults.drops(".GetClock")
    assert faults.rejects(".GetClock", 10_000) is None
    assert faults.of_call("login", "bot1") is None
    assert not faults.mute_pings


def test_knobs_are_set_one_by_one_and_reset_together():
    faults = Faults()
    faults.set({"mute_pings": True})
    assert faults.set({"max_concurrent": 3})["mute_pings"]
    assert not faults.set({"reset": True, "max_concurrent": 2})["mute_pings"]
    assert faults.as_dict()["max_concurrent"] == 2


def test_delay_hits_the_named_types_by_either_name():
    faults = Faults()
    faults.set({"response_delay": 1.5, "response_delay_types": ["GetClock"]})
    assert faults.delay_of(".GetClock") == 1.5
    assert faults.delay_of("KeepAlive") == 0


def test_counted_faults_run_out():
    faults = Faults()
    faults.set(
        {
            "drop_responses": {"GetClock": 1},
            "reject": {".GetClock": {"code": 503, "times": 1}},
        }
    )
    assert [faults.drops(".GetClock"), faults.drops("GetClock")] == [True, False]
    assert [faults.rejects("GetClock", 1) for _ in range(2)] == [503, None]


def test_a_call_fault_hits_only_its_user():
    faults = Faults()
    faults.set({"login": {"status": 500, "times": 1, "user": "bot1"}})
    assert faults.of_call("login", "bot2") is None
    fault = faults.of_call("login", "bot1")
    assert fault is not None
    assert fault.status == 500
    assert faults.of_call("login", "bot1") is None


@pytest.mark.parametrize(
    "knobs",
    [
        {"nonsense": 1},
        {"response_delay": -1},
        {"login": {"status": 200}},
        {"mute_pings": "yes"},
    ],
)
def test_a_wrong_knob_is_refused_with_the_right_ones_named(knobs):
    with pytest.raises(EmulatorError, match=r"the knobs are response_delay, .* reset$"):
        Faults().set(knobs)
