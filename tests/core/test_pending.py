from __future__ import annotations

import math

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from ums_actors.core.allowance import Allowance
from ums_actors.core.pending import Entry, Pending
from ums_actors.errors import Delivery, LocalProtocolError, Overloaded

NOT_SENT, UNKNOWN = Delivery.NOT_SENT, Delivery.UNKNOWN


class Table:
    """A Pending with defaults for what a test does not care about."""

    def __init__(self, queue_limit=10, in_flight_limit=10, allowance=None):
        self.pending = Pending(
            queue_limit=queue_limit,
            in_flight_limit=in_flight_limit,
            allowance=allowance,
        )

    def submit(
        self,
        request_id,
        *,
        now=0.0,
        timeout=10.0,
        ready=True,
        payload=b"payload",
        **flags,
    ):
        entry = Entry(
            request_id, "GetClock", payload, f"reply {request_id}", timeout, **flags
        )
        self.pending.submit(entry, now, queue_timeout=60.0, ready=ready)
        return entry


def ids(entries):
    return [entry.id for entry in entries]


def verdicts(entries):
    return {entry.id: entry.delivery for entry in entries}


def test_a_request_on_a_ready_line_is_in_flight_at_once():
    table = Table()
    entry = table.submit("1", now=5.0)
    assert (entry.id, entry.type, entry.payload) == ("1", "GetClock", b"payload")
    assert entry.sent
    assert entry.delivery is UNKNOWN
    assert (table.pending.queued, table.pending.in_flight, len(table.pending)) == (
        0,
        1,
        1,
    )
    assert table.pending.next_deadline() == 15.0


def test_an_answer_takes_the_request_out_once():
    table = Table()
    table.submit("1")
    assert table.pending.answer("1").reply == "reply 1"
    assert table.pending.answer("1") is None
    assert table.pending.answer("never") is None
    assert table.pending.late == 2
    assert table.pending.next_deadline() is None


def test_a_request_waits_for_the_line_and_goes_first_come_first_served():
    table = Table()
    for name in "abc":
        assert not table.submit(name, ready=False).sent
    assert table.pending.next_deadline() == 60.0
    released = table.pending.release(30.0)
    assert ids(released) == ["a", "b", "c"]
    assert all(entry.sent and entry.payload for entry in released)
    assert table.pending.next_deadline() == 40.0
    assert table.pending.release(30.0) == []


def test_a_release_stops_at_the_in_flight_limit():
    table = Table(in_flight_limit=2)
    for name in "abc":
        table.submit(name, ready=False)
    assert ids(table.pending.release(0.0)) == ["a", "b"]
    assert table.pending.release(0.0) == []
    table.pending.answer("a")
    assert ids(table.pending.release(0.0)) == ["c"]


def test_nobody_overtakes_those_who_wait():
    table = Table()
    table.submit("a", ready=False)
    assert not table.submit("b", ready=True).sent
    assert ids(table.pending.release(0.0)) == ["a", "b"]


def test_an_internal_request_waits_for_nobody():
    table = Table()
    table.submit("a", ready=False)
    assert table.submit("i", ready=False, internal=True).sent


def test_a_full_queue_refuses_by_name_and_number():
    table = Table(queue_limit=1)
    table.submit("a", ready=False)
    with pytest.raises(Overloaded) as caught:
        table.submit("b", ready=False)
    assert str(caught.value) == (
        "Options.queue_limit=1 is reached: let fewer wait, or raise the limit"
    )
    assert caught.value.delivery is NOT_SENT
    assert caught.value.request_id == "b"
    assert caught.value.request_type == "GetClock"
    assert len(table.pending) == 1


@pytest.mark.parametrize("flags", [{}, {"internal": True, "ready": False}])
def test_a_full_line_refuses_by_name_and_number(flags):
    table = Table(in_flight_limit=1)
    table.submit("a")
    with pytest.raises(Overloaded) as caught:
        table.submit("b", **flags)
    assert str(caught.value) == (
        "Options.in_flight_limit=1 is reached: wait for answers, or raise the limit"
    )
    assert len(table.pending) == 1


