from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ums_actors.transport import Outgoing


@pytest.mark.parametrize("tls", [False, True])
def test_small_frames_go_out_in_one_chunk(tls):
    outgoing = Outgoing(1000, tls=tls)
    for tag in "abc":
        assert outgoing.add(tag.encode() * 10, tag)
    chunk = outgoing.chunk()
    assert bytes(chunk) == b"a" * 10 + b"b" * 10 + b"c" * 10
    outgoing.wrote(30)
    assert outgoing.size == 0
    assert not outgoing.chunk()
    assert outgoing.unsent() == []


def test_the_limit_refuses_whole_frames_and_lets_control_frames_in():
    outgoing = Outgoing(10)
    assert outgoing.add(b"123456", "a")
    assert not outgoing.add(b"12345", "b")
    assert outgoing.add(b"1234", "c")
    outgoing.add_urgent(b"pong")
    outgoing.add_last(b"close")
    assert outgoing.size == 19
    assert bytes(outgoing.chunk()) == b"pong1234561234close"
    assert outgoing.unsent() == ["a", "c"]


def test_a_frame_above_the_limit_is_let_in_alone():
    outgoing = Outgoing(10)
    assert outgoing.add(b"x" * 20, "big")
    assert not outgoing.add(b"x", "next")


def test_a_frame_of_which_the_kernel_took_a_byte_is_no_longer_unsent():
    outgoing = Outgoing(1000)
    for tag in "abc":
        outgoing.add(tag.encode() * 10, tag)
    outgoing.chunk()
    assert outgoing.unsent() == ["a", "b", "c"]
    outgoing.wrote(10)
    assert outgoing.unsent() == ["b", "c"]
    assert bytes(outgoing.chunk()) == b"b" * 10 + b"c" * 10
    outgoing.wrote(1)
    assert outgoing.unsent() == ["c"]
    assert not outgoing.withdraw("b")
    assert outgoing.withdraw("c")
    assert not outgoing.withdraw("c")
    assert bytes(outgoing.chunk()) == b"b" * 9
    outgoing.wrote(9)
    assert outgoing.size == 0


def test_what_tls_was_offered_is_offered_again_and_counts_as_sent():
    outgoing = Outgoing(1 << 20, tls=True)
    outgoing.add(b"a" * 10, "a")
    outgoing.add(b"b" * 10, "b")
    outgoing.add(b"c" * (20 << 10), "c")
    first = bytes(outgoing.chunk())
    assert first == b"a" * 10 + b"b" * 10
    outgoing.add(b"d", "d")
    assert not outgoing.withdraw("a")
    assert not outgoing.withdraw("b")
    assert outgoing.unsent() == ["c", "d"]
    outgoing.add_urgent(b"pong")
    assert bytes(outgoing.chunk()) == first
    outgoing.wrote(15)
    assert bytes(outgoing.chunk()) == b"b" * 5
    assert not outgoing.withdraw("b")
    assert outgoing.withdraw("c")
    outgoing.wrote(5)
    assert bytes(outgoing.chunk()) == b"pongd"


def test_a_control_frame_passes_those_that_wait_but_splits_none():
    outgoing = Outgoing(1000)
    outgoing.add(b"aaaa", "a")
    outgoing.add(b"bbbb", "b")
    outgoing.chunk()
    outgoing.wrote(2)
    outgoing.add_urgent(b"PP")
    assert bytes(outgoing.chunk()) == b"aaPPbbbb"
    assert outgoing.unsent() == ["b"]


@pytest.mark.parametrize("tls", [False, True])
def test_control_frames_keep_their_own_order(tls):
    outgoing = Outgoing(1000, tls=tls)
    outgoing.add(b"aaaa", "a")
    outgoing.add_urgent(b"1", "one")
    outgoing.add_urgent(b"2", "two")
    assert outgoing.withdraw("one")
    outgoing.add_urgent(b"3")
    assert bytes(outgoing.chunk()) == b"23aaaa"
    outgoing.wrote(1)
    outgoing.add_urgent(b"4")
    written = b""
    while chunk := bytes(outgoing.chunk()):
        written += chunk[:1]
        outgoing.wrote(1)
        if written == b"3":
            outgoing.add_urgent(b"5")
    assert written == (b"3aaaa45" if tls else b"345aaaa")


def test_a_large_frame_is_not_copied_for_each_write():
    outgoing = Outgoing(1 << 20)
    big = b"x" * (500 << 10)
    outgoing.add(big)
    outgoing.add(b"tail")
    chunk = outgoing.chunk()
    assert isinstance(chunk, memoryview)
    assert chunk.obj is big
    outgoing.wrote(100)
    assert outgoing.chunk().obj is big


class AnyUse(RuleBasedStateMachine):
    """Whatever is done, the bytes are those of the frames not withdrawn, in order."""

    tls = False
    limit = 200_000

    def __init__(self):
        super().__init__()
        self.outgoing = Outgoing(self.limit, tls=self.tls)
        self.written = b""
        self.frames = {}  # tag -> frame, in order of adding
        self.count = 0
        self.offered = set()
        self.chunk = b""

    @rule(size=st.one_of(st.integers(1, 40), st.sampled_from([9_000, 17_000, 70_000])))
    def add(self, size):
        self.count += 1
        tag = str(self.count)
        frame = (tag.zfill(6) * (size // 6 + 2))[: size + 6].encode()
        room = self.outgoing.size + len(frame) <= self.limit or not self.outgoing.size
        assert self.outgoing.add(frame, tag) == room
        if room:
            self.frames[tag] = frame

    @rule(share=st.floats(0, 1))
    def write(self, share):
        chunk = bytes(self.outgoing.chunk())
        if self.tls and self.chunk:
            assert chunk == self.chunk
        count = int(len(chunk) * share)
        self.chunk = chunk[count:]
        if count:
            self.outgoing.wrote(count)
            self.written += chunk[:count]

    @precondition(lambda self: self.frames)
    @rule(data=st.data())
    def withdraw(self, data):
        tag = data.draw(st.sampled_from(sorted(self.frames)))
        if self.outgoing.withdraw(tag):
            del self.frames[tag]

    @invariant()
    def nothing_is_lost_or_torn(self):
        stream = b"".join(self.frames.values())
        assert stream.startswith(self.written)
        assert self.outgoing.size == len(stream) - len(self.written)

    @invariant()
    def unsent_frames_have_no_byte_written(self):
        end = 0
        untouched = []
        touched = len(self.written) + (len(self.chunk) if self.tls else 0)
        for tag, frame in self.frames.items():
            if end >= touched:
                untouched.append(tag)
            end += len(frame)
        assert self.outgoing.unsent() == untouched


class AnyUseOfTls(AnyUse):
    tls = True


TestPlain = AnyUse.TestCase
TestTls = AnyUseOfTls.TestCase
TestPlain.settings = TestTls.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None
)
