from __future__ import annotations

import pytest

from ums_actors.core.outcome import Outcome, outcome_of
from ums_actors.errors import (
    ConnectionLost,
    Delivery,
    LocalProtocolError,
    Overloaded,
    RemoteProtocolError,
    RequestRejected,
    RequestTimedOut,
)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, Outcome.ANSWERED),
        (RequestRejected(400), Outcome.REJECTED_4XX),
        (RequestRejected(499), Outcome.REJECTED_4XX),
        (RequestRejected(429), Outcome.REJECTED_429),
        (RequestRejected(500), Outcome.REJECTED_5XX),
        (Overloaded("full"), Outcome.NOT_SENT),
        (RequestTimedOut("late", delivery=Delivery.UNKNOWN), Outcome.UNKNOWN),
        (ConnectionLost("lost", delivery=Delivery.NOT_SENT), Outcome.NOT_SENT),
        (ConnectionLost("crash", delivery=Delivery.ANSWERED), Outcome.FAILED),
        (RemoteProtocolError("no JSON"), Outcome.FAILED),
        (LocalProtocolError("not to be encoded"), Outcome.FAILED),
        (KeyError("a bug"), Outcome.FAILED),
    ],
)
def test_each_end_of_a_request_has_an_outcome(error, outcome):
    assert outcome_of(error) is outcome
