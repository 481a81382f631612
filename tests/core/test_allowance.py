from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import ums_actors as ums
from ums_actors.core.allowance import Allowance, share
from ums_actors.core.entry import Entry
from ums_actors.core.pending import Pending


def entry(name="1", payload=b"12345", **flags):
    return Entry(name, "GetClock", payload, None, 10.0, **flags)


def counts(allowance):
    return allowance.requests, allowance.request_bytes


def test_what_comes_in_is_counted_until_it_leaves():
    allowance, first, second = Allowance(10, 100), entry(), entry("2", b"123")
    allowance.charge(first)
    allowance.charge(second)
    assert counts(allowance) == (2, 8)
    allowance.give_back(first)
    assert counts(allowance) == (1, 3)
    allowance.give_back(first)  # once is enough
    assert counts(allowance) == (1, 3)
    allowance.give_back(second)
    assert counts(allowance) == (0, 0)


def test_what_never_came_in_is_not_given_back():
    allowance = Allowance(10, 100)
    allowance.give_back(entry())
    assert counts(allowance) == (0, 0)


@pytest.mark.parametrize(
    ("limits", "bound"),
    [
        ((1, 100), "requests=1"),
        ((10, 9), "request_bytes=9"),
        ((1, 100, 4), "requests=1, the share of one of 4 loops,"),
    ],
)
def test_what_is_too_much_is_refused_by_name_and_number(limits, bound):
    text = (
        f"Limits.{bound} is reached by all connections together: wait for answers, or "
        "raise the limit"
    )
    allowance, late = Allowance(*limits), entry("late")
    allowance.charge(entry())
    with pytest.raises(ums.Overloaded) as caught:
        allowance.charge(late)
    assert str(caught.value) == text
    assert caught.value.delivery is ums.Delivery.NOT_SENT
    assert caught.value.request_id == "late"
    assert caught.value.request_type == "GetClock"
    assert counts(allowance) == (1, 5)
    assert late.charged is None
    assert str(allowance.refusal(late, 5)) == text


def test_a_bound_may_be_reached_but_not_passed():
    allowance = Allowance(2, 10)
    allowance.charge(entry("1"))
    assert allowance.refusal(entry("2"), 5) is None
    assert allowance.refusal(entry("2"), 6) is not None
    allowance.charge(entry("2"))
    assert counts(allowance) == (2, 10)


def test_the_librarys_own_are_counted_but_not_refused():
    allowance = Allowance(1, 5)
    allowance.charge(entry())
    own = entry("own", internal=True)
    assert allowance.refusal(own, 5) is None
    allowance.charge(own)
    own.payload = b"1234567"
    allowance.weigh(own)
    assert counts(allowance) == (2, 12)
    allowance.give_back(own)
    assert counts(allowance) == (1, 5)


def test_a_payload_is_weighed_when_it_is_encoded_and_when_it_is_forgotten():
    allowance, late = Allowance(10, 20), entry(payload=lambda: b"1234567")
    allowance.charge(late)
    assert counts(allowance) == (1, 0)
    late.payload = late.payload()
    allowance.weigh(late)
    assert counts(allowance) == (1, 7)
    late.forget_payload()
    allowance.weigh(late)
    assert counts(allowance) == (1, 0)


def test_a_payload_that_turns_out_too_heavy_is_refused_and_the_former_weight_stands():
    allowance, late = Allowance(10, 6), entry(payload=b"123")
    allowance.charge(late)
    late.payload = b"1234567"
    with pytest.raises(ums.Overloaded, match="request_bytes=6"):
        allowance.weigh(late)
    assert counts(allowance) == (1, 3)
    allowance.give_back(late)
    assert counts(allowance) == (0, 0)


def test_what_becomes_lighter_is_never_refused():
    allowance = Allowance(10, 5)
    own, other = entry("own", b"123456789", internal=True), entry(payload=b"")
    allowance.charge(own)
    allowance.charge(other)  # no byte of it: as many bytes as there were
    own.payload = b"12345678"
    allowance.weigh(own)
    assert counts(allowance) == (2, 8)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, None])
def test_bounds_are_whole_numbers(value):
    rule = "must be a whole number, 1 or more"
    with pytest.raises(ums.LocalProtocolError, match=rf"^requests={value} {rule}$"):
        Allowance(value, 1)
    with pytest.raises(ums.LocalProtocolError, match=rf"^request_bytes={value} {rule}"):
        Allowance(1, value)


@pytest.mark.parametrize("among", [1, 2, 3, 7, 20])
def test_shares_are_even_and_come_to_the_whole(among):
    shares = share(20, 101, among)
    assert len(shares) == among
    requests = [each._limit for each in shares]
    sizes = [each._bytes for each in shares]
    assert (sum(requests), sum(sizes)) == (20, 101)
    assert max(requests) - min(requests) <= 1
    assert max(sizes) - min(sizes) <= 1


def test_the_least_that_can_be_shared_is_one_for_each():
    assert len(share(1, 1, 1)) == 1
    assert [(each._limit, each._bytes) for each in share(2, 2, 2)] == [(1, 1), (1, 1)]


