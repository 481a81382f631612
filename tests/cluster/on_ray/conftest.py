"""One Ray, one emulator and two clusters for all tests here.

They end with the last of these tests, so that no other test has Ray beside it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ums_actors.cluster import Cluster, ClusterConfig, Terms
from ums_actors.emulator import EmulatorProcess
from ums_actors.fleet import Pacing

if TYPE_CHECKING:
    from collections.abc import Iterator


def _load(name):
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"ums_ray_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_machines, _witness = _load("machines"), _load("witness")

ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_DISABLE_IMPORT_WARNING": "1",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
}
AGENTS, PATIENT_AGENTS = 40, 4
SHARDS = 4
NODES = 2
TERMS = Terms()
LONG = 60.0
GRACE = 20.0
_open = contextlib.ExitStack()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Say why they cannot run where Ray is not installed."""
    missing = importlib.util.find_spec("ray") is None
    for item in items:
        if missing and item.get_closest_marker("ray"):
            why = "Ray is not installed: pip install 'ums_actors[ray]'"
            item.add_marker(pytest.mark.skip(why))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    if nextitem is None or not nextitem.get_closest_marker("ray"):
        _open.close()


@pytest.fixture(scope="session")
def service() -> EmulatorProcess:
    return _open.enter_context(EmulatorProcess(users=AGENTS + PATIENT_AGENTS))


@pytest.fixture(scope="session")
def users(service) -> list[str]:
    """The agents of the cluster; the others are those of the patient one."""
    return list(service.users)[:AGENTS]


@pytest.fixture(scope="session")
def environment(service, users, tmp_path_factory) -> Path:
    """What Ray's processes inherit: the agents' module, and where the emulator is."""
    folder = tmp_path_factory.mktemp("cluster")
    shutil.copy(Path(__file__).with_name("agents_of_tests.py"), folder)
    here = f"http://{service.csds}"
    told = {
        "account": service.account,
        "csds": here,
        "domains": {"agentVep": here, "facadeMsg": here},
        "users": users,
        "patient": list(service.users)[AGENTS:],
    }
    (folder / "account.json").write_text(json.dumps(told), "utf-8")
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    wanted = {**ENVIRONMENT, "PYTHONPATH": path, "UMS_CLUSTER_TESTS": str(folder)}
    patch = pytest.MonkeyPatch()
    for name, value in wanted.items():
        patch.setenv(name, value)
    _open.callback(patch.undo)
    return folder


@pytest.fixture(scope="session")
def machines(environment: Path) -> Any:
    """Ray with a head and two nodes, joined by this process."""
    import ray

    made = _machines.Machines()
    _open.callback(made.end)
    made.add(NODES)
    _open.callback(ray.shutdown)
    ray.init(
        address=made.address,
        namespace="tests",
        log_to_driver=False,
        logging_level="ERROR",
    )
    return made


@pytest.fixture(scope="session")
def settings(service):
    """Make the settings of a cluster that is quick."""

    def make(**more):
        return ClusterConfig(
            **{
                "name": "bots",
                "shards": SHARDS,
                "terms": TERMS,
                "account_id": service.account,
                "pacing": Pacing(
                    connects=100.0, logins=100.0, connect_burst=20, login_burst=20
                ),
                "resources": {"ums": 1.0},
                "cpus": 0.01,
                "leave_timeout": 5.0,
                **more,
            }
        )

    return make


@pytest.fixture(scope="session")
def patient(machines, settings) -> Cluster:
    """A cluster whose leases run so long that a lease book is back before their end.

    It is not waited for: a new book grants nothing for as long.
    """
    terms = Terms(ttl=15.0, margin=1.0)
    return _cluster(
        settings(name="patient", shards=1, terms=terms), "agents_of_tests:patient"
    )


@pytest.fixture(scope="session")
def cluster(machines, settings, patient) -> Cluster:
    """A cluster with all its agents READY."""
    made = _cluster(settings(handler="agents_of_tests:heard"), "agents_of_tests:agents")
    made.wait_ready(timeout=LONG)
    return made


def _cluster(config, provider):
    made = Cluster.start(config, provider)
    _open.callback(made.close)
    _open.callback(made.stop, timeout=LONG)
    return made


@pytest.fixture
def scene(cluster, machines, service, users, eventually):
    """Two nodes that have two shards each, all agents READY."""
    while len(machines.alive()) < NODES:
        machines.add()
    cluster.scale(NODES, timeout=LONG)
    cluster.wait_ready(timeout=LONG)
    return _witness.Scene(cluster, machines, service, users, eventually)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Beside Ray, whose connections last as long as it, hold to the rule of all tests.

    Ray's threads and descriptors come and go by themselves; those of ours may not.
    """
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
        thread
        for thread in threading.enumerate()
        if thread.name.startswith("ums-")
        and not thread.name.startswith("ums-finders")  # idle ones stay for 5 s
    }
