from __future__ import annotations

import logging

import pytest

from ums_actors.runtime import Runtime
from ums_actors.runtime.instrument import Instruments, RequestBegan, RequestEnded

BEGAN = RequestBegan("c", 1, ".GetClock")
ENDED = RequestEnded("c", 1, ".GetClock", "ANSWERED", "ANSWERED", None, "", 0.5)


class Hearing:
    """An instrument that writes down what it hears."""

    def __init__(self):
        self.heard = []

    def observe(self, event, level, fields):
        self.heard.append((event, level, fields))

    def connection_began(self, connection):
        self.heard.append(("began", connection))

    def connection_ended(self, connection):
        self.heard.append(("ended", connection))

    def request_began(self, request):
        self.heard.append(request)
        return self.heard.append


class Broken:
    """An instrument that raises over everything."""

    def _raise(self, *_):
        raise ValueError("a bug of an instrument")

    observe = connection_began = connection_ended = request_began = _raise


class Uninterested(Hearing):
    def request_began(self, request):
        return None


def tell_all(instruments):
    instruments.observe("actor.dead_letter", logging.DEBUG, {})
    instruments.connection_began("it")
    instruments.request_ended(instruments.request_began(BEGAN), ENDED)
    instruments.connection_ended("it")


def test_all_hear_of_everything():
    hearing = Hearing(), Hearing()
    tell_all(Instruments(hearing))
    for each in hearing:
        assert each.heard == [
            ("actor.dead_letter", logging.DEBUG, {}),
            ("began", "it"),
            BEGAN,
            ENDED,
            ("ended", "it"),
        ]


def test_one_that_raises_is_logged_and_disturbs_no_other(caplog):
    hearing = Hearing()
    tell_all(Instruments([Broken(), hearing]))
    assert len(hearing.heard) == 5
    assert {record.message for record in caplog.records} == {"instrument.failed"}
    assert len(caplog.records) == 4
    assert all(record.exc_info for record in caplog.records)


def test_of_ends_hears_who_wants_to():
    assert Instruments([Uninterested()]).request_began(BEGAN) == []


def test_one_whose_ending_raises_is_logged_too(caplog):
    class Ending(Hearing):
        def request_began(self, request):
            return Broken()._raise

    hearing = Hearing()
    tell_all(Instruments([Ending(), hearing]))
    assert ENDED in hearing.heard
    assert [record.message for record in caplog.records] == ["instrument.failed"]


@pytest.fixture
def quiet():
    made = []

    def make(**more):
        made.append(Runtime(**more))
        return made[-1]

    yield make
    for each in made:
        assert each.close(5)


def test_a_runtime_without_instruments_has_its_observer_and_nothing_else(quiet):
    observer = Hearing()
    runtime = quiet(observer=observer)
    assert runtime.instruments is None
    assert runtime.observer is observer


def test_instruments_hear_what_the_observer_hears_and_it_goes_on_to(quiet):
    observer, instrument = Hearing(), Hearing()
    runtime = quiet(observer=observer, instruments=[instrument])
    runtime.observer.observe("actor.crashed", logging.ERROR, {"actor": "A"})
    assert observer.heard == instrument.heard
    assert len(observer.heard) == 1


def test_the_log_goes_on_beside_instruments(quiet, caplog):
    runtime = quiet(instruments=[Hearing()])
    with caplog.at_level(logging.INFO, "ums_actors"):
        runtime.observer.observe("connection.state", logging.INFO, {"state": "READY"})
    assert [record.message for record in caplog.records] == ["connection.state"]
