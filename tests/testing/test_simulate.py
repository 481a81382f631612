from __future__ import annotations

import hashlib
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
from ums_actors.testing.simulate import main, simulate

_ROOT = Path(ums_actors.__file__).parents[1]
_DIGEST = """
import hashlib
from ums_actors.testing.simulate import simulate
text = "".join("\\n".join(simulate(seed).trace) for seed in range(3))
print(hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.mark.parametrize("first", range(0, 50, 10))
def test_no_rule_is_broken_whatever_goes_wrong(first):
    for seed in range(first, first + 10):
        outcome = simulate(seed)
        assert outcome.violations == (), f"seed {seed}"
        assert outcome.requests > 20
        assert outcome.messages > 20


@pytest.mark.parametrize("first", range(0, 12, 4))
def test_many_faults_at_short_intervals_are_survived(first):
    for seed in range(first, first + 4):
        outcome = simulate(seed, seconds=300, faults=45)
        assert outcome.violations == (), f"seed {seed}"


@pytest.mark.parametrize("seed", range(5))
def test_the_same_seed_gives_the_same_trace(seed):
    assert simulate(seed).trace == simulate(seed).trace


def test_other_seeds_give_other_traces():
    assert simulate(1).trace != simulate(2).trace


def test_the_trace_does_not_depend_on_the_order_of_hashes():
    text = "".join("\n".join(simulate(seed).trace) for seed in range(3))
    ours = hashlib.sha256(text.encode()).hexdigest()
    environment = os.environ | {"PYTHONHASHSEED": "77", "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", _DIGEST],
        env=environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    assert done.stdout.strip() == ours


def test_nothing_asks_the_machine_for_time_chance_or_a_thread(monkeypatch):
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the machine was asked")

    for module, names in (
        (time, ("monotonic", "perf_counter", "sleep")),
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


class _Restless(BrandWebsocketConnection):
    def on_start(self):
        super().on_start()
        self._loop.call_later(10_000, lambda: None)


class _Clumsy(BrandWebsocketConnection):
    def set_agent_state(self, agent_state, agent_id=None):
        self.actor_ref.tell(object)
        self._loop.call_soon(lambda: 1 / 0)
        return super().set_agent_state(agent_state, agent_id)


@pytest.mark.parametrize(
    ("tree", "blame"),
    [
        (_Forgetful, "get_clock of"),
        (_Lying, "the server saw it 2 times"),
        (_Repeating, "heard"),
        (_Chatty, "a token in the field note"),
        (_Restless, "a timer of"),
        (_Clumsy, "loop.task_failed"),
    ],
)
def test_a_broken_tree_is_caught(tree, blame):
    violations = simulate(0, seconds=40, faults=0, connection=tree).violations
    assert any(blame in each for each in violations), violations


def test_the_command_line_reports_each_seed_and_says_how_it_went(capsys):
    assert main(["--seeds", "2", "--seed", "5", "--seconds", "20"]) == 0
    said = capsys.readouterr().out
    assert "seed 5: ok" in said
    assert "seed 6: ok" in said
    assert "2 of 2 seeds" in said


def test_the_command_line_prints_the_trace_on_demand(capsys):
    assert main(["--seeds", "1", "--seconds", "20", "--trace"]) == 0
    assert "connection.state" in capsys.readouterr().out
