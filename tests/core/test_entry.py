from __future__ import annotations

import pytest

from ums_actors.core.entry import Entry
from ums_actors.errors import Delivery


@pytest.mark.parametrize(
    ("sent", "doubtful", "delivery"),
    [
        (False, False, Delivery.NOT_SENT),
        (True, False, Delivery.UNKNOWN),
        (False, True, Delivery.UNKNOWN),
        (True, True, Delivery.UNKNOWN),
    ],
)
def test_delivery_is_unknown_once_a_line_may_have_taken_it(sent, doubtful, delivery):
    entry = Entry("1", "GetClock", b"{}", None, 10.0)
    entry.sent, entry.doubtful = sent, doubtful
    assert entry.delivery is delivery


def test_a_new_entry_has_been_nowhere_and_belongs_to_no_line():
    entry = Entry("1", "GetClock", b"{}", "reply", 10.0)
    assert (entry.resend, entry.internal, entry.sent, entry.doubtful) == (False,) * 4
    assert (entry.queue_until, entry.answer_by, entry.round) == (None, 0.0, 0)
    assert (entry.refusals, entry.refused_as) == (0, "")
    assert entry.charged is None
    assert entry != Entry("1", "GetClock", b"{}", "reply", 10.0)  # each is itself


@pytest.mark.parametrize(("resend", "left"), [(False, None), (True, b"{}")])
def test_a_payload_that_may_be_needed_again_is_kept(resend, left):
    entry = Entry("1", "GetClock", b"{}", None, 10.0, resend)
    entry.forget_payload()
    assert entry.payload == left


@pytest.mark.parametrize(
    ("written", "resend", "internal", "stays"),
    [
        (False, False, False, True),
        (True, False, False, False),
        (True, True, False, True),
        (False, False, True, False),
        (False, True, True, False),
    ],
)
def test_an_entry_outlives_its_line_if_it_may_be_sent_on_the_next(
    written, resend, internal, stays
):
    entry = Entry("1", "GetClock", b"{}", None, 10.0, resend, internal)
    entry.sent = True
    assert entry.outlives_line(written=written) is stays
    assert entry.sent is written


def test_an_entry_that_rested_when_its_line_died_was_not_sent():
    entry = Entry("1", "GetClock", b"{}", None, 10.0)
    assert entry.outlives_line(written=True)
    assert entry.delivery is Delivery.NOT_SENT


def test_the_patience_with_the_first_line_is_that_with_all():
    entry = Entry("1", "GetClock", b"{}", None, 10.0, resend=True)
    entry.sent = True
    assert entry.wait_again(60.0) == 60.0
    assert entry.wait_again(90.0) == 60.0
    assert entry.sent is False
    assert entry.delivery is Delivery.UNKNOWN
