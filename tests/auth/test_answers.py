import json

import pytest

from ums_actors.auth.answers import (
    check_login,
    check_refresh,
    prolonged,
    read_session,
)
from ums_actors.errors import AuthenticationRejected, LoginError
from ums_actors.http.client import Answer

GOOD = {
    "csrf": "csrf-1",
    "sessionId": "session-1",
    "bearer": "bearer-1",
    "config": {
        "loginName": "bot1",
        "userId": "3837",
        "userPid": "393c",
        "userPrivileges": [100, 200],
    },
}


def answer(status, body=None):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, data)


def without(*names):
    return {key: value for key, value in GOOD.items() if key not in names}


def test_session_is_read():
    found = read_session(answer(200, GOOD))
    assert found.token.reveal() == "bearer-1"
    assert (found.user_id, found.user_pid) == ("3837", "393c")
    assert found.session_id is not None
    assert found.session_id.reveal() == "session-1"
    assert found.csrf is not None
    assert found.csrf.reveal() == "csrf-1"
    assert found.privileges == (100, 200)


def test_session_needs_only_bearer_and_user_id():
    found = read_session(answer(200, {"bearer": "b", "config": {"userId": 5}}))
    assert (found.user_id, found.user_pid) == ("5", None)
    assert (found.session_id, found.csrf, found.privileges) == (None, None, ())


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        (without("bearer"), "bearer"),
        ({**GOOD, "bearer": None}, "bearer"),
        ({**GOOD, "bearer": {}}, "bearer"),
        (without("config"), "config.userId"),
        ({**GOOD, "config": {}}, "config.userId"),
        ({**GOOD, "config": None}, "config.userId"),
        ({**GOOD, "config": {"userId": ""}}, "config.userId"),
        ([], "bearer"),
        (b"<html>", "bearer"),
        (b"[" * 99_999, "bearer"),
        (b"", "bearer"),
    ],
)
def test_answer_that_is_no_session_says_what_is_missing(body, missing):
    with pytest.raises(LoginError, match=f"holds no {missing}") as caught:
        read_session(answer(200, body))
    assert not isinstance(caught.value, AuthenticationRejected)
    assert caught.value.retry_after == 5.0
    assert "csrf-1" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": "hunter2"}),
        (401, {"error": "hunter2"}),
        (401, b"<html>"),
        (401, {"error": {"internalCode": 10, "responseStatus": "UNAUTHORIZED"}}),
        (403, b""),
        (404, b""),
        (409, b""),
        (451, b""),
        (200, {"error": "hunter2"}),
        (200, {"error": {"message": "hunter2", "responseStatus": "UNAUTHORIZED"}}),
        (200, {**GOOD, "error": {"message": "hunter2"}}),
        (500, {"error": "LeLogin1 failed - invalid url received from app server"}),
        (500, {"error": {"message": "LeLogin1 failed - invalid url"}}),
    ],
)
def test_login_that_will_fail_again_is_rejected(status, body):
    with pytest.raises(AuthenticationRejected) as caught:
        check_login(answer(status, body))
    assert (caught.value.step, caught.value.status) == ("login", status)
    assert str(status) in str(caught.value)
    assert "check" in str(caught.value) or "ask" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, {"error": "hunter2"}),
        (408, b""),
        (500, {"error": "hunter2"}),
        (503, b""),
        (302, b""),
        (200, {"error": {"responseStatus": "INTERNAL_SERVER_ERROR"}}),
        (200, {"error": {"responseStatus": "TOO_MANY_REQUESTS"}}),
    ],
)
def test_login_that_may_succeed_later_says_how_long_to_wait(status, body):
    with pytest.raises(LoginError) as caught:
        check_login(answer(status, body))
    assert not isinstance(caught.value, AuthenticationRejected)
    assert (caught.value.status, caught.value.retry_after) == (status, 5.0)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("error", [None, "", {}])
def test_empty_error_is_none(error):
    check_login(answer(200, {**GOOD, "error": error}))
    check_refresh(answer(200, {"error": error}))


def test_refresh_with_an_empty_body_is_good():
    check_refresh(answer(200, b""))
    check_refresh(answer(204, b""))


@pytest.mark.parametrize(
    ("status", "body", "seen", "pause"),
    [
        (401, {"error": {"internalCode": 10}}, 401, 0.0),
        (401, b"", 401, 0.0),
        (200, {"error": "hunter2"}, 401, 0.0),
        (500, {"error": "hunter2"}, 500, 5.0),
        (429, b"", 429, 5.0),
        (302, b"", 302, 5.0),
    ],
)
def test_failed_refresh_says_whether_the_session_is_dead(status, body, seen, pause):
    with pytest.raises(LoginError) as caught:
        check_refresh(answer(status, body))
    error = caught.value
    assert not isinstance(error, AuthenticationRejected)
    assert (error.step, error.status, error.retry_after) == ("refresh", seen, pause)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("told", ["28800000", 28_800_000])
def test_session_ends_when_the_service_says(told):
    body = {**GOOD, "sessionTTl": told}
    found = read_session(answer(200, body), now=100.0)
    assert (found.life, found.valid_until) == (28_800.0, 28_900.0)
    later = prolonged(found, 500.0)
    assert (later.life, later.valid_until) == (28_800.0, 29_300.0)
    assert later.token == found.token
    assert read_session(answer(200, body)).valid_until is None


@pytest.mark.parametrize("told", [None, "", "0", 0, "-5", "soon", "9" * 40, [], 1.5])
def test_session_whose_end_is_no_time_has_none(told):
    found = read_session(answer(200, {**GOOD, "sessionTTl": told}), now=100.0)
    assert (found.life, found.valid_until) == (None, None)
    assert prolonged(found, 200.0) is found
