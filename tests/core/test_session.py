from __future__ import annotations

import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core import course as c
from ums_actors.core import reason as why
from ums_actors.core.course import State
from ums_actors.core.session import Session
from ums_actors.core.verdict import Verdict
from ums_actors.errors import LocalProtocolError
from ums_actors.options import Options

EVENTS: list[c.Event] = [
    c.OpenRequested(),
    c.Prepared(),
    c.SocketUp(),
    c.Restored(),
    c.AttemptEnded(why.LineBroken("eof"), 0.5),
    c.RetryDue(),
    c.CloseRequested(),
    c.GaveUp(),
]
UP = [c.OpenRequested(), c.Prepared(), c.SocketUp(), c.Restored()]


def session(**options: typing.Any) -> Session:
    return Session(Options(**options))


def ready(now: float = 0.0, **options: typing.Any) -> Session:
    made = session(**options)
    for event in UP:
        made.handle(event, now)
    assert made.state is State.READY
    return made


def drop(made: Session, reason: why.Reason, now: float) -> list[c.Action]:
    return made.handle(c.AttemptEnded(reason, 0.5), now)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_pair_is_a_listed_transition_or_a_callers_error(state, event):
    made = session()
    made.state = state
    allowed = c.TRANSITIONS[type(event)].get(state)
    assert made.allows(event) is (allowed is not None)
    if allowed is None:
        with pytest.raises(LocalProtocolError) as caught:
            made.handle(event, 0.0)
        assert str(caught.value) == (
            f"{type(event).__name__} cannot happen in {state}: see "
            "ums_actors.core.course.TRANSITIONS"
        )
        assert made.state is state
    elif allowed == (state,):
        assert made.handle(event, 0.0) == []
        assert (made.state, made.generation) == (state, 0)
    else:
        made.handle(event, 0.0)
        assert made.state in allowed


def test_every_event_has_a_row():
    assert set(c.TRANSITIONS) == set(typing.get_args(c.Event))


def test_a_new_session_has_seen_nothing():
    made = session()
    assert (made.state, made.generation, made.down_since) == (State.NEW, 0, None)
    assert (made.ever_ready, made.fail_fast, made.suspected) == (False, False, False)
    assert made.verdict is Verdict.STOP


def test_it_is_down_from_when_it_is_opened_until_it_is_ready():
    made = session()
    made.handle(c.OpenRequested(), 3.0)
    assert made.down_since == 3.0
    assert (made.ever_ready, made.suspected) == (False, False)
    for event in UP[1:]:
        made.handle(event, 4.0)
    assert made.down_since is None


def test_the_way_up_says_what_to_do_at_each_step():
    made = session()
    actions = [made.handle(event, 0.0) for event in UP]
    assert actions == [[c.Prepare(1)], [c.OpenLine(1)], [c.Restore(1)], [c.Proclaim()]]


def test_a_drop_backs_off_and_the_next_attempt_is_a_new_generation():
    made = ready()
    [retry] = drop(made, why.LineBroken("eof"), 1.0)
    assert isinstance(retry, c.ScheduleRetry)
    assert made.state is State.BACKING_OFF
    assert made.handle(c.RetryDue(), 2.0) == [c.Prepare(2)]


@pytest.mark.parametrize(
    ("reason", "renews"),
    [
        (why.LineClosed(4401), True),
        (why.LineClosed(4407), True),
        (why.UpgradeRefused(401), True),
        (why.UpgradeRefused(502), False),
        (why.LineClosed(1006), False),
        (why.LineBroken("eof"), False),
        (why.PeerSilent(10.0), False),
    ],
)
def test_only_what_says_so_costs_the_token(reason, renews):
    actions = drop(ready(), reason, 1.0)
    assert any(isinstance(action, c.DropToken) for action in actions) is renews


