"""Shards that move: a new node, fewer nodes, and calls on their way meanwhile."""

from __future__ import annotations

import os
import threading

import psutil
import pytest

import ums_actors as ums
from ums_actors.cluster.engine import NAMESPACE
from ums_actors.cluster.names import book_name, director_name, shard_name

pytestmark = [pytest.mark.ray, pytest.mark.timeout(180)]
LONG = 60.0


class Caller:
    """Asks all agents in turns, until it is told to end; keeps what came of it."""

    def __init__(self, cluster, users):
        self._cluster = cluster
        self._users = users
        self._end = threading.Event()
        self.answers = 0
        self.verdicts = []
        self._thread = threading.Thread(target=self._run, name="ums-test-caller")

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join(LONG)
        assert not self._thread.is_alive()

    def _run(self):
        while not self._end.is_set():
            for user in self._users:
                try:
                    agent = self._cluster.agent(user, timeout=LONG)
                    self.answers += agent.get_clock().get(timeout=LONG) > 0
                except ums.RequestError as error:
                    self.verdicts.append(error.delivery)


def test_a_new_node_has_its_share_after_a_rebalance(scene):
    [node] = scene.machines.add()
    assert scene.shards_on(node) == []
    with Caller(scene.cluster, scene.users) as caller:
        moved = scene.cluster.rebalance(timeout=LONG)
    scene.cluster.wait_ready(timeout=LONG)
    assert moved == 1
    assert len(scene.shards_on(node)) == 1
    assert scene.overlaps() == []
    assert caller.answers > 0
    assert caller.verdicts == []  # what met the move was not carried out: it waited


def test_scaling_down_empties_nodes_and_up_fills_them(scene):
    scene.cluster.scale(1, timeout=LONG)
    status = scene.cluster.wait_ready(timeout=LONG)
    assert max(map(len, status.placed().values())) == len(status.shards)
    scene.cluster.scale(2, timeout=LONG)
    status = scene.cluster.wait_ready(timeout=LONG)
    assert sorted(map(len, status.placed().values()))[-2:] == [2, 2]
    assert scene.overlaps() == []


def test_a_call_that_meets_a_move_gets_its_verdict(scene):
    """One that is there when its shard leaves is drained; a later one waits."""
    user = scene.users[0]
    scene.service.add_fault(
        "delay", user=user, count=1, value={"seconds": 1.0, "types": [".GetClock"]}
    )
    agent = scene.cluster.agent(user, timeout=LONG)
    there = agent.get_clock()
    scene.cluster.scale(1, timeout=LONG)
    assert there.get(timeout=LONG) > 0
    assert agent.get_clock().get(timeout=LONG) > 0


def process_of(name):
    """Find the process of an actor by its name."""
    import ray

    actor = ray.get_actor(name, namespace=NAMESPACE)
    pid = ray.get(actor.__ray_call__.remote(lambda _: os.getpid()), timeout=LONG)
    return psutil.Process(pid)


def test_nobody_is_disconnected_when_the_lease_book_dies(patient, service):
    status = patient.wait_ready(timeout=LONG)
    assert status.ready == 4
    before = service.state()["handshakes"]
    book = process_of(book_name("patient"))
    book.kill()
    psutil.wait_procs([book], timeout=LONG)
    # as long as a lease runs that is not renewed
    threading.Event().wait(16.0)
    again = patient.wait_ready(timeout=LONG)
    assert [each.epoch for each in again.shards] == [
        each.epoch for each in status.shards
    ]
    assert service.state()["handshakes"] == before


def test_a_director_that_died_goes_on_where_it_was(scene, eventually):
    process_of(director_name("bots")).kill()

    def answers():
        try:
            return scene.cluster.status(timeout=LONG).is_ready
        except ums.ClusterError:
            return False

    eventually(answers, LONG)
    victim = scene.cluster.status().shards[1]
    import ray

    ray.kill(ray.get_actor(shard_name("bots", 1), namespace=NAMESPACE), no_restart=True)
    eventually(
        lambda: scene.cluster.status().shards[1].pid not in (0, victim.pid), LONG
    )
    scene.cluster.wait_ready(timeout=LONG)
