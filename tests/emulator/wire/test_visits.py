from __future__ import annotations

from types import SimpleNamespace

import pytest

from ums_actors.emulator.wire.visits import Visits


class Line:
    def __init__(self, conn, user="bot1"):
        self.conn, self.heard = conn, 0.0
        self.client = SimpleNamespace(generation=conn, name=user)


@pytest.fixture
def visits():
    return Visits(limit=2)


def numbers(visits, user=None):
    return [each["conn"] for each in visits.all(user)]


def test_who_is_there_is_told_after_those_who_were(visits):
    one, two = Line(1), Line(2)
    visits.begin(one)
    visits.begin(two)
    visits.end(two)
    assert numbers(visits) == [2, 1]
    assert [each["closed"] is None for each in visits.all()] == [False, True]


def test_those_of_one_user_are_told_alone(visits):
    visits.begin(Line(1))
    visits.begin(Line(2, "bot2"))
    assert numbers(visits, "bot2") == [2]


def test_the_oldest_are_forgotten(visits):
    for conn in (1, 2, 3):
        line = Line(conn)
        visits.begin(line)
        visits.end(line)
    assert numbers(visits) == [2, 3]


def test_the_name_is_the_one_that_was_told_last(visits):
    line = Line(1, "")
    visits.begin(line)
    line.client.name = "somebody"
    visits.end(line)
    assert numbers(visits, "somebody") == [1]


def test_what_was_never_heard_was_silent_from_the_start(visits):
    line = Line(1)
    visits.begin(line)
    [told] = visits.all()
    assert told["heard"] == told["opened"]
    line.heard = told["opened"] + 5
    [told] = visits.all()
    assert told["heard"] == told["opened"] + 5
