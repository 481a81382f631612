"""Each request that is handed over is told of once, however it ends."""

from __future__ import annotations

import pytest

import ums_actors as ums

CLOCK = ".GetClock"


class Meter:
    """An instrument that keeps requests and their ends."""

    def __init__(self):
        self.began, self.ended, self.connections = [], [], []

    def observe(self, event, level, fields):
        pass

    def connection_began(self, connection):
        self.connections.append(("began", connection.connection_id))

    def connection_ended(self, connection):
        self.connections.append(("ended", connection.connection_id))

    def request_began(self, request):
        self.began.append(request)
        return self.ended.append

    def of(self, kind):
        return [request for request in self.ended if request.type == kind]


@pytest.fixture
def meter():
    return Meter()


@pytest.fixture
def runtime(meter):
    made = ums.Runtime(instruments=[meter])
    yield made
    assert made.close(10.0)


@pytest.fixture
def opened(emulator, start):
    def make(**more):
        proxy = start(emulator, **more)
        proxy.open(wait_for_ready=True).get(timeout=10)
        return proxy

    return make


@pytest.fixture
def told(meter, eventually):
    """Give the one end of a request of this type, and see that it began."""

    def wait(kind=CLOCK):
        eventually(lambda: meter.of(kind))
        [ended] = meter.of(kind)
        assert [request.type for request in meter.began].count(kind) == 1
        return ended

    return wait


def ask(proxy, **more):
    return proxy.send({"type": CLOCK, "body": {}}, **more)


def test_an_answer(opened, told):
    proxy = opened()
    proxy.get_clock().get(timeout=5)
    ended = told()
    assert (ended.outcome, ended.delivery) == ("ANSWERED", "ANSWERED")
    assert (ended.code, ended.error, ended.generation) == (None, "", 1)
    assert ended.connection_id == proxy.status().get(timeout=5).connection_id
    assert ended.seconds > 0


def test_a_refusal(opened, told, emulator):
    proxy = opened()
    emulator.add_fault("reject", count=1, value={"code": 403, "type": CLOCK})
    with pytest.raises(ums.RequestRejected):
        ask(proxy).get(timeout=5)
    ended = told()
    assert (ended.outcome, ended.code) == ("REJECTED_4XX", 403)
    assert ended.error == "RequestRejected"


def test_one_that_is_given_up(opened, told, emulator, eventually):
    proxy = opened()
    emulator.add_fault("drop", value=CLOCK, count=1)
    asked = ask(proxy)
    eventually(lambda: not emulator.faults())
    proxy.forget(asked).get(timeout=5)
    with pytest.raises(ums.RequestForgotten):
        asked.get(timeout=5)
    assert told().error == "RequestForgotten"


def test_a_line_that_is_lost(opened, told, emulator, eventually):
    proxy = opened()
    emulator.add_fault("drop", value=CLOCK, count=1)
    asked = ask(proxy)
    eventually(lambda: not emulator.faults())  # it has been written, and dropped
    emulator.cut("bot1")
    with pytest.raises(ums.ConnectionLost):
        asked.get(timeout=5)
    ended = told()
    assert (ended.outcome, ended.delivery) == ("UNKNOWN", "UNKNOWN")


def test_one_of_too_many(emulator, start, told):
    proxy = start(emulator, options={"queue_limit": 1})
    proxy.send({"type": "KeepAlive", "body": {}})
    with pytest.raises(ums.Overloaded):
        ask(proxy).get(timeout=5)
    assert told().outcome == "NOT_SENT"


def test_one_that_cannot_be_encoded(opened, told):
    proxy = opened()
    with pytest.raises(ums.UMSError):
        proxy.send({"type": CLOCK, "body": object()}).get(timeout=5)
    assert told().outcome == "FAILED"


def test_the_end_of_the_connection(emulator, start, told):
    proxy = start(emulator)
    asked = ask(proxy)
    proxy.status().get(timeout=5)
    proxy.actor_ref.stop(timeout=10)
    with pytest.raises(ums.ConnectionLost):
        asked.get(timeout=5)
    assert told().outcome == "NOT_SENT"


def test_a_crash_over_it(opened, told, monkeypatch):
    proxy = opened()
    actor = proxy.child("correlator").get(timeout=5)._cell.actor

    def broken(*_):
        raise KeyError("a bug")

    monkeypatch.setattr(actor, "_accept", broken)
    with pytest.raises(ums.ConnectionLost):
        ask(proxy).get(timeout=5)
    assert told().outcome == "NOT_SENT"


def test_an_instrument_has_not_read_what_a_caller_did_not(
    opened, told, emulator, caplog, eventually
):
    proxy = opened()
    emulator.add_fault("reject", count=1, value={"code": 403, "type": CLOCK})
    ask(proxy)
    told()
    eventually(
        lambda: any(r.message == "future.never_retrieved" for r in caplog.records)
    )


def test_connections_begin_and_end_once(opened, meter):
    proxy = opened()
    connection = proxy.status().get(timeout=5).connection_id
    proxy.close().get(timeout=10)
    proxy.open(wait_for_ready=True).get(timeout=10)
    assert meter.connections == [("began", connection)]
    proxy.actor_ref.stop(timeout=10)
    assert meter.connections == [("began", connection), ("ended", connection)]
