from __future__ import annotations

from collections import Counter

import pytest

from ums_actors.cli.demo.plan import STRIKES, Fault, Side, Strike, plan_faults
from ums_actors.cli.demo.settings import Settings


def settings(**changed):
    chosen = {"bots": 3, "consumers": 20, "seconds": 20.0, "seed": 7}
    return Settings(**{**chosen, **changed})


def test_the_same_seed_gives_the_same_faults():
    assert plan_faults(settings()) == plan_faults(settings())


def test_another_seed_gives_other_faults():
    assert plan_faults(settings()) != plan_faults(settings(seed=8))


def test_every_kind_strikes_both_sides_as_far_as_it_makes_sense():
    sides = {fault: {it.side for it in STRIKES if it.fault is fault} for fault in Fault}
    either = {Side.BOT, Side.CONSUMER}
    assert sides == {
        Fault.CUT: either,
        Fault.HALF_OPEN: either,
        Fault.CLOSE_4401: {Side.BOT},
        Fault.CLOSE_4407: {Side.CONSUMER},
        Fault.CUT_THEN_401: either,
        Fault.CORRELATOR: either,
        Fault.SOCKET: either,
        Fault.TOKEN: either,
        Fault.BURST_429: {Side.ALL},
        Fault.RESTART: {Side.ALL},
    }


@pytest.mark.parametrize("seconds", [5.0, 20.0, 39.0, 60.0, 3600.0])
@pytest.mark.parametrize("bots", [1, 3, 50])
def test_every_fault_comes_equally_often_and_in_time(seconds, bots):
    plan = plan_faults(settings(seconds=seconds, bots=bots))
    counts = Counter(Strike(planned.fault, planned.side) for planned in plan)
    assert set(counts) == set(STRIKES)
    assert len(set(counts.values())) == 1
    assert all(0 < planned.at < 0.95 * seconds for planned in plan)
    assert sorted(planned.at for planned in plan) == [planned.at for planned in plan]


def test_what_strikes_everyone_comes_in_the_first_half():
    orders = set()
    for seed in range(30):
        plan = plan_faults(settings(seed=seed))
        everyone = [it for it in plan if it.side is Side.ALL]
        assert all(it.at < 0.5 * 20.0 for it in everyone)
        orders.add(tuple(it.fault for it in everyone))
    assert len(orders) == 2


def test_victims_take_turns():
    plan = plan_faults(settings(bots=2, consumers=3))
    for side, number in ((Side.BOT, 2), (Side.CONSUMER, 3), (Side.ALL, 1)):
        victims = [planned.victim for planned in plan if planned.side is side]
        assert victims == [turn % number for turn in range(len(victims))]


def test_bots_have_different_skills_and_a_single_one_has_all():
    assert settings(bots=1).skills() == {"bot1": ("sales", "support")}
    assert settings(bots=4).skills() == {
        "bot1": ("sales",),
        "bot2": ("support",),
        "bot3": ("sales", "support"),
        "bot4": ("sales",),
    }
