from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from ums_actors.cli.demo import injection
from ums_actors.cli.demo.faults import Faults
from ums_actors.cli.demo.ledger import Ledger
from ums_actors.cli.demo.plan import STRIKES, Fault, PlannedFault, Side, Strike
from ums_actors.runtime import LoopFuture

DEADLINE = 10.0
CUT = Strike(Fault.CUT, Side.BOT)


def done(value):
    future = LoopFuture()
    future.set(value)
    return future


class FakeMember:
    """A connection that recovers from whatever it is done, or does not."""

    def __init__(self, name="bot1", *, state="READY", recovers=True, proves=True):
        self.name = name
        self.side = Side.BOT if name.startswith("bot") else Side.CONSUMER
        self.user = name if self.side is Side.BOT else f"id of {name}"
        self.state = state
        self.recovers = recovers
        self.proves = proves
        self.generation = 1
        self.ready = {1: 0.0}
        self.restarts = {}
        self.logins = 1
        self.resting = []
        self.told = []
        self.connection = self

    def status(self):
        return SimpleNamespace(
            state=self.state,
            generation=self.generation,
            restarts=dict(self.restarts),
            logins=self.logins,
            resting=self.resting.pop() if self.resting else 0,
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
    """Does to the members what it is told, and writes it down."""

    def __init__(self, members, sockets):
        self.members = {member.user: member for member in members}
        self.sockets = sockets
        self.calls = []

    def _done(self, *call, user, login=False):
        self.calls.append((*call, user))
        self.members[user].drop(login=login)
        return self.sockets

    def close_sockets(self, code, user):
        return self._done("close", code, user=user, login=True)

    def freeze(self, user):
        return self._done("freeze", user=user)

    def cut(self, user):
        return self._done("cut", user=user, login=("expire", user) in self.calls)

    def expire_tokens(self, user):
        self.calls.append(("expire", user))
        return 1

    def restart(self):
        self.calls.append(("restart",))
        for member in self.members.values():
            member.drop()

    def add_fault(self, name, *, value, count=None):
        if name == "delay":
            self.calls.append((name, value))
            return
        self.calls.append((name, count, value["code"], value["type"]))
        self.left = 3

    def faults(self):
        """Give one strike less each time."""
        self.left -= 1
        return [{"name": "delay"}] + [{"name": "reject"}] * (self.left > 0)


def run(plan, members, sockets=1, ledger=None, until=lambda faults: faults.over):
    """Run faults until ``until`` is true of them, then stop them."""
    told = []
    emulator = FakeEmulator(members, sockets)
    faults = Faults(
        plan,
        members=members,
        emulator=emulator,
        ledger=ledger or Ledger(),
        begin=time.monotonic(),
        report=told.append,
    )
    faults.start()
    deadline = time.monotonic() + DEADLINE
    while not until(faults):
        assert time.monotonic() < deadline, faults.rows()
        threading.Event().wait(0.01)
    faults.stop()
    return faults, emulator, told


def plan(*strikes, victim=0):
    return [PlannedFault(0.0, strike.fault, strike.side, victim) for strike in strikes]


def test_all_are_done_and_recovered_from():
    bot, consumer = FakeMember(), FakeMember("consumer1")
    faults, emulator, told = run(plan(*STRIKES), [bot, consumer])
    assert faults.missing() == []
    assert set(faults.times()) == set(STRIKES)
    assert emulator.calls == [
        ("cut", "bot1"),
        ("cut", "id of consumer1"),
        ("freeze", "bot1"),
        ("freeze", "id of consumer1"),
        ("close", 4401, "bot1"),
        ("close", 4407, "id of consumer1"),
        ("expire", "bot1"),
        ("cut", "bot1"),
        ("expire", "id of consumer1"),
        ("cut", "id of consumer1"),
        ("reject", 2, 429, ".ams.ms.PublishEvent"),
        ("restart",),
        ("delay", 0.05),
    ]
    children = [("correlator", object), ("socket", object), ("token", object)]
    assert bot.told == consumer.told == children
    for whom in ("bot1", "consumer1", "everyone"):
        assert any(line.startswith(f"{whom}: recovered from") for line in told)


def test_the_planned_victim_is_struck_or_another_of_its_side():
    members = [FakeMember(), FakeMember("bot2"), FakeMember("consumer1")]
    faults, _, _ = run(plan(CUT, victim=1), members)
    assert [row.whom for row in faults.rows()] == ["bot2"]
    members[1].state = "BACKING_OFF"
    faults, _, _ = run(plan(CUT, victim=1), members)
    assert [row.whom for row in faults.rows()] == ["bot1"]


def test_a_connection_has_one_fault_to_recover_from_at_a_time():
    members = [FakeMember(recovers=False), FakeMember("bot2")]
    faults, _, _ = run(
        plan(CUT, CUT), members, until=lambda faults: len(faults.times()) == 1
    )
    rows = faults.rows()
    assert [row.whom for row in rows] == ["bot1", "bot2"]
    assert [row.took is None for row in rows] == [True, False]


def test_a_restart_waits_for_everyone():
    restart = Strike(Fault.RESTART, Side.ALL)
    members = [FakeMember(), FakeMember("consumer1", state="CONNECTING")]

    def recover(faults):
        assert all(not row.injected for row in faults.rows())
        members[1].state = "READY"
        return True

    run(plan(restart), members, until=recover)
    faults, emulator, _ = run(plan(restart), members)
    assert emulator.calls[0] == ("restart",)
    assert faults.missing() == []


def test_nothing_is_done_before_its_time():
    faults, emulator, _ = run(
        [PlannedFault(3600.0, Fault.CUT, Side.BOT, 0)],
        [FakeMember()],
        until=lambda _: True,
    )
    assert emulator.calls == []
    (row,) = faults.rows()
    assert (row.at, row.injected, row.whom) == (3600.0, False, "")
    assert faults.missing() == ["cut: no connection was READY for it"]


def test_without_a_recovery_it_is_a_failure(monkeypatch):
    monkeypatch.setattr(injection, "_RECOVERY_LIMIT", 0.05)
    faults, _, _ = run(plan(CUT), [FakeMember(recovers=False)])
    assert faults.missing() == ["cut on bot1: not recovered within 0.05 s"]
    assert faults.times() == {}


def test_many_consumers_meet_a_larger_burst():
    members = [FakeMember(f"consumer{number}") for number in range(100)]
    _, emulator, _ = run(plan(Strike(Fault.BURST_429, Side.ALL)), members)
    assert emulator.calls[0][:3] == ("reject", 12, 429)


@pytest.mark.parametrize("rests", ["at the service", "in a connection", "in a bot"])
def test_refusals_that_do_not_end_are_a_failure(monkeypatch, rests):
    monkeypatch.setattr(injection, "_RECOVERY_LIMIT", 0.5)
    member, ledger = FakeMember(), Ledger()
    if rests == "at the service":
        refusing = [{"name": "reject"}]
        monkeypatch.setattr(FakeEmulator, "faults", lambda self: refusing)
    elif rests == "in a connection":
        member.resting = [1] * 1_000
    else:
        ledger.add_refused()
    burst = plan(Strike(Fault.BURST_429, Side.ALL))
    faults, _, _ = run(burst, [member], ledger=ledger)
    assert faults.missing() == ["429 burst on everyone: not recovered within 0.5 s"]


@pytest.mark.parametrize(
    ("fault", "lack"),
    [
        (Fault.CORRELATOR, "the correlator actor was not restarted"),
        (Fault.TOKEN, "the token actor was not restarted"),
        (Fault.CLOSE_4401, "there was no new login"),
        (Fault.CUT_THEN_401, "there was no new login"),
    ],
)
def test_a_recovery_without_proof_is_a_failure(fault, lack):
    strike = Strike(fault, Side.BOT)
    faults, _, _ = run(plan(strike), [FakeMember(proves=False)])
    assert faults.missing() == [f"{fault} on bot1: {lack}"]


def test_a_fault_that_hits_no_connection_is_a_failure():
    faults, _, _ = run(plan(CUT), [FakeMember()], sockets=0)
    assert "had no connection" in faults.missing()[0]


def test_what_breaks_the_faults_is_told():
    faults, _, _ = run(plan(CUT), [SimpleNamespace(name="x", user="x", side=Side.BOT)])
    assert faults.error is not None
    assert "the faults broke down" in faults.missing()[-1]
