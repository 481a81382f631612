from __future__ import annotations

import itertools

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from ums_actors.core.lease import TRANSITIONS, Lease
from ums_actors.core.leasing import (
    ArmRefresh,
    Closed,
    Deny,
    DisarmRefresh,
    Event,
    Fetched,
    FetchFailed,
    Grant,
    Invalidated,
    LeaseState,
    Life,
    Logout,
    RefreshDue,
    Refreshed,
    RefreshFailed,
    RefreshRefused,
    StartFetch,
    StartRefresh,
    Wanted,
)
from ums_actors.errors import ConnectionLost, Delivery, LocalProtocolError, LoginError

NONE, FETCHING, HELD, REFRESHING = LeaseState
ERROR = LoginError("no")
# In each state flight 1 was the login; flight 2 is the refresh under way.
PATHS = {
    NONE: [],
    FETCHING: [Wanted()],
    HELD: [Wanted(), Fetched(1, "S")],
    REFRESHING: [Wanted(), Fetched(1, "S"), RefreshDue()],
}
FLIGHT = {NONE: 0, FETCHING: 1, HELD: 0, REFRESHING: 2}


def lease_in(state):
    lease = Lease(240.0)
    for event in PATHS[state]:
        lease.handle(event, 0.0)
    assert lease.state is state
    return lease


def current(event_type, state):
    """An event of this type that is not outdated in this state."""
    flight = FLIGHT[state]
    match event_type.__name__:
        case "Fetched":
            return Fetched(flight, "T")
        case "FetchFailed":
            return FetchFailed(flight, ERROR)
        case "Invalidated":
            return Invalidated(1, "test")
        case "Refreshed" | "RefreshRefused" | "RefreshFailed":
            return event_type(flight)
        case _:
            return event_type()


EVENTS = Event.__args__
GRANT, ARM, DISARM = Grant(1, "S"), ArmRefresh(240.0), DisarmRefresh()
LISTED = {
    (NONE, Wanted): (FETCHING, [StartFetch(1)]),
    (NONE, RefreshDue): (NONE, []),
    (NONE, Closed): (NONE, []),
    (FETCHING, Wanted): (FETCHING, []),
    (FETCHING, Fetched): (HELD, [Grant(1, "T"), ARM]),
    (FETCHING, FetchFailed): (NONE, [Deny(ERROR)]),
    (FETCHING, RefreshDue): (FETCHING, []),
    (FETCHING, Closed): (NONE, None),
    (HELD, Wanted): (HELD, [GRANT]),
    (HELD, Invalidated): (NONE, [DISARM]),
    (HELD, RefreshDue): (REFRESHING, [DISARM, StartRefresh(1, "S", 2)]),
    (HELD, Closed): (NONE, [DISARM, Logout("S")]),
    (REFRESHING, Wanted): (REFRESHING, [GRANT]),
    (REFRESHING, Invalidated): (NONE, [DISARM]),
    (REFRESHING, RefreshDue): (REFRESHING, []),
    (REFRESHING, Refreshed): (HELD, [ARM]),
    (REFRESHING, RefreshRefused): (NONE, [DISARM]),
    (REFRESHING, RefreshFailed): (HELD, [ArmRefresh(5.0)]),
    (REFRESHING, Closed): (NONE, [DISARM, Logout("S")]),
}
# Without a token there is no generation that could be refused, nor one to outlive.
OUTDATED = {(NONE, Invalidated), (FETCHING, Invalidated)}


@pytest.mark.parametrize(
    ("state", "event_type"), list(itertools.product(LeaseState, EVENTS))
)
def test_every_pair_is_a_listed_transition_or_an_error(state, event_type):
    lease = lease_in(state)
    event = current(event_type, state)
    if (state, event_type) in OUTDATED:
        assert lease.handle(event, 0.0) == []
        assert (lease.state, lease.stale) == (state, 1)
    elif (state, event_type) in LISTED:
        target, actions = LISTED[state, event_type]
        result = lease.handle(event, 0.0)
        assert actions is None or result == actions
        assert lease.state is target is TRANSITIONS[state][event_type]
        held = target in {HELD, REFRESHING}
        assert (lease.session is not None) is (lease._session is not None) is held
    else:
        assert event_type not in TRANSITIONS[state]
        with pytest.raises(LocalProtocolError) as caught:
            lease.handle(event, 0.0)
        assert str(caught.value) == (
            f"{event_type.__name__} cannot happen in {state}: see "
            "ums_actors.core.lease.TRANSITIONS"
        )
        assert lease.state is state


def test_the_table_lists_nothing_else():
    table = {(state, event) for state, row in TRANSITIONS.items() for event in row}
    assert table == set(LISTED)


