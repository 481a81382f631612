from __future__ import annotations

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol import fields


def told(call):
    assert call.type == fields.UPDATE_CONVERSATION
    assert call.body["conversationId"] == "C"
    return call.body["conversationField"]


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (fields.set_note("C", "n"), {"field": "Note", "note": "n"}),
        (fields.set_note("C", ""), {"field": "Note", "note": ""}),
        (fields.set_topic("C", "t"), {"field": "TopicField", "topic": "t"}),
        (
            fields.set_ttr("C", "URGENT"),
            {"field": "TTRField", "ttrType": "URGENT", "value": 0},
        ),
        (
            fields.set_ttr("C", "CUSTOM", 60),
            {"field": "TTRField", "ttrType": "CUSTOM", "value": 60},
        ),
        (fields.set_manual_ettr("C", 5), {"field": "ManualETTR", "time": 5}),
        (fields.set_manual_ettr("C", None), {"field": "ManualETTR", "time": 0}),
        *(
            (
                fields.set_csat("C", rate, None, status),
                {
                    "field": "CSATRate",
                    "csatRate": told,
                    "csatResolutionConfirmation": None,
                    "status": status,
                },
            )
            for rate, told, status in (
                ("4", "4", "FILLED"),
                (0, "0", "PARTIALLY_FILLED"),
                (None, None, "SKIPPED"),
                (None, None, "EMPTY"),
            )
        ),
        (
            fields.set_delay("C", 7),
            {"field": "DelayField", "delay": {"type": "NIGHT", "tillWhen": 7}},
        ),
        (
            fields.set_csat("C", 4, True),
            {
                "field": "CSATRate",
                "csatRate": "4",
                "csatResolutionConfirmation": True,
                "status": "FILLED",
            },
        ),
    ],
)
def test_one_field_goes_bare_as_the_reference_sends_it(call, field):
    assert told(call) == field


def test_a_takeover_takes_one_consumer_out_and_puts_the_other_in():
    change = {"field": "ParticipantsChange", "role": "CONSUMER"}
    assert told(fields.take_over("C", "old", "new")) == [
        {**change, "userId": "old", "type": "REMOVE"},
        {**change, "userId": "new", "type": "ADD"},
    ]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: fields.set_note("C", None), "note must be a string.*'' clears it"),
        (lambda: fields.set_note("C", "x" * 5001), "5,001 characters, 5,000 are"),
        (lambda: fields.set_note("", "x"), "conversation_id='' must be"),
        (lambda: fields.set_topic("C", ""), "topic must be"),
        (lambda: fields.set_ttr("C", "SOON"), "ttr_type='SOON' must be one of"),
        (lambda: fields.set_ttr("C", "CUSTOM"), "value=None must be .* 1 or more"),
        (lambda: fields.set_ttr("C", "CUSTOM", 0), "value=0 must be .* 1 or more"),
        (lambda: fields.set_ttr("C", "NORMAL", 1.5), "value=1.5 must be .* 0 or more"),
        (lambda: fields.set_manual_ettr("C", -1), "time=-1 must be"),
        (lambda: fields.set_manual_ettr("C", True), "time=True must be"),
        (lambda: fields.set_delay("C", -1), "until=-1 must be"),
        (lambda: fields.set_delay("C", 1, ""), "delay_type='' must be"),
        (lambda: fields.set_csat("C", 6), "rate=6 must be"),
        (lambda: fields.set_csat("C", "6"), "rate='6' must be"),
        (lambda: fields.set_csat("C", "04"), "rate='04' must be"),
        (lambda: fields.set_csat("C", True), "rate=True must be"),
        (lambda: fields.set_csat("C", 4.0), "rate=4.0 must be"),
        (lambda: fields.set_csat("C", None), "rate=None must be .* other than FILLED"),
        (lambda: fields.set_csat("C", 4, "yes"), "resolved='yes' must be"),
        (lambda: fields.set_csat("C", 4, status="X"), "status='X' must be one of"),
        (lambda: fields.take_over("C", "a", "a"), "'a' is the conversation's consumer"),
        (lambda: fields.take_over("C", "a", ""), "new_consumer_id='' must be"),
    ],
)
def test_what_is_of_no_use_is_named_with_its_rule(call, told):
    with pytest.raises(LocalProtocolError, match=told):
        call()
