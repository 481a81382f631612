"""What is killed or frozen, and what the emulator saw of it.

Always: all agents are back, none is connected twice, but for a frozen process, whose
sockets stay open until it goes on: then it sends nothing.
"""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest

import ums_actors as ums

pytestmark = [pytest.mark.ray, pytest.mark.timeout(180)]
LONG = 60.0


def answered(calls):
    """Each call has its verdict: an answer, or an error that says what is known."""
    verdicts = []
    for call in calls:
        try:
            verdicts.append(call.get(timeout=LONG) > 0)
        except ums.RequestError as error:
            verdicts.append(error.delivery)
    return verdicts


def test_a_shard_whose_process_is_killed(scene):
    victim = scene.cluster.status().shards[0]
    users = scene.users_of([victim])
    calls = scene.strike(lambda: os.kill(victim.pid, signal.SIGKILL))
    scene.back(users)
    assert scene.overlaps() == []
    assert len(answered(calls)) == len(scene.users)


def test_a_raylet_is_killed_and_its_workers_live_on(scene):
    node = scene.machines.alive()[0]
    victims = scene.shards_on(node)
    users = scene.users_of(victims)
    calls = scene.strike(lambda: node.signal(signal.SIGKILL, raylet_only=True))
    scene.back(users)
    assert scene.overlaps() == []
    assert len(answered(calls)) == len(scene.users)
    gone = [psutil.Process(each.pid) for each in victims if psutil.pid_exists(each.pid)]
    assert psutil.wait_procs(gone, timeout=LONG)[1] == []


def test_a_node_is_killed(scene):
    node = scene.machines.alive()[0]
    users = scene.users_of(scene.shards_on(node))
    calls = scene.strike(lambda: node.signal(signal.SIGKILL))
    scene.back(users)
    assert scene.overlaps() == []
    assert len(answered(calls)) == len(scene.users)


def test_a_raylet_is_frozen_and_goes_on(scene):
    node = scene.machines.alive()[0]
    users = scene.users_of(scene.shards_on(node))
    calls = scene.strike(lambda: node.signal(signal.SIGSTOP, raylet_only=True))
    scene.back(users)
    node.signal(signal.SIGCONT, raylet_only=True)
    assert scene.overlaps() == []
    assert len(answered(calls)) == len(scene.users)
    node.end()


def test_a_node_is_frozen_and_goes_on(scene, eventually):
    node = scene.machines.alive()[0]
    users = scene.users_of(scene.shards_on(node))
    calls = scene.strike(lambda: node.signal(signal.SIGSTOP))
    scene.back(users)
    frozen = scene.overlaps(least=0.0)
    assert {each.user for each in frozen} == set(users)
    node.signal(signal.SIGCONT)
    resumed = time.time()
    eventually(lambda: all(len(scene.open_of(user)) == 1 for user in users))
    for each in scene.overlaps(least=0.0):
        assert each.late < 0, "the old owner has sent something"
    ended = max(scene.ends_of(users))
    print(f"overlaps ended {ended - resumed:.2f} s after it went on")  # noqa: T201
    assert len(answered(calls)) == len(scene.users)
    node.end()
