"""What is wrong with an argument is said at once, and nothing is asked."""

from __future__ import annotations

import math

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.testing.notifications import ACCOUNT

U1 = f"{ACCOUNT}.u1"
TEXTS = [None, "", 5, [], b"x"]
WORDS = ["NONSENSE", "", 5, ["MANAGER"]]

SPEAKING = [("send_text", (wrong,), {}) for wrong in [*TEXTS, "x" * 8001]] + [
    ("send_text", ("a",), {"quick_replies": 5}),
    ("send_private", (None,), {}),
    ("send_rich", (None,), {}),
    ("send_rich", ("text",), {}),
    ("send_rich", ({"a": "x" * 15_000},), {}),
    ("send_file", (None, "PNG"), {}),
    ("send_file", ("/a", ""), {}),
    ("send_file", ("/a", "PNG"), {"preview": 5}),
    ("query_messages", (), {"newer_than": "x"}),
    ("query_messages", (), {"older_than": 1.5}),
    ("query_messages", (), {"max_quantity": 0}),
    ("query_messages", (), {"max_quantity": "x"}),
]
TAKING_PART = [("join", (wrong,), {}) for wrong in [None, *WORDS]] + [
    ("leave", (wrong,), {}) for wrong in WORDS
]
DIALOG = [
    ("close", (), {"reason": "NONSENSE"}),
    ("close", (), {"cause": 5}),
    ("send_accept_status", ([-1],), {}),
    ("send_accept_status", (["x"],), {}),
    ("send_accept_status", ([1], "NONSENSE"), {}),
    ("set_chat_state", ("NONSENSE",), {}),
    ("set_chat_state", (None,), {}),
]
CONVERSATION = [
    ("transfer", (), {}),
    ("transfer", (), {"skill_id": 5}),
    ("transfer", (), {"skill_id": ""}),
    ("transfer", (), {"agent_id": 5}),
    ("transfer", (), {"agent_id": ""}),
    ("consumer_takeover", (None,), {}),
    ("consumer_takeover", ("",), {}),
    ("set_note", (None,), {}),
    ("set_note", ("x" * 5001,), {}),
    ("set_agent_note", ("",), {}),
    ("set_agent_note", (5,), {}),
    ("set_agent_note", ("x" * 6000,), {}),
    ("set_ttr", ("NONSENSE",), {}),
    ("set_ttr", ("CUSTOM",), {"value": "x"}),
    ("set_ttr", ("CUSTOM",), {"value": -1}),
    ("set_manual_ettr", ("x",), {}),
    ("set_manual_ettr", (math.nan,), {}),
    ("set_csat", (6,), {}),
    ("set_csat", ("x",), {}),
    ("set_csat", (3,), {"status": "NONSENSE"}),
]


@pytest.fixture
def talk(office):
    return office.tell(("CONSUMER", "cons"), ("MANAGER", U1))


def refused(office, thing, case):
    method, positional, named = case
    with pytest.raises(LocalProtocolError) as caught:
        getattr(thing, method)(*positional, **named)
    assert len(str(caught.value)) > 15
    assert office.asked == []


@pytest.mark.parametrize("case", SPEAKING + TAKING_PART + CONVERSATION, ids=repr)
def test_a_conversation_refuses_it(office, talk, case):
    refused(office, talk, case)


@pytest.mark.parametrize("case", SPEAKING + TAKING_PART + DIALOG, ids=repr)
def test_a_dialog_refuses_it(office, talk, case):
    refused(office, talk.main_dialog, case)
