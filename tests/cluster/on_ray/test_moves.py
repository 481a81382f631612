"""Shards that move: a new node, fewer nodes, and calls on their way meanwhile."""

from __future__ import annotations

import contextlib
import os
import signal
import threading

import psutil
import pytest

import ums_actors as ums

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
    with Caller(scene.cluster, scene.service.users) as caller:
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
    user = scene.service.users[0]
    scene.service.add_fault(
        "delay", user=user, count=1, value={"seconds": 1.0, "types": [".GetClock"]}
    )
    agent = scene.cluster.agent(user, timeout=LONG)
    there = agent.get_clock()
    scene.cluster.scale(1, timeout=LONG)
    assert there.get(timeout=LONG) > 0
    assert agent.get_clock().get(timeout=LONG) > 0


def actors_process(machines, name):
    """Find the process of an actor by its title."""
    head = psutil.Process(
        machines.cluster.head_node.all_processes["raylet"][0].process.pid
    )
    for each in head.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if name in " ".join(each.cmdline()):
                return each
    return None


def test_nobody_is_disconnected_when_the_lease_book_dies(scene, eventually):
    before = scene.service.state()["handshakes"]
    book = actors_process(scene.machines, "ray::Book")
    os.kill(book.pid, signal.SIGKILL)
    psutil.wait_procs([book], timeout=LONG)
    eventually(lambda: actors_process(scene.machines, "ray::Book"))
    assert scene.cluster.wait_ready(timeout=LONG).is_ready
    epochs = [each.epoch for each in scene.cluster.status().shards]
    # longer than a lease runs that is not renewed
    threading.Event().wait(scene.lease)
    assert [each.epoch for each in scene.cluster.status().shards] == epochs
    assert scene.service.state()["handshakes"] == before


def test_a_director_that_died_goes_on_where_it_was(scene, eventually):
    director = actors_process(scene.machines, "ray::Director")
    os.kill(director.pid, signal.SIGKILL)

    def answers():
        try:
            return scene.cluster.status(timeout=LONG).is_ready
        except ums.ClusterError:
            return False

    eventually(answers, LONG)
    victim = scene.cluster.status().shards[1]
    import ray

    ray.kill(ray.get_actor("bots.shard.1", namespace="ums_actors"), no_restart=True)
    eventually(
        lambda: scene.cluster.status().shards[1].pid not in (0, victim.pid), LONG
    )
    scene.cluster.wait_ready(timeout=LONG)
