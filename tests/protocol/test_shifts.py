from __future__ import annotations

import time

import pytest

from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol.shifts import SkillShift, given_shifts, read_shifts


def test_the_documented_records_are_read():
    told = [
        {"skillId": 326244912, "onShift": False, "nextOn": 1535979, "nextOff": 1535997},
        {"skillId": "17", "onShift": True, "nextOn": None, "unheardOf": [1]},
    ]
    assert read_shifts(told) == (
        SkillShift("326244912", False, 1535979, 1535997),
        SkillShift("17", True),
    )


@pytest.mark.parametrize(
    "told",
    [
        {"skillId": "17", "onShift": True},
        [{"skillId": "17", "onShift": False}, {"skillId": 17, "onShift": True}],
        [{"skillId": "17", "onShift": True}, {"skillId": "4"}, 7, {"onShift": True}],
        [{"skillId": "17", "onShift": True, "nextOn": "soon", "nextOff": {}}],
        [{"skillId": "17", "onShift": True}, {"skillId": "", "onShift": True}],
    ],
    ids=["bare", "twice", "unfit", "no times", "no name"],
)
def test_what_is_a_little_different_is_read_as_well(told):
    assert read_shifts(told) == (SkillShift("17", True),)


@pytest.mark.parametrize(
    "told", [None, "closed", 7, {}, {"error": "x"}, [{"skillId": "4"}, None]]
)
def test_what_is_no_shift_status_is_no_news(told):
    with pytest.raises(RemoteProtocolError, match="no list of skills"):
        read_shifts(told)


def test_an_account_may_have_no_skills():
    assert read_shifts([]) == ()


ON, OFF = True, False


@pytest.mark.parametrize(
    ("shift", "off"),
    [
        ((ON, None, None), False),
        ((OFF, None, None), True),
        ((ON, None, 101), False),
        ((ON, None, 100), True),
        ((OFF, 101, None), True),
        ((OFF, 100, None), False),
        ((OFF, 90, 101), False),
        ((OFF, 90, 100), True),
        ((ON, 150, 101), False),
        ((ON, 150, 99), True),
        ((ON, 99, 90), False),
        ((ON, 90, 90), False),
        ((ON, 80, 150), False),
    ],
)
def test_off_hours_are_as_told_and_go_on_from_there(shift, off):
    assert SkillShift("17", *shift).is_in_off_hours(100) is off


def test_off_hours_are_asked_of_this_machines_clock_by_default():
    now = int(time.time() * 1_000)
    assert SkillShift("17", True, None, now - 1).is_in_off_hours()
    assert not SkillShift("17", True, None, now + 3_600_000).is_in_off_hours()


def test_what_is_given_by_hand_may_be_records_of_either_kind():
    mine = SkillShift("4", False)
    assert given_shifts([{"skillId": 17, "onShift": True}, mine]) == (
        SkillShift("17", True),
        mine,
    )
    assert given_shifts(mine) == given_shifts((mine, mine)) == (mine,)
    assert given_shifts([]) == ()


@pytest.mark.parametrize(
    "records", ["closed", [{"skillId": "4"}], None, [7], [SkillShift("", True)]]
)
def test_what_is_none_is_refused_with_the_way_out(records):
    with pytest.raises(LocalProtocolError, match=r'\{"skillId": "17", "onShift": true'):
        given_shifts(records)
