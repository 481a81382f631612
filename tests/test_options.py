from __future__ import annotations

import pytest

from ums_actors import LocalProtocolError, Options

NUMBERS = [
    name
    for name in Options.__struct_fields__
    if not isinstance(getattr(Options(), name), bool)
]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [-1, float("nan")])
def test_a_value_out_of_bounds_is_named_with_its_rule(name, value):
    with pytest.raises(LocalProtocolError, match=rf"Options\.{name}=.*must be"):
        Options(**{name: value})


@pytest.mark.parametrize("name", ["restart_intensity", "queue_limit"])
def test_some_may_be_zero(name):
    assert getattr(Options(**{name: 0}), name) == 0


@pytest.mark.parametrize("name", ["request_timeout", "max_frame_size", "max_outage"])
def test_others_may_not(name):
    with pytest.raises(LocalProtocolError):
        Options(**{name: 0})


def test_pauses_are_capped_at_ten_minutes_or_four_hours():
    assert Options().backoff_cap == 600.0
    assert Options(use_extended_reconnect_schedule=True).backoff_cap == 14_400.0


@pytest.mark.parametrize("name", Options.__struct_fields__)
def test_a_value_of_another_kind_is_refused(name):
    default = getattr(Options(), name)
    wrong = ["x", [], {}, float("inf"), 10**400]
    if isinstance(default, bool):
        wrong += [1, 0, None]
    else:
        wrong += [True]
    if default is not None:
        wrong += [None]
    if isinstance(default, int):
        wrong += [1.5]
    for value in wrong:
        with pytest.raises(LocalProtocolError, match=rf"Options\.{name}=") as caught:
            Options(**{name: value})
        assert len(str(caught.value)) < 200