@pytest.mark.parametrize("ready", [False, True])
def test_an_id_in_use_is_refused(ready):
    table = Table()
    table.submit("a", ready=ready)
    with pytest.raises(LocalProtocolError, match="'a' is in use"):
        table.submit("a")
    assert len(table.pending) == 1


@pytest.mark.parametrize("timeout", [-1.0, math.inf, math.nan])
def test_nobody_waits_for_ever(timeout):
    with pytest.raises(LocalProtocolError, match=r"finite and 0 or more$"):
        Table().submit("a", timeout=timeout)


@pytest.mark.parametrize("ready", [False, True])
def test_a_request_may_be_given_up(ready):
    table = Table()
    table.submit("a", ready=ready)
    assert table.pending.forget("a").id == "a"
    assert table.pending.forget("a") is None
    assert len(table.pending) == 0
    assert table.pending.next_deadline() is None


def test_time_takes_out_those_who_waited_too_long():
    table = Table()
    table.submit("queued", ready=False)
    table.submit("internal", internal=True, timeout=70.0)
    assert table.pending.expire(59.9) == []
    assert verdicts(table.pending.expire(60.0)) == {"queued": NOT_SENT}
    [entry] = table.pending.expire(70.0)
    assert entry.sent
    assert entry.delivery is UNKNOWN
    assert len(table.pending) == 0


def test_a_dead_line_gives_each_request_its_verdict():
    table = Table()
    table.submit("written")
    table.submit("unwritten")
    table.submit("again", resend=True)
    table.submit("internal", internal=True)
    table.submit("internal-unwritten", internal=True, resend=True)
    lost = table.pending.drop_line(["unwritten", "internal-unwritten"], 1.0, 60.0)
    assert verdicts(lost) == {
        "written": UNKNOWN,
        "internal": UNKNOWN,
        "internal-unwritten": NOT_SENT,
    }
    assert (table.pending.queued, table.pending.in_flight) == (2, 0)
    assert verdicts(table.pending.drain()) == {"unwritten": NOT_SENT, "again": UNKNOWN}
    assert table.pending.drain() == []
    assert table.pending.next_deadline() is None


def test_an_unwritten_request_whose_payload_is_gone_is_lost_as_not_sent():
    table = Table()
    table.submit("a").forget_payload()
    assert verdicts(table.pending.drop_line({"a"}, 0.0, 60.0)) == {"a": NOT_SENT}


def test_what_comes_back_goes_before_those_who_wait_in_the_old_order():
    table = Table(in_flight_limit=2)
    for name in "abcd":
        table.submit(name, ready=False)
    table.pending.release(0.0)
    table.pending.drop_line(["b", "a"], 1.0, 60.0)
    assert table.pending.in_flight == 0
    released = table.pending.release(2.0)
    assert ids(released) == ["a", "b"]
    assert all(entry.payload == b"payload" for entry in released)


def test_what_comes_back_is_let_in_beyond_the_queue_limit():
    table = Table(queue_limit=1)
    for name in "abc":
        table.submit(name)
    table.pending.drop_line(list("abc"), 0.0, 60.0)
    assert table.pending.queued == 3
    with pytest.raises(Overloaded):
        table.submit("d", ready=False)


def test_a_line_that_drops_again_and_again_holds_nobody_for_ever():
    table = Table()
    table.submit("a")
    table.pending.drop_line(["a"], 5.0, 60.0)
    assert table.pending.next_deadline() == 65.0
    table.pending.release(64.0)
    table.pending.drop_line(["a"], 70.0, 60.0)
    assert table.pending.next_deadline() == 65.0
    assert verdicts(table.pending.expire(70.0)) == {"a": NOT_SENT}


def test_patience_counts_from_when_a_request_was_queued():
    table = Table()
    table.submit("a", now=5.0, ready=False)
    table.pending.release(50.0)
    table.pending.drop_line(["a"], 55.0, 60.0)
    assert table.pending.next_deadline() == 65.0


def test_what_a_first_line_may_have_delivered_stays_in_doubt():
    table = Table()
    table.submit("a", resend=True)
    table.pending.drop_line([], 0.0, 60.0)
    table.pending.release(1.0)
    table.pending.drop_line(["a"], 2.0, 60.0)
    [entry] = table.pending.expire(60.0)
    assert not entry.sent
    assert entry.delivery is UNKNOWN


