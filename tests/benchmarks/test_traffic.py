from __future__ import annotations

import json
from itertools import islice

import pytest

from benchmarks.traffic import (
    AGENT,
    FRAME_SIZE,
    SNAPSHOT,
    conversation_frame,
    conversation_id,
    message_frame,
    traffic,
)
from benchmarks.workload import SUBSCRIPTION


@pytest.mark.parametrize("number", [0, 7, 9_999])
@pytest.mark.parametrize("version", [0, 41])
def test_every_conversation_has_the_size_it_is_said_to_have(number, version):
    assert len(conversation_frame(number, version)) == FRAME_SIZE
    assert len(conversation_frame(number, version, content=version)) == FRAME_SIZE


def test_an_event_comes_before_the_conversation_that_repeats_it():
    frames = [(kind, json.loads(data)) for kind, data in islice(traffic(2), 8)]
    assert [kind for kind, _ in frames] == [False, True] * 4
    said = [frame["body"] for kind, frame in frames if not kind]
    assert [(each["conversationId"], each["sequence"]) for each in said] == [
        (conversation_id(0), 0),
        (conversation_id(1), 0),
        (conversation_id(0), 1),
        (conversation_id(1), 1),
    ]
    told = [frame["body"]["changes"][0]["result"] for kind, frame in frames if kind]
    assert [each["convId"] for each in told] == [each["dialogId"] for each in said]
    last = [each["lastContentEventNotification"]["sequence"] for each in told]
    assert last == [0, 0, 0, 0]  # a status is no content


def test_texts_are_the_consumers_and_the_agent_has_read_them():
    text, read = (json.loads(message_frame(3, each))["body"] for each in (4, 5))
    assert text["event"]["type"] == "ContentEvent"
    assert text["originatorMetadata"]["role"] == "CONSUMER"
    assert (read["originatorId"], read["event"]["sequenceList"]) == (AGENT, [4])


def test_all_is_of_one_subscription():
    frames = [SNAPSHOT, conversation_frame(1, 1)]
    told = {json.loads(each)["body"]["subscriptionId"] for each in frames}
    assert told == {SUBSCRIPTION}
