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


@pytest.mark.parametrize(("resend", "left"), [(False, None), (True, b"{}")])
def test_a_payload_that_may_be_needed_again_is_kept(resend, left):
    entry = Entry("1", "GetClock", b"{}", None, 10.0, resend)
    entry.forget_payload()
    assert entry.payload == left