def test_a_successor_holds_what_its_predecessor_held():
    lease = Lease(240.0, generation=7, session="S")
    assert (lease.state, lease.session) == (HELD, "S")
    assert lease.handle(Wanted(), 0.0) == [Grant(7, "S")]
    assert lease.handle(Invalidated(7), 0.0) == [DISARM]


def test_the_first_failed_refresh_of_a_successor_is_tried_again_soon():
    lease = Lease(240.0, generation=7, session="S")
    flight = refreshing(lease, 0.0)
    assert lease.handle(RefreshFailed(flight), 0.0) == [ArmRefresh(5.0)]


def test_a_successor_of_one_without_a_token_counts_on():
    lease = Lease(240.0, generation=7)
    assert (lease.state, lease.session) == (NONE, None)
    lease.handle(Wanted(), 0.0)
    assert lease.handle(Fetched(1, "S"), 0.0)[0] == Grant(8, "S")


def test_a_hundred_who_wait_are_served_by_one_login():
    lease = Lease(240.0)
    actions = [action for _ in range(100) for action in lease.handle(Wanted(), 0.0)]
    assert actions == [StartFetch(1)]
    assert lease.handle(Fetched(1, "S"), 0.0)[0] == Grant(1, "S")


def test_a_login_interrupted_by_closing_fails_those_who_wait():
    [action] = lease_in(FETCHING).handle(Closed(), 0.0)
    assert isinstance(action, Deny)
    assert isinstance(action.error, ConnectionLost)
    assert str(action.error) == "the connection was closed during the login"
    assert action.error.delivery is Delivery.NOT_SENT


def test_a_login_that_ends_after_closing_is_logged_out():
    lease = lease_in(FETCHING)
    lease.handle(Closed(), 0.0)
    assert lease.handle(Fetched(1, "S"), 0.0) == [Logout("S")]
    assert (lease.state, lease.generation, lease.stale) == (NONE, 0, 1)


def test_a_login_that_was_overtaken_by_another_is_ignored():
    lease = lease_in(FETCHING)
    lease.handle(Closed(), 0.0)
    assert lease.handle(Wanted(), 0.0) == [StartFetch(2)]
    assert lease.handle(Fetched(1, "old"), 0.0) == []
    assert lease.handle(FetchFailed(1, ERROR), 0.0) == []
    assert lease.handle(Fetched(2, "new"), 0.0)[0] == Grant(1, "new")


def test_an_older_generation_cannot_be_invalidated():
    lease = lease_in(HELD)
    lease.handle(Invalidated(1, "close 4401"), 0.0)
    lease.handle(Wanted(), 0.0)
    assert lease.handle(Invalidated(1, "again, while logging in"), 0.0) == []
    lease.handle(Fetched(2, "T"), 0.0)
    assert lease.generation == 2
    assert lease.handle(Invalidated(1, "a straggler"), 0.0) == []
    assert lease.stale == 2
    assert lease.handle(Wanted(), 0.0) == [Grant(2, "T")]


@pytest.mark.parametrize("event_type", [Refreshed, RefreshRefused, RefreshFailed])
def test_the_refresh_of_a_token_that_was_dropped_is_ignored(event_type):
    lease = lease_in(REFRESHING)
    lease.handle(Invalidated(1), 0.0)
    assert lease.handle(event_type(2), 0.0) == []
    assert (lease.state, lease.stale) == (NONE, 1)


def test_after_a_refused_refresh_the_next_who_wants_a_token_logs_in():
    lease = lease_in(REFRESHING)
    lease.handle(RefreshRefused(2), 0.0)
    assert lease.handle(Wanted(), 0.0) == [StartFetch(3)]


def test_after_a_failed_login_the_next_who_wants_a_token_tries_again():
    lease = lease_in(FETCHING)
    lease.handle(FetchFailed(1, ERROR), 0.0)
    assert lease.handle(Wanted(), 0.0) == [StartFetch(2)]


def test_a_refresh_that_failed_on_the_way_is_tried_again_with_the_same_token():
    lease = lease_in(REFRESHING)
    lease.handle(RefreshFailed(2), 0.0)
    actions = lease.handle(RefreshDue(), 0.0)
    assert actions == [DisarmRefresh(), StartRefresh(1, "S", 3)]


def refreshing(lease, now):
    """Begin a refresh; gives its flight."""
    [_, start] = lease.handle(RefreshDue(), now)
    return start.flight


def test_a_failed_refresh_is_tried_again_soon_and_from_the_fourth_time_on_seldom():
    lease = lease_in(HELD)
    pauses = []
    for _ in range(5):
        [arm] = lease.handle(RefreshFailed(refreshing(lease, 0.0)), 0.0)
        pauses.append(arm.delay)
    assert pauses == [5.0, 10.0, 15.0, 240.0, 240.0]
    lease.handle(Refreshed(refreshing(lease, 0.0)), 0.0)
    [arm] = lease.handle(RefreshFailed(refreshing(lease, 0.0)), 0.0)
    assert arm.delay == 5.0


