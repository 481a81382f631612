from __future__ import annotations

import queue
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