def refuse(table, request_id, now=0.0, pause=1.0, again=True):
    entry = table.pending.answer(request_id)
    anew = (request_id, b"payload") if again else None
    return table.pending.turn_back(entry, now, pause, anew)


def test_a_request_goes_again_under_an_id_of_its_own():
    table = Table()
    entry = table.submit("a")
    assert table.pending.turn_back(table.pending.answer("a"), 0.0, 1.0, ("b", b"again"))
    assert table.pending.release(1.0) == [entry]
    assert (entry.id, entry.payload) == ("b", b"again")
    assert entry.refused_as == "a"
    assert table.pending.answer("a") is None
    assert table.pending.answer("b") is entry


def test_a_request_that_does_not_go_again_keeps_its_id():
    table = Table()
    entry = table.submit("a", timeout=1.0)
    again = ("b", b"again")
    assert not table.pending.turn_back(table.pending.answer("a"), 0.0, 1.0, again)
    assert (entry.id, entry.payload) == ("a", b"payload")


def test_a_request_that_was_too_many_rests_and_goes_again():
    table = Table()
    entry = table.submit("a")
    assert refuse(table, "a", now=2.0, pause=1.5)
    assert (table.pending.in_flight, table.pending.resting, len(table.pending)) == (
        0,
        1,
        1,
    )
    assert not entry.sent
    assert entry.delivery is NOT_SENT
    assert table.pending.next_release() == 3.5
    assert table.pending.release(3.4) == []
    assert table.pending.release(3.5) == [entry]
    assert entry.sent
    assert entry.refusals == 1
    assert table.pending.next_release() is None
    assert table.pending.next_deadline() == 10.0  # as from the first time
    assert table.pending.answer("a") is entry


def test_each_refusal_is_counted_and_those_sent_again_tell_of_the_present_load():
    table = Table()
    for name in "abcdefgh":
        table.submit(name)
    assert refuse(table, "a")
    assert table.pending.window.limit == 4
    for name in "bcdefgh":
        table.pending.answer(name)
    [entry] = table.pending.release(1.0)
    assert refuse(table, "a", now=1.0)
    assert entry.refusals == 2
    assert table.pending.window.limit == 1  # half of the one that was in flight


def test_the_queue_has_the_room_that_is_left_by_those_who_rested():
    table = Table()
    for name in "abcd":
        table.submit(name)
    refuse(table, "a")
    table.submit("e")
    table.submit("f")
    for name in "bcd":
        table.pending.answer(name)
    assert table.pending.window.limit == 2
    assert ids(table.pending.release(1.0)) == ["a", "e"]


def test_a_429_narrows_the_window_and_the_rest_waits_unsent():
    table = Table()
    for name in "abcd":
        table.submit(name)
    refuse(table, "a")
    assert table.pending.window.limit == 2
    late = table.submit("e")
    assert not late.sent
    assert late.delivery is NOT_SENT
    assert (table.pending.queued, table.pending.resting) == (1, 1)
    assert table.pending.waits
    table.pending.answer("b")
    assert table.pending.release(0.5) == []  # two are in flight still
    table.pending.answer("c")
    assert ids(table.pending.release(0.5)) == ["e"]


def test_who_rested_goes_before_the_queue_and_needs_no_ready_line():
    table = Table()
    for name in "abcd":
        table.submit(name)
    refuse(table, "a")
    table.submit("e")
    table.pending.answer("b")
    table.pending.answer("c")
    assert ids(table.pending.release(1.0, ready=False)) == ["a"]
    table.pending.answer("d")
    assert table.pending.release(1.0, ready=False) == []
    assert ids(table.pending.release(1.0)) == ["e"]


def test_who_has_rested_and_finds_no_room_goes_with_the_next_answer():
    table = Table()
    for name in "ab":
        table.submit(name)
    refuse(table, "a")
    assert table.pending.window.limit == 1
    assert table.pending.release(5.0) == []
    assert table.pending.next_release() is None  # no time helps, an answer does
    assert (table.pending.queued, table.pending.resting) == (0, 1)
    assert table.pending.waits
    table.pending.answer("b")
    assert ids(table.pending.release(5.0)) == ["a"]


