"""T10: the line is cut while ten thousand requests wait for their answers."""

from __future__ import annotations

from random import Random

import pytest

import ums_actors as ums

COUNT = 10_000
GENEROUS = 20.0
ROOMY = {
    "in_flight_limit": COUNT + 100,
    "queue_limit": COUNT,
    "request_timeout": 600.0,
    "queue_timeout": 600.0,
    "pong_timeout": 60.0,
    "restore_timeout": 60.0,
    "connect_timeout": 10.0,
}


def nothing_waits(proxy):
    status = proxy.status().get(timeout=GENEROUS)
    return (status.in_flight, status.queued, status.resting) == (0, 0, 0)


def test_all_are_answered_when_the_line_is_cut_under_them(start, net, ledger):
    proxy = start(net.emulator, domains=net.domains(look_up=False), options=ROOMY)
    proxy.open().get(timeout=GENEROUS)
    net.emulator.add_fault("drop", value=".GetClock")
    ledger.send(proxy, COUNT)
    proxy.get_user_profile().get(timeout=GENEROUS)  # behind them on the wire
    assert proxy.status().get(timeout=GENEROUS).in_flight >= COUNT
    assert net.socket.reset() == 1
    assert ledger.check() == {ums.Delivery.UNKNOWN: COUNT}
    net.emulator.clear_faults()
    proxy.wait_ready(GENEROUS).get(timeout=GENEROUS + 1)
    assert nothing_waits(proxy)


@pytest.mark.parametrize("seed", range(4))
def test_verdicts_are_true_when_it_is_cut_at_any_byte(start, net, ledger, seed):
    """Some had been answered, some not, and some were not written yet."""
    from ums_actors.testing.fault_proxy import ResetPeer

    count = COUNT // 4
    proxy = start(net.emulator, domains=net.domains(look_up=False), options=ROOMY)
    proxy.open().get(timeout=GENEROUS)
    after = Random(seed).randrange(1_000, count * 60)
    net.socket.add(ResetPeer(after), direction="upstream", on="present")
    ledger.send(proxy, count)
    counted = ledger.check()
    assert counted[ums.Delivery.UNKNOWN] > 0
    assert sum(counted.values()) == count
    proxy.wait_ready(GENEROUS).get(timeout=GENEROUS + 1)
    assert nothing_waits(proxy)
    assert net.socket.accepted == 2
