from __future__ import annotations

from random import Random

import pytest

from ums_actors.runtime.poller import READABLE
from ums_actors.testing.clock import Agenda, VirtualClock
from ums_actors.testing.poller import FakePoller
from ums_actors.testing.wire import FakeWebsocket


class Far:
    def __init__(self):
        self.frames: list[bytes] = []
        self.codes: list[int] = []
        self.gone = False

    def received(self, payload):
        self.frames.append(payload)

    def goodbye(self, code):
        self.codes.append(code)

    def hung_up(self):
        self.gone = True


class Wire:
    def __init__(self, limit=1000):
        self.clock = VirtualClock(0.0)
        self.agenda = Agenda(self.clock)
        self.poller = FakePoller()
        self.near = FakeWebsocket(1, self.agenda, self.poller, Random(1), limit)
        self.far = Far()
        self.near.far = self.far
        self.poller.add(self.near.fileno(), READABLE)

    def settle(self):
        while (when := self.agenda.next_at()) is not None:
            self.clock.move_to(when)
            self.agenda.run_due()


def send(wire, request_id, payload):
    """Queue one frame; tell whether there was room."""
    messages = [(request_id, payload)]
    refused = wire.near.send_all(messages)
    assert not messages
    return not refused


@pytest.fixture
def wire():
    return Wire()


def test_frames_arrive_in_order_in_both_directions(wire):
    for number in range(20):
        send(wire, f"id-{number}", b"%d" % number)
        wire.near.deliver(b"%d" % number)
    wire.near.flush()
    assert wire.near.read() == []
    wire.settle()
    assert wire.far.frames == [b"%d" % number for number in range(20)]
    assert wire.poller.poll(0.0) == [(wire.near.fileno(), READABLE)]
    first = wire.near.read()
    assert wire.near.more
    assert first + wire.near.read() == [b"%d" % number for number in range(20)]
    assert wire.near.heard
    assert wire.poller.poll(0.0) == []


def test_what_the_kernel_has_no_byte_of_is_unsent_and_can_be_withdrawn(wire):
    wire.near.room = 3
    for name in ("a", "b", "c"):
        send(wire, name, b"12345")
    wire.near.flush()
    assert wire.near.wants_write
    assert wire.near.unsent() == ["b", "c"]
    assert not wire.near.withdraw("a")
    assert wire.near.withdraw("b")
    wire.near.room = 1e9
    wire.near.flush()
    wire.settle()
    assert wire.far.frames == [b"12345", b"12345"]
    assert wire.near.unsent() == []
    assert not wire.near.wants_write


def test_a_full_buffer_refuses():
    wire = Wire(limit=8)
    assert send(wire, "a", b"12345")
    assert not send(wire, "b", b"12345")


def test_a_peers_close_frame_is_seen_after_its_last_words_and_echoed(wire):
    wire.near.deliver(b"last")
    wire.near.close_by_peer(4401, "expired")
    wire.settle()
    assert wire.near.read() == [b"last"]
    assert wire.near.closed_by_peer == (4401, "expired")
    wire.settle()
    assert wire.far.codes == [4401]
    assert not send(wire, "late", b"late")


def test_a_cut_is_an_end_of_file_and_a_reset_a_failure():
    for reset in (False, True):
        wire = Wire()
        wire.near.cut(reset=reset)
        send(wire, "a", b"lost")
        wire.near.flush()
        wire.settle()
        assert wire.near.read() == []
        assert wire.near.eof is not reset
        assert (wire.near.failure is not None) is reset
        assert wire.far.frames == []


def test_a_ping_is_heard_unless_the_line_is_silent(wire):
    wire.near.ping(b"")
    wire.settle()
    assert wire.near.read() == []
    assert wire.near.heard
    wire.near.heard = False
    wire.near.silence()
    wire.near.ping(b"")
    wire.near.deliver(b"never")
    wire.settle()
    assert wire.poller.poll(0.0) == []


def test_shutting_down_tells_the_far_end_and_is_idempotent(wire):
    wire.poller.remove(wire.near.fileno())
    wire.near.shutdown()
    wire.near.shutdown()
    wire.settle()
    assert wire.far.gone
    assert wire.near.fileno() == -1
    assert wire.poller.misuses == []
