from __future__ import annotations

from itertools import chain

import pytest

from ums_actors.cli.demo.plan import Fault, PlannedFault, Side, plan_faults
from ums_actors.cli.demo.script import plan_visits
from ums_actors.cli.demo.settings import SKILLS, Settings
from ums_actors.cli.demo.talk import Wish


def settings(**changed):
    chosen = {"bots": 3, "consumers": 20, "seconds": 20.0, "seed": 7}
    return Settings(**{**chosen, **changed})


def plan(**changed):
    chosen = settings(**changed)
    return plan_visits(chosen, plan_faults(chosen))


def asks(visits):
    return [ask for visit in visits for ask in visit.asks]


def test_the_same_seed_gives_the_same_visits():
    assert plan() == plan()
    assert plan() != plan(seed=8)


@pytest.mark.parametrize("seconds", [5.0, 20.0, 120.0])
def test_questions_come_in_order_within_the_time_and_are_numbered(seconds):
    for visits in plan(seconds=seconds):
        said = asks(visits)
        assert len(said) >= 4
        assert [ask.question.number for ask in said] == list(range(1, len(said) + 1))
        assert [ask.at for ask in said] == sorted(ask.at for ask in said)
        assert all(0 <= ask.at <= seconds for ask in said)


def test_no_conversation_is_a_stump_or_a_monster():
    lengths = {
        len(visit.asks) for seed in range(20) for it in plan(seed=seed) for visit in it
    }
    assert min(lengths) >= 4
    assert max(lengths) <= 9 + 3


def test_all_that_can_be_wished_is_wished():
    visits = list(chain(*plan()))
    wishes = {ask.question.wish for ask in asks(visits)}
    assert wishes == set(Wish)
    assert {visit.skill for visit in visits} == set(SKILLS)
    assert {visit.closed_by_bot for visit in visits} == {True, False}
    assert {ask.patient for ask in asks(visits)} == {True, False}


def test_only_the_last_question_says_goodbye_and_none_of_them_transfers():
    for visit in chain(*plan()):
        last = visit.asks[-1]
        assert not last.question.wish.is_transfer
        before = [ask.question.wish for ask in visit.asks[:-1]]
        assert Wish.GOODBYE not in before
        assert sum(wish.is_transfer for wish in before) <= 1


def test_who_says_goodbye_has_heard_all_answers():
    last = [visit.asks[-1] for visit in chain(*plan()) if visit.closed_by_bot]
    assert last
    assert all(ask.patient for ask in last)


def test_a_victim_asks_around_its_fault():
    at = 19.0
    fault = PlannedFault(at, Fault.CUT, Side.CONSUMER, 2)
    for seed in range(10):
        visits = plan_visits(settings(seed=seed), [fault])
        assert any(at - 0.06 <= ask.at <= at + 0.31 for ask in asks(visits[2]))


def test_about_half_of_the_consumers_ask_around_a_fault_of_a_bot():
    chosen = settings(consumers=200, seconds=100.0)
    at = 99.0
    rush = plan_visits(chosen, [PlannedFault(at, Fault.CUT, Side.BOT, 0)])
    calm = plan_visits(chosen, [])
    more = sum(len(asks(visits)) for visits in rush) - sum(
        len(asks(visits)) for visits in calm
    )
    assert 60 < more < 140


def test_many_consumers_ask_less_often():
    few, many = plan(consumers=10), plan(consumers=300)
    count = {len(it): sum(len(asks(visits)) for visits in it) for it in (few, many)}
    assert count[300] < 15 * count[10]
