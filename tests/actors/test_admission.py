"""The gate of logins, and who waits there, on a virtual clock."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.actors.messages import InvalidateToken
from ums_actors.testing.faults import SimulatedCrash

COUNT = 4


@pytest.fixture
def login_gate(least):
    return ums.PacedGate(0.1, random=least)


def test_logins_go_at_their_own_pace_with_all_their_time(gather, login_gate):
    crowd = gather(COUNT, login_gate=login_gate)
    assert login_gate.waiting == COUNT - 1
    assert crowd.state(COUNT - 1) == "AUTHENTICATING"
    crowd.pass_time(40.0)
    assert crowd.logins() == list(range(COUNT))
    assert {crowd.state(number) for number in range(COUNT)} == {"READY"}
    for seat in crowd.seats:  # waiting for one's turn is no failed attempt
        assert len(seat.network.connects) == 1


def test_who_holds_a_token_connects_without_a_turn_to_log_in(gather, login_gate):
    crowd = gather(COUNT, login_gate=login_gate)
    crowd.pass_time(40.0)
    login_gate.hold(crowd.world.clock.now(), 3_600.0)
    crowd.cut(*range(COUNT))
    crowd.pass_time(10.0)
    assert {crowd.state(number) for number in range(COUNT)} == {"READY"}
    assert [len(seat.login.logins) for seat in crowd.seats] == [1] * COUNT


def test_who_has_to_log_in_waits_at_both_gates_in_this_order(gather, least, login_gate):
    gate = ums.PacedGate(0.05, random=least)
    crowd = gather(COUNT, gate=gate, login_gate=login_gate)
    assert (login_gate.waiting, gate.waiting) == (COUNT - 1, 0)
    crowd.pass_time(30.0)
    assert (login_gate.waiting, gate.waiting) == (0, 2)
    crowd.pass_time(60.0)
    assert crowd.logins() == [0, 2, 4, 6]
    assert crowd.attempts() == [0, 2, 4, 6]


def test_a_token_that_is_over_needs_a_login(gather, login_gate):
    crowd = gather(1, login_gate=login_gate, options={"refresh_tokens": False})
    kernel, now = crowd.kernel(0), crowd.world.clock.now()
    login_gate.hold(now, 300.0)
    held = kernel.held
    kernel.held = ums.Session(
        token=held.token, user_id=held.user_id, valid_until=now + 1.0
    )
    crowd.pass_time(2.0)
    crowd.cut(0)
    crowd.pass_time(20.0)
    assert (crowd.state(0), login_gate.waiting) == ("AUTHENTICATING", 1)


@pytest.mark.parametrize("number", [1, COUNT - 1])
def test_closing_leaves_the_line_and_opening_goes_to_its_end(
    gather, login_gate, number
):
    crowd = gather(COUNT, login_gate=login_gate)
    crowd.refs[number].proxy().close()
    crowd.pass_time(1.0)
    assert (crowd.state(number), login_gate.waiting) == ("CLOSED", COUNT - 2)
    crowd.open(number)
    crowd.pass_time(60.0)
    expected = list(range(COUNT - 1))
    expected.insert(number, COUNT - 1)
    assert crowd.logins() == expected


def test_stopping_leaves_the_line(gather, login_gate):
    crowd = gather(COUNT, login_gate=login_gate)
    crowd.refs[1].stop(block=False)
    crowd.pass_time(60.0)
    assert crowd.logins() == [0, None, 1, 2]


def test_a_crash_of_the_supervisor_leaves_the_line(gather, login_gate):
    crowd = gather(COUNT, login_gate=login_gate)
    crowd.kernel(1).refs["supervisor"].tell(SimulatedCrash())
    crowd.pass_time(60.0)
    assert crowd.logins() == [0, 3, 1, 2]


def test_who_loses_his_token_in_the_line_of_connects_logs_in_and_keeps_his_place(
    gather, least, login_gate
):
    gate = ums.PacedGate(0.02, random=least)
    crowd = gather(2, gate=gate, login_gate=login_gate)
    crowd.pass_time(100.0)
    login_gate.line_up(crowd.world.clock.now(), print)  # one more has just logged in
    crowd.cut(0, 1)
    crowd.pass_time(0.1)
    for ref in crowd.refs:
        ref.proxy().reconnect_now()
    crowd.pass_time(1.0)
    assert gate.waiting == 1
    crowd.kernel(1).refs["token"].tell(InvalidateToken(None, "test"))
    before = crowd.world.clock.now()
    crowd.pass_time(45.0)
    login_gate.hold(crowd.world.clock.now(), 20.0)
    crowd.pass_time(10.0)
    assert (gate.waiting, login_gate.waiting) == (0, 1)
    crowd.pass_time(20.0)
    assert crowd.state(1) == "READY"
    first, second = crowd.seats[1].login.logins
    assert first < before + 60.0 < second
    assert len(crowd.seats[1].network.connects) == 2


# -- logins that no attempt waits for


def refuse_refresh(crowd, number):
    """Let the token be dead, so that its refresh is refused."""
    crowd.seats[number].place.tokens.clear()
    return crowd.refs[number].proxy().refresh_token()


def test_a_login_after_a_refused_refresh_waits_for_its_turn(gather, login_gate):
    crowd = gather(2, login_gate=login_gate)
    crowd.pass_time(30.0)
    login_gate.hold(crowd.world.clock.now(), 60.0)
    refreshed = refuse_refresh(crowd, 0)
    crowd.pass_time(2.0)
    wanted = [crowd.refs[0].proxy().get_token() for _ in range(3)]
    crowd.pass_time(50.0)  # much longer than a login may take
    assert crowd.state(0) == "READY"
    assert login_gate.waiting == 1
    assert not any(future.done() for future in (refreshed, *wanted))
    crowd.pass_time(15.0)
    assert refreshed.done()
    assert len({future.get(timeout=0) for future in wanted}) == 1
    assert len(crowd.seats[0].login.logins) == 2  # once for all
    assert crowd.kernel(0).session.generation == 1  # its line was healthy


@pytest.mark.parametrize("way", ["close", "stop"])
def test_what_nobody_wants_any_more_leaves_the_line(gather, login_gate, way):
    crowd = gather(2, login_gate=login_gate)
    crowd.pass_time(30.0)
    login_gate.hold(crowd.world.clock.now(), 60.0)
    refreshed = refuse_refresh(crowd, 0)
    crowd.pass_time(5.0)
    assert login_gate.waiting == 1
    if way == "close":
        crowd.refs[0].proxy().close()
    else:
        crowd.refs[0].stop(block=False)
    crowd.pass_time(5.0)
    assert login_gate.waiting == 0
    with pytest.raises(ums.ConnectionLost):
        refreshed.get(timeout=0)
    crowd.pass_time(90.0)
    assert len(crowd.seats[0].login.logins) == 1


def test_one_that_was_closed_and_is_opened_again_gets_its_token(gather, login_gate):
    crowd = gather(1, login_gate=login_gate)
    crowd.pass_time(30.0)
    login_gate.hold(crowd.world.clock.now(), 60.0)
    refuse_refresh(crowd, 0)
    crowd.pass_time(5.0)
    proxy = crowd.refs[0].proxy()
    proxy.close()
    crowd.pass_time(3.0)
    wanted, opened = proxy.get_token(), proxy.open()
    crowd.pass_time(100.0)
    opened.get(timeout=0)
    assert wanted.get(timeout=0)
    assert len(crowd.seats[0].login.logins) == 2
    assert crowd.state(0) == "READY"


def test_a_crash_of_the_token_actor_loses_the_place_but_not_those_who_wait(
    gather, login_gate
):
    crowd = gather(1, login_gate=login_gate)
    crowd.pass_time(30.0)
    login_gate.hold(crowd.world.clock.now(), 60.0)
    refreshed = refuse_refresh(crowd, 0)
    crowd.pass_time(5.0)
    crowd.kernel(0).refs["token"].tell(SimulatedCrash())
    crowd.pass_time(1.0)
    assert login_gate.waiting == 1
    crowd.pass_time(90.0)
    assert refreshed.done()
    assert refreshed.exception() is None
    assert len(crowd.seats[0].login.logins) == 2


def drop_in_line(crowd, login_gate):
    """Let a connection lose its line while its login stands in line."""
    crowd.pass_time(30.0)
    login_gate.hold(crowd.world.clock.now(), 60.0)
    refreshed = refuse_refresh(crowd, 0)
    crowd.pass_time(5.0)
    crowd.cut(0)
    crowd.pass_time(10.0)
    assert (crowd.state(0), login_gate.waiting) == ("AUTHENTICATING", 1)
    return refreshed


def test_an_attempt_needs_no_second_place_beside_a_login_that_stands_in_line(
    gather, login_gate
):
    crowd = gather(1, login_gate=login_gate)
    refreshed = drop_in_line(crowd, login_gate)
    crowd.pass_time(60.0)
    assert refreshed.get(timeout=0) is None
    assert (crowd.state(0), crowd.kernel(0).session.generation) == ("READY", 2)
    assert len(crowd.seats[0].login.logins) == 2


def test_an_attempt_lines_up_itself_when_that_login_fails(gather, login_gate):
    crowd = gather(1, login_gate=login_gate)
    refreshed = drop_in_line(crowd, login_gate)
    source, crowd.sources[0].source = crowd.sources[0].source, Tired(retry_after=0.0)
    crowd.pass_time(46.0)
    with pytest.raises(ums.LoginError):
        refreshed.get(timeout=0)
    assert (crowd.state(0), login_gate.waiting) == ("AUTHENTICATING", 1)
    crowd.sources[0].source = source
    crowd.pass_time(15.0)
    assert (crowd.state(0), crowd.kernel(0).session.generation) == ("READY", 2)


def test_where_too_many_wait_for_a_token_an_attempt_lines_up_itself(
    gather, login_gate, monkeypatch
):
    crowd = gather(1, login_gate=login_gate)
    crowd.pass_time(30.0)
    login_gate.hold(crowd.world.clock.now(), 60.0)
    refused = refuse_refresh(crowd, 0)
    crowd.pass_time(5.0)
    monkeypatch.setattr("ums_actors.actors.waiters.LIMIT", 0)
    crowd.cut(0)
    crowd.pass_time(10.0)
    assert (crowd.state(0), login_gate.waiting) == ("AUTHENTICATING", 2)
    monkeypatch.undo()
    crowd.pass_time(80.0)
    assert refused.get(timeout=0) is None
    assert crowd.state(0) == "READY"


def test_an_attempt_that_waits_for_another_login_is_closed_with_it(gather, login_gate):
    crowd = gather(1, login_gate=login_gate)
    refreshed = drop_in_line(crowd, login_gate)
    crowd.refs[0].proxy().close()
    crowd.pass_time(1.0)
    assert (crowd.state(0), login_gate.waiting) == ("CLOSED", 0)
    assert not crowd.kernel(0).token_waiters
    with pytest.raises(ums.ConnectionLost):
        refreshed.get(timeout=0)


def test_an_attempt_that_waits_for_another_login_outlives_a_crash_of_the_token_actor(
    gather, login_gate
):
    crowd = gather(1, login_gate=login_gate)
    refreshed = drop_in_line(crowd, login_gate)
    crowd.kernel(0).refs["token"].tell(SimulatedCrash())
    crowd.pass_time(80.0)
    assert refreshed.get(timeout=0) is None
    assert (crowd.state(0), crowd.kernel(0).session.generation) == ("READY", 2)


def test_a_login_that_a_crash_ended_is_not_waited_for(gather, login_gate):
    crowd = gather(1, login_gate=login_gate)
    crowd.pass_time(30.0)
    kernel = crowd.kernel(0)
    login_gate.hold(crowd.world.clock.now(), 60.0)
    kernel.refs["token"].tell(InvalidateToken(None, "test"))
    wanted = crowd.refs[0].proxy().get_token()
    crowd.pass_time(1.0)
    assert kernel.fetching
    kernel.token_waiters.reject(ums.LoginError("it waits no more", step="test"))
    kernel.refs["token"].tell(SimulatedCrash())
    crowd.pass_time(1.0)
    assert (kernel.fetching, login_gate.waiting) == (False, 0)
    with pytest.raises(ums.LoginError):
        wanted.get(timeout=0)


def test_a_turn_is_good_for_one_login(gather, login_gate):
    crowd = gather(1, login_gate=login_gate)
    login_gate.hold(crowd.world.clock.now(), 60.0)
    crowd.kernel(0).refs["token"].tell(InvalidateToken(None, "test"))
    wanted = crowd.refs[0].proxy().get_token()
    crowd.pass_time(50.0)
    assert not wanted.done()
    crowd.pass_time(15.0)
    assert wanted.done()


# -- a login that is refused for now


class Tired:
    """A source that wants to be left alone."""

    def __init__(self, retry_after=30.0):
        self.retry_after = retry_after

    def login(self, timeout):
        raise ums.LoginError("not now", status=429, retry_after=self.retry_after)

    def close(self):
        pass


class Held(ums.PacedGate):
    """Notes for how long it was held."""

    def __init__(self):
        super().__init__(100)
        self.seconds = []

    def hold(self, now, seconds):
        self.seconds.append(seconds)
        super().hold(now, seconds)


@pytest.mark.parametrize("with_login_gate", [False, True])
def test_a_refused_login_holds_the_gate_of_logins_if_there_is_one(
    gather, with_login_gate
):
    gate, login_gate = Held(), Held()
    given = {"login_gate": login_gate} if with_login_gate else {}
    crowd = gather(1, opened=0, gate=gate, **given)
    crowd.sources[0].source = Tired()
    crowd.open(0)
    crowd.pass_time(5.0)
    assert login_gate.seconds == ([30.0] if with_login_gate else [])
    assert gate.seconds == ([] if with_login_gate else [30.0])


def test_a_gate_of_logins_that_cannot_be_held_is_left_alone(gather):
    class Plain:
        def delay(self, now):
            return 1.0

    gate = Held()
    crowd = gather(1, opened=0, gate=gate, login_gate=Plain())
    crowd.sources[0].source = Tired()
    crowd.open(0)
    crowd.pass_time(5.0)
    assert crowd.state(0) == "BACKING_OFF"
    assert gate.seconds == []
