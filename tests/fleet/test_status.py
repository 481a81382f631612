"""How a fleet says that it is doing."""

from __future__ import annotations

import json
import threading

import msgspec

import ums_actors as ums
from ums_actors.runtime import LoopActor


def test_a_new_fleet_has_nothing(fleet):
    assert fleet().status() == ums.FleetStatus(
        agents=0,
        states={},
        ready=0,
        failed=(),
        contested=0,
        retried=0,
        waiting_to_connect=0,
        waiting_to_log_in=0,
        in_flight=0,
        queued=0,
        events_waiting=0,
        events_dropped=0,
        handlers_busy=0,
        handler_errors=0,
    )


def test_those_who_wait_at_the_gates_are_counted(emulator, specs, fleet, eventually):
    pacing = ums.Pacing(connects=500, connect_burst=50, logins=0.01, login_burst=2)
    bots = fleet(specs(emulator), pacing=pacing)
    bots.open()
    eventually(lambda: bots.status().ready == 2)
    status = bots.status()
    assert status.states == {"READY": 2, "AUTHENTICATING": 4}
    assert (status.waiting_to_log_in, status.waiting_to_connect) == (4, 0)


def test_gates_that_do_not_tell_are_not_known(fleet, runtime):
    status = fleet(runtime=runtime).status()
    assert (status.waiting_to_connect, status.waiting_to_log_in) == (None, None)


def test_requests_of_all_agents_are_counted(emulator, specs, fleet, eventually):
    bots = fleet(specs(emulator))
    bots.open().get(timeout=30)
    emulator.add_fault("delay", value=60)
    for user in emulator.users:
        for _ in range(3):
            bots.get(user).get_clock()
    eventually(lambda: bots.status().in_flight == 18)
    assert bots.status().queued == 0
    emulator.stop()
    eventually(lambda: not bots.status().ready)
    eventually(lambda: (bots.status().in_flight, bots.status().queued) == (0, 18))
    for user in emulator.users:
        bots.get(user).get_clock()
    eventually(lambda: bots.status().queued == 24)


def test_events_that_wait_and_calls_that_run_are_counted(
    emulator, specs, fleet, eventually
):
    go_on = threading.Event()
    bots = fleet(specs(emulator), handler=lambda _: go_on.wait(30), handlers=2)
    bots.open().get(timeout=30)
    eventually(lambda: bots.status().handlers_busy == 2)
    assert bots.status().events_waiting > 6
    go_on.set()
    eventually(lambda: bots.status().handlers_busy == bots.status().events_waiting == 0)


class Curious(LoopActor):
    def on_receive(self, message):
        return message.status()


def test_it_can_be_asked_on_the_loop_itself(emulator, specs, fleet, runtime):
    bots = fleet(specs(emulator), runtime=runtime)
    bots.open().get(timeout=30)
    curious = Curious.start(runtime=runtime)
    assert curious.ask(bots, timeout=20) == bots.status()


def test_it_can_be_written_as_json(emulator, spec, fleet):
    wrong = spec(emulator, auth=ums.PasswordLogin("bot1", "wrong"))
    status = fleet([wrong]).open().get(timeout=30)
    told = json.loads(msgspec.json.encode(status))
    assert told["states"] == {"FAILED": 1}
    assert told["failed"][0]["user"] == "bot1"
    assert "wrong" not in str(status)
