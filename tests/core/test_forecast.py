from __future__ import annotations

import pytest

from ums_actors.core import reason as why
from ums_actors.core.course import State
from ums_actors.core.forecast import foresee
from ums_actors.core.verdict import Verdict
from ums_actors.options import Options

BACKING_OFF, CLOSED, FAILED = State.BACKING_OFF, State.CLOSED, State.FAILED


def pauses(reason, times=5, **options):
    found = foresee(reason, Options(**options), times)
    return [(each.least, each.most) for each in found]


@pytest.mark.parametrize(
    ("reason", "verdict", "state", "drops"),
    [
        (why.LineClosed(4407), Verdict.RENEW_TOKEN, BACKING_OFF, True),
        (why.LineClosed(1001), Verdict.RETRY, BACKING_OFF, False),
        (why.LineBroken("reset"), Verdict.RETRY, BACKING_OFF, False),
        (why.UpgradeRefused(401), Verdict.RENEW_TOKEN, BACKING_OFF, True),
        (why.TokenRefused(400), Verdict.RENEW_TOKEN, BACKING_OFF, True),
        (why.CredentialsRejected(401), Verdict.GIVE_UP, FAILED, False),
        (why.Stopped(), Verdict.STOP, CLOSED, False),
        (why.Crashed("KeyError", ""), Verdict.CRASH, BACKING_OFF, False),
    ],
    ids=str,
)
def test_it_says_what_the_session_would_do(reason, verdict, state, drops):
    [found] = foresee(reason, Options())
    assert (found.verdict, found.state, found.drops_token) == (verdict, state, drops)
    assert (found.least is None) is (state is not BACKING_OFF)


def test_the_pauses_double_until_the_cap():
    found = pauses(why.LineBroken("reset"), 12)
    assert found[:4] == [(0.0, 1.0), (0.0, 2.0), (0.0, 4.0), (0.0, 8.0)]
    assert found[-1] == (0.0, 600.0)
    longest = pauses(why.LineBroken("x"), 20, use_extended_reconnect_schedule=True)
    assert longest[-1] == (0.0, 14_400.0)


def test_no_line_is_taken_for_stable_however_soon_it_would_be():
    found = pauses(why.LineBroken("reset"), 2, stable_after=0.5)
    assert found == [(0.0, 1.0), (0.0, 2.0)]


def test_the_pauses_are_said_to_the_microsecond():
    assert pauses(why.LineBroken("reset"), 2, backoff_base=0.1234567) == [
        (0.0, 0.123457),
        (0.0, 0.246913),
    ]


def test_an_ill_login_service_has_its_own_pauses_before_chance_adds_to_them():
    found = pauses(why.LoginFailed("login", 503))
    assert found[:3] == [(5.0, 6.0), (10.0, 12.0), (15.0, 19.0)]
    assert found[3:] == [(120.0, 128.0), (120.0, 136.0)]


def test_a_suspicion_becomes_a_new_login_the_second_time():
    first, second = foresee(why.LineClosed(1008), Options(), 2)
    assert (first.verdict, first.drops_token) == (Verdict.RETRY, False)
    assert (second.verdict, second.drops_token) == (Verdict.RENEW_TOKEN, True)


def test_it_ends_where_the_connection_comes_to_rest():
    assert len(foresee(why.CredentialsRejected(), Options(), 9)) == 1
    assert len(foresee(why.LineBroken("x"), Options(maintain_connection=False), 9)) == 1
