from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.route import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Answered,
    Begun,
    Broke,
    Due,
    Fail,
    Failure,
    Find,
    Found,
    Give,
    Greet,
    Greeted,
    Moved,
    NotFound,
    Pause,
    Route,
    Send,
    Stage,
)
from ums_actors.errors import Delivery

DEADLINE = 10.0


def told(*events, route=None):
    """Tell events at second 1, and give what the last one gave to do."""
    route = route or Route(DEADLINE)
    actions = []
    for event in events:
        actions = route.handle(event, 1.0)
    return route, actions


STRANGE = [Begun(known=False), Found()]
"""The way to a shard that was not heard of lately."""
TABLE = [
    ([Begun(known=True)], Stage.SENT, [Send(), Pause(DEADLINE)]),
    ([Begun(known=False)], Stage.FINDING, [Find()]),
    (STRANGE, Stage.GREETING, [Greet(), Pause(DEADLINE)]),
    ([*STRANGE, Greeted()], Stage.SENT, [Send(), Pause(DEADLINE)]),
    ([Begun(known=False), NotFound()], Stage.PAUSING, [Pause(1 + FIRST_PAUSE)]),
    ([*STRANGE, Moved("opening")], Stage.PAUSING, [Pause(1 + FIRST_PAUSE)]),
    ([*STRANGE, Broke("gone")], Stage.PAUSING, [Pause(1 + FIRST_PAUSE)]),
    ([*STRANGE, Broke("gone"), Due()], Stage.FINDING, [Find()]),
    ([*STRANGE, Due()], Stage.GREETING, []),
    ([Begun(known=True), Due()], Stage.SENT, []),
    ([Begun(known=True), Moved("moved")], Stage.PAUSING, [Pause(1 + FIRST_PAUSE)]),
    ([Begun(known=True), Moved("moved"), Due()], Stage.FINDING, [Find()]),
    ([Begun(known=True), Answered(5)], Stage.DONE, [Give(5)]),
    (
        [Begun(known=True), Broke("gone")],
        Stage.DONE,
        [Fail(Failure.BROKEN, Delivery.UNKNOWN, "gone")],
    ),
    ([Begun(known=True), Answered(5), Broke("gone")], Stage.DONE, []),
]


@pytest.mark.parametrize(("events", "stage", "actions"), TABLE)
def test_what_is_done_at_each_step(events, stage, actions):
    route, found = told(*events)
    assert (route.stage, found) == (stage, actions)


LATE = [
    ([Begun(known=False)], Delivery.NOT_SENT, "it was not found"),
    (STRANGE, Delivery.NOT_SENT, "it was not found"),
    ([*STRANGE, Moved("opening")], Delivery.NOT_SENT, "opening"),
    (
        [Begun(known=False), NotFound()],
        Delivery.NOT_SENT,
        "there is no such actor, for now",
    ),
    ([Begun(known=True)], Delivery.UNKNOWN, "it has not answered"),
    ([Begun(known=True), Moved("leaving")], Delivery.NOT_SENT, "leaving"),
]


@pytest.mark.parametrize(("events", "delivery", "why"), LATE)
def test_at_the_deadline_it_fails_with_what_is_known(events, delivery, why):
    route, _ = told(*events)
    assert route.handle(Due(), DEADLINE) == [Fail(Failure.LATE, delivery, why)]
    assert route.handle(Due(), DEADLINE) == []


def test_an_answer_counts_even_at_the_deadline():
    route, _ = told(Begun(known=True))
    assert route.handle(Answered("late"), DEADLINE) == [Give("late")]


def test_a_call_that_begins_too_late_is_not_sent():
    route = Route(DEADLINE)
    actions = route.handle(Begun(known=True), DEADLINE)
    assert actions == [Fail(Failure.LATE, Delivery.NOT_SENT, "it was not found")]


def test_pauses_double_up_to_the_longest():
    route, _ = told(Begun(known=False))
    pauses = []
    for _ in range(8):
        [pause] = route.handle(NotFound(), 1.0)
        pauses.append(pause.until - 1.0)
        route.handle(Due(), 1.0)
    assert pauses[:3] == pytest.approx([0.02, 0.04, 0.08])
    assert pauses[-1] == LONGEST_PAUSE


def test_no_pause_outlasts_the_deadline():
    route = Route(DEADLINE)
    route.handle(Begun(known=False), 9.99)
    assert route.handle(NotFound(), 9.99) == [Pause(DEADLINE)]


EVENTS = st.sampled_from(
    [
        Begun(known=True),
        Begun(known=False),
        Found(),
        NotFound(),
        Greeted(),
        Moved("m"),
        Broke("b"),
        Answered(1),
        Due(),
    ]
)


@given(st.lists(st.tuples(EVENTS, st.floats(0, 2)), max_size=30))
def test_it_is_sent_again_only_if_the_shard_said_that_nothing_was_done(events):
    """And it ends once, with NOT_SENT only if it is not on its way."""
    route, now, on_its_way, ends = Route(DEADLINE), 0.0, False, 0
    for event, later in events:
        now += later
        for action in route.handle(event, now):
            if isinstance(action, Send):
                assert not on_its_way
                on_its_way = True
            if isinstance(action, Fail):
                assert (action.delivery is Delivery.UNKNOWN) == on_its_way
            ends += isinstance(action, (Give, Fail))
        if isinstance(event, Moved):
            on_its_way = False
    assert ends == (route.stage is Stage.DONE)
