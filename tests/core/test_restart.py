from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.restart import (
    ChildSpec,
    ExitKind,
    GiveUp,
    Group,
    Restart,
    StartChild,
    StopChild,
    Strategy,
    Supervision,
)
from ums_actors.errors import LocalProtocolError

P, T, TMP = Restart.PERMANENT, Restart.TRANSIENT, Restart.TEMPORARY
NORMAL, SHUTDOWN, ABNORMAL = ExitKind
ONE, REST, ALL = (
    Strategy.ONE_FOR_ONE,
    Strategy.REST_FOR_ONE,
    Strategy.ONE_FOR_ALL,
)
LINK = Group(
    ONE,
    (
        ChildSpec("token", T),
        Group(REST, (ChildSpec("correlator"), ChildSpec("socket"))),
    ),
)


def supervision(tree=LINK, intensity=5, period=60.0):
    return Supervision(tree, intensity=intensity, period=period)


def say(actions):
    marks = {StopChild: "-", StartChild: "+"}
    return " ".join(f"{marks[type(action)]}{action.name}" for action in actions)


RESTARTED = {
    (P, NORMAL): True,
    (P, SHUTDOWN): True,
    (P, ABNORMAL): True,
    (T, NORMAL): False,
    (T, SHUTDOWN): False,
    (T, ABNORMAL): True,
    (TMP, NORMAL): False,
    (TMP, SHUTDOWN): False,
    (TMP, ABNORMAL): False,
}
PLANS = {ONE: "+b", REST: "-c +b +c", ALL: "-c -a +a +b +c"}


@pytest.mark.parametrize(
    ("restart", "kind", "strategy"),
    list(itertools.product(Restart, ExitKind, Strategy)),
)
def test_the_restart_matrix(restart, kind, strategy):
    tree = Group(strategy, (ChildSpec("a"), ChildSpec("b", restart), ChildSpec("c")))
    plan = PLANS[strategy] if RESTARTED[restart, kind] else ""
    assert say(supervision(tree).decide("b", kind, 0.0)) == plan


@pytest.mark.parametrize(
    ("strategy", "child", "plan"),
    [
        (ONE, "a", "+a"),
        (ONE, "d", "+d"),
        (REST, "a", "-d -c -b +a +b +c +d"),
        (REST, "b", "-d -c +b +c +d"),
        (REST, "d", "+d"),
        (ALL, "a", "-d -c -b +a +b +c +d"),
        (ALL, "d", "-c -b -a +a +b +c +d"),
    ],
)
def test_siblings_stop_in_reverse_and_start_in_order(strategy, child, plan):
    tree = Group(strategy, tuple(ChildSpec(name) for name in "abcd"))
    assert say(supervision(tree).decide(child, ABNORMAL, 0.0)) == plan


@pytest.mark.parametrize("strategy", [REST, ALL])
def test_a_temporary_sibling_that_is_stopped_is_not_started_again(strategy):
    tree = Group(strategy, (ChildSpec("a"), ChildSpec("b", TMP), ChildSpec("c", T)))
    assert say(supervision(tree).decide("a", ABNORMAL, 0.0)) == "-c -b +a +c"


@pytest.mark.parametrize(
    ("child", "plan"),
    [
        ("token", "+token"),
        ("correlator", "-socket +correlator +socket"),
        ("socket", "+socket"),
    ],
)
def test_the_innermost_group_applies_its_strategy(child, plan):
    assert say(supervision().decide(child, ABNORMAL, 0.0)) == plan


def test_a_group_is_restarted_as_a_whole_by_the_group_around_it():
    inner = Group(ONE, (ChildSpec("b"), ChildSpec("c", TMP)))
    tree = Group(REST, (ChildSpec("a"), inner, ChildSpec("d")))
    around = supervision(tree)
    assert say(around.decide("a", ABNORMAL, 0.0)) == "-d -c -b +a +b +d"
    assert say(around.decide("b", ABNORMAL, 0.0)) == "+b"
    assert say(around.decide("d", ABNORMAL, 0.0)) == "+d"


def test_a_group_with_equal_children_elsewhere_is_told_apart():
    tree = Group(ALL, (Group(ONE, (ChildSpec("a"),)), Group(ONE, (ChildSpec("b"),))))
    assert say(supervision(tree).decide("b", ABNORMAL, 0.0)) == "+b"


def test_children_start_in_order_and_stop_in_reverse():
    tree = supervision()
    assert tree.start_order() == ["token", "correlator", "socket"]
    assert tree.stop_order() == ["socket", "correlator", "token"]


def test_a_specification_is_found_by_name():
    tree = supervision()
    assert tree.spec("token") == ChildSpec("token", T)
    for wrong in (tree.spec, lambda name: tree.budget_left(name, 0.0)):
        with pytest.raises(LocalProtocolError) as caught:
            wrong("x")
        assert str(caught.value) == (
            "there is no child 'x': it is one of token, correlator, socket"
        )
    with pytest.raises(LocalProtocolError, match="no child 'x'"):
        tree.decide("x", ABNORMAL, 0.0)


