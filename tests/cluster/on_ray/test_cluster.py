"""A cluster over two nodes: started, called, moved, and stopped."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ums_actors as ums
from ums_actors.cluster import Cluster, ShardStatus
from ums_actors.cluster.gauges import Gauges
from ums_actors.errors import ClusterError

pytestmark = [pytest.mark.ray, pytest.mark.timeout(120)]
LONG = 60.0
COMMAND = [sys.executable, "-m", "ums_actors.cli.main", "cluster"]


def test_each_agent_is_there_once_and_shards_are_on_both_nodes(cluster, service, users):
    status = cluster.status()
    assert status.ready == status.agents == len(users)
    assert sorted(map(len, status.placed().values())) == [2, 2]
    sockets = service.state()["sockets_by_user"]
    assert {sockets[user] for user in users} == {1}


def test_a_call_is_answered_wherever_its_agent_is(cluster, users):
    futures = [cluster.agent(name).get_clock() for name in users]
    assert all(future.get(timeout=LONG) > 0 for future in futures)


def test_a_call_can_be_awaited(cluster):
    async def ask():
        return await cluster.agent("bot1").get_clock()

    assert asyncio.run(ask()) > 0


def test_the_error_of_a_method_arrives_as_it_is(cluster):
    with pytest.raises(ums.RequestRejected) as caught:
        cluster.agent("bot1").send_text("nowhere", "hello").get(timeout=LONG)
    assert caught.value.delivery is ums.Delivery.ANSWERED


def test_an_agent_that_is_not_there_is_told_of(cluster):
    with pytest.raises(ums.AgentUnknown):
        cluster.agent("nobody").get_clock().get(timeout=LONG)


def test_it_is_found_by_its_name(cluster):
    with Cluster.connect("bots") as found:
        assert found.agent("bot2").get_clock().get(timeout=LONG) > 0


def command(machines, *words):
    return subprocess.run(
        [*COMMAND, *words, "--address", machines.address],
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


def test_its_state_is_shown_by_the_command(cluster, machines, users):
    ran = command(machines, "status", "bots")
    assert ran.returncode == 0, ran.stderr
    said = " ".join(ran.stdout.split())
    assert f"bots: {len(users)} of {len(users)} agents are READY, 0 failed" in said
    ran = command(machines, "status", "bots", "--json")
    told = json.loads(ran.stdout)
    assert (told["ready"], told["agents"]["ready"]) == (True, len(users))


def test_one_is_started_and_stopped_by_the_command(machines, cluster):
    ran = command(machines, "start", "small", "agents_of_tests:nobody", "--shards", "1")
    assert (ran.returncode, ran.stdout.split()[:2]) == (0, ["small", "is"]), ran.stderr
    with Cluster.connect("small") as small:
        assert small.wait_ready(timeout=LONG).agents == 0
    ran = command(machines, "start", "small", "agents_of_tests:nobody")
    assert ran.returncode == 1
    assert "there is a cluster 'small' already" in ran.stderr
    ran = command(machines, "stop", "small")
    assert (ran.returncode, ran.stdout) == (0, "stopped\n"), ran.stderr


def test_the_readmes_program_reaches_an_agent(cluster, service, monkeypatch, capsys):
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    [code] = re.findall(r"```python\n(import ray\n.*?)```", readme, flags=re.DOTALL)
    ray = pytest.importorskip("ray")
    monkeypatch.setattr(ray, "init", lambda **_: None)  # this process has joined it
    exec(compile(code, "README.md", "exec"), {})
    clock, ready = capsys.readouterr().out.split()
    assert int(clock) > 0
    assert int(ready) == cluster.status().ready


def test_a_cluster_that_is_not_there_is_told_of_by_the_command(machines):
    ran = command(machines, "status", "none")
    assert ran.returncode == 1
    assert "there is no cluster 'none' in this Ray" in ran.stderr


def test_ray_takes_its_metrics(machines):
    from ray.util.metrics import Gauge

    Gauges(Gauge, "bots", 3).show(ShardStatus(shard=3, agents=5), calls=1)


def test_a_name_that_is_taken_is_refused(cluster, settings):
    with pytest.raises(ClusterError, match="there is a cluster 'bots' already"):
        Cluster.start(settings(), "agents_of_tests:agents")
