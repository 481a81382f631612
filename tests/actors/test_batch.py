from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

import ums_actors as ums
from ums_actors.actors import batch
from ums_actors.actors.batch import at_once, launch_batch, take_batch
from ums_actors.actors.messages import Later, SubmitRequest
from ums_actors.core.allowance import Allowance
from ums_actors.core.course import State
from ums_actors.core.pending import Entry, Pending
from ums_actors.protocol.envelopes import Notification, Response
from ums_actors.runtime import LoopFuture

USUAL = 10.0


class Replies:
    """Writes down whom it is handed."""

    def __init__(self):
        self.resolved = []

    def resolve(self, entry, message):
        self.resolved.append((entry.id, message.code))
        entry.reply.try_set("resolved")


class Feed:
    def __init__(self):
        self.taken = []
        self.caught_up = 0

    def take(self, frame):
        self.taken.append(frame.type)

    def catch_up(self):
        self.caught_up += 1


class Bench:
    """As much of a kernel as a batch looks at."""

    def __init__(self, *, limit=100, allowance=None):
        self.pending = Pending(
            queue_limit=100,
            in_flight_limit=limit,
            allowance=allowance,
            usual_timeout=USUAL,
        )
        self.kernel: Any = SimpleNamespace(
            session=SimpleNamespace(state=State.READY, generation=1),
            websocket=object(),
            carrier=None,
            instruments=None,
            subscribers=SimpleNamespace(tapped=False),
            pending=self.pending,
            options=ums.Options(request_timeout=USUAL),
            prefix="me-",
            numbers=iter(range(1, 1_000)),
            outgoing=[],
        )
        self.replies, self.feed = Replies(), Feed()

    def launch(self, waiting, least=0, now=5.0):
        return launch_batch(self.kernel, waiting, least, now)

    def take(self, *messages):
        take_batch(self.kernel, [*messages], self.replies, self.feed)

    def sent(self):
        return [json.loads(payload) for _, payload in self.kernel.outgoing]


def request(body: Any = None, **more):
    return SubmitRequest("T", {} if body is None else body, LoopFuture(), **more)


def answer(number, body=b"{}", code=200):
    return Response(f"me-{number}", code, "", Raw(body))


@pytest.mark.parametrize(
    ("waiting", "in_flight", "expected"),
    [(1, 0, 16), (32, 0, 16), (16, 16, 16), (64, 0, 32), (32, 64, 48), (999, 999, 64)],
)
def test_half_of_them_are_written_while_the_other_half_is_answered(
    waiting, in_flight, expected
):
    assert at_once(waiting, in_flight) == expected


def test_those_who_wait_are_launched_oldest_first():
    bench = Bench()
    requests = [request({"n": n}) for n in range(3)]
    waiting: list[Any] = [*reversed(requests)]
    assert bench.launch(waiting) == 5.0 + USUAL
    assert waiting == []
    assert bench.sent() == [
        {"kind": "req", "id": f"me-{n + 1}", "type": "T", "body": {"n": n}}
        for n in range(3)
    ]
    assert [tag for tag, _ in bench.kernel.outgoing] == ["me-1", "me-2", "me-3"]
    assert [each.reply.tag for each in requests] == ["me-1", "me-2", "me-3"]
    assert bench.pending.next_deadline() == 15.0
    assert [entry.id for entry in bench.pending.expire(15.0)] == [
        "me-1",
        "me-2",
        "me-3",
    ]


def test_one_is_as_the_long_way_would_have_left_it():
    bench = Bench()
    bench.pending.window.reset()
    one = request(resend=True, internal=True, raw=True)
    bench.launch([one])
    [entry] = bench.pending.flight.table.values()
    assert (entry.resend, entry.internal, entry.raw, entry.sent) == (True,) * 4
    assert (entry.timeout, entry.answer_by) == (USUAL, 15.0)
    assert entry.round == bench.pending.window.round
    assert entry.reply is one.reply
    assert entry.delivery is ums.Delivery.UNKNOWN
    assert entry.payload == bench.kernel.outgoing[0][1]


@pytest.mark.parametrize("timeouts", [[3.0], [None, 3.0, None], [60.0], [60.0, None]])
def test_who_has_another_timeout_falls_due_by_it(timeouts):
    bench = Bench()
    waiting = [request(timeout=timeout) for timeout in reversed(timeouts)]
    ends = [5.0 + (USUAL if each is None else each) for each in timeouts]
    assert bench.launch(waiting) <= min(ends)
    assert bench.pending.next_deadline() == min(ends)
    late = bench.pending.expire(max(ends))
    assert [entry.answer_by for entry in late] == sorted(ends)
    assert bench.pending.next_deadline() is None


def test_what_cannot_be_written_is_answered_and_harms_no_other():
    bench = Bench()
    good, bad, last = request(), request(object()), request()
    assert bench.launch([last, bad, good]) == 15.0
    assert isinstance(bad.reply.exception(), ums.LocalProtocolError)
    assert [frame["id"] for frame in bench.sent()] == ["me-1", "me-3"]
    assert bench.pending.in_flight == 2


@pytest.mark.parametrize("odd", [Later(dict), None])
def test_who_is_not_as_usual_ends_the_batch(odd):
    bench = Bench()
    other: Any = object() if odd is None else request(odd)
    behind, before = request(), request()
    waiting: list[Any] = [behind, other, before]
    bench.launch(waiting)
    assert waiting == [behind, other]
    assert len(bench.sent()) == 1
    assert bench.launch(waiting) == float("inf")
    assert waiting == [behind, other]


