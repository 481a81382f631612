from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest

import ums_actors
from ums_actors.connection.brand import BrandWebsocketConnection
from ums_actors.runtime import LoopFuture
from ums_actors.testing import simulate as simulating
from ums_actors.testing.running import Report, run_many
from ums_actors.testing.simulate import Outcome, main, simulate

_ROOT = Path(ums_actors.__file__).parents[1]


@pytest.mark.parametrize("first", range(0, 20, 5))
def test_no_rule_is_broken_whatever_goes_wrong(first):
    for seed in range(first, first + 5):
        outcome = simulate(seed)
        assert outcome.violations == (), f"seed {seed}"
        assert outcome.connections > 1
        assert outcome.requests > 40
        assert outcome.messages > 20


@pytest.mark.parametrize("seed", range(4))
def test_many_faults_at_short_intervals_are_survived(seed):
    outcome = simulate(seed, "hard")
    assert outcome.violations == ()
    assert outcome.crashes > 0


@pytest.mark.parametrize("seed", range(4))
def test_connections_that_share_gates_and_have_little_room_break_no_rule(seed):
    outcome = simulate(seed, "crowded")
    assert outcome.violations == ()
    assert outcome.messages > 20


def test_in_a_crowd_some_requests_find_no_room():
    traces = [line for seed in range(6) for line in simulate(seed, "crowded").trace]
    for bound in ("requests=5", "request_bytes=500"):
        assert any(f"Overloaded(Limits.{bound}" in line for line in traces), bound


@pytest.mark.parametrize("seed", range(5))
def test_the_same_seed_gives_the_same_trace(seed):
    assert simulate(seed).trace == simulate(seed).trace


@pytest.mark.parametrize(
    "seed",
    [
        15376,  # a login hangs at its end
        21153,  # a line has proven itself while the loop stood still
    ],
)
def test_it_blames_nobody_for_what_it_did_itself(seed):
    assert simulate(seed).violations == ()


def test_an_event_that_comes_twice_hides_none_before_it():
    assert simulate(7651).violations == ()


def test_no_pause_of_a_query_outlives_its_connection():
    assert simulate(47656).violations == ()


def test_a_supervisor_that_crashes_fills_no_budget_of_others():
    assert simulate(27400).violations == ()


def test_other_seeds_give_other_traces():
    assert simulate(1).digest != simulate(2).digest


def command(*arguments, hash_seed="0"):
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "ums_actors.testing.simulate", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("hash_seed", ["0", "77"])
def test_the_trace_does_not_depend_on_the_order_of_hashes(hash_seed):
    ours = simulate(4)
    *lines, digest = command("--replay", "4", hash_seed=hash_seed).splitlines()
    assert digest == f"digest {ours.digest}"
    assert tuple(lines) == ours.trace


def test_several_processes_find_what_one_finds():
    told = json.loads(command("--seeds", "3", "--jobs", "2", "--json"))
    report = Report.of("ordinary", run_many(range(3), "ordinary", 1))
    assert (told["digest"], told["messages"]) == (report.digest, report.messages)
    assert (told["seeds"], told["broken"]) == (3, [])


def test_nothing_asks_the_machine_for_time_chance_or_a_thread(monkeypatch):
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the machine was asked")

    for module, names in (
        (time, ("monotonic", "perf_counter", "sleep", "time")),
        (random, ("random", "uniform", "choice")),
        (os, ("urandom",)),
        (uuid, ("uuid4",)),
        (threading.Thread, ("start",)),
    ):
        for name in names:
            monkeypatch.setattr(module, name, forbidden)
    outcome = simulate(3)
    monkeypatch.undo()
    assert outcome.violations == ()


class _Forgetful(BrandWebsocketConnection):
    def get_clock(self):
        super().get_clock()
        return LoopFuture()


class _Lying(BrandWebsocketConnection):
    def send_text(self, *arguments, **more):
        super().send_text(*arguments, **more)
        return super().send_text(*arguments, **more)


