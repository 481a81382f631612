from __future__ import annotations

from ums_actors.core.grant import Grant
from ums_actors.core.ownership import (
    Acquire,
    Answered,
    Begin,
    Due,
    End,
    Left,
    Release,
    Renew,
    Standing,
    Vacate,
)

LEASE = Grant(shard=1, owner="a", epoch=2, book=3)


def test_events_and_actions_are_equal_by_what_they_say():
    assert Due() == Due(0.0)
    assert Answered(1, None) == Answered(1, None, 0.0) != Answered(2, None)
    assert (Left(), Acquire(1), Begin(2), End(2)) == (
        Left(),
        Acquire(1),
        Begin(2),
        End(2),
    )
    assert Renew(1, LEASE) != Renew(1, Grant(shard=1, owner="a", epoch=3, book=3))
    assert Release(LEASE) == Release(LEASE)
    assert Vacate(2, "why") != Vacate(2, "another")
    assert [str(each) for each in Standing] == ["FREE", "HELD", "ENDING", "LEFT"]
