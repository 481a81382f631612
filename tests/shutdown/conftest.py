from __future__ import annotations

import contextlib
import queue
import random
from typing import TYPE_CHECKING, Any

import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorThread, password_of, running_emulator
from ums_actors.testing.fault_proxy import BlackHole, FaultProxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GENEROUS = 20.0
"""Seconds in which what has a deadline of less than one is over on any machine."""
CLOCK = {"type": ".GetClock", "body": {}}
SUBSCRIBE = ".ams.aam.SubscribeExConversations"
OPTIONS = {
    "close_timeout": 0.4,
    "drain_timeout": 0.1,
    "backoff_base": 1_000.0,
    "write_buffer_limit": 64 << 20,
}

FAULTS = {
    "AUTHENTICATING": ("login", 0),
    "CONNECTING": ("handshake", 0),
    "RESTORING": ("drop", SUBSCRIBE),
    "BACKING_OFF": ("handshake", 502),
}
"""What keeps a connection in a state."""
WAYS = {"AUTHENTICATING": "login", "CONNECTING": "socket"}
"""On which way silence does so as well."""


class Longest(random.Random):
    """Every pause is as long as it can be."""

    def random(self) -> float:
        return 0.999


class Scene:
    """A connection that can be brought into each state, with a network in between.

    Attributes:
        answers: all futures that must be answered in the end.
    """

    def __init__(self, emulator: EmulatorThread, stack: contextlib.ExitStack) -> None:
        self.emulator = emulator
        port = int(emulator.csds.rpartition(":")[2])
        self.login, self.socket = (
            stack.enter_context(FaultProxy(port)) for _ in range(2)
        )
        self.runtime = ums.Runtime(random=Longest())
        self.states: queue.Queue[Any] = queue.Queue()
        self.answers: list[ums.LoopFuture[Any]] = []
        self.proxy: Any = None

    def start(
        self,
        *,
        password: str | None = None,
        hear: Callable[[Any], None] | None = None,
        **options: float,
    ) -> None:
        heard = [(self.states, ums.StateChanged)]
        ref = ums.BrandWebsocketConnection.start(
            self.emulator.account,
            auth=ums.PasswordLogin("bot1", password or password_of("bot1")),
            csds=f"http://{self.login.address}",
            domains={
                "agentVep": self.login.address,
                "facadeMsg": self.socket.address,
            },
            options=ums.Options(**{**OPTIONS, **options}),
            runtime=self.runtime,
            subscribe=heard if hear is None else [(hear, ums.StateChanged), *heard],
        )
        self.proxy = ref.proxy()

    def reach(self, state: str, *, stuck: bool = False) -> None:
        """Bring the connection into a state; with ``stuck``, its peer plays dead."""
        emulator, proxy, silence = self.emulator, self.proxy, BlackHole()
        if state == "NEW":
            return
        if stuck and state in WAYS:
            getattr(self, WAYS[state]).add(silence)
        elif state in FAULTS:
            name, value = FAULTS[state]
            emulator.add_fault(name, value=value)
        self.answers += [proxy.open(), *(proxy.send(CLOCK) for _ in range(3))]
        if state in ("READY", "CLOSING", "CLOSED"):
            self.answers[0].get(timeout=GENEROUS)
            emulator.add_fault("drop", value=CLOCK["type"])
            self.answers += [proxy.send(CLOCK) for _ in range(3)]
        if state == "CLOSING":
            self.socket.add(silence)
        if state in ("CLOSING", "CLOSED"):
            self.answers.append(proxy.close())
        self.wait(state)
        if stuck:
            self.login.add(silence)
            self.socket.add(silence)

    def wait(self, state: str) -> None:
        while self.states.get(timeout=GENEROUS).state != state:
            pass

    def settle(self) -> list[str]:
        """Wait until all are answered; give what with."""
        verdicts = []
        for future in self.answers:
            try:
                future.get(timeout=GENEROUS)
            except ums.UMSError as error:
                verdicts.append(type(error).__name__)
            else:
                verdicts.append("done")
        return verdicts


@pytest.fixture
def emulator() -> Iterator[EmulatorThread]:
    with running_emulator(users=1) as emulator:
        yield emulator


@pytest.fixture
def scene(emulator: EmulatorThread) -> Iterator[Scene]:
    with contextlib.ExitStack() as stack:
        made = Scene(emulator, stack)
        yield made
        if made.proxy is not None:
            made.proxy.actor_ref.stop(timeout=GENEROUS)
        assert made.runtime.close(GENEROUS)
