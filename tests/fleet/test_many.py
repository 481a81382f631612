"""Hundreds of agents in one process, and a service that goes away under them."""

from __future__ import annotations

import threading

import pytest

import ums_actors as ums
from ums_actors.emulator import running_emulator

AGENTS = 300
PACING = ums.Pacing(connects=400.0, connect_burst=40, logins=400.0, login_burst=40)
OPTIONS = ums.Options(backoff_base=0.2, stable_after=1.0)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def service(request):
    with running_emulator(users=AGENTS, tls=request.param) as made:
        yield made


def test_all_are_ready_again_after_a_restart_and_nobody_waits_for_ever(
    service, specs, fleet, heard, eventually
):
    agents = specs(service, online=True, settings={"options": OPTIONS})
    threads = threading.active_count()
    bots = fleet(agents, pacing=PACING, handler=heard, kinds=[ums.AgentReady])
    assert bots.open(timeout=60).get(timeout=70).states == {"READY": AGENTS}
    assert len(heard.first(AGENTS, ums.AgentReady)) == AGENTS
    assert set(service.state()["agent_states"].values()) == {"ONLINE"}
    assert threading.active_count() - threads < 30
    proxies = [bots.get(user) for user in service.users]
    clocks = [proxy.get_clock() for proxy in proxies]
    service.restart()
    eventually(
        lambda: bots.status().states == {"READY": AGENTS} and _all_came_back(proxies),
        within=60.0,
    )
    eventually(lambda: all(clock.done() for clock in clocks), within=60.0)
    for clock in clocks:
        error = clock.exception()
        assert error is None or isinstance(error, ums.ConnectionLost)
    status = bots.status()
    assert (status.failed, status.retried, status.in_flight) == ((), 0, 0)
    assert set(service.state()["agent_states"].values()) == {"ONLINE"}
    bots.close(timeout=50).get(timeout=60)
    assert service.sockets() == []


def _all_came_back(proxies):
    kernels = [proxy.actor_ref.actor_inbox.keep for proxy in proxies]
    return all(kernel.session.generation > 1 for kernel in kernels)


def test_attempts_keep_to_the_gates_pace(specs, fleet):
    agents, rate = 40, 20.0
    with running_emulator(users=agents) as service:
        pacing = ums.Pacing(connects=rate, connect_burst=1, logins=500, login_burst=50)
        bots = fleet(specs(service), pacing=pacing)
        opening = bots.open()
        while not bots.status().waiting_to_connect:
            threading.Event().wait(0.005)
        assert opening.get(timeout=60).ready == agents
        opened = sorted(
            frame["t"] for frame in service.log() if frame.get("generation") == 1
        )
        assert opened[-1] - opened[0] >= agents / rate / 2  # at once without a gate
        assert bots.status().waiting_to_connect == 0
