"""What ``close()`` waits for, on a virtual clock: answers, and no longer than said."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.world import World

DRAIN, PATIENCE = 3.0, 60.0
LATE = 1.2
"""Seconds after which a late answer is sent."""


class Scene:
    """A READY connection without pings or anything else that would wake it."""

    def __init__(self, **options):
        self.world = World(1)
        self.ref = ums.BrandWebsocketConnection.start(
            ACCOUNT,
            auth=self.world.source,
            domains={"facadeMsg": "ums.example"},
            options=ums.Options(**{"drain_timeout": DRAIN, **options}),
            runtime=self.world.runtime,
        )
        self.proxy = self.ref.proxy()
        self.kernel = self.ref.actor_inbox.keep
        opened = self.proxy.open()
        assert self.until(opened.done)
        self.pass_time(20.0)  # it is stable

    @property
    def now(self):
        return self.world.clock.now()

    @property
    def wire(self):
        """The near end of the line."""
        return self.kernel.websocket

    def until(self, enough, seconds=PATIENCE):
        return self.world.advance(self.now + seconds, enough)

    def pass_time(self, seconds):
        self.until(lambda: False, seconds)

    def ask(self, fate):
        """Send a request to which this is to happen; it is on its way then."""
        self.world.server.answers.append(fate)
        asked = self.proxy.get_clock()
        assert self.until(lambda: not self.world.server.answers)
        return asked

    def farewell(self):
        """Wait for the close frame; give the seconds until then."""
        began, wire = self.now, self.wire
        assert self.until(lambda: wire.closing)
        return self.now - began

    def end(self):
        stopped = self.ref.stop(block=False)
        assert self.until(stopped.done)
        self.pass_time(3.0)
        self.world.close()
        assert self.world.trace.violations == []


@pytest.fixture
def scene():
    made = Scene()
    yield made
    made.end()


def test_the_close_frame_follows_the_last_answer_at_once(scene):
    asked = [scene.ask(LATE), scene.ask(LATE + 0.4)]
    closing, wire = scene.proxy.close(), scene.wire
    assert scene.until(asked[1].done)
    assert asked[0].done()
    answered = scene.now
    assert scene.until(lambda: wire.closing)
    assert scene.now == answered
    assert scene.until(closing.done)


def test_nothing_wakes_it_while_it_waits(scene):
    """Who waits for answers is told of the last one, and does not look now and then."""
    scene.ask(LATE)
    scene.proxy.close()
    scene.pass_time(0.5)
    wakes = []
    scene.world.after_turn = lambda: wakes.append(scene.now)
    scene.pass_time(0.5)
    assert wakes == []
    scene.world.after_turn = lambda: None


@pytest.mark.parametrize("resending", [False, True])
def test_what_nobody_answers_is_waited_for_no_longer_than_said(scene, resending):
    scene.world.server.answers.append("drop")
    asked = scene.proxy.send({"type": ".X", "body": {}}, resend=resending)
    assert scene.until(lambda: not scene.world.server.answers)
    closing = scene.proxy.close()
    assert scene.farewell() == pytest.approx(DRAIN)
    assert scene.until(closing.done)
    with pytest.raises(ums.ConnectionLost) as caught:
        asked.get(timeout=0)
    assert caught.value.delivery is ums.Delivery.UNKNOWN


def test_one_whose_own_time_is_over_is_waited_for_no_more(scene):
    scene.world.server.answers.append("drop")
    asked = scene.proxy.send({"type": ".X", "body": {}}, timeout=1.0)
    assert scene.until(lambda: not scene.world.server.answers)
    scene.proxy.close()
    wire = scene.wire
    assert scene.until(asked.done)
    overdue = scene.now
    assert scene.until(lambda: wire.closing)
    assert scene.now == overdue
    with pytest.raises(ums.RequestTimedOut):
        asked.get(timeout=0)


def test_without_requests_nothing_is_waited_for(scene):
    closing = scene.proxy.close()
    assert scene.farewell() == 0.0
    assert scene.until(closing.done)


def test_half_of_the_time_to_close_is_the_most():
    scene = Scene(close_timeout=2.0)
    scene.ask("drop")
    closing = scene.proxy.close()
    assert scene.farewell() == pytest.approx(1.0)
    assert scene.until(closing.done)
    scene.end()


@pytest.mark.parametrize("child", ["correlator", "supervisor", "socket"])
def test_a_crash_meanwhile_ends_it_and_answers_all(scene, child):
    asked = scene.ask(LATE)
    closing = scene.proxy.close()
    scene.pass_time(0.1)
    scene.kernel.refs[child].tell(object())
    assert scene.until(closing.done, 1.0)
    with pytest.raises(ums.ConnectionLost):
        asked.get(timeout=0)


def test_a_line_that_is_lost_meanwhile_ends_it(scene):
    asked = scene.ask(LATE)
    closing = scene.proxy.close()
    scene.pass_time(0.1)
    scene.wire.cut(reset=True)
    assert scene.until(closing.done, 1.0)
    with pytest.raises(ums.ConnectionLost):
        asked.get(timeout=0)
    opened = scene.proxy.open()
    assert scene.until(opened.done)
    asked = scene.ask(0.0)
    assert scene.until(asked.done, 5.0)
    assert asked.get(timeout=0) > 0
