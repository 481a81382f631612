from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from ums_actors.cli.demo.faults import Faults
from ums_actors.cli.demo.plan import Fault, PlannedFault
from ums_actors.runtime import LoopFuture

DEADLINE = 10.0


def done(value):
    future = LoopFuture()
    future.set(value)
    return future


class FakeMember:
    """A connection that recovers from whatever it is done, or does not."""

    def __init__(self, name="bot1", *, state="READY", recovers=True, proves=True):
        self.name = name
        self.state = state
        self.recovers = recovers
        self.proves = proves
        self.generation = 1
        self.ready = {1: 0.0}
        self.restarts = {}
        self.logins = 1
        self.told = []
        self.connection = self

    def status(self):
        return done(
            SimpleNamespace(
                state=self.state,
                generation=self.generation,
                restarts=dict(self.restarts),
                logins=self.logins,
            )
        )

    def stable(self, now):
        return True

    def ready_after(self, generation):
        return self.ready.get(generation + 1)

    def child(self, name):
        def tell(message):
            self.told.append((name, type(message)))
            if self.proves:
                self.restarts[name] = self.restarts.get(name, 0) + 1
            if name != "token":
                self.drop()

        return done(SimpleNamespace(tell=tell))

    def get_token(self):
        return done("token")

    def drop(self, *, login=False):
        if self.proves and login:
            self.logins += 1
        if self.recovers:
            self.generation += 1
            self.ready[self.generation] = time.monotonic()


class FakeEmulator:
    def __init__(self, members, sockets=1):
        self.members = {member.name: member for member in members}
        self.sockets = sockets
        self.calls = []

    def close_sockets(self, code, user):
        self.calls.append(("close", code, user))
        self.members[user].drop(login=True)
        return self.sockets

    def expire_tokens(self, user):
        self.calls.append(("expire", user))
        return 1

    def cut(self, user):
        self.calls.append(("cut", user))
        self.members[user].drop(login=("expire", user) in self.calls)
        return self.sockets


def run(plan, members, emulator=None, until=lambda faults: faults.over):
    """Run faults until ``until`` is true of them, then stop them."""
    told = []
    emulator = emulator or FakeEmulator(members)
    faults = Faults(plan, members, emulator, time.monotonic(), told.append)
    faults.start()
    deadline = time.monotonic() + DEADLINE
    while not until(faults):
        assert time.monotonic() < deadline, faults.rows()
        threading.Event().wait(0.01)
    faults.stop()
    return faults, emulator, told


def plan(*faults, bot=0):
    return [PlannedFault(0.0, fault, bot) for fault in faults]


def test_all_six_are_done_and_recovered_from():
    member = FakeMember()
    faults, emulator, told = run(plan(*Fault), [member])
    assert faults.missing() == []
    assert set(faults.times()) == set(Fault)
    assert emulator.calls == [
        ("cut", "bot1"),
        ("close", 4401, "bot1"),
        ("expire", "bot1"),
        ("cut", "bot1"),
    ]
    assert member.told == [
        ("correlator", object),
        ("socket", object),
        ("token", object),
    ]
    assert len(told) == 12
    assert all(row.injected and row.took is not None for row in faults.rows())


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.CLOSE_4401, "no new login"),
        (Fault.CUT_THEN_401, "no new login"),
        (Fault.CORRELATOR, "the correlator actor was not restarted"),
        (Fault.SOCKET, "the socket actor was not restarted"),
        (Fault.TOKEN, "the token actor was not restarted"),
    ],
)
def test_a_recovery_that_the_counters_do_not_prove_does_not_count(fault, said):
    faults, _, _ = run(plan(fault), [FakeMember(proves=False)])
    assert faults.times() == {}
    assert said in faults.missing()[0]


def test_a_connection_that_stays_away_is_told():
    faults, _, _ = run(
        plan(Fault.CUT),
        [FakeMember(recovers=False)],
        until=lambda faults: faults.rows()[0].injected,
    )
    assert faults.missing() == ["cut on bot1: no recovery was seen"]


def test_a_fault_that_hit_nothing_is_told():
    member = FakeMember()
    faults, _, _ = run(plan(Fault.CUT), [member], FakeEmulator([member], sockets=0))
    assert faults.times() == {}
    assert "no connection to do it to" in faults.missing()[0]


def test_a_victim_that_is_away_is_spared_and_another_takes_its_place():
    away, well = FakeMember("bot1", state="BACKING_OFF"), FakeMember("bot2")
    faults, emulator, _ = run(plan(Fault.CUT, bot=0), [away, well])
    assert emulator.calls == [("cut", "bot2")]
    assert faults.missing() == []


def test_faults_wait_while_nobody_is_ready():
    member = FakeMember(state="CONNECTING")
    faults, emulator, _ = run(plan(Fault.CUT), [member], until=lambda _: True)
    assert emulator.calls == []
    assert faults.missing() == ["cut: no connection was READY for it"]


def test_a_breakdown_is_told():
    member = FakeMember()
    emulator = FakeEmulator([])
    faults, _, _ = run(plan(Fault.CUT), [member], emulator)
    assert "the faults broke down" in faults.missing()[-1]