@pytest.mark.parametrize(("asked", "delay"), [(1.0, 5.0), (30.0, 30.0), (999.0, 240.0)])
def test_the_pause_that_a_failed_refresh_asked_for_is_kept(asked, delay):
    lease = lease_in(REFRESHING)
    assert lease.handle(RefreshFailed(2, asked), 0.0) == [ArmRefresh(delay)]


@pytest.mark.parametrize(
    ("renew_at", "delay"),
    [
        (None, 240.0),
        (1_100.0, 100.0),
        (1_240.0, 240.0),
        (9_000.0, 240.0),
        (999.0, 240.0),
    ],
)
def test_a_refresh_comes_before_the_last_part_of_a_life_begins(renew_at, delay):
    lease = Lease(240.0)
    lease.handle(Wanted(), 1_000.0)
    life = Life(renew_at, 20_000.0)
    actions = lease.handle(Fetched(1, "S", life), 1_000.0)
    assert actions == [Grant(1, "S"), ArmRefresh(delay)]
    assert Lease(240.0, session="S", life=life).resume(1_000.0) == [ArmRefresh(delay)]


def test_refreshing_can_be_switched_off():
    lease = Lease(None)
    lease.handle(Wanted(), 0.0)
    assert lease.handle(Fetched(1, "S", Life(5.0, 9.0)), 0.0) == [Grant(1, "S")]
    flight = refreshing(lease, 0.0)  # somebody wanted it
    assert lease.handle(Refreshed(flight), 0.0) == []
    assert lease.handle(RefreshFailed(refreshing(lease, 0.0)), 0.0) == []
    assert lease.resume(0.0) == []


def test_a_successor_without_a_token_has_nothing_to_refresh():
    assert Lease(240.0).resume(0.0) == []


def test_a_refresh_that_prolonged_the_session_keeps_the_generation():
    lease = lease_in(REFRESHING)
    refreshed = Refreshed(2, "S, later", Life(900.0, 1_000.0))
    assert lease.handle(refreshed, 800.0) == [Grant(1, "S, later"), ArmRefresh(100.0)]
    assert (lease.generation, lease.session) == (1, "S, later")


def test_a_refresh_that_brought_another_token_is_a_new_generation():
    lease = lease_in(REFRESHING)
    actions = lease.handle(Refreshed(2, "T", renewed=True), 0.0)
    assert actions == [Grant(2, "T"), ARM]
    assert lease.handle(Invalidated(1, "a line that has the old one"), 0.0) == []
    assert lease.session == "T"


@pytest.mark.parametrize("refreshes", [False, True])
def test_a_token_that_is_over_is_not_given_out_but_fetched_anew(refreshes):
    lease = Lease(240.0)
    lease.handle(Wanted(), 0.0)
    lease.handle(Fetched(1, "S", Life(80.0, 100.0)), 0.0)
    flight = refreshing(lease, 80.0) if refreshes else 0
    assert lease.handle(Wanted(), 99.9) == [Grant(1, "S")]
    fetch = StartFetch(flight + 1 if refreshes else 2)
    assert lease.handle(Wanted(), 100.0) == [DisarmRefresh(), fetch]
    assert lease.state is FETCHING
    assert lease.handle(Wanted(), 101.0) == []


def test_nobody_logs_in_before_the_pause_that_a_failed_login_asked_for():
    lease = lease_in(FETCHING)
    lease.handle(FetchFailed(1, ERROR, 5.0), 100.0)
    assert lease.handle(Wanted(), 104.9) == [Deny(ERROR)]
    assert lease.state is NONE
    assert lease.handle(Wanted(), 105.0) == [StartFetch(2)]


def test_a_pause_is_over_once_a_login_succeeded():
    lease = lease_in(FETCHING)
    lease.handle(FetchFailed(1, ERROR, 5.0), 0.0)
    lease.handle(Wanted(), 5.0)
    lease.handle(Fetched(2, "S"), 5.0)
    lease.handle(Invalidated(1), 5.0)
    assert lease.handle(Wanted(), 5.0) == [StartFetch(3)]


