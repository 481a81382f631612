"""Ray with several nodes on this machine; nothing of it outlives the tests.

Ray's own ``cluster_utils`` does not reap: it waits neither for the raylets it ends,
nor for what they had started. Here all that runs below a node is known before it is
ended, ended, and waited for.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_DISABLE_IMPORT_WARNING": "1",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
}
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


def pytest_collection_modifyitems(items):
    if find_spec("ray") is None:
        missing = pytest.mark.skip(
            "Ray is not installed: pip install 'ums_actors[ray]'"
        )
        for item in items:
            if item.get_closest_marker("ray"):
                item.add_marker(missing)


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

        self.cluster = Cluster(
            initialize_head=True,
            head_node_args={
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
        self.cluster.wait_for_nodes(timeout=GRACE * 3)
        added = [Node(node) for node in made]
        self.nodes += added
        return added

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


@pytest.fixture(scope="module")
def environment() -> Iterator[None]:
    """What Ray's processes inherit: no word home, no colours, what is tested."""
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT)
    yield
    for name in ENVIRONMENT:
        if name in before:
            os.environ[name] = before[name]
        else:
            del os.environ[name]


@pytest.fixture(scope="module")
def machines(environment: None) -> Iterator[Machines]:
    """Ray with a head and two nodes, joined by this process."""
    import ray

    made = Machines()
    try:
        made.add(2)
        ray.init(
            address=made.address,
            namespace="tests",
            log_to_driver=False,
            logging_level="ERROR",
        )
        yield made
    finally:
        ray.shutdown()
        made.end()


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Beside Ray, whose connections last as long as it, hold to the rule of all tests.

    Ray's threads and descriptors come and go by themselves; those of ours may not.
    """
    if request.node.get_closest_marker("ray") is None:
        yield
        return
    before = ours()
    failures: list[Any] = []
    hook, threading.excepthook = threading.excepthook, failures.append
    yield
    threading.excepthook = hook
    deadline = time.monotonic() + GRACE
    while (left := ours() - before) and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    assert not left, f"the test left behind: {left}"
    assert not failures, failures


def ours() -> set[threading.Thread]:
    return {
        thread for thread in threading.enumerate() if thread.name.startswith("ums-")
    }
