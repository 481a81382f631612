"""Minutes of trouble in any order, and what calls and shards cost; printed."""

from __future__ import annotations

import os
import random
import signal
import time
from functools import partial

import psutil
import pytest

import ums_actors as ums

pytestmark = [pytest.mark.ray, pytest.mark.soak, pytest.mark.timeout(3_600)]
LONG = 120.0
ROUNDS = int(os.environ.get("UMS_SOAK_ROUNDS", "10"))
CALLS = 2_000


def kill_a_process(scene, node, chance):
    victim = chance.choice(scene.shards_on(node))
    return [victim], partial(os.kill, victim.pid, signal.SIGKILL)


def kill_a_raylet(scene, node, chance):
    return scene.shards_on(node), partial(node.signal, signal.SIGKILL, raylet_only=True)


def kill_a_node(scene, node, chance):
    return scene.shards_on(node), partial(node.signal, signal.SIGKILL)


def freeze_a_raylet(scene, node, chance):
    return scene.shards_on(node), partial(node.signal, signal.SIGSTOP, raylet_only=True)


STRIKES = [kill_a_process, kill_a_raylet, kill_a_node, freeze_a_raylet]


def test_trouble_in_any_order(scene, eventually):
    chance = random.Random(7)
    verdicts = {}
    for number in range(ROUNDS):
        while len(scene.machines.alive()) < 2:
            scene.machines.add()
        scene.cluster.scale(2, timeout=LONG)
        scene.cluster.wait_ready(timeout=LONG)
        node, strike = chance.choice(scene.machines.alive()), chance.choice(STRIKES)
        victims, act = strike(scene, node, chance)
        calls = scene.strike(act)
        print(number, strike.__name__, end=": ")  # noqa: T201
        scene.back(scene.users_of(victims), within=LONG)
        assert scene.overlaps() == []
        for call in calls:
            try:
                said = "answered" if call.get(timeout=LONG) > 0 else "odd"
            except ums.RequestError as error:
                said = error.delivery
            verdicts[said] = verdicts.get(said, 0) + 1
        if strike is not kill_a_process:
            node.end()
    print(verdicts)  # noqa: T201
    assert sum(verdicts.values()) == ROUNDS * len(scene.users)


def test_what_a_call_costs(scene):
    agent = scene.cluster.agent(scene.users[0])
    took = []
    for _ in range(CALLS // 4):
        begun = time.perf_counter()
        agent.get_clock().get(timeout=LONG)
        took.append(time.perf_counter() - begun)
    took.sort()
    begun = time.perf_counter()
    agents = [scene.cluster.agent(user) for user in scene.users]
    futures = [agents[number % len(agents)].get_clock() for number in range(CALLS)]
    for future in futures:
        future.get(timeout=LONG)
    rate = CALLS / (time.perf_counter() - begun)
    print(  # noqa: T201
        f"a call: median {took[len(took) // 2] * 1e3:.2f} ms, p99 "
        f"{took[len(took) * 99 // 100] * 1e3:.2f} ms; {rate:.0f} calls a second at once"
    )


def test_what_a_shard_takes(scene):
    for each in scene.cluster.status().shards:
        process = psutil.Process(each.pid)
        print(  # noqa: T201
            f"shard {each.shard}: {each.agents} agents, {each.memory >> 20} MiB "
            f"resident, {process.memory_full_info().uss >> 20} MiB its own, "
            f"{process.num_threads()} threads"
        )
        assert each.ready == each.agents