@pytest.mark.parametrize("code", [1008, 1011])
def test_a_suspect_close_keeps_the_token_once_and_renews_it_when_repeated(code):
    made = ready()
    first = drop(made, why.LineClosed(code), 1.0)
    assert not any(isinstance(action, c.DropToken) for action in first)
    for event in (c.RetryDue(), *UP[1:]):
        made.handle(event, 2.0)
    second = drop(made, why.LineClosed(code), 3.0)
    assert any(isinstance(action, c.DropToken) for action in second)


def test_a_stable_line_clears_suspicion():
    made = ready(stable_after=10.0)
    drop(made, why.LineClosed(1011), 1.0)
    for event in (c.RetryDue(), *UP[1:]):
        made.handle(event, 2.0)
    later = drop(made, why.LineClosed(1011), 12.0)
    assert not any(isinstance(action, c.DropToken) for action in later)


def test_refused_credentials_fail_at_once():
    made = session()
    made.handle(c.OpenRequested(), 0.0)
    actions = drop(made, why.CredentialsRejected(401), 0.1)
    assert actions[-1] == c.Finish()
    assert made.state is State.FAILED


def test_fail_fast_holds_until_the_first_ready_only():
    made = session()
    made.handle(c.OpenRequested(fail_fast=True), 0.0)
    drop(made, why.ConnectFailed("tcp", timed_out=False), 0.1)
    assert made.state is State.CLOSED
    made.handle(c.OpenRequested(fail_fast=True), 1.0)
    for event in UP[1:]:
        made.handle(event, 1.0)
    drop(made, why.LineBroken("eof"), 2.0)
    assert made.state is State.BACKING_OFF


def test_an_unmaintained_connection_closes_on_a_drop():
    made = ready(maintain_connection=False)
    assert drop(made, why.LineBroken("eof"), 1.0) == [c.Finish()]
    assert made.state is State.CLOSED


def test_an_outage_longer_than_allowed_fails():
    made = ready(max_outage=30.0)
    drop(made, why.LineBroken("eof"), 1.0)
    made.handle(c.RetryDue(), 2.0)
    drop(made, why.ConnectFailed("tcp", timed_out=False), 30.9)
    assert made.state is State.BACKING_OFF
    made.handle(c.RetryDue(), 31.0)
    drop(made, why.ConnectFailed("tcp", timed_out=False), 31.0)
    assert made.state is State.FAILED


def test_a_login_that_asks_for_patience_gets_it():
    made = session()
    made.handle(c.OpenRequested(), 0.0)
    [retry] = drop(made, why.LoginFailed("login", 429, 5.0), 0.0)
    assert isinstance(retry, c.ScheduleRetry)
    assert retry.delay >= 5.0


def pauses_after(made, *statuses, retry_after=0.0):
    """Fail that many logins with these statuses; give the pauses, without jitter."""
    pauses = []
    for status in statuses:
        failed = why.LoginFailed("login", status, retry_after)
        actions = made.handle(c.AttemptEnded(failed, 0.0), 0.0)
        pauses.append(actions[-1].delay)
        made.handle(c.RetryDue(), 0.0)
    return pauses


def test_logins_at_an_ill_service_follow_the_official_retry_policy():
    made = session()
    made.handle(c.OpenRequested(), 0.0)
    assert pauses_after(made, 500, 503, 429, 502, 500, 500) == [5, 10, 5, 15, 120, 120]
    assert pauses_after(made, None) == [0.0]


def test_the_jitter_of_the_backoff_comes_on_top_of_a_policy_pause():
    made = session()
    made.handle(c.OpenRequested(), 0.0)
    pauses_after(made, 500, 500, 500, 500)
    failed = why.LoginFailed("login", 500)
    [retry] = made.handle(c.AttemptEnded(failed, 0.5), 0.0)
    assert retry.delay == 120 + 0.5 * 16


def test_a_source_that_asks_for_more_patience_gets_it():
    made = session()
    made.handle(c.OpenRequested(), 0.0)
    assert pauses_after(made, 500, 500, retry_after=7.0) == [7, 10]