@pytest.mark.parametrize(
    "action", [StopChild("a"), StartChild("a"), GiveUp("a", ("once",))], ids=repr
)
def test_what_is_to_be_done_cannot_be_changed_afterwards(action):
    name = action.__struct_fields__[0]
    with pytest.raises(AttributeError, match="immutable"):
        setattr(action, name, "b")
    assert getattr(action, name) == "a"


def test_the_window_of_a_child_is_its_own_and_the_one_that_counts():
    tree = supervision(intensity=3, period=10.0)
    tree.decide("socket", ABNORMAL, 1.0)
    assert tree.window("socket").used(1.0) == 1
    assert tree.window("token").used(1.0) == 0
    with pytest.raises(LocalProtocolError, match="no child 'x'"):
        tree.window("x")


def test_too_many_crashes_give_up_with_the_exits_in_the_window():
    tree = supervision(intensity=2, period=10.0)
    tree.decide("socket", ABNORMAL, 0.0, note="first")
    tree.decide("socket", NORMAL, 12.0, counts=False)
    for now in (20.0, 21.0):
        assert say(tree.decide("socket", ABNORMAL, now)) == "+socket"
    tree.decide("socket", ABNORMAL, 21.5, counts=False, note="cut")
    [action] = tree.decide("socket", ABNORMAL, 22.0, note="KeyError")
    assert action == GiveUp(
        "socket",
        (
            "12.000 s: socket NORMAL (not counted)",
            "20.000 s: socket ABNORMAL",
            "21.000 s: socket ABNORMAL",
            "21.500 s: socket ABNORMAL (not counted): cut",
            "22.000 s: socket ABNORMAL: KeyError",
        ),
    )


def test_each_child_has_a_budget_of_its_own():
    tree = supervision(intensity=1)
    tree.decide("socket", ABNORMAL, 0.0)
    tree.decide("correlator", ABNORMAL, 0.0)
    assert [tree.budget_left(name, 0.0) for name in tree.start_order()] == [1, 0, 0]
    assert isinstance(tree.decide("socket", ABNORMAL, 0.0)[0], GiveUp)
    assert say(tree.decide("token", ABNORMAL, 0.0)) == "+token"


def test_an_exit_that_restarts_nothing_uses_no_budget():
    tree = supervision(intensity=0)
    assert tree.decide("token", NORMAL, 0.0) == []
    assert isinstance(tree.decide("token", ABNORMAL, 0.0)[0], GiveUp)


def test_the_network_uses_no_budget():
    tree = supervision(intensity=0)
    for now in range(1_000):
        assert say(tree.decide("socket", ABNORMAL, now, counts=False)) == "+socket"
    assert len(tree._records["socket"].exits) == 50


def test_proven_stability_gives_the_full_budget_back():
    tree = supervision(intensity=1)
    tree.decide("socket", ABNORMAL, 0.0, note="forgiven")
    tree.stable(10.0)
    assert tree.budget_left("socket", 10.0) == 1
    assert say(tree.decide("socket", ABNORMAL, 11.0)) == "+socket"
    [action] = tree.decide("socket", ABNORMAL, 12.0)
    assert [line[:8] for line in action.history] == ["11.000 s", "12.000 s"]


def test_a_crash_after_the_proof_counts_also_if_the_proof_is_seen_late():
    tree = supervision(intensity=1)
    tree.decide("socket", ABNORMAL, 11.0)
    tree.stable(10.0)
    assert (tree.stable_at, tree.budget_left("socket", 11.0)) == (10.0, 0)


@st.composite
def trees(draw):
    names = iter("abcdefghijklmnop")

    def group(depth):
        members = []
        for _ in range(draw(st.integers(1, 3))):
            if depth and draw(st.booleans()):
                members.append(group(depth - 1))
            else:
                restart = draw(st.sampled_from(Restart))
                members.append(ChildSpec(next(names), restart))
        return Group(draw(st.sampled_from(Strategy)), tuple(members))

    try:
        return group(2)
    except StopIteration:
        return Group(ONE, (ChildSpec("a"),))


@given(tree=trees(), data=st.data())
def test_a_plan_stops_before_it_starts_and_touches_each_child_once(tree, data):
    decider = supervision(tree)
    child = data.draw(st.sampled_from(decider.start_order()))
    actions = decider.decide(child, data.draw(st.sampled_from(ExitKind)), 0.0)
    stops = [a.name for a in actions if isinstance(a, StopChild)]
    starts = [a.name for a in actions if isinstance(a, StartChild)]
    assert say(actions) == " ".join(
        [*(f"-{name}" for name in stops), *(f"+{name}" for name in starts)]
    )
    in_order = decider.start_order()
    assert starts == [name for name in in_order if name in starts]
    assert stops == [name for name in reversed(in_order) if name in stops]
    assert child not in stops
    assert (child in starts) is bool(actions)
    not_again = {name for name in stops if decider.spec(name).restart is TMP}
    assert set(starts) == {child, *stops} - not_again if actions else not starts