class Model(RuleBasedStateMachine):
    """The world around a lease: calls under way, one timer, and those who wait."""

    def __init__(self):
        super().__init__()
        self.lease = Lease(240.0)
        self.calls = {}
        self.waiting = 0
        self.armed = False
        self.logins = 0
        self.session = None
        self.open = set()

    def tell(self, event):
        for action in self.lease.handle(event, 0.0):
            match action:
                case StartFetch(flight):
                    assert flight not in self.calls
                    self.calls[flight] = "login"
                case StartRefresh(generation, session, flight):
                    assert generation == self.lease.generation
                    assert session in self.open
                    self.calls[flight] = "refresh"
                case Grant(generation, session):
                    assert generation == self.lease.generation
                    assert session == self.session
                    self.waiting = 0
                case Deny():
                    self.waiting = 0
                case ArmRefresh(delay):
                    assert delay in {5.0, 10.0, 15.0, 240.0}
                    assert not self.armed
                    self.armed = True
                case DisarmRefresh():
                    self.armed = False
                case Logout(session):
                    self.open.discard(session)
        holds = self.lease.state in {HELD, REFRESHING}
        assert self.armed is (self.lease.state is HELD)
        assert bool(self.waiting) <= (self.lease.state is FETCHING)
        assert not holds or self.session in self.open

    @rule()
    def want(self):
        self.waiting += 1
        self.tell(Wanted())

    @rule(pick=st.integers(0, 20))
    def log_in(self, pick):
        flights = [flight for flight, kind in self.calls.items() if kind == "login"]
        if not flights:
            return
        flight = flights[pick % len(flights)]
        del self.calls[flight]
        self.logins += 1
        self.open.add(self.logins)
        if flight == self.lease._flight:
            self.session = self.logins
        self.tell(Fetched(flight, self.logins))

    @rule(pick=st.integers(0, 20), outcome=st.integers(0, 2))
    def fail_or_refresh(self, pick, outcome):
        if not self.calls:
            return
        flight = sorted(self.calls)[pick % len(self.calls)]
        if self.calls.pop(flight) == "login":
            self.tell(FetchFailed(flight, ERROR))
        else:
            self.tell((Refreshed, RefreshRefused, RefreshFailed)[outcome](flight))

    @rule(renewed=st.booleans())
    def bring_another_session(self, renewed):
        flight = self.lease._flight
        if self.calls.get(flight) != "refresh" or self.lease.state is not REFRESHING:
            return
        del self.calls[flight]
        self.logins += 1
        self.open.add(self.logins)
        self.session = self.logins
        before = self.lease.generation
        self.tell(Refreshed(flight, self.logins, renewed=renewed))
        assert self.lease.generation == before + renewed

    @precondition(lambda self: self.armed)
    @rule()
    def ring(self):
        self.armed = False
        self.tell(RefreshDue())

    @rule()
    def doubt(self):
        self.tell(RefreshDue())

    @rule(back=st.integers(-1, 2))
    def invalidate(self, back):
        self.tell(Invalidated(self.lease.generation - back, "test"))

    @rule()
    def close(self):
        self.tell(Closed())
        assert self.lease.state is NONE
        assert not self.waiting


TestModel = Model.TestCase


LIFE = Life(100.0, 200.0)


def test_a_refresh_that_leaves_the_token_as_it_was_comes_again_before_its_end():
    lease = Lease(240.0)
    lease.handle(Wanted(), 0.0)
    lease.handle(Fetched(1, "S", LIFE), 0.0)
    flight = refreshing(lease, 10.0)
    assert lease.handle(Refreshed(flight), 20.0) == [ArmRefresh(80.0)]


def test_a_failed_refresh_is_tried_again_before_the_end_of_the_token():
    lease = Lease(240.0)
    lease.handle(Wanted(), 0.0)
    lease.handle(Fetched(1, "S", LIFE), 0.0)
    delays = []
    for now in (50.0, 60.0, 96.0, 97.0):
        [arm] = lease.handle(RefreshFailed(refreshing(lease, now)), now)
        delays.append(arm.delay)
    assert delays == [5.0, 10.0, 4.0, 3.0]


def test_a_login_that_failed_cannot_end_once_more():
    lease = lease_in(FETCHING)
    lease.handle(FetchFailed(1, ERROR), 0.0)
    assert lease.handle(FetchFailed(1, ERROR), 0.0) == []
    assert (lease.state, lease.stale) == (NONE, 1)


def test_a_login_that_ends_once_more_when_its_token_is_dropped_is_logged_out():
    lease = lease_in(HELD)
    lease.handle(Invalidated(1), 0.0)
    assert lease.handle(Fetched(1, "S"), 0.0) == [Logout("S")]
    assert (lease.state, lease.stale) == (NONE, 1)


@pytest.mark.parametrize("event_type", [Refreshed, RefreshFailed])
def test_what_comes_twice_after_a_refresh_is_ignored(event_type):
    lease = lease_in(REFRESHING)
    lease.handle(event_type(2), 0.0)
    assert lease.handle(event_type(2), 0.0) == []
    assert lease.handle(Fetched(1, "old"), 0.0) == []
    assert (lease.state, lease.session, lease.stale) == (HELD, "S", 2)