@pytest.mark.parametrize(
    ("now", "again", "stays"),
    [(8.9, True, True), (9.0, True, False), (12.0, True, False), (0.0, False, False)],
)
def test_nobody_rests_beyond_his_deadline_or_against_his_will(now, again, stays):
    table = Table()
    table.submit("a")
    assert refuse(table, "a", now=now, again=again) is stays
    assert len(table.pending) == stays
    assert (table.pending.next_deadline() is not None) is stays
    assert table.pending.window.limit == 1  # the service was too busy all the same


def test_those_who_rest_count_as_waiting():
    table = Table(queue_limit=1)
    for name in "abc":
        table.submit(name)
    table.submit("i", internal=True)
    assert refuse(table, "a")
    assert not refuse(table, "b")
    assert refuse(table, "i")  # the library's own are few
    with pytest.raises(Overloaded, match="queue_limit"):
        table.submit("d", ready=False)


def test_an_internal_request_beyond_the_window_is_the_next_to_go():
    table = Table()
    for name in "ab":
        table.submit(name)
    refuse(table, "a", pause=5.0)
    table.submit("c")
    entry = table.submit("i", internal=True, now=1.0, timeout=4.0, ready=False)
    assert not entry.sent
    assert table.pending.next_deadline() == 5.0
    table.pending.answer("b")
    assert table.pending.release(1.0, ready=False) == [entry]


def test_time_takes_out_those_who_rest():
    table = Table()
    table.submit("a")
    table.submit("b", timeout=50.0)
    refuse(table, "a", now=2.0)
    assert verdicts(table.pending.expire(10.0)) == {"a": NOT_SENT}
    assert table.pending.next_release() is None


def test_who_rests_may_be_given_up():
    table = Table()
    table.submit("a")
    refuse(table, "a")
    assert table.pending.forget("a").id == "a"
    assert len(table.pending) == 0
    assert table.pending.next_deadline() is None


def test_a_dead_line_ends_the_rest():
    table = Table()
    table.submit("a")
    table.submit("b")
    table.submit("i", internal=True)
    refuse(table, "a")
    refuse(table, "i")
    table.submit("c")
    lost = table.pending.drop_line([], 1.0, 60.0)
    assert verdicts(lost) == {"b": UNKNOWN, "i": NOT_SENT}
    assert table.pending.window.limit == 10
    assert ids(table.pending.release(2.0)) == ["a", "c"]


def test_a_refused_request_that_an_earlier_line_may_have_delivered_is_in_doubt():
    table = Table()
    table.submit("a", resend=True)
    table.pending.drop_line([], 0.0, 60.0)
    table.pending.release(1.0)
    refuse(table, "a", now=1.0)
    assert verdicts(table.pending.drain()) == {"a": UNKNOWN}


def used(allowance):
    return allowance.requests, allowance.request_bytes


@pytest.mark.parametrize("ready", [False, True])
@pytest.mark.parametrize(
    ("limits", "name"), [((1, 100), "requests"), ((9, 13), "request_bytes")]
)
def test_a_request_too_many_for_all_tables_is_refused_and_leaves_no_trace(
    limits, name, ready
):
    allowance = Allowance(*limits)
    Table(allowance=allowance).submit("a", ready=ready)
    table = Table(allowance=allowance)
    with pytest.raises(Overloaded, match=rf"^Limits\.{name}="):
        table.submit("b", ready=ready)
    assert len(table.pending) == 0
    assert table.pending.next_deadline() is None
    assert used(allowance) == (1, 7)


@pytest.mark.parametrize(
    ("tables", "flags"),
    [
        ({"queue_limit": 1}, {"ready": False}),
        ({"in_flight_limit": 1}, {}),
        ({"in_flight_limit": 1}, {"internal": True}),
    ],
)
def test_a_request_that_its_own_table_refuses_takes_no_room(tables, flags):
    allowance = Allowance(10, 100)
    table = Table(**tables, allowance=allowance)
    table.submit("a", **flags)
    with pytest.raises(Overloaded, match=r"Options\."):
        table.submit("b", **flags)
    with pytest.raises(LocalProtocolError, match="'a' is in use"):
        table.submit("a", **flags)
    assert used(allowance) == (1, 7)


