from __future__ import annotations

import msgspec
import pytest

from ums_actors.core.grant import Answer, Grant, Refusal, Refused


@pytest.mark.parametrize(
    "answer",
    [
        Grant(shard=1, owner="a", epoch=2, book=3),
        Refused(shard=1, why=Refusal.HELD, book=3, owner="a", retry_after=0.5),
    ],
)
def test_an_answer_can_be_sent_over_a_wire(answer):
    data = msgspec.json.encode(answer)
    assert msgspec.json.decode(data, type=Answer) == answer
