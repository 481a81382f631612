from __future__ import annotations

import base64

import msgspec
import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.beside import checked_encoded_metadata, checked_metadata
from ums_actors.protocol.metadata import (
    ActionReason,
    BotResponse,
    BusinessCase,
    EscalationSummary,
    ExternalId,
    IBMWatsonInfo,
    Intent,
)


def wire(metadata):
    return msgspec.json.decode(msgspec.json.encode(checked_metadata(metadata)))


SAME = [
    (
        ActionReason(reason="escalated_by_bot", reason_id="3"),
        {"type": "ActionReason", "reason": "escalated_by_bot", "reason_id": "3"},
        {"type": "ActionReason", "reason": "escalated_by_bot", "reasonId": "3"},
    ),
    (
        BotResponse(
            external_conversation_id="x",
            business_cases=["pay"],
            intents=[Intent(id="i", name="n", confidence="high", confidence_score=0.5)],
        ),
        {
            "type": "BotResponse",
            "external_conversation_id": "x",
            "business_cases": ["pay"],
            "intents": [
                {"id": "i", "name": "n", "confidence": "high", "confidence_score": 0.5}
            ],
        },
        {
            "type": "BotResponse",
            "externalConversationId": "x",
            "businessCases": ["pay"],
            "intents": [
                {"id": "i", "name": "n", "confidence": "high", "confidenceScore": 0.5}
            ],
        },
    ),
    (
        EscalationSummary(
            escalation_cause="escalated_by_user",
            business_cases=[BusinessCase(id="hi", time=9)],
            conversation_duration=22,
            escalated_during_business_case="pay",
        ),
        {
            "type": "EscalationSummary",
            "escalation_cause": "escalated_by_user",
            "business_cases": [{"id": "hi", "time": 9}],
            "conversation_duration": 22,
            "escalated_during_business_case": "pay",
        },
        {
            "type": "EscalationSummary",
            "escalationCause": "escalated_by_user",
            "businessCases": [{"id": "hi", "time": 9}],
            "conversationDuration": 22,
            "escalatedDuringBusinessCase": "pay",
        },
    ),
    (
        ExternalId(id="card-1"),
        {"type": "ExternalId", "id": "card-1"},
        {"type": "ExternalId", "id": "card-1"},
    ),
    (
        IBMWatsonInfo(info={"anything": [1]}),
        {"type": "IBMWatsonInfo", "anything": [1]},
        {"type": "IBMWatsonInfo", "anything": [1]},
    ),
]
EACH = pytest.mark.parametrize(
    ("entry", "mapping", "expected"), SAME, ids=[type(s[0]).__name__ for s in SAME]
)


@EACH
def test_struct_mapping_and_wire_form_are_one(entry, mapping, expected):
    assert wire(entry) == wire([entry]) == [expected]
    assert wire(mapping) == wire((mapping,)) == [expected]
    assert wire(expected) == [expected]


def test_members_of_a_struct_may_be_mappings_of_either_form():
    intents = [{"id": "a", "confidence_score": 1}, {"id": "b", "confidenceScore": 0}]
    assert wire(BotResponse(intents=intents))[0]["intents"] == [
        {"id": "a", "confidenceScore": 1},
        {"id": "b", "confidenceScore": 0},
    ]


def test_other_types_and_other_keys_pass_as_they_are():
    own = {"type": "Custom", "reason_id": 5}
    more = {"type": "ExternalId", "id": "a", "newsOfTomorrow": 1}
    assert wire([own, more]) == [own, more]


def test_a_struct_of_the_users_own_passes():
    class Own(msgspec.Struct, tag="Own"):
        size: int

    assert wire(Own(5)) == [{"type": "Own", "size": 5}]


def test_nothing_is_nothing():
    assert checked_metadata(None) is None
    assert checked_metadata([]) is None


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ({"type": "ActionReason", "reason": "x" * 65}, "ActionReason.reason must be"),
        ({"type": "ActionReason", "reasonId": "x" * 65}, "ActionReason.reason_id"),
        ({"type": "ActionReason", "reason": 5}, "ActionReason.reason must be"),
        ({"type": "ExternalId", "id": "x" * 65}, "ExternalId.id must be"),
        ({"type": "ExternalId", "id": ""}, "ExternalId.id must be"),
        ({"type": "ExternalId"}, "ExternalId in metadata lacks id"),
        ({"type": "BotResponse", "intents": [{}]}, "Intent in metadata lacks id"),
        ({"type": "BotResponse", "intents": [{"id": "i"}] * 17}, "at most 16"),
        ({"type": "BotResponse", "intents": [5]}, "a list of Intent or mappings"),
        ({"type": "BotResponse", "intents": "i"}, "BotResponse.intents must be a list"),
        (
            {"type": "BotResponse", "intents": [{"id": "i", "confidenceScore": 1.1}]},
            "Intent.confidence_score must be a number from 0 to 1",
        ),
        (
            {"type": "BotResponse", "intents": [{"id": "i", "confidenceScore": True}]},
            "Intent.confidence_score",
        ),
        ({"type": "BotResponse", "businessCases": ["x" * 257]}, "business_cases"),
        ({"type": "BotResponse", "externalConversationId": "x" * 65}, "external_conv"),
        (
            {"type": "EscalationSummary", "escalationCause": "x" * 65},
            "escalation_cause",
        ),
        ({"type": "EscalationSummary", "conversationDuration": -1}, "0 or more"),
        ({"type": "EscalationSummary", "conversationDuration": "9"}, "an int"),
        (
            {"type": "EscalationSummary", "businessCases": [{"id": "x" * 257}]},
            "BusinessCase.id",
        ),
        ({"type": "EscalationSummary", "escalatedDuringBusinessCase": 5}, "0 to 256"),
        ({}, "must be an object with a type"),
        ({"type": ""}, "must be an object with a type"),
        ({"type": 5}, "must be an object with a type"),
        ("ExternalId", "must be an object with a type"),
        ([5], "must be an object with a type"),
        ([{"type": "m"}] * 101, "at most 100"),
    ],
)
def test_a_limit_that_is_broken_is_named(entry, text):
    with pytest.raises(LocalProtocolError, match=text):
        checked_metadata(entry)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ActionReason(reason="x" * 65),
        lambda: Intent(id="x", confidence_score=2),
        lambda: BotResponse(intents=[Intent(id="i")] * 17),
        lambda: EscalationSummary(conversation_duration=-1),
        lambda: ExternalId(id=""),
        lambda: IBMWatsonInfo(info=5),
    ],
)
def test_a_struct_checks_itself(make):
    with pytest.raises(LocalProtocolError):
        make()


def test_encoded_metadata_is_base64_of_bounded_length():
    text = base64.b64encode(b"{}").decode()
    assert checked_encoded_metadata(text) == text
    assert checked_encoded_metadata(None) is None
    longest = base64.b64encode(b"x" * 3840).decode()
    assert checked_encoded_metadata(longest) == longest


@pytest.mark.parametrize("text", ["", "{}", "a", "YQ==\n", 5, b"e30=", "A" * 5124])
def test_other_encoded_metadata_is_refused(text):
    with pytest.raises(LocalProtocolError, match="base64 text of 1 to 5120"):
        checked_encoded_metadata(text)