def test_an_id_in_use_is_called_so_also_where_there_is_no_room():
    table = Table(allowance=Allowance(1, 100))
    table.submit("a")
    with pytest.raises(LocalProtocolError, match="'a' is in use"):
        table.submit("a")


def test_each_way_out_makes_room_for_others():
    allowance = Allowance(10, 100)
    table = Table(allowance=allowance)
    for name in "abcdefg":
        table.submit(name, timeout=5.0 if name == "c" else 10.0)
    assert used(allowance) == (7, 49)
    table.pending.answer("a")
    table.pending.forget("b")
    table.pending.expire(5.0)
    assert used(allowance) == (4, 28)
    assert ids(table.pending.drop_line(["e", "f"], 6.0, 60.0)) == ["d", "g"]
    assert used(allowance) == (2, 14)  # who comes back never left
    table.pending.release(7.0)
    assert used(allowance) == (2, 14)
    table.pending.drain()
    assert used(allowance) == (0, 0)


def test_a_request_that_rests_holds_its_room():
    allowance = Allowance(1, 100)
    table = Table(allowance=allowance)
    table.submit("a")
    entry = table.pending.answer("a")
    assert used(allowance) == (0, 0)
    assert table.pending.turn_back(entry, 0.0, 1.0, ("longer", b"payload+"))
    assert used(allowance) == (1, 8)


def test_a_request_does_not_rest_where_there_is_no_room_for_it():
    allowance = Allowance(2, 14)
    table = Table(allowance=allowance)
    table.submit("a")
    table.submit("b")
    entry = table.pending.answer("a")
    again = ("longer", b"payload+")
    assert not table.pending.turn_back(entry, 0.0, 1.0, again)
    assert (entry.id, entry.payload) == ("a", b"payload")
    assert used(allowance) == (1, 7)


def test_a_payload_is_weighed_once_it_is_there():
    allowance = Allowance(2, 14)
    table = Table(allowance=allowance)
    late = table.submit("late", payload=lambda: b"payload")
    table.submit("a")
    late.payload = late.payload()
    table.pending.weigh(late)
    assert used(allowance) == (2, 14)
    late.payload += b"+"
    with pytest.raises(Overloaded, match="request_bytes=14"):
        table.pending.weigh(late)
    assert table.pending.forget("late") is late
    assert used(allowance) == (1, 7)


def test_without_bounds_for_all_tables_nothing_is_weighed():
    table = Table()
    late = table.submit("late", payload=lambda: b"payload")
    late.payload = late.payload()
    table.pending.weigh(late)
    assert late.charged is None


