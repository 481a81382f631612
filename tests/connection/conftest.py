from __future__ import annotations

import importlib.util
import queue
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorThread, password_of, running_emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAST = {"backoff_base": 0.05, "close_timeout": 3.0}


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def either(request: pytest.FixtureRequest) -> Iterator[EmulatorThread]:
    with running_emulator(users=2, tls=request.param) as emulator:
        yield emulator


@pytest.fixture
def emulator() -> Iterator[EmulatorThread]:
    with running_emulator(users=2) as emulator:
        yield emulator


def arguments(
    emulator: EmulatorThread, user: str = "bot1", **more: Any
) -> dict[str, Any]:
    options = ums.Options(**{**FAST, **more.pop("options", {})})
    scheme = "" if emulator.tls else "http://"
    return {
        "account_id": emulator.account,
        "auth": ums.PasswordLogin(user, password_of(user)),
        "csds": scheme + emulator.csds,
        "ca_file": emulator.ca,
        "options": options,
        **more,
    }


@pytest.fixture
def start(runtime: ums.Runtime) -> Iterator[Callable[..., Any]]:
    refs: list[Any] = []

    def begin(emulator: EmulatorThread, user: str = "bot1", **more: Any) -> Any:
        kind = more.pop("kind", ums.BrandWebsocketConnection)
        ref = kind.start(runtime=runtime, **arguments(emulator, user, **more))
        refs.append(ref)
        return ref.proxy()

    yield begin
    for ref in refs:
        ref.stop(timeout=10)


@pytest.fixture
def opened(emulator: EmulatorThread, start: Callable[..., Any]) -> Callable[..., Any]:
    """Start a connection of a brand's and wait until it is READY."""

    def make(user: str = "bot1", **more: Any) -> Any:
        proxy = start(emulator, user, **more)
        proxy.open(wait_for_ready=True).get(timeout=10)
        return proxy

    return make


@pytest.fixture
def rest(start: Callable[..., Any]) -> Callable[..., Any]:
    """Start a REST connection and wait until it is READY."""

    def begin(emulator: EmulatorThread, user: str = "bot1", **more: Any) -> Any:
        proxy = start(emulator, user, kind=ums.BrandRestConnection, **more)
        proxy.open().get(timeout=10)
        return proxy

    return begin


@pytest.fixture
def talk(either: EmulatorThread, rest: Callable[..., Any]) -> tuple[Any, Any, str]:
    """An emulator, a REST connection, and a conversation of its user's."""
    proxy = rest(either)
    return either, proxy, either.open_conversation(assign="bot1").conversation_id


@pytest.fixture
def consumer(emulator: EmulatorThread, start: Callable[..., Any]) -> Any:
    """Open an anonymous consumer's connection, and wait for its first snapshot."""
    proxy = start(emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    proxy.open(wait_for_ready=True).get(timeout=10)
    return proxy


@pytest.fixture(scope="session")
def connect_proxy() -> Any:
    """The class of HTTP proxies that the tests of HTTP have."""
    path = Path(__file__).parents[1] / "http" / "connect_proxy.py"
    spec = importlib.util.spec_from_file_location("connect_proxy", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ConnectProxy


class Events:
    """A queue of events that can be waited for."""

    def __init__(self, proxy: Any, *kinds: type[ums.Event]) -> None:
        self.queue: queue.Queue[Any] = queue.Queue()
        self.seen: list[Any] = []
        proxy.subscribe(self.queue, *kinds).get(timeout=5)

    def wait(self, wanted: Callable[[Any], bool], timeout: float = 10.0) -> Any:
        while True:
            event = self.queue.get(timeout=timeout)
            self.seen.append(event)
            if wanted(event):
                return event


@pytest.fixture
def events() -> type[Events]:
    return Events
