from __future__ import annotations

import re
import typing

import pytest

from ums_actors import errors
from ums_actors.actors.kernel import TREE
from ums_actors.cli.explain import CONNECT_HINTS, LOGIN_HINTS
from ums_actors.cli.explaining import exits
from ums_actors.cli.explaining.failures import ERRORS
from ums_actors.cli.explaining.knowledge import everything, known, look_up
from ums_actors.core import reason
from ums_actors.core.restart import Supervision
from ums_actors.core.verdict import Verdict
from ums_actors.options import Options

OPTIONS = Options()


def only(what):
    [case] = look_up(what).cases
    return case


def case(what, beginning):
    [found] = [each for each in look_up(what).cases if each.when.startswith(beginning)]
    return found


@pytest.mark.parametrize("code", [4401, 4407])
def test_a_close_code_that_refuses_the_token_leads_to_a_new_login(code):
    found = only(str(code))
    assert found.verdict == "RENEW_TOKEN"
    assert found.says == (
        f"The peer closed the line with code {code}: the service refuses the token; "
        "the token is dropped, and a new login precedes the next attempt, after a "
        "pause."
    )
    assert found.pauses[:3] == ((0.0, 1.0), (0.0, 2.0), (0.0, 4.0))
    assert found.longest == OPTIONS.backoff_cap


@pytest.mark.parametrize("code", [1008, 1011])
def test_a_suspicious_code_is_explained_for_the_first_and_the_second_time(code):
    found = only(str(code))
    assert found.verdict == "RETRY"
    assert "once is no proof" in found.says
    assert "If it happens again before a line was stable" in found.says
    assert "suspected a second time" in found.says


def test_1006_is_a_line_that_broke_and_1009_may_be_ours():
    assert "The line broke" in only("1006").says
    ours = case("1009", "this side closes")
    assert f"{OPTIONS.max_message_size:,} bytes" in ours.says


def test_any_close_code_is_explained():
    assert only("4999").verdict == "RETRY"
    assert look_up("4999").means.startswith("not known")


@pytest.mark.parametrize(
    ("status", "upgrade", "login"),
    [
        ("401", "RENEW_TOKEN", "GIVE_UP"),
        ("403", "RETRY", "GIVE_UP"),
        ("429", "RETRY", "RETRY"),
        ("451", "RETRY", "GIVE_UP"),
        ("http 502", "RETRY", "RETRY"),
    ],
)
def test_a_status_means_something_else_in_each_place(status, upgrade, login):
    assert case(status, "the websocket upgrade").verdict == upgrade
    assert case(status, "the login service").verdict == login


def test_the_pauses_that_the_service_asks_for_are_in_the_answer():
    assert case("503", "the login service").pauses[:4] == (
        (5.0, 6.0),
        (10.0, 12.0),
        (15.0, 19.0),
        (120.0, 128.0),
    )
    assert case("429", "the login service").pauses[0] == (5.0, 6.0)
    assert "5, 10, 15 s" in case("500", "a refresh").says
    assert "240 s" in case("403", "a refresh").says
    assert "new login" in case("401", "a refresh").says


def test_the_code_of_a_response_says_whether_asking_again_helps():
    assert "later may help" in case("500", "a request").says
    assert "cannot help" in case("404", "a request").says
    assert "halved" in case("429", "a request").says
    assert case("404", "InitConnection").verdict == "RENEW_TOKEN"
    assert case("503", "InitConnection").verdict == "RETRY"
    assert "given up" in case("403", "a subscription").says
    assert case("500", "a subscription").verdict == "RETRY"


def test_what_is_no_refusal_is_not_explained_as_one():
    assert only("101").says == "The line is open."
    assert [each.when for each in look_up("200").cases] == [
        "the websocket upgrade is refused with it"
    ]


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_says_what_to_do(name):
    if not issubclass(getattr(errors, name), errors.UMSError):
        assert name not in ERRORS
        return
    found = look_up(name)
    assert found.kind == "error"
    assert found.advice
    assert found.cases


def test_an_exhausted_budget_is_told_with_its_numbers():
    says = only("RestartBudgetExhausted").says
    assert f"{OPTIONS.restart_intensity} times in {OPTIONS.restart_period:g} s" in says


@pytest.mark.parametrize(
    "spelling",
    ["RequestTimedOut", "requesttimedout", "request timed out", "request-timed_out"],
)
def test_a_name_is_found_in_any_spelling(spelling):
    assert look_up(spelling).what == "RequestTimedOut"


@pytest.mark.parametrize(
    ("spelling", "what"),
    [
        ("close code 4407", "4407"),
        ("HTTP 401", "401"),
        ("status-401", "401"),
        ("TLS", "tls"),
        ("line broken", "LineBroken"),
        ("renew token", "RENEW_TOKEN"),
        ("Socket", "socket"),
    ],
)
def test_so_are_numbers_steps_exits_verdicts_and_actors(spelling, what):
    assert look_up(spelling).what == what


@pytest.mark.parametrize(
    "what", ["", "bogus", "99", "600", "999", "5000", "40100", "-1"]
)
def test_what_is_not_known_is_not_made_up(what):
    assert look_up(what) is None


def test_every_step_that_an_error_names_is_known():
    named = set(CONNECT_HINTS) | set(LOGIN_HINTS)
    for kind in (errors.ConnectError, errors.LoginError, errors.FileError):
        attributes = kind.__doc__.partition("step:")[2].partition("status:")[0]
        named |= set(re.findall(r"``(\w+)``", attributes))
    assert named | {"restore", "close"} == set(exits.STEPS)
    assert all(look_up(name).cases for name in exits.STEPS)


def test_csds_is_a_step_of_logins_and_of_files():
    assert [each.verdict for each in look_up("csds").cases] == ["RETRY", ""]


def test_every_reason_and_every_verdict_is_known():
    kinds = {kind.__name__ for kind in typing.get_args(reason.Reason)}
    assert set(exits.EXITS) == kinds
    assert set(exits.VERDICTS) == set(Verdict)
    for name in kinds:
        assert only(name).verdict in exits.VERDICTS
    assert only("GIVE_UP").when.endswith("CredentialsRejected")


def test_every_actor_is_known_with_its_budget():
    children = Supervision(TREE, intensity=1, period=1.0).start_order()
    assert set(exits.ACTORS) == {*children, "root", "supervisor"}
    assert "and socket with it" in only("correlator").says
    assert "The line stays" in only("token").says
    for name in children:
        assert only(name).notes[0].startswith("5 crashes in 60 s are forgiven")


def test_the_list_holds_each_once_and_says_something_of_it():
    answers = everything()
    keys = [(each.kind, each.what) for each in answers]
    assert len(keys) == len(set(keys))
    for each in answers:
        assert each.means
        assert each.cases
        assert look_up(each.what) is not None


def test_what_is_known_is_said_in_one_line():
    assert "\n" not in known()
    for name in (*ERRORS, *exits.STEPS, *exits.EXITS, *exits.ACTORS):
        assert name in known()
