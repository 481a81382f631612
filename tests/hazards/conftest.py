from __future__ import annotations

import importlib.util
import queue
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorThread, password_of, running_emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAST = {"backoff_base": 0.02, "close_timeout": 3.0}
QUIET = 0.15
"""Seconds in which what must not happen would have happened long since."""


def _load() -> Any:
    path = Path(__file__).with_name("relay.py")
    spec = importlib.util.spec_from_file_location("ums_hazards_relay", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_relay = _load()


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def either(request: pytest.FixtureRequest) -> Iterator[EmulatorThread]:
    with running_emulator(users=2, tls=request.param) as emulator:
        yield emulator


@pytest.fixture
def emulator() -> Iterator[EmulatorThread]:
    with running_emulator(users=2) as emulator:
        yield emulator


@pytest.fixture
def start(runtime: ums.Runtime) -> Iterator[Callable[..., Any]]:
    """Start a connection; give its proxy."""
    refs: list[Any] = []

    def begin(emulator: EmulatorThread, user: str = "bot1", **more: Any) -> Any:
        options = ums.Options(**{**FAST, **more.pop("options", {})})
        kind = more.pop("kind", ums.BrandWebsocketConnection)
        given = {
            "account_id": emulator.account,
            "auth": ums.PasswordLogin(user, password_of(user)),
            "csds": emulator.csds if emulator.tls else f"http://{emulator.csds}",
            "ca_file": emulator.ca,
            "options": options,
        }
        ref = kind.start(runtime=runtime, **{**given, **more})
        refs.append(ref)
        return ref.proxy()

    yield begin
    for ref in refs:
        ref.stop(timeout=10)


@pytest.fixture
def opened(start: Callable[..., Any]) -> Callable[..., Any]:
    """Start a connection, and wait until it is READY with its first snapshot."""

    def begin(emulator: EmulatorThread, user: str = "bot1", **more: Any) -> Any:
        proxy = start(emulator, user, **more)
        proxy.open().get(timeout=10)
        return proxy

    return begin


@pytest.fixture
def consumer(opened: Callable[..., Any]) -> Callable[..., Any]:
    """Open a consumer's connection."""

    def begin(emulator: EmulatorThread, **more: Any) -> Any:
        kind = {"kind": ums.ConsumerWebsocketConnection, "auth": ums.Anonymous()}
        return opened(emulator, **{**kind, **more})

    return begin


@pytest.fixture
def relay() -> Iterator[Callable[..., Any]]:
    """Make a relay before an emulator."""
    made: list[Any] = []

    def make(emulator: EmulatorThread) -> Any:
        made.append(_relay.Relay(emulator.csds, tls=emulator.tls))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def frame() -> Callable[[str], bytes]:
    return _relay.frame


class Events:
    """Events of a connection that can be waited for."""

    def __init__(self, proxy: Any, *kinds: type[ums.Event]) -> None:
        self.queue: queue.Queue[Any] = queue.Queue()
        self.seen: list[Any] = []
        proxy.subscribe(self.queue, *kinds).get(timeout=5)

    def wait(self, wanted: Callable[[Any], bool], timeout: float = 10.0) -> Any:
        deadline = time.monotonic() + timeout
        while True:
            event = self.queue.get(timeout=max(0.0, deadline - time.monotonic()))
            self.seen.append(event)
            if wanted(event):
                return event

    def ready(self, generation: int) -> Any:
        """Wait until a line of that generation, or a later one, is READY."""
        return self.wait(
            lambda event: event.state == "READY" and event.generation >= generation
        )

    def rest(self, within: float = QUIET) -> list[Any]:
        """Give what else comes until nothing came for so long."""
        came: list[Any] = []
        while True:
            try:
                came.append(self.queue.get(timeout=within))
            except queue.Empty:
                self.seen += came
                return came


@pytest.fixture
def events() -> type[Events]:
    return Events


@pytest.fixture
def requests() -> Callable[..., list[dict[str, Any]]]:
    """Give the requests that came, of a user and of a type if wanted."""

    def find(
        emulator: EmulatorThread, kind: str | None = None, user: str | None = None
    ) -> list[dict[str, Any]]:
        return [
            line["frame"]
            for line in emulator.log(user)
            if line["dir"] == "in" and kind in (None, line["frame"].get("type"))
        ]

    return find
