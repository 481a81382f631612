from __future__ import annotations

import asyncio
import contextlib
import fcntl
import importlib.util
import inspect
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ums_actors.emulator import password_of, running_emulator
from ums_actors.emulator.tls import Certificate

HERE = Path(__file__).parent
INSTALL_TIMEOUT = 40.0
"""Seconds; the installation counts in the time limit of the test that comes first."""
UNREACHABLE = ("ENOTFOUND", "EAI_", "ECONN", "ETIMEDOUT", "network", "E5", "CERT")
"""How npm's complaint reads when it is the way to the registry that fails."""


def _load(name):
    path = HERE / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"ums_interop_{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_driver, _judge, _reference, _sides = map(
    _load, ("driver", "judge", "reference", "sides")
)


def _not_here(reason):
    if os.environ.get("UMS_INTEROP") == "1":
        pytest.fail(f"UMS_INTEROP=1, but {reason}")
    pytest.skip(reason)


def _install(place):
    """Install what the lock file names; give why not, or nothing."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    place.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, place)
    flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
    retries = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000")
    limits = (*retries, "--fetch-timeout=15000", "--loglevel=error")
    try:
        done = subprocess.run(
            [npm, "ci", *flags, *limits],
            cwd=place,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"npm ci took longer than {INSTALL_TIMEOUT:.0f} s"
    if done.returncode == 0:
        return ""
    assert any(sign in done.stderr for sign in UNREACHABLE), done.stderr
    return f"npm cannot reach its registry: {done.stderr.strip().splitlines()[0]}"


@pytest.fixture(scope="session")
def modules(tmp_path_factory):
    """The installed ``node_modules``: once for all workers of a test run."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    outcome = base / "interop.txt"
    with (base / "interop.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as long as one installation at most
        if not outcome.exists():
            outcome.write_text(_install(base / "interop"), "utf-8")
    if reason := outcome.read_text("utf-8"):
        _not_here(reason)
    return base / "interop" / "node_modules"


@pytest.fixture(scope="session")
def certificate():
    """What all emulators with TLS show here, so that one Node can trust them all."""
    return Certificate.new()


@pytest.fixture
def emulator(request, certificate, monkeypatch):
    """An emulator with TLS; its other settings may be given as a parameter."""
    settings = getattr(request, "param", {})
    monkeypatch.setattr(Certificate, "new", lambda host: certificate)
    with running_emulator(users=2, tls=True, **settings) as running:
        yield running


@pytest.fixture(scope="session")
def shared_node(modules, certificate, tmp_path_factory):
    """A Node process that trusts the emulators."""
    found = shutil.which("node")
    if found is None:
        _not_here("node is not installed")
    place = tmp_path_factory.mktemp("node")
    ca = place / "ca.pem"
    ca.write_text(certificate.ca, "utf-8")
    with _driver.Node(found, modules, ca, place / "errors.txt") as node:
        yield node


@pytest.fixture
def node(shared_node):
    """A Node process that makes agents; they are forgotten with the test."""
    with _driver.Driver(shared_node) as driver:
        yield driver


@pytest.fixture
def agent(node, emulator):
    """Make an agent of the published client: ``agent("bot1")``, connected."""

    def make(name="bot1", *, called=None, connected=True, **conf):
        known = {"accountId": emulator.account, "csdsDomain": emulator.csds}
        login = {"username": name, "password": password_of(name)}
        made = node.agent(called or name, **{**known, **login, **conf})
        if connected:
            made.event("connected")
        return made

    return make


# -- the client that is re-enacted


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return None
    names = inspect.signature(test).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    asyncio.run(_play(test(**arguments)))
    return True


async def _play(test):
    try:
        await asyncio.wait_for(test, 30)
    finally:  # a closed aiohttp session leaves TLS to end by itself
        transports = getattr(asyncio.get_running_loop(), "_transports", {})
        for transport in list(transports.values()):
            transport.abort()
        await asyncio.sleep(0)


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def either(request):
    """An emulator with and one without TLS."""
    with running_emulator(users=2, tls=request.param) as running:
        yield running


@pytest.fixture
def plain():
    """An emulator without TLS."""
    with running_emulator(users=2) as running:
        yield running


@pytest.fixture
def playing():
    """Run clients, and see that none has a complaint: ``async with playing(…)``."""

    @contextlib.asynccontextmanager
    async def play(*clients):
        async with contextlib.AsyncExitStack() as stack:
            for client in clients:
                await stack.enter_async_context(client)
            yield clients
        assert [it for client in clients for it in client.judge.complaints] == []

    return play


@pytest.fixture
def new_brand():
    """Make a re-enacted client of the brand side."""

    def make(emulator, name="bot1"):
        return _sides.Brand(emulator, name, _judge.BrandJudge(emulator.account))

    return make


@pytest.fixture
def new_consumer():
    """Make a re-enacted client of the consumer side."""

    def make(emulator):
        return _sides.Consumer(emulator, _judge.ConsumerJudge(emulator.account))

    return make


@pytest.fixture
def rejected():
    """The exception of an answer above 399."""
    return _reference.Rejected
