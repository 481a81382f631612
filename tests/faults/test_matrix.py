"""T11: eight faults of a network, each while a connection does each of its things."""

from __future__ import annotations

import time

import pytest

import ums_actors as ums
from ums_actors.testing.fault_proxy import (
    Bandwidth,
    BlackHole,
    HalfClose,
    Latency,
    LimitData,
    ResetPeer,
    Slicer,
)

GENEROUS = 20.0
EARLY, IN_HANDSHAKE = 10, 700
"""Bytes until a cut: within a small frame, and within TLS or HTTP."""


STEADY = {"request_timeout": GENEROUS, "pong_timeout": GENEROUS}
"""For lines that are to hold, on a busy machine too."""


def latency(proxy, after):
    proxy.add(Latency(0.05, jitter=0.05))


def bandwidth(proxy, after):
    proxy.add(Bandwidth(30_000))


def slicer(proxy, after):
    proxy.add(Slicer())


def black_hole(proxy, after):
    proxy.add(BlackHole())


def reset_peer(proxy, after):
    proxy.add(ResetPeer(after))


def half_close(proxy, after):
    proxy.add(HalfClose(after), direction="downstream")


def limit_data(proxy, after):
    proxy.add(LimitData(after))


def down(proxy, after):
    proxy.down()


SLOW = (latency, bandwidth, slicer)
"""What is lived with; the others end an attempt, or a line."""
DEADLY = (black_hole, reset_peer, half_close, limit_data, down)


def lift(proxy):
    proxy.clear()
    proxy.up()


def works(proxy):
    proxy.wait_ready(GENEROUS).get(timeout=GENEROUS + 1)
    return proxy.get_clock().get(timeout=GENEROUS) > 0


def closes(proxy):
    proxy.close().get(timeout=GENEROUS)
    status = proxy.status().get(timeout=5)
    return (status.state, status.in_flight, status.queued) == ("CLOSED", 0, 0)


@pytest.fixture
def way(request, net):
    """Give the proxy in the way of a step, and how the connection finds it."""
    step = request.param
    more = {"domains": net.domains(look_up=step == "csds")}
    if step == "csds":
        more["csds"] = net.csds.address
    return net.emulator, getattr(net, step), more


@pytest.mark.parametrize("fault", [*SLOW, *DEADLY])
@pytest.mark.parametrize("way", ["csds", "login", "socket"], indirect=True)
def test_while_it_looks_up_logs_in_and_connects(start, events, ledger, way, fault):
    emulator, between, more = way
    proxy = start(emulator, **more)
    failed = events(proxy, ums.AttemptFailed)
    fault(between, IN_HANDSHAKE)
    opened = proxy.open()
    ledger.send(proxy, 3)
    if fault in DEADLY:
        failed.wait(lambda event: True)  # a hang ends at its deadline
        assert not opened.done()
    else:
        opened.get(timeout=GENEROUS)
        assert between.accepted >= 1
    lift(between)
    assert works(proxy)
    opened.get(timeout=GENEROUS)
    # and once more, closed meanwhile
    emulator.expire_tokens("bot1")
    fault(between, IN_HANDSHAKE)
    emulator.cut("bot1")
    ledger.send(proxy, 3)
    assert closes(proxy)
    lift(between)
    assert ledger.check()[ums.Delivery.ANSWERED] >= 3
    proxy.open().get(timeout=GENEROUS)
    assert works(proxy)
    assert closes(proxy)


@pytest.mark.parametrize("fault", [*SLOW, *DEADLY])
def test_while_it_is_ready(start, events, net, ledger, fault):
    more = {} if fault in DEADLY else {"options": STEADY}
    proxy = start(net.emulator, domains=net.domains(look_up=False), **more)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=GENEROUS)
    ledger.send(proxy, 5)
    fault(net.socket, EARLY)
    ledger.send(proxy, 5)
    if fault in DEADLY:
        lost = states.wait(lambda event: event.state == "BACKING_OFF")
        assert ("silent" in lost.reason) is (fault is black_hole)
        ledger.send(proxy, 5)
    else:
        assert set(ledger.verdicts().values()) == {ums.Delivery.ANSWERED}
        assert proxy.status().get(timeout=5).generation == 1
    lift(net.socket)
    assert works(proxy)
    counted = ledger.check()
    assert counted[ums.Delivery.ANSWERED] >= 5
    assert closes(proxy)
    ledger.check()  # nothing that was said not to be sent came later


@pytest.mark.parametrize("fault", [*SLOW, *DEADLY])
def test_while_it_closes(start, net, ledger, fault):
    proxy = start(net.emulator, domains=net.domains(look_up=False), options=STEADY)
    proxy.open().get(timeout=GENEROUS)
    net.emulator.add_fault("drop", count=3, value=".GetClock")
    ledger.send(proxy, 3)
    assert works_beside(proxy)
    fault(net.socket, EARLY)
    begun = time.monotonic()
    assert closes(proxy)
    assert time.monotonic() - begun < GENEROUS
    assert set(ledger.verdicts().values()) == {ums.Delivery.UNKNOWN}
    ledger.check()
    with pytest.raises(ums.ConnectionLost) as refused:
        proxy.get_clock().get(timeout=5)
    assert refused.value.delivery is ums.Delivery.NOT_SENT
    lift(net.socket)
    proxy.open().get(timeout=GENEROUS)
    assert works(proxy)
    assert closes(proxy)


def works_beside(proxy):
    """See that what was sent before has been written; answers of others go missing."""
    return proxy.get_user_profile().get(timeout=GENEROUS) is not None
