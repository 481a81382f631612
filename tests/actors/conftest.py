from __future__ import annotations

import importlib.util
from pathlib import Path
from random import Random

import pytest

import ums_actors as ums
from ums_actors.runtime import Loop
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.world import World

_path = Path(__file__).parents[1] / "connection" / "conftest.py"
_spec = importlib.util.spec_from_file_location("connection_fixtures", _path)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

emulator = _module.emulator
events = _module.events
start = _module.start


class Clock:
    def __init__(self):
        self.time = 0.0

    def now(self):
        return self.time


class Nothing:
    """A poller without descriptors."""

    def poll(self, timeout):
        return []

    def wake(self):
        pass

    def close(self):
        pass


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def loop(clock):
    return Loop(clock, Nothing())


class Least(Random):
    """Each starts as soon as its place begins."""

    def random(self):
        return 0.0


class Relay:
    """A source of tokens that can be exchanged."""

    def __init__(self, source):
        self.source = source

    def login(self, timeout):
        return self.source.login(timeout)

    def refresh(self, session, timeout):
        return self.source.refresh(session, timeout)

    def logout(self, session, timeout):
        return self.source.logout(session, timeout)

    def close(self):
        self.source.close()


class Crowd:
    """Brands' connections on a virtual clock that share their gates."""

    def __init__(self, count, opened, options, gate, login_gate):
        self.world = World(1)
        self.world.gate, self.world.login_gate = gate, login_gate
        self.seats = [self.world.seat(f"bot{n}", is_brand=True) for n in range(count)]
        self.sources = [Relay(seat.source) for seat in self.seats]
        self.refs = [
            ums.BrandWebsocketConnection.start(
                ACCOUNT,
                auth=source,
                domains={"facadeMsg": "ums.example"},
                options=ums.Options(**{"login_timeout": 5.0, **options}),
                runtime=seat.runtime,
            )
            for seat, source in zip(self.seats, self.sources, strict=True)
        ]
        self.began = self.world.clock.now()
        for number in range(count if opened is None else opened):
            self.open(number)
        self.pass_time(5.0)

    def open(self, number):
        return self.refs[number].proxy().open()

    def pass_time(self, seconds):
        self.world.advance(self.world.clock.now() + seconds)

    def cut(self, *numbers):
        for number in numbers:
            for line in self.seats[number].network.live:
                line.cut(reset=True)

    def attempts(self):
        """Give the ten seconds in which each first dialled, None if it did not."""
        return [self.tens(seat.network.connects) for seat in self.seats]

    def logins(self):
        """Give the ten seconds in which each first logged in, None if it did not."""
        return [self.tens(seat.login.logins) for seat in self.seats]

    def tens(self, times):
        return int((times[0] - self.began) // 10) if times else None

    def kernel(self, number):
        return self.refs[number].actor_inbox.keep

    def state(self, number):
        return str(self.kernel(number).session.state)

    def end(self):
        stops = [ref.stop(block=False) for ref in self.refs]
        until = self.world.clock.now() + 60.0
        assert self.world.advance(until, lambda: all(each.done() for each in stops))
        self.pass_time(3.0)
        self.world.close()


@pytest.fixture
def least():
    return Least()


@pytest.fixture
def gather():
    """Give what makes a crowd: of so many, all opened or the first few."""
    made = []

    def gather(count, *, opened=None, options=None, gate=None, login_gate=None):
        made.append(Crowd(count, opened, options or {}, gate, login_gate))
        return made[-1]

    yield gather
    for crowd in made:
        crowd.end()
