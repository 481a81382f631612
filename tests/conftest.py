"""What holds for every test: it leaves no thread, no descriptor and no error behind."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pykka
import pytest

from ums_actors.runtime import LoopActor, Runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ums_actors.runtime import Loop

GRACE = 10.0
"""Seconds in which what a test has ended may really end, on a busy machine too."""
_DESCRIPTORS = "/proc/self/fd"
_HAS_DESCRIPTORS = Path(_DESCRIPTORS).is_dir()
_KEPT = ("asyncio_", "pytest_timeout")
"""Threads that belong to a longer-lived event loop, or to pytest."""


def _threads() -> set[threading.Thread]:
    return {
        thread for thread in threading.enumerate() if not thread.name.startswith(_KEPT)
    }


def _descriptors() -> set[tuple[str, str]]:
    """Give (number, what it is) of each open descriptor; empty where unknown.

    It runs before and after every test, so it is without the comforts of pathlib.
    """
    found: set[tuple[str, str]] = set()
    for number in os.listdir(_DESCRIPTORS) if _HAS_DESCRIPTORS else ():  # noqa: PTH208
        with contextlib.suppress(OSError):  # the descriptor of the listing itself
            found.add((number, os.readlink(f"{_DESCRIPTORS}/{number}")))  # noqa: PTH115
    return found


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let what the tests start be as it is when a user starts it at a terminal."""
    _keep_bytecode(config)
    if config.getoption("dist", "no") == "load":  # so nobody is idle at the end
        config.option.dist = "worksteal"
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # as a shell starts what runs in the background, and programs inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _keep_bytecode(config: pytest.Config) -> None:
    """Where no bytecode may be written beside the sources, keep it in pytest's cache.

    Or else each of the programs that the tests start compiles the whole library, and
    each worker rewrites all tests.
    """
    cache = getattr(config, "cache", None)
    if sys.dont_write_bytecode and cache is not None:
        sys.pycache_prefix = str(cache.mkdir("bytecode"))
        sys.dont_write_bytecode = False
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let no collection of garbage walk through all tests: they stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """Have opened beforehand what libraries keep open for the process's life."""
    with contextlib.suppress(ImportError):
        import uvloop

        uvloop.new_event_loop().close()


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    threads, descriptors = _threads(), _descriptors()
    failures: list[threading.ExceptHookArgs] = []
    hook, threading.excepthook = threading.excepthook, failures.append
    yield
    deadline = time.monotonic() + GRACE
    while left := [*_threads() - threads, *_descriptors() - descriptors]:
        gc.collect()
        if time.monotonic() > deadline:
            break
        threading.Event().wait(0.01)
    threading.excepthook = hook
    said = sorted(map(repr, left))
    said += [f"{item.exc_value!r} in {item.thread}" for item in failures]
    assert not said, "the test left behind: " + "; ".join(said)


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    """A runtime that is closed after the test, its registered actors stopped."""
    made = Runtime()
    yield made
    for ref in pykka.ActorRegistry.get_by_class(LoopActor):
        if ref.actor_inbox.runtime is made:
            ref.stop(timeout=GRACE)
    assert made.close(GRACE)


class Busy:
    """Keeps a loop's thread busy until it is told to go on."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._go_on = threading.Event()
        self.end = self._go_on.set

    def __call__(self) -> None:
        entered = threading.Event()
        self._loop.call_soon(lambda: (entered.set(), self._go_on.wait(20)))
        assert entered.wait(5)


@pytest.fixture
def busy(runtime: Runtime) -> Iterator[Busy]:
    made = Busy(runtime.loops[0])
    yield made
    made.end()


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Wait until a condition holds, with a deadline."""

    def wait(condition: Callable[[], object], within: float = 20.0) -> None:
        deadline = time.monotonic() + within
        while not condition():
            assert time.monotonic() < deadline, "it did not come true in time"
            threading.Event().wait(0.005)

    return wait
