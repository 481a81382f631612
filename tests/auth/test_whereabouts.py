import pytest

from ums_actors.auth.whereabouts import Whereabouts


@pytest.fixture
def now():
    return [100.0]


@pytest.fixture
def known(now):
    made = Whereabouts(10.0, 50.0, lambda: now[0])
    made.learn({"a": "a.example", "b": "b.example"})
    return made


def test_what_was_learnt_is_believed_and_then_serves(known, now):
    for age, fresh, stale in [(9.9, True, True), (10, False, True), (60, False, False)]:
        now[0] = 100.0 + age
        assert (known.fresh("a") is not None) is fresh
        assert (known.stale("a") is not None) is stale
    assert known.fresh("c") is known.stale("c") is None


def test_an_old_host_is_prolonged_within_its_bound(known, now):
    now[0] = 150.0
    known.prolong("a", 60.0)
    known.prolong("c", 60.0)
    assert known.fresh("a") == "a.example"
    assert known.fresh("b") is None
    now[0] = 160.0
    assert known.fresh("a") is None


def test_only_a_whole_list_says_what_there_is_not(known, now):
    assert not known.is_absent("c")
    known.learn({"a": "a.example"}, complete=True)
    assert known.is_absent("b")
    assert known.is_absent("c")
    assert not known.is_absent("a")
    now[0] += 10
    assert not known.is_absent("c")


def test_nothing_learnt_is_not_known():
    made = Whereabouts(10.0, 50.0, lambda: 0.0)
    made.learn({})
    assert not made.ever
    made.learn({"a": "a.example"})
    assert made.ever
