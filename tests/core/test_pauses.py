from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.pauses import LoginPauses, is_final

FINAL = {400, 401, 402, 403, 404, 405, 406, 409, 410, 412, 422, 426, 428, 431, 451, 499}
PASSING = {408, 425, 429, 500, 501, 502, 503, 504, 599}


@pytest.mark.parametrize("status", sorted(FINAL))
def test_a_refusal_is_not_tried_again(status):
    assert is_final(status)


@pytest.mark.parametrize("status", sorted(PASSING | {200, 204, 301, 302, 600}))
def test_a_service_that_is_busy_or_ill_is_tried_again(status):
    assert not is_final(status)


TABLE = [
    # failures in a row, least pause after each
    ([429, 429, 429], [5.0, 5.0, 5.0]),
    ([500, 500, 500, 500, 500], [5.0, 10.0, 15.0, 120.0, 120.0]),
    ([503, 429, 502, 429, 504, 500], [5.0, 5.0, 10.0, 5.0, 15.0, 120.0]),
    ([None, 500, None, 500], [0.0, 5.0, 0.0, 10.0]),
    ([200, 302, 408, 600], [0.0, 0.0, 0.0, 0.0]),
]


@pytest.mark.parametrize(("statuses", "pauses"), TABLE, ids=str)
def test_pauses_are_those_of_the_retry_policy(statuses, pauses):
    logins = LoginPauses()
    assert [logins.failed(status) for status in statuses] == pauses


def test_a_success_starts_over():
    logins = LoginPauses()
    for _ in range(9):
        logins.failed(500)
    logins.reset()
    assert logins.failed(500) == 5.0


@given(st.lists(st.one_of(st.none(), st.integers(100, 700)), max_size=40))
def test_an_ill_service_is_never_asked_sooner_than_before(statuses):
    logins = LoginPauses()
    pauses = [logins.failed(status) for status in statuses]
    of_errors = [
        pause
        for status, pause in zip(statuses, pauses, strict=True)
        if status is not None and 500 <= status < 600
    ]
    assert of_errors == sorted(of_errors)
    assert all(0 <= pause <= 120 for pause in pauses)
