"""Fleets on a local UMS, or on a virtual machine, which are closed in the end."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorThread, password_of, running_emulator
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAST = ums.Options(backoff_base=0.05, close_timeout=3.0)
PACING = ums.Pacing(connects=500.0, connect_burst=50, logins=500.0, login_burst=50)
USERS = 6


@pytest.fixture
def emulator() -> Iterator[EmulatorThread]:
    with running_emulator(users=USERS) as made:
        yield made


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def either(request: pytest.FixtureRequest) -> Iterator[EmulatorThread]:
    with running_emulator(users=USERS, tls=request.param) as made:
        yield made


def spec_of(emulator: EmulatorThread, user: str = "bot1", **more: Any) -> ums.AgentSpec:
    scheme = "" if emulator.tls else "http://"
    settings = {
        "csds": scheme + emulator.csds,
        "ca_file": emulator.ca,
        "options": FAST,
        **more.pop("settings", {}),
    }
    given = {"auth": ums.PasswordLogin(user, password_of(user)), **more}
    return ums.AgentSpec(
        user=user, account_id=emulator.account, settings=settings, **given
    )


def specs_of(emulator: EmulatorThread, *users: str, **more: Any) -> list[ums.AgentSpec]:
    return [spec_of(emulator, user, **more) for user in users or emulator.users]


@pytest.fixture
def spec() -> Callable[..., ums.AgentSpec]:
    return spec_of


@pytest.fixture
def specs() -> Callable[..., list[ums.AgentSpec]]:
    return specs_of


@pytest.fixture
def fleet() -> Iterator[Callable[..., ums.Fleet]]:
    made: list[ums.Fleet] = []

    def make(agents: Any = (), **more: Any) -> ums.Fleet:
        if more.get("runtime") is None:
            more.setdefault("pacing", PACING)
        made.append(ums.Fleet(agents, **more))
        return made[-1]

    yield make
    for each in made:
        each.close(timeout=10).get(timeout=20)


class Heard:
    """A handler that keeps what it hears, and can be waited for."""

    def __init__(self) -> None:
        self.all: list[ums.AgentEvent] = []
        self._new: queue.Queue[ums.AgentEvent] = queue.Queue()

    def __call__(self, event: ums.AgentEvent) -> None:
        self.all.append(event)
        self._new.put(event)

    def wait(self, kind: type[ums.Event], user: str | None = None) -> ums.AgentEvent:
        """Give the next event of a class, of an agent if one is named."""
        while True:
            event = self._new.get(timeout=20)
            if isinstance(event.event, kind) and user in (None, event.user):
                return event

    def first(self, count: int, kind: type[ums.Event]) -> list[ums.AgentEvent]:
        """Give the first so many events of a class, when they have come."""
        deadline = time.monotonic() + 20
        while len(found := self.of(kind)) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} came"
            threading.Event().wait(0.005)
        return found[:count]

    def of(self, kind: type[ums.Event]) -> list[ums.AgentEvent]:
        return [event for event in self.all if isinstance(event.event, kind)]


@pytest.fixture
def heard() -> Heard:
    return Heard()


class Virtual:
    """A fleet on a virtual machine, with one agent that the test plays with."""

    def __init__(self, handler: Any, **more: Any) -> None:
        self.world = World(1)
        self.seat = self.world.seat("bot", is_brand=True)
        self.fleet = ums.Fleet(handler=handler, runtime=self.seat.runtime, **more)
        self.spec = ums.AgentSpec(
            user="bot",
            account_id=ACCOUNT,
            auth=self.seat.source,
            settings={"domains": {"facadeMsg": "ums.example"}},
        )

    @property
    def states(self) -> list[str]:
        return list(self.fleet.status().states)

    def pass_time(self, seconds: float) -> None:
        self.world.advance(self.world.clock.now() + seconds)

    def close(self) -> None:
        done = self.fleet.close(timeout=10)
        for _ in range(2_000):
            self.pass_time(1.0)
            if done.done():
                break
            threading.Event().wait(0.005)  # its thread is of this world
        done.get(timeout=0)
        self.world.close()


@pytest.fixture
def virtual() -> Iterator[Callable[..., Virtual]]:
    made: list[Virtual] = []

    def make(handler: Any = None, **more: Any) -> Virtual:
        made.append(Virtual(handler, **more))
        return made[-1]

    yield make
    for each in made:
        each.close()