class Model(RuleBasedStateMachine):
    """Pending beside a list of dictionaries, with the kernel's side of the story.

    ``touched`` holds the ids of which a byte reached some kernel: no request in it
    may be called NOT_SENT.
    """

    QUEUE, FLIGHT = 4, 3
    USUAL = 10

    def __init__(self):
        super().__init__()
        self.allowance = self.shared()
        self.pending = Pending(
            queue_limit=self.QUEUE,
            in_flight_limit=self.FLIGHT,
            allowance=self.allowance,
            usual_timeout=self.USUAL,
        )
        self.now = 0
        self.ready = False
        self.count = 0
        self.queue = []
        self.flight = []
        self.rested = []
        self.touched = set()
        self.touched_by_this_line = set()
        self.gone = set()

    def shared(self):
        return Allowance(1_000, 1_000)

    @initialize(ready=st.booleans())
    def begin(self, ready):
        self.ready = ready

    def leave(self, entries, expected):
        assert ids(entries) == [one["id"] for one in expected]
        for entry, one in zip(entries, expected, strict=True):
            assert entry.id not in self.gone
            self.gone.add(entry.id)
            assert entry.reply is one["reply"]
            if entry.delivery is NOT_SENT:
                assert entry.id not in self.touched | self.touched_by_this_line
            else:
                assert one["launched"]

    def everyone(self):
        return [*self.flight, *self.rested, *self.queue]

    def place(self, one):
        return next(
            place for place in (self.flight, self.rested, self.queue) if one in place
        )

    def room(self):
        return self.pending.window.limit - len(self.flight)

    def pick(self, number):
        """The name of one in the table, or sometimes of one that has left it."""
        names = [one["id"] for one in self.everyone()]
        return [*names, *sorted(self.gone)[:1], "never"][number % (len(names) + 1)]

    @rule(
        timeout=st.sampled_from([0, 10, 30]),
        queue_timeout=st.sampled_from([5, 20, 40]),
        resend=st.booleans(),
        internal=st.sampled_from([False, False, True]),
    )
    def submit(self, timeout, queue_timeout, resend, internal):
        self.count += 1
        one = {
            "id": str(self.count),
            "reply": object(),
            "timeout": timeout,
            "resend": resend,
            "internal": internal,
            "launched": False,
            "until": None,
        }
        room = self.room() > 0 or self.pending.window.limit == self.FLIGHT
        flies = room and (internal or (self.ready and not self.queue))
        waiting = len(self.queue) + len(self.rested)
        full = len(self.flight) >= self.FLIGHT if flies else waiting >= self.QUEUE
        full = full and (flies or not internal)
        entry = Entry(one["id"], "T", b"p", one["reply"], timeout, resend, internal)
        arguments = {"queue_timeout": queue_timeout, "ready": self.ready}
        try:
            self.pending.submit(entry, self.now, **arguments)
        except Overloaded:
            assert full
            return
        assert not full
        assert entry.sent is flies
        assert entry.payload == b"p"
        if flies:
            self.fly(one)
        elif internal:
            one["deadline"] = self.now + timeout
            self.rested.append({**one, "due": self.now, "seen": False})
        else:
            one["until"] = one["deadline"] = self.now + queue_timeout
            self.queue.append(one)
        twin = Entry(one["id"], "T", b"p", None, timeout, resend, internal)
        with pytest.raises(LocalProtocolError):
            self.pending.submit(twin, self.now, **arguments)

    def fly(self, one):
        one["launched"] = True
        one["deadline"] = self.now + one["timeout"]
        self.flight.append(one)

    @rule(ready=st.booleans())
    def release(self, ready):
        self.ready = self.ready or ready
        room = max(0, self.room())
        for one in self.rested:
            one["seen"] = one["seen"] or one["due"] <= self.now
        due = {one["id"] for one in self.rested if one["seen"]}
        released = self.pending.release(self.now, ready=self.ready)
        assert all(entry.sent and entry.payload == b"p" for entry in released)
        rested = [name for name in ids(released) if name in due]
        assert len(rested) == min(room, len(due))
        for name in rested:
            [one] = [one for one in self.rested if one["id"] == name]
            self.rested.remove(one)
            one["launched"] = True
            self.flight.append(one)
        room = room - len(rested) if self.ready else 0
        expected, self.queue = self.queue[:room], self.queue[room:]
        assert ids(released) == rested + [one["id"] for one in expected]
        for one in expected:
            self.fly(one)

    @precondition(lambda self: self.flight)
    @rule(pick=st.integers(0, 2), pause=st.integers(1, 8), again=st.booleans())
    def turn_back(self, pick, pause, again):
        one = self.flight[pick % len(self.flight)]
        entry = self.pending.answer(one["id"])
        self.touched_by_this_line.discard(one["id"])  # that copy did nothing
        self.flight.remove(one)
        full = len(self.queue) + len(self.rested) >= self.QUEUE
        stays = (
            again
            and self.now + pause < one["deadline"]
            and (one["internal"] or not full)
        )
        self.count += 1
        anew = (str(self.count), b"p") if again else None
        assert self.pending.turn_back(entry, self.now, pause, anew) is stays
        if stays:
            one["id"] = str(self.count)
            one["due"], one["seen"] = self.now + pause, False
            self.rested.append(one)
        else:
            self.gone.add(one["id"])

    @rule(which=st.sets(st.integers(0, 2), min_size=1))
    def write(self, which):
        names = {one["id"] for i, one in enumerate(self.flight) if i in which}
        self.touched_by_this_line |= names

    @rule(pick=st.integers(0, 100))
    def answer(self, pick):
        name = self.pick(pick)
        late = self.pending.late
        entry = self.pending.answer(name)
        expected = next((one for one in self.flight if one["id"] == name), None)
        if expected is None:
            assert entry is None
            assert self.pending.late == late + 1
        else:
            self.flight.remove(expected)
            self.leave([entry], [expected])

    @rule(pick=st.integers(0, 100))
    def forget(self, pick):
        name = self.pick(pick)
        entry = self.pending.forget(name)
        expected = next((one for one in self.everyone() if one["id"] == name), None)
        if expected is None:
            assert entry is None
        else:
            self.place(expected).remove(expected)
            self.leave([entry], [expected])

    @rule(step=st.integers(0, 12))
    def expire(self, step):
        self.now += step
        everyone = self.everyone()
        due = {one["id"]: one for one in everyone if one["deadline"] <= self.now}
        expired = self.pending.expire(self.now)
        assert {entry.id for entry in expired} == set(due)
        times = [due[entry.id]["deadline"] for entry in expired]
        assert times == sorted(times)
        for entry in expired:
            assert entry.sent is (due[entry.id] in self.flight)
            self.place(due[entry.id]).remove(due[entry.id])
            self.leave([entry], [due[entry.id]])

    @precondition(lambda self: self.flight)
    @rule(
        queue_timeout=st.sampled_from([5, 20, 40]),
        which=st.sets(st.integers(0, 2)),
    )
    def drop_line(self, queue_timeout, which):
        self.write(which)
        self.ready = False
        unwritten = {one["id"] for one in self.flight} - self.touched_by_this_line
        unwritten |= {one["id"] for one in self.rested}
        self.touched |= self.touched_by_this_line
        self.touched_by_this_line.clear()
        lost, back = [], []
        for one in (*self.flight, *self.rested):
            again = one["resend"] or one["id"] in unwritten
            (back if again and not one["internal"] else lost).append(one)
        entries = self.pending.drop_line(unwritten, self.now, queue_timeout)
        for entry in entries:
            assert entry.sent is (entry.id not in unwritten)
        self.flight.clear()
        self.rested.clear()
        assert self.pending.window.limit == self.FLIGHT
        self.leave(entries, lost)
        for one in back:
            if one["until"] is None:
                one["until"] = self.now + queue_timeout
            one["deadline"] = one["until"]
        self.queue = [*back, *self.queue]

    @precondition(lambda self: len(self.pending) > 5)
    @rule()
    def drain(self):
        expected = self.everyone()
        self.flight, self.rested, self.queue = [], [], []
        self.leave(self.pending.drain(), expected)

    @invariant()
    def agrees_with_the_model(self):
        pending, waiting = self.pending, self.pending._waiting
        everyone = self.everyone()
        assert pending.queued == len(self.queue)
        assert pending.resting == len(self.rested)
        assert pending.in_flight == len(self.flight)
        in_step = [each for each in pending.flight.table.values() if not each.timed]
        assert len(pending) == len(everyone) == len(pending._deadlines) + len(in_step)
        assert not any(entry.sent for entry in waiting.queue.values())
        assert not any(entry.sent for entry in waiting.rested.values())
        assert all(entry.sent for entry in pending.flight.table.values())
        deadlines = [one["deadline"] for one in everyone]
        assert pending.next_deadline() == min(deadlines, default=None)
        assert list(waiting.queue) == [one["id"] for one in self.queue]
        dues = [one["due"] for one in self.rested if not one["seen"]]
        assert pending.next_release() == min(dues, default=None)
        assert pending.waits == bool(self.queue or self.rested)
        if self.allowance is not None:
            assert used(self.allowance) == (len(everyone), len(everyone) * len(b"p"))
            assert pending.room() == 0

    def teardown(self):
        self.leave(self.pending.drain(), self.everyone())