class _Repeating(BrandWebsocketConnection):
    def subscribe(self, target, *kinds):
        super().subscribe(target, *kinds)
        return super().subscribe(target, *kinds)


class _Chatty(BrandWebsocketConnection):
    def get_token(self):
        login = self._kernel.login
        if login is not None:
            self._observe("token.shown", note=login.token.reveal())
        return super().get_token()


class _Gossiping(BrandWebsocketConnection):
    def get_token(self):
        login = self._kernel.login
        if login is not None:
            raise ums_actors.LoginError(login.token.reveal())
        return super().get_token()


class _Restless(BrandWebsocketConnection):
    def on_start(self):
        super().on_start()
        self._loop.call_later(10_000, lambda: None)


class _Clumsy(BrandWebsocketConnection):
    def set_agent_state(self, agent_state, agent_id=None):
        self.actor_ref.tell(object)
        self._loop.call_soon(lambda: 1 / 0)
        return super().set_agent_state(agent_state, agent_id)


class _Patient(BrandWebsocketConnection):
    def get_clock(self):
        pending = self._kernel.pending
        answer = super().get_clock()
        self._loop.call_later(0.001, lambda: pending._deadlines.add("x", 0.0, 0.0))
        return answer


@pytest.mark.parametrize(
    ("tree", "blame"),
    [
        (_Forgetful, "get_clock of"),
        (_Lying, "the server saw it 2 times"),
        (_Repeating, "was heard after"),
        (_Chatty, "a token in the field note"),
        (_Gossiping, "a token in the error of get_token"),
        (_Restless, "a timer of"),
        (_Clumsy, "loop.task_failed"),
        (_Patient, "is kept"),
    ],
)
def test_a_broken_tree_is_caught(tree, blame):
    violations = simulate(0, seconds=40, faults=0, connection=tree).violations
    assert any(blame in each for each in violations), violations


def test_the_command_line_says_how_it_went(capsys):
    assert main(["--seeds", "2", "--first", "5", "--jobs", "1"]) == 0
    said = capsys.readouterr().out
    assert "2 of 2 ordinary seeds without fault, from 5 on" in said
    assert "digest" in said


def test_the_command_line_prints_the_trace_of_one_seed(capsys):
    assert main(["--replay", "6"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "connection.state" in "".join(said)
    assert said[-1] == f"digest {simulate(6).digest}"


@pytest.fixture
def broken(monkeypatch):
    def run_many(seeds, profile, jobs):
        for seed in reversed(seeds):
            rules = ("1.0: bot: is wrong",) if seed == 7 else ()
            yield Outcome(seed=seed, digest=f"d{seed}", violations=rules)

    monkeypatch.setattr(simulating, "run_many", run_many)


def test_a_broken_seed_is_told_with_the_command_that_shows_it_again(broken, capsys):
    assert main(["--seeds", "9", "--profile", "hard"]) == 1
    said = capsys.readouterr().out
    assert "seed 7:\n  1.0: bot: is wrong\n" in said
    again = "python -m ums_actors.testing.simulate --profile hard --replay 7"
    assert f"again: {again}\n" in said
    assert "8 of 9 hard seeds without fault" in said


def test_the_report_can_be_had_as_json(broken, capsys):
    assert main(["--seeds", "9", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["seeds"], told["first"], told["profile"]) == (9, 0, "ordinary")
    again = "python -m ums_actors.testing.simulate --profile ordinary --replay 7"
    assert told["broken"] == [
        {"seed": 7, "violations": ["1.0: bot: is wrong"], "replay": again}
    ]


def test_what_the_simulator_raises_is_a_broken_rule(monkeypatch):
    def fail(seed, profile):
        raise ZeroDivisionError(seed)

    monkeypatch.setattr("ums_actors.testing.running.run_one", fail)
    (outcome,) = run_many(range(1), "ordinary", 4)
    assert "ZeroDivisionError" in outcome.violations[0]


@pytest.mark.parametrize("arguments", [["--seeds", "0"], ["--profile", "soft"]])
def test_bad_arguments_are_refused(arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert "error" in capsys.readouterr().err
