"""The load itself, against the local service."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.cli.bench.display import Nothing
from ums_actors.cli.bench.load import Load
from ums_actors.cli.bench.place import Place
from ums_actors.cli.bench.run import run_bench
from ums_actors.cli.bench.settings import Settings
from ums_actors.emulator import password_of, running_emulator


@pytest.fixture
def emulator():
    with running_emulator(users=3) as emulator:
        yield emulator


@pytest.fixture
def place(emulator):
    return Place(f"http://{emulator.csds}", emulator.account, None)


@pytest.fixture
def bots(place, runtime):
    refs = [
        ums.BrandWebsocketConnection.start(
            place.account,
            auth=ums.PasswordLogin(user, password_of(user)),
            csds=place.csds,
            runtime=runtime,
        )
        for user in ("bot1", "bot2")
    ]
    yield [ums.proxy_of(ref) for ref in refs]
    for ref in refs:
        ref.stop(timeout=20)


def test_so_many_are_in_flight_and_each_is_counted_once(emulator, bots, eventually):
    for bot in bots:
        bot.open().get(timeout=20)
    asked = bots[0].events(ums.RequestSent)
    emulator.add_fault("delay", value={"seconds": 0.3, "types": ".GetClock"})
    load = Load(bots, 3)
    load.count(wanted=True)
    load.begin()
    for bot in bots:
        eventually(lambda bot=bot: bot.status().get(timeout=5).in_flight == 3)
    emulator.clear_faults()
    eventually(lambda: load.took.count > 100)
    assert load.end(20)
    assert not load.out
    sent = bots[0].status().get(timeout=5)
    assert (sent.in_flight, sent.queued) == (0, 0)
    assert not load.failed
    asked.close()


def test_what_is_asked_before_is_not_counted(bots, eventually):
    for bot in bots:
        bot.open().get(timeout=20)
    load = Load(bots, 1)
    heard = bots[0].events(ums.ResponseReceived)
    load.begin()
    for _ in range(20):
        next(heard)
    heard.close()
    assert load.took.count == 0
    load.count(wanted=True)
    eventually(lambda: load.took.count > 0)
    load.count(wanted=False)
    assert load.end(20)


def test_a_place_whose_request_fails_makes_no_more(emulator, bots):
    for bot in bots:
        bot.open().get(timeout=20)
    emulator.add_fault("reject", value={"code": 500, "type": ".GetClock"})
    load = Load(bots, 4)
    load.begin()
    assert load._home.wait(20)
    assert load.failed == {"RequestRejected": 8}


def test_a_run_says_what_failed(emulator, place):
    emulator.add_fault("reject", value={"code": 500, "type": ".GetClock"})
    settings = Settings(connections=3, in_flight=2, seconds=1.0)
    report = run_bench(settings, place, Nothing())
    assert not report.ok
    assert (report.requests, report.failed) == (0, {"RequestRejected": 6})
    assert report.processor is None
    assert report.latency.p50 is None


def test_a_run_ends_with_what_it_began(emulator, place, eventually):
    settings = Settings(connections=3, in_flight=2, seconds=1.0)
    report = run_bench(settings, place, Nothing())
    assert report.ok
    assert report.requests == pytest.approx(
        report.per_second * report.seconds, rel=0.01
    )
    assert 0 < report.latency.p50 <= report.latency.p99 <= report.latency.p999
    assert report.latency.p999 <= report.latency.longest
    assert report.processor > 0
    assert report.server_busy is None  # it is not the bench's own
    eventually(lambda: not emulator.sockets())