TestModel = Model.TestCase


class Together(Model):
    """Without an allowance, where many are launched at once."""

    def shared(self):
        return None

    @precondition(lambda self: self.ready)
    @rule(timeouts=st.lists(st.sampled_from([0, 10, 10, 10, 30]), max_size=4))
    def launch(self, timeouts):
        room = self.pending.room()
        assert room == (0 if self.queue else self.room())
        for timeout in timeouts[: max(0, room)]:
            self.count += 1
            name, reply = str(self.count), object()
            entry = Entry(name, "T", b"p", reply, timeout, sent=True)
            entry.answer_by = self.now + timeout
            entry.round = self.pending.window.round
            if timeout == self.USUAL:
                self.pending.flight.table[name] = entry
                self.pending.flight.expect(entry.answer_by)
            else:
                self.pending.launch_apart(entry, self.now)
            one = {"id": name, "reply": reply, "timeout": timeout, "until": None}
            self.fly({**one, "resend": False, "internal": False})

    @precondition(lambda self: self.flight)
    @rule(pick=st.integers(0, 2))
    def take(self, pick):
        one = self.flight.pop(pick % len(self.flight))
        entry = self.pending.flight.table.pop(one["id"])
        if entry.timed:
            self.pending.leave(entry)
        self.leave([entry], [one])


