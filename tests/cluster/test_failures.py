"""What is killed or frozen, and what the emulator saw of it.

Always: all agents are back, none is connected twice, but for a frozen process, whose
sockets stay open until it goes on: then it sends nothing.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

import ums_actors as ums
from ums_actors.core.placement import shard_of

_spec = importlib.util.spec_from_file_location(
    "witness", Path(__file__).with_name("witness.py")
)
witness = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(witness)

pytestmark = [pytest.mark.ray, pytest.mark.timeout(180)]
LONG = 60.0
QUIET = 0.05
"""Seconds that an end of a socket may take to be seen by the emulator."""


class Scene:
    """A cluster, and what is done to it."""

    def __init__(self, cluster, machines, service, eventually):
        self.cluster = cluster
        self.machines = machines
        self.service = service
        self._eventually = eventually
        self.since = time.time()

    def shards_on(self, node):
        return [
            each for each in self.cluster.status().shards if each.node == node.node_id
        ]

    def users_of(self, shards):
        numbers = {each.shard for each in shards}
        count = len(self.cluster.status().shards)
        account = self.service.account
        return [
            user
            for user in self.service.users
            if shard_of(account, user, count) in numbers
        ]

    def strike(self, what):
        """Do it, with a call to each agent under way; give the calls."""
        calls = [self.cluster.agent(user).get_clock() for user in self.service.users]
        self.since = time.time()
        what()
        return calls

    def back(self, users, within=LONG):
        """Wait until all these have new sockets; give how long it took."""
        self._eventually(
            lambda: witness.back_at(self.service, users, self.since), within
        )
        self.cluster.wait_ready(timeout=within)
        took = witness.back_at(self.service, users, self.since) - self.since
        without = witness.longest_gap(self.service, users, self.since)
        print(  # noqa: T201
            f"{len(users)} agents back after {took:.2f} s, at most {without:.2f} s "
            "without a line"
        )
        return took

    def open_of(self, user):
        sockets = witness.visits(self.service, self.since)[user]
        return [each for each in sockets if each["closed"] is None]

    def ends_of(self, users):
        """Give when each of the sockets ended that there were before."""
        seen = witness.visits(self.service, self.since)
        return [
            each["closed"]
            for user in users
            for each in seen[user]
            if each["opened"] < self.since
        ]

    def overlaps(self, least=QUIET):
        return [
            each
            for each in witness.overlaps(self.service, time.time(), self.since)
            if each.seconds > least
        ]


@pytest.fixture
def scene(cluster, machines, service, eventually):
    while len(machines.alive()) < 2:
        machines.add()
    cluster.rebalance(timeout=LONG)
    cluster.wait_ready(timeout=LONG)
    return Scene(cluster, machines, service, eventually)


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
    assert len(answered(calls)) == len(scene.service.users)


def test_a_raylet_is_killed_and_its_workers_live_on(scene):
    node = scene.machines.alive()[0]
    victims = scene.shards_on(node)
    users = scene.users_of(victims)
    calls = scene.strike(lambda: node.signal(signal.SIGKILL, raylet_only=True))
    scene.back(users)
    assert scene.overlaps() == []
    assert len(answered(calls)) == len(scene.service.users)
    gone = [psutil.Process(each.pid) for each in victims if psutil.pid_exists(each.pid)]
    assert psutil.wait_procs(gone, timeout=LONG)[1] == []


def test_a_node_is_killed(scene):
    node = scene.machines.alive()[0]
    users = scene.users_of(scene.shards_on(node))
    calls = scene.strike(lambda: node.signal(signal.SIGKILL))
    scene.back(users)
    assert scene.overlaps() == []
    assert len(answered(calls)) == len(scene.service.users)


def test_a_raylet_is_frozen_and_goes_on(scene):
    node = scene.machines.alive()[0]
    users = scene.users_of(scene.shards_on(node))
    calls = scene.strike(lambda: node.signal(signal.SIGSTOP, raylet_only=True))
    scene.back(users)
    node.signal(signal.SIGCONT, raylet_only=True)
    assert scene.overlaps() == []
    assert len(answered(calls)) == len(scene.service.users)
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
    for each in witness.overlaps(scene.service, time.time(), scene.since):
        assert each.late < 0, "the old owner has sent something"
    ended = max(scene.ends_of(users))
    print(f"overlaps ended {ended - resumed:.2f} s after it went on")  # noqa: T201
    assert len(answered(calls)) == len(scene.service.users)
    node.end()
