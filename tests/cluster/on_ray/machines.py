"""Ray with several nodes on this machine; nothing of it outlives the tests.

Ray's own ``cluster_utils`` does not reap: it waits neither for the raylets it ends,
nor for what they had started. Here all that runs below a node is known before it is
ended, ended, and waited for.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import threading
import time
from typing import Any

import psutil

SOON = {
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 1_000,
    "health_check_timeout_ms": 1_000,
    "health_check_failure_threshold": 3,
}
"""A node that does not answer for about 4 s is dead; by default it takes 16 s."""
OBJECTS = 80 << 20
"""Bytes of a node's object store; Ray takes no less."""
GRACE = 20.0


class Node:
    """A raylet and all that it has started."""

    def __init__(self, node: Any) -> None:
        self._node = node
        self.node_id: str = node.node_id
        self._processes: dict[int, psutil.Process] = {}
        self.look()

    def look(self) -> list[psutil.Process]:
        """Give all processes that are, the raylet first; remember all that were."""
        raylet = self._raylet
        with contextlib.suppress(psutil.NoSuchProcess):
            for each in [raylet, *raylet.children(recursive=True)]:
                self._processes[each.pid] = each
        return [each for each in self._processes.values() if each.is_running()]

    @property
    def _raylet(self) -> psutil.Process:
        pid = self._node.all_processes["raylet"][0].process.pid
        return self._processes.get(pid) or psutil.Process(pid)

    def signal(self, number: int, *, raylet_only: bool = False) -> None:
        """Send a signal to the raylet, and unless it alone is meant to its workers."""
        for each in [self._raylet] if raylet_only else self.look():
            with contextlib.suppress(psutil.NoSuchProcess):
                each.send_signal(number)

    def end(self) -> None:
        """End what is left, also what is frozen, and wait for it."""
        left = self.look()
        for each in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        # the raylet is a child of this process, and reaped here; its orphans are not
        for known in self._node.all_processes.get("raylet", ()):
            with contextlib.suppress(subprocess.TimeoutExpired):
                known.process.wait(GRACE)
        _, alive = psutil.wait_procs(left, timeout=GRACE)
        assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []


class Machines:
    """A head and other nodes, all on this machine."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        # not pytest's: the path of a Unix socket may have 107 bytes
        self._folder = tempfile.mkdtemp(prefix="ums-ray-")
        self.cluster = Cluster(
            initialize_head=True,
            head_node_args={
                "temp_dir": self._folder,
                "num_cpus": 0,
                "include_dashboard": False,
                "object_store_memory": OBJECTS,
                "_system_config": SOON,
            },
        )
        self.address: str = self.cluster.address
        self.nodes: list[Node] = []

    def add(self, count: int = 1) -> list[Node]:
        """Add nodes that may have shards."""
        made = [
            self.cluster.add_node(
                wait=False,
                num_cpus=1,
                object_store_memory=OBJECTS,
                resources={"ums": 1_000},
            )
            for _ in range(count)
        ]
        # its own wait_for_nodes() also waits for those that were killed
        deadline = time.monotonic() + GRACE * 3
        wanted = {node.node_id for node in made}
        while not wanted <= set(self.cluster.global_state._live_node_ids()):
            assert time.monotonic() < deadline, "the nodes did not come up"
            threading.Event().wait(0.05)
        added = [Node(node) for node in made]
        self.nodes += added
        return added

    def alive(self) -> list[Node]:
        """Give the nodes that Ray holds for alive."""
        import ray

        there = {each["NodeID"] for each in ray.nodes() if each["Alive"]}
        return [node for node in self.nodes if node.node_id in there]

    def end(self) -> None:
        """End all that was started, in the order in which nobody complains."""
        head = Node(self.cluster.head_node)
        for node in self.nodes:
            node.end()
        left = head.look()
        for processes in self.cluster.head_node.all_processes.values():
            for each in processes:
                with contextlib.suppress(psutil.NoSuchProcess):
                    left.append(psutil.Process(each.process.pid))
        self.cluster.head_node.kill_all_processes(
            check_alive=False, allow_graceful=False, wait=True
        )
        for each in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(left, timeout=GRACE)
        from ray._common.utils import reset_ray_address

        reset_ray_address()  # or Ray would look here for a head that is gone
        shutil.rmtree(self._folder, ignore_errors=True)
