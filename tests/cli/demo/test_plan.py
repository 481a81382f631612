from __future__ import annotations

from collections import Counter

import pytest

from ums_actors.cli.demo.plan import Fault, plan_faults, plan_script
from ums_actors.cli.demo.settings import Settings


def settings(**changed):
    chosen = {"bots": 3, "conversations": 20, "seconds": 15.0, "seed": 7}
    return Settings(**{**chosen, **changed})


def test_the_same_seed_gives_the_same_run():
    first, second = settings(), settings()
    assert plan_faults(first) == plan_faults(second)
    assert plan_script(first, plan_faults(first)) == plan_script(
        second, plan_faults(second)
    )


def test_another_seed_gives_another_run():
    assert plan_faults(settings()) != plan_faults(settings(seed=8))


@pytest.mark.parametrize("seconds", [5.0, 15.0, 29.0, 60.0, 3600.0])
@pytest.mark.parametrize("bots", [1, 3, 50])
def test_every_kind_of_fault_comes_equally_often_and_in_time(seconds, bots):
    plan = plan_faults(settings(seconds=seconds, bots=bots))
    counts = Counter(planned.fault for planned in plan)
    assert set(counts) == set(Fault)
    assert len(set(counts.values())) == 1
    assert all(0 < planned.at < 0.95 * seconds for planned in plan)
    assert sorted(plan) == plan
    assert all(0 <= planned.bot < bots for planned in plan)


def test_consumers_write_in_order_within_the_time_and_often_enough():
    chosen = settings()
    script = plan_script(chosen, plan_faults(chosen))
    assert [say.at for say in script] == sorted(say.at for say in script)
    assert all(0 <= say.at <= chosen.seconds for say in script)
    counts = Counter(say.conversation for say in script)
    assert set(counts) == set(range(20))
    assert min(counts.values()) >= 2


def test_consumers_of_the_victim_write_while_it_is_away():
    chosen = settings(conversations=60, bots=1)
    faults = plan_faults(chosen)
    script = plan_script(chosen, faults)
    last = faults[-1].at
    rush = {say.conversation for say in script if last - 0.06 <= say.at <= last + 0.5}
    assert rush == set(range(60))


def test_many_conversations_write_less_often():
    few = settings(conversations=10)
    many = settings(conversations=500)
    assert len(plan_script(many, [])) < 50 * len(plan_script(few, []))


def test_each_conversation_has_one_owner():
    assert [settings().owner(number) for number in range(4)] == [0, 1, 2, 0]