@pytest.mark.parametrize("again", ["succeeds", "reopened"])
def test_a_login_that_succeeds_or_is_asked_for_anew_starts_the_policy_over(again):
    made = session()
    made.handle(c.OpenRequested(), 0.0)
    pauses_after(made, 500, 500)
    if again == "succeeds":
        made.handle(c.Prepared(), 0.0)
        drop(made, why.ConnectFailed("tcp"), 0.0)
        made.handle(c.RetryDue(), 0.0)
    else:
        made.handle(c.CloseRequested(), 0.0)
        made.handle(c.AttemptEnded(why.Stopped()), 0.0)
        made.handle(c.OpenRequested(), 0.0)
    assert pauses_after(made, 500) == [5]


@pytest.mark.parametrize(
    "reason", [why.UpgradeRefused(429), why.RestoreFailed("busy", 429)], ids=str
)
def test_a_429_of_the_socket_s_own_is_followed_by_a_second_at_least(reason):
    made = session()
    for event in (c.OpenRequested(), *UP[1:3]):
        made.handle(event, 0.0)
    [retry] = made.handle(c.AttemptEnded(reason, 0.0), 0.0)
    assert retry.delay == 1.0


def test_backoff_grows_until_a_line_has_proven_itself():
    made = ready(stable_after=10.0)
    delays = []
    for now in (1.0, 2.0, 3.0):  # READY is not stability
        [retry] = drop(made, why.LineBroken("eof"), now)
        assert isinstance(retry, c.ScheduleRetry)
        delays.append(retry.delay)
        for event in (c.RetryDue(), *UP[1:]):
            made.handle(event, now)
    assert delays == [0.5, 1.0, 2.0]
    [retry] = drop(made, why.LineBroken("eof"), 13.0)
    assert retry == c.ScheduleRetry(0.5)


@pytest.mark.parametrize(("extended", "longest"), [(False, 600.0), (True, 14_400.0)])
def test_pauses_grow_to_ten_minutes_or_to_four_hours(extended, longest):
    made = ready(use_extended_reconnect_schedule=extended)
    delays = []
    for now in range(20):
        [retry] = drop(made, why.LineBroken("eof"), float(now))
        assert isinstance(retry, c.ScheduleRetry)
        delays.append(retry.delay)
        made.handle(c.RetryDue(), float(now))
    assert delays == sorted(delays)
    assert delays[-1] == 0.5 * longest  # the jitter was a half


def test_closing_waits_for_the_line_and_ends_closed_whatever_the_reason():
    made = ready()
    assert made.handle(c.CloseRequested(), 1.0) == [c.CloseLine()]
    assert made.state is State.CLOSING
    assert drop(made, why.LineClosed(4401), 1.1) == [c.Finish()]
    assert made.state is State.CLOSED
    assert made.verdict is Verdict.STOP


def test_it_is_said_why_the_token_is_dropped():
    [drops, _] = drop(ready(), why.LineClosed(4401), 1.0)
    assert drops == c.DropToken("the peer closed the line with code 4401")


def test_a_line_that_was_up_for_a_short_while_clears_no_suspicion():
    made = ready(now=100.0, stable_after=10.0)
    drop(made, why.LineClosed(1011), 101.0)
    for event in (c.RetryDue(), *UP[1:]):
        made.handle(event, 102.0)
    later = drop(made, why.LineClosed(1011), 111.9)
    assert any(isinstance(action, c.DropToken) for action in later)


def test_a_closed_connection_opens_afresh():
    made = ready()
    made.handle(c.CloseRequested(), 1.0)
    drop(made, why.Stopped(), 1.0)
    assert made.handle(c.OpenRequested(), 2.0) == [c.Prepare(2)]


@given(st.lists(st.sampled_from(EVENTS), max_size=60))
def test_generations_only_grow_and_each_attempt_has_its_own(events):
    made = session()
    prepared = []
    for now, event in enumerate(events):
        if made.allows(event):
            prepared += [
                action.generation
                for action in made.handle(event, float(now))
                if isinstance(action, c.Prepare)
            ]
    assert prepared == list(range(1, len(prepared) + 1))