TestTogether = Together.TestCase


def test_who_is_overdue_is_found_without_a_look_at_the_next_deadline():
    pending = Pending(queue_limit=5, in_flight_limit=9, usual_timeout=10.0)
    for name, timeout in [("a", 30.0), ("b", 10.0), ("c", 10.0)]:
        entry = Entry(name, "T", b"", None, timeout)
        pending.submit(entry, 0.0, queue_timeout=5.0, ready=True)
    assert pending.answer("b") is not None
    pending.submit(Entry("d", "T", b"", None, 10.0), 5.0, queue_timeout=5.0, ready=True)
    assert [entry.id for entry in pending.expire(9.9)] == []
    assert [entry.id for entry in pending.expire(10.0)] == ["c"]
    assert [entry.id for entry in pending.expire(14.9)] == []
    assert [entry.id for entry in pending.expire(40.0)] == ["d", "a"]
    assert pending.next_deadline() is None


def test_the_first_of_the_table_are_those_in_flight_then_who_rests_then_the_queue():
    table = Table(in_flight_limit=5)
    for name in ("a", "b"):
        table.submit(name)
    entry = table.pending.answer("b")
    assert table.pending.turn_back(entry, 0.0, 1.0, ("again", b"payload"))
    table.submit("c", ready=False)
    found = [(where, entry.id) for where, entry in table.pending.first(10)]
    assert found == [("in flight", "a"), ("resting", "again"), ("queued", "c")]
    assert [entry.id for _, entry in table.pending.first(2)] == ["a", "again"]
    assert table.pending.first(0) == []


def flying(**more):
    pending = Pending(queue_limit=5, in_flight_limit=5, turn_timeout=60.0)
    entry = Entry("1", "x", b"", None, 3.0, **more)
    pending.submit(entry, 10.0, queue_timeout=5.0, ready=True)
    return pending, entry


def test_one_that_waits_for_its_turn_has_time_for_that_and_for_its_answer():
    pending, entry = flying()
    assert pending.next_deadline() == entry.answer_by == 73.0
    assert pending.begin("1", 30.0) == 33.0
    assert pending.next_deadline() == entry.answer_by == 33.0
    assert pending.expire(33.0) == [entry]


def test_one_whose_turn_does_not_come_leaves_all_the_same():
    pending, entry = flying()
    assert pending.expire(72.9) == []
    assert pending.expire(73.0) == [entry]


def test_one_that_was_too_many_keeps_its_end_when_its_turn_comes_again():
    pending, entry = flying()
    pending.begin("1", 30.0)
    assert pending.answer("1") is entry
    assert pending.turn_back(entry, 31.0, 1.0, ("2", b""))
    assert pending.release(32.0) == [entry]
    assert pending.begin("2", 32.5) == 33.0


def test_nobody_s_turn_does_not_come():
    pending, _ = flying()
    assert pending.begin("2", 30.0) is None