@pytest.mark.parametrize(
    ("among", "text"),
    [
        (1, "Limits.requests=4 is reached"),
        (2, "Limits.requests=2, the share of one of 2 loops, is reached"),
    ],
)
def test_a_share_says_what_it_is_a_share_of(among, text):
    first = share(4, 100, among)[0]
    for number in range(4 // among):
        first.charge(entry(f"{number}"))
    assert str(first.refusal(entry("late"), 5)).startswith(text)


def test_what_is_too_little_for_all_loops_is_refused():
    with pytest.raises(ums.LocalProtocolError) as caught:
        share(3, 100, 4)
    assert str(caught.value) == (
        "Limits.requests=3 cannot be split over 4 loops: it must be 4 or more"
    )
    with pytest.raises(ums.LocalProtocolError, match=r"Limits\.request_bytes=2 cannot"):
        share(30, 2, 4)
    with pytest.raises(ums.LocalProtocolError, match=r"^Limits\.requests='many' must"):
        share("many", 2, 1)


class Shared(RuleBasedStateMachine):
    """Two tables that share an allowance which is soon used up."""

    REQUESTS, SIZE = 5, 40

    def __init__(self):
        super().__init__()
        self.allowance = Allowance(self.REQUESTS, self.SIZE)
        self.tables = [
            Pending(queue_limit=4, in_flight_limit=3, allowance=self.allowance)
            for _ in range(2)
        ]
        self.now = 0
        self.count = 0

    def entries(self):
        return [each for table in self.tables for _, each in table.first(100)]

    def pick(self, table, number):
        entries = [each for _, each in table.first(100)]
        return entries[number % len(entries)] if entries else None

    @rule(
        which=st.integers(0, 1),
        payload=st.sampled_from([b"", b"1234", b"1" * 13, b"1" * 41, None]),
        ready=st.booleans(),
        internal=st.sampled_from([False, False, False, True]),
        twin=st.booleans(),
    )
    def submit(self, which, payload, ready, internal, twin):
        self.count += 1
        number = self.count - 1 if twin else self.count
        late = b"12345678" if payload is None else payload
        one = entry(
            f"{number}",
            (lambda: late) if payload is None else payload,
            resend=self.count % 2 == 0,
            internal=internal,
        )
        used, table = counts(self.allowance), self.tables[which]
        here = {each.id for _, each in table.first(100)}
        refused = None
        try:
            table.submit(one, self.now, queue_timeout=20.0, ready=ready)
        except (ums.Overloaded, ums.LocalProtocolError) as error:
            refused = error
        if refused is None:
            assert internal or used[0] < self.REQUESTS
            return
        assert isinstance(refused, ums.LocalProtocolError) is (one.id in here)
        assert counts(self.allowance) == used
        assert one.charged is None
        if "Limits.requests" in str(refused):
            assert used[0] >= self.REQUESTS
        if "Limits.request_bytes" in str(refused):
            assert used[1] + len(payload) > self.SIZE

    @rule(which=st.integers(0, 1), ready=st.booleans())
    def release(self, which, ready):
        self.tables[which].release(self.now, ready=ready)

    @rule(which=st.integers(0, 1), number=st.integers(0, 20))
    def encode(self, which, number):
        one = self.pick(self.tables[which], number)
        if one is None or not callable(one.payload):
            return
        one.payload = one.payload()
        used = self.allowance.request_bytes
        try:
            self.tables[which].weigh(one)
        except ums.Overloaded:
            assert used + len(one.payload) > self.SIZE
            self.tables[which].forget(one.id)

    @rule(which=st.integers(0, 1), number=st.integers(0, 20))
    def forget_payload(self, which, number):
        one = self.pick(self.tables[which], number)
        if one is not None:
            one.forget_payload()
            self.tables[which].weigh(one)

    @rule(
        which=st.integers(0, 1),
        number=st.integers(0, 20),
        again=st.booleans(),
        longer=st.booleans(),
    )
    def answer(self, which, number, again, longer):
        one = self.pick(self.tables[which], number)
        table = self.tables[which]
        answered = table.answer("never" if one is None else one.id)
        if answered is None or not again or not isinstance(answered.payload, bytes):
            return
        assert answered.charged is None
        self.count += 1
        payload = answered.payload + b"12345" * longer
        used = counts(self.allowance)
        stays = table.turn_back(answered, self.now, 1.0, (f"{self.count}", payload))
        if not stays:
            assert counts(self.allowance) == used

    @rule(which=st.integers(0, 1), number=st.integers(0, 20))
    def forget(self, which, number):
        one = self.pick(self.tables[which], number)
        if one is not None:
            assert self.tables[which].forget(one.id) is one
            assert one.charged is None

    @rule(which=st.integers(0, 1), step=st.integers(0, 12))
    def expire(self, which, step):
        self.now += step
        assert all(e.charged is None for e in self.tables[which].expire(self.now))

    @rule(which=st.integers(0, 1), unsent=st.sets(st.integers(0, 40), max_size=3))
    def drop_line(self, which, unsent):
        names = {f"{number}" for number in unsent}
        lost = self.tables[which].drop_line(names, self.now, 20.0)
        assert all(each.charged is None for each in lost)

    @rule(which=st.integers(0, 1))
    def drain(self, which):
        assert all(each.charged is None for each in self.tables[which].drain())

    @invariant()
    def it_is_exactly_what_the_tables_hold(self):
        entries = self.entries()
        sizes = [len(e.payload) for e in entries if isinstance(e.payload, bytes)]
        assert counts(self.allowance) == (len(entries), sum(sizes))
        assert all(each.charged is not None for each in entries)

    @invariant()
    def only_the_librarys_own_go_beyond(self):
        own = [each for each in self.entries() if each.internal]
        weight = sum(each.charged for each in own)
        assert self.allowance.requests <= self.REQUESTS + len(own)
        assert self.allowance.request_bytes <= self.SIZE + weight

    def teardown(self):
        for table in self.tables:
            table.drain()
        assert counts(self.allowance) == (0, 0)


TestShared = Shared.TestCase
