from __future__ import annotations

import contextlib
import queue
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorThread, password_of, running_emulator
from ums_actors.testing.fault_proxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GENEROUS = 20.0
"""Seconds in which what has a deadline of about one is over on any machine."""
BRISK = {
    "connect_timeout": 1.0,
    "login_timeout": 1.5,
    "restore_timeout": 1.5,
    "close_timeout": 1.5,
    "request_timeout": 1.0,
    "queue_timeout": 15.0,
    "ping_interval": 0.2,
    "pong_timeout": 0.6,
    "backoff_base": 0.02,
    "csds_cache": 0.001,
    "csds_stale": 0.0,
}
MARKED = ".GetClock"


@pytest.fixture
def emulator() -> Iterator[EmulatorThread]:
    with running_emulator(users=1, tls=True) as emulator:
        yield emulator


class Net:
    """The three ways to the emulator, each with a proxy of its own in between."""

    def __init__(self, emulator: EmulatorThread, stack: contextlib.ExitStack) -> None:
        self.emulator = emulator
        port = int(emulator.csds.rpartition(":")[2])
        self.csds, self.login, self.socket = (
            stack.enter_context(FaultProxy(port)) for _ in range(3)
        )

    def domains(self, *, look_up: bool) -> dict[str, str]:
        """Give where the services are; the login may be looked up through CSDS."""
        known = {"facadeMsg": self.socket.address}
        return known if look_up else {"agentVep": self.login.address, **known}


@pytest.fixture
def net(emulator: EmulatorThread) -> Iterator[Net]:
    with contextlib.ExitStack() as stack:
        yield Net(emulator, stack)


@pytest.fixture
def start(runtime: ums.Runtime) -> Iterator[Callable[..., Any]]:
    """Start a connection; give its proxy."""
    refs: list[Any] = []

    def begin(emulator: Any, user: str = "bot1", **more: Any) -> Any:
        options = ums.Options(**{**BRISK, **more.pop("options", {})})
        given = {
            "auth": ums.PasswordLogin(user, password_of(user)),
            "csds": emulator.csds if emulator.tls else f"http://{emulator.csds}",
            "ca_file": emulator.ca,
            "options": options,
        }
        ref = ums.BrandWebsocketConnection.start(
            emulator.account, runtime=runtime, **{**given, **more}
        )
        refs.append(ref)
        return ref.proxy()

    yield begin
    for ref in refs:
        ref.stop(timeout=10)


class Events:
    """Events of a connection that can be waited for."""

    def __init__(self, proxy: Any, *kinds: type[ums.Event]) -> None:
        self.queue: queue.Queue[Any] = queue.Queue()
        self.seen: list[Any] = []
        proxy.subscribe(self.queue, *kinds).get(timeout=5)

    def wait(self, wanted: Callable[[Any], bool]) -> Any:
        deadline = time.monotonic() + GENEROUS
        while True:
            event = self.queue.get(timeout=max(0.0, deadline - time.monotonic()))
            self.seen.append(event)
            if wanted(event):
                return event


@pytest.fixture
def events() -> type[Events]:
    return Events


class Ledger:
    """Requests that carry a mark each, and what the server saw of them."""

    def __init__(self, emulator: Any) -> None:
        self._emulator = emulator
        self._futures: dict[str, ums.LoopFuture[Any]] = {}

    def __len__(self) -> int:
        return len(self._futures)

    def send(self, proxy: Any, count: int) -> None:
        """Send so many; none of them may be sent twice."""
        for _ in range(count):
            mark = f"mark-{len(self._futures)}"
            self._futures[mark] = proxy.send({"type": MARKED, "body": {"mark": mark}})

    def verdicts(self) -> dict[str, ums.Delivery]:
        """Wait until each is answered; give on which side of the write each was."""
        deadline = time.monotonic() + GENEROUS
        found: dict[str, ums.Delivery] = {}
        for mark, future in self._futures.items():
            try:
                future.get(timeout=max(0.0, deadline - time.monotonic()))
            except ums.RequestError as error:
                found[mark] = error.delivery
            else:
                found[mark] = ums.Delivery.ANSWERED
        return found

    def check(self) -> Counter[ums.Delivery]:
        """See that every verdict is true; give how many there were of each."""
        verdicts = self.verdicts()
        seen = Counter(
            line["frame"]["body"]["mark"]
            for line in self._emulator.log("bot1")
            if line["dir"] == "in" and "mark" in (line["frame"].get("body") or {})
        )
        allowed = {
            ums.Delivery.NOT_SENT: (0,),
            ums.Delivery.UNKNOWN: (0, 1),
            ums.Delivery.ANSWERED: (1,),
        }
        wrong = {
            mark: (verdict, seen[mark])
            for mark, verdict in verdicts.items()
            if seen[mark] not in allowed[verdict]
        }
        assert not wrong, wrong
        return Counter(verdicts.values())


@pytest.fixture
def ledger(emulator: EmulatorThread) -> Ledger:
    return Ledger(emulator)