@pytest.mark.parametrize(("limit", "least", "left"), [(2, 0, 3), (9, 4, 4), (9, 0, 0)])
def test_no_more_than_there_is_room_for_and_than_is_wanted(limit, least, left):
    bench = Bench(limit=limit)
    waiting = [request() for _ in range(5)]
    bench.launch(waiting, least)
    assert len(waiting) == left
    assert bench.pending.in_flight == 5 - left


def unready(kernel):
    kernel.session.state = State.CONNECTING


def lineless(kernel):
    kernel.websocket = None


def carried(kernel):
    kernel.carrier = object()


def measured(kernel):
    kernel.instruments = object()


def tapped(kernel):
    kernel.subscribers.tapped = True


@pytest.mark.parametrize("change", [unready, lineless, carried, measured, tapped])
def test_where_each_has_to_be_looked_at_none_is_launched(change):
    bench = Bench()
    change(bench.kernel)
    waiting = [request()]
    assert bench.launch(waiting) == float("inf")
    assert len(waiting) == 1


def test_nobody_overtakes_who_is_queued_and_shares_are_charged_singly():
    bench = Bench()
    bench.launch([request()])
    queued = bench.pending.answer("me-1")
    assert queued is not None
    queued.id, queued.sent = "q", False
    bench.pending.submit(queued, 5.0, queue_timeout=9.0, ready=False)
    assert bench.launch([request()]) == float("inf")
    assert Bench(allowance=Allowance(9, 999)).launch([request()]) == float("inf")


def test_a_crash_over_one_answers_it_and_keeps_the_others(monkeypatch):
    encode, bench = batch.encode_request, Bench()

    def explode(request_id, *parts):
        if request_id == "me-2":
            raise KeyboardInterrupt
        return encode(request_id, *parts)

    monkeypatch.setattr(batch, "encode_request", explode)
    first, second, third = request(), request(), request()
    waiting = [third, second, first]
    with pytest.raises(KeyboardInterrupt):
        bench.launch(waiting)
    assert waiting == [third]
    error = second.reply.exception()
    assert isinstance(error, ums.ConnectionLost)
    assert error.delivery is ums.Delivery.NOT_SENT
    assert list(bench.pending.flight.table) == ["me-1"]
    assert [frame["id"] for frame in bench.sent()] == ["me-1"]
    assert bench.pending.next_deadline() == 15.0


# -- answers


def test_answers_reach_those_who_wait_and_the_late_are_counted():
    bench = Bench()
    first, second = request(), request(timeout=3.0)
    bench.launch([second, first])
    bench.take(answer(2, b"[2]"), answer(7), answer(1, b'{"a": 1}'), answer(1))
    assert first.reply.get(timeout=0) == {"a": 1}
    assert second.reply.get(timeout=0) == [2]
    assert bench.pending.late == 2
    assert len(bench.pending) == 0
    assert bench.pending.next_deadline() is None
    assert bench.replies.resolved == []
    assert bench.feed.caught_up == 0


def test_notifications_keep_their_place_among_answers():
    bench = Bench()
    one = request()
    bench.launch([one])
    seen = []
    bench.feed.take = lambda frame: seen.append((frame.type, one.reply.done()))
    bench.take(Notification("a"), answer(1), Notification("b"))
    assert seen == [("a", False), ("b", True)]
    assert bench.feed.caught_up == 1


@pytest.mark.parametrize(
    ("message", "more"),
    [
        (answer(1, code=400), {}),
        (answer(1, code=429), {}),
        (answer(1, b"{broken"), {}),
        (answer(1), {"raw": True}),
    ],
)
def test_who_has_to_be_looked_at_is_handed_on(message, more):
    bench = Bench()
    one = request(**more)
    bench.launch([one])
    bench.take(message)
    assert bench.replies.resolved == [("me-1", message.code)]
    assert one.reply.get(timeout=0) == "resolved"


def test_where_somebody_taps_or_the_window_is_narrow_each_is_handed_on():
    for change in (tapped, lambda kernel: kernel.pending.window.refused(0, 4)):
        bench = Bench()
        bench.launch([request()])
        change(bench.kernel)
        bench.take(answer(1))
        assert bench.replies.resolved == [("me-1", 200)]


def test_shares_are_given_back():
    shared = Allowance(9, 999)
    bench = Bench(allowance=shared)
    reply: LoopFuture[Any] = LoopFuture()
    entry = Entry("me-1", "T", b"payload", reply, USUAL)
    bench.pending.submit(entry, 0.0, queue_timeout=9.0, ready=True)
    bench.take(answer(1))
    assert entry.charged is None
    assert bench.replies.resolved == [("me-1", 200)]


@given(
    st.lists(st.sampled_from([None, None, 3.0, 60.0, "bad"]), max_size=30),
    st.integers(1, 12),
)
def test_each_is_answered_once_however_they_come_together(kinds, budget):
    bench = Bench()
    requests = [
        request(object()) if kind == "bad" else request({"n": n}, timeout=kind)
        for n, kind in enumerate(kinds)
    ]
    waiting: list[Any] = [*reversed(requests)]
    while waiting:
        bench.launch(waiting, max(0, len(waiting) - budget))
    bodies = {frame["id"]: frame["body"] for frame in bench.sent()}
    assert [body["n"] for body in bodies.values()] == [
        n for n, kind in enumerate(kinds) if kind != "bad"
    ]
    for name, body in bodies.items():
        bench.take(answer(name.removeprefix("me-"), json.dumps(body).encode()))
    for n, (each, kind) in enumerate(zip(requests, kinds, strict=True)):
        if kind == "bad":
            assert isinstance(each.reply.exception(), ums.LocalProtocolError)
        else:
            assert each.reply.get(timeout=0) == {"n": n}
    assert len(bench.pending) == 0
    assert bench.pending.next_deadline() is None
