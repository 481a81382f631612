"""What is wrong with an argument is said at once, and nothing is asked."""

from __future__ import annotations

import math

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.testing.notifications import ACCOUNT

U1 = f"{ACCOUNT}.u1"
TEXTS = [None, "", 5, [], b"x"]
IDS = [*TEXTS[1:], "a\r\nb", "\ud800", "x" * 10_000, True]
SEQUENCES = [5, None, "12", b"12", [-1], ["x"], [True], [10**400], [1.5], {"a": 1}]
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
    *[("publish_text", (wrong,), {}) for wrong in [*TEXTS, "x" * 8001]],
    ("publish_text", ("a",), {"quick_replies": 5}),
    ("publish_private", (None,), {}),
    ("publish_rich", (None,), {}),
    ("publish_rich", ({"a": "x" * 15_000},), {}),
    ("publish_file", (None, "PNG"), {}),
    ("publish_file", ("/a", "PNG"), {"preview": 5}),
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
    *[("send_accept_status", (wrong,), {}) for wrong in SEQUENCES],
    *[("send_read_status", (wrong,), {}) for wrong in SEQUENCES],
    *[("participant", (wrong,), {}) for wrong in [None, *IDS]],
    ("send_accept_status", ([1], "NONSENSE"), {}),
    ("set_chat_state", ("NONSENSE",), {}),
    ("set_chat_state", (None,), {}),
]
CONVERSATION = [
    ("transfer", (), {}),
    *[("transfer", (), {"skill_id": wrong}) for wrong in IDS],
    *[("transfer", (), {"agent_id": wrong}) for wrong in IDS],
    *[("consumer_takeover", (wrong,), {}) for wrong in [None, *IDS]],
    *[("participant", (wrong,), {}) for wrong in [None, *IDS]],
    *[("get_dialog", (wrong,), {}) for wrong in [None, *IDS]],
    *[("dialog", (wrong,), {}) for wrong in TEXTS],
    ("set_note", (None,), {}),
    ("set_note", ("x" * 5001,), {}),
    ("set_agent_note", ("",), {}),
    ("set_agent_note", (5,), {}),
    ("set_agent_note", ("x" * 6000,), {}),
    ("set_agent_note", ("\ud800",), {}),
    ("set_agent_note", ("\ud800" * 6000,), {"truncate_enabled": True}),
    *[("set_agent_note", ("n",), {"agent_id": wrong}) for wrong in IDS],
    *[("set_agent_note", ("n",), {"note_id": wrong}) for wrong in IDS],
    *[("set_agent_note", ("n",), {"name": wrong}) for wrong in [*TEXTS[1:], "\ud800"]],
    ("set_ttr", ("NONSENSE",), {}),
    ("set_ttr", ("CUSTOM",), {"value": "x"}),
    ("set_ttr", ("CUSTOM",), {"value": -1}),
    ("set_manual_ettr", ("x",), {}),
    ("set_manual_ettr", (math.nan,), {}),
    ("set_manual_ettr", (10**400,), {}),
    ("set_ttr", ("CUSTOM",), {"value": 10**400}),
]
CONSUMERS = [("set_csat", (wrong,), {}) for wrong in [6, -1, "x", True, None, 4.0]] + [
    ("set_csat", (3,), {"status": "NONSENSE"}),
    *[("set_csat", (3,), {"resolved": wrong}) for wrong in ["yes", 1, [], 0.0]],
]
BRANDS = [
    ("join", ("MANAGER",), {}),
    ("leave", (), {}),
    ("transfer", (), {"skill_id": "1"}),
    ("back_to_queue", (), {}),
    ("send_private", ("psst",), {}),
    ("publish_private", ("psst",), {}),
    ("query_messages", (), {}),
    ("set_note", ("n",), {}),
    ("set_agent_note", ("n",), {}),
    ("set_manual_ettr", (5,), {}),
]


@pytest.fixture
def talk(office):
    return office.tell(("CONSUMER", "cons"), ("MANAGER", U1))


def short(case):
    return ascii(case)[:60]


def refused(office, thing, case):
    method, positional, named = case
    with pytest.raises(LocalProtocolError) as caught:
        getattr(thing, method)(*positional, **named)
    assert 15 < len(str(caught.value)) < 600
    assert str(caught.value).isprintable()
    assert office.asked == []


@pytest.mark.parametrize("case", SPEAKING + TAKING_PART + CONVERSATION, ids=short)
def test_a_conversation_refuses_it(office, talk, case):
    refused(office, talk, case)


@pytest.mark.parametrize("case", CONSUMERS, ids=short)
def test_a_consumers_conversation_refuses_it(consumers_office, case):
    refused(consumers_office, consumers_office.tell(), case)


@pytest.mark.parametrize("case", BRANDS, ids=short)
def test_what_only_agents_do_is_refused_to_consumers(consumers_office, case):
    refused(consumers_office, consumers_office.tell(), case)


def test_what_only_consumers_do_is_refused_to_agents(office, talk):
    refused(office, talk, ("set_csat", (4,), {}))


@pytest.mark.parametrize("case", SPEAKING + TAKING_PART + DIALOG, ids=short)
def test_a_dialog_refuses_it(office, talk, case):
    refused(office, talk.main_dialog, case)
