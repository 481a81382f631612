from __future__ import annotations

import json

import pytest

from benchmarks.feeding import Feeding
from benchmarks.process import LineProcess
from benchmarks.traffic import conversation_frame, message_frame


@pytest.fixture
def feeding():
    with Feeding() as found:
        yield found


def test_frames_become_objects_and_nothing_is_missing(feeding):
    feeding.open(3)
    feeding.check(3, 0)
    for number in range(3):
        feeding.take(conversation_frame(number, 1))
    feeding.check(3, 1)


def test_updating_alone_has_the_object_true_as_well(feeding):
    feeding.open(1)
    feeding.update(conversation_frame(0, 5))
    feeding.check(1, 5)


def test_an_object_that_is_behind_is_noticed(feeding):
    feeding.open(2)
    feeding.take(conversation_frame(1, 1))
    said = pytest.raises(RuntimeError, match="of 2 conversations 2 are known and 1 as")
    with said:
        feeding.check(2, 1)


def test_a_conversation_that_is_not_known_is_noticed(feeding):
    feeding.open(1)
    with pytest.raises(RuntimeError, match="of 2 conversations 1 are known"):
        feeding.check(2, 0)


def test_a_notification_that_fails_is_noticed(feeding):
    feeding.open(1)
    bad = json.loads(conversation_frame(0, 1))
    feeding.take(json.dumps({**bad, "body": 5}).encode())
    with pytest.raises(RuntimeError, match="1 notifications failed"):
        feeding.check(1, 0)


def test_traffic_that_leaves_a_message_out_would_be_noticed(feeding):
    feeding.take(message_frame(0, 1))  # 0 is missing: asked for once there is a line
    feeding.take(conversation_frame(0, 1))
    (wanted,) = feeding._kernel.streams.queries()
    assert wanted.newer_than == -1


def test_what_is_no_notification_is_refused(feeding):
    response = {"kind": "resp", "reqId": "1", "code": 200, "body": {}}
    with pytest.raises(TypeError, match="a notification was due"):
        feeding.take(json.dumps(response).encode())


def test_the_holder_says_what_conversations_take_in_its_process():
    with LineProcess("benchmarks.holder", "200") as holder:
        found = holder.read(30)
    assert found["known"] == 200
    assert found["memory"] > 200 * 500
