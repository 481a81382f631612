from __future__ import annotations

import logging

import pytest

from ums_actors.core.severity import Severity, severity
from ums_actors.core.verdict import Verdict

V, S = Verdict, Severity


def test_the_levels_are_those_of_the_standard_library():
    assert list(Severity) == [logging.INFO, logging.WARNING, logging.ERROR]


@pytest.mark.parametrize(
    ("verdict", "attempt", "level"),
    [
        (V.STOP, 0, S.NOTE),
        (V.STOP, 50, S.NOTE),
        (V.RETRY, 1, S.NOTE),
        (V.RENEW_TOKEN, 2, S.NOTE),
        (V.RETRY, 3, S.WARNING),
        (V.RENEW_TOKEN, 9, S.WARNING),
        (V.RETRY, 10, S.ALARM),
        (V.CRASH, 1, S.WARNING),
        (V.CRASH, 2, S.WARNING),
        (V.CRASH, 3, S.ALARM),
        (V.GIVE_UP, 1, S.ALARM),
    ],
)
def test_it_gets_louder_the_more_often_it_happens(verdict, attempt, level):
    assert severity(verdict, attempt, followed=True, failed=False) == level


def test_the_end_of_all_attempts_is_worth_a_warning():
    assert severity(V.RETRY, 1, followed=False, failed=False) == S.WARNING
    assert severity(V.STOP, 1, followed=False, failed=False) == S.NOTE


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_connection_that_has_failed_is_an_alarm(verdict):
    assert severity(verdict, 1, followed=False, failed=True) == S.ALARM
