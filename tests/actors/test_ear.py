"""Those above a connection who hear it on its loop's thread."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.actors.ear import Ear
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.world import World


class Keen(Ear):
    def __init__(self):
        self.heard = []
        self.refused = self.closed = 0
        self.keeps = True

    def push(self, event):
        self.heard.append(event)
        return self.keeps

    def __len__(self):
        return len(self.heard)

    def waiting(self):
        return list(self.heard)

    def token_refused(self):
        self.refused += 1

    def close(self):
        self.closed += 1


@pytest.fixture
def world():
    made = World(1)
    yield made
    made.close()


@pytest.fixture
def ear():
    return Keen()


@pytest.fixture
def ref(world, ear):
    started = ums.BrandWebsocketConnection.start(
        ACCOUNT,
        auth=world.source,
        domains={"facadeMsg": "ums.example"},
        runtime=world.runtime,
        subscribe=[(ear, ums.StateChanged)],
    )
    started.proxy().open()
    pass_time(world, 5.0)
    yield started
    started.stop(block=False)
    pass_time(world, 10.0)


def pass_time(world, seconds):
    world.advance(world.clock.now() + seconds)


def states(ear):
    return [event.state for event in ear.heard]


def test_it_hears_on_when_the_connection_has_come_to_rest(world, ref, ear):
    proxy = ref.proxy()
    proxy.close()
    pass_time(world, 5.0)
    proxy.open()
    pass_time(world, 5.0)
    assert states(ear)[-1] == "READY"
    assert states(ear).count("CLOSED") == 1
    assert ear.closed == 0


def test_it_hears_of_the_end_once(world, ref, ear):
    ref.stop(block=False)
    pass_time(world, 10.0)
    assert states(ear)[-1] == "CLOSED"
    assert ear.closed == 1


def test_what_it_could_not_keep_is_counted(world, ref, ear):
    ear.keeps = False
    ref.proxy().close()
    pass_time(world, 5.0)
    status = ref.proxy().status()
    pass_time(world, 1.0)
    assert status.get(timeout=0).dropped == 2
    assert ref.actor_inbox.keep.subscribers.waiting() == [len(ear)]


def test_it_hears_of_a_token_that_is_refused_in_the_handshake(world, ref, ear):
    world.only.place.tokens.clear()
    for line in world.network.live:
        line.cut(reset=True)
    pass_time(world, 30.0)
    assert (ear.refused, states(ear)[-1]) == (1, "READY")


def test_it_hears_of_a_token_that_is_refused_when_it_is_refreshed(world, ref, ear):
    world.only.place.tokens.clear()
    ref.proxy().refresh_token()
    pass_time(world, 30.0)
    assert (ear.refused, states(ear)[-1]) == (1, "READY")


def test_what_is_invalidated_where_nothing_is_held_is_no_refusal(world, ref, ear):
    ref.proxy()._on_auth_invalid_error()
    pass_time(world, 0.01)
    ref.proxy()._on_auth_invalid_error()
    pass_time(world, 30.0)
    assert ear.refused == 1


def test_an_ordinary_drop_is_none_either(world, ref, ear):
    for line in world.network.live:
        line.cut(reset=True)
    pass_time(world, 30.0)
    assert (ear.refused, states(ear)[-1]) == (0, "READY")
