"""What was once written by a schema is read for ever.

``kept_1.json`` was written by the first version, and is never changed. A later schema
gets a file of its own beside it.
"""

from __future__ import annotations

import ast
import inspect
import json
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from ums_actors.core import kept
from ums_actors.core.card import Card
from ums_actors.core.keeping import capture, document, written
from ums_actors.core.kept import Place
from ums_actors.core.linger import TOLD
from ums_actors.core.recalling import recall, recalled

FIRST = Path(__file__).with_name("kept_1.json")
RECORDS = (
    kept.Kept,
    kept.KeptConversation,
    kept.KeptDialog,
    kept.KeptMember,
    kept.KeptMessage,
    kept.KeptMark,
    kept.Place,
)


@pytest.fixture
def first():
    whole = recall(
        FIRST.read_bytes(), kinds=("connection",), conversations=10, dialogs=10
    )
    return whole, [recalled(each, messages=100) for each in whole.conversations]


def test_the_first_schema_is_read(first):
    whole, [rich, bare] = first
    assert (whole.account, whole.user, whole.side) == (
        "12345678",
        "12345678.7",
        "brand",
    )
    assert (whole.bodies, whole.history_until) == (True, 1_700_000_000_000)
    assert whole.finished == {"finished": 12}
    assert whole.places == {
        "rich": Place(4, 1_700_000_000_300, True, True, "rich", {"consumer": 2}),
        "loose": Place(),
    }
    facts = rich.facts
    assert (facts.conversation_id, facts.account_id, facts.skill_id) == (
        *("rich", "12345678", "17"),
    )
    assert (facts.group_id, facts.note, facts.topic) == ("g", "a note", "a topic")
    assert (facts.state, facts.stage, facts.close_reason) == (
        "CLOSE",
        "LOCKED",
        "AGENT",
    )
    assert (facts.started, facts.ended, facts.updated, facts.changed) == (
        *(1_700_000_000_000, 1_700_000_000_100, 1_700_000_000_200, 1_700_000_000_300),
    )
    assert facts.first_conversation
    assert (facts.ttr.ttr_type, facts.ttr.value) == ("CUSTOM", 300)
    assert (facts.effective_ttr, facts.manual_ettr) == (-1, 1_700_000_000_400)
    assert facts.delay == {"type": "DELAYED", "tillWhen": 1_700_000_000_500}
    assert facts.csat is not None
    assert (facts.csat.csat_rate, facts.csat.status) == (4, "FILLED")
    assert facts.csat.csat_resolution_confirmation
    assert (facts.campaign.campaign_id, facts.campaign.engagement_id) == ("ca", "en")
    assert (facts.handler.account_id, facts.handler.skill_id) == ("hacc", "hskill")
    assert facts.app_install_id == "app"
    assert msgspec.json.decode(facts.context) == {"type": "SharkContext", "x": [1]}
    assert facts.unread == {"consumer": 2}
    assert facts.last_content is not None
    assert facts.last_content.event.text == "the last"
    assert (facts.last_content.dialog_id, facts.last_content.sequence) == ("rich", 5)
    main, survey = facts.dialogs
    assert [
        (each.user_id, each.agent_id, each.role, each.state) for each in main.members
    ] == [
        ("pid", "12345678.7", "ASSIGNED_AGENT", "ACTIVE"),
        ("consumer", None, "CONSUMER", "ACTIVE"),
        ("12345678.9", "12345678.9", "ASSIGNED_AGENT", "SUGGESTED"),
    ]
    assert (survey.dialog_type, survey.channel_type, survey.state) == (
        *("POST_SURVEY", "COBROWSE", "CLOSE"),
    )
    assert (survey.created, survey.ended, survey.updated) == (1, 2, 3)
    assert (survey.closed_by, survey.closed_cause) == ("SYSTEM", "done")
    assert survey.meta_data == {"appInstallId": "x"}
    assert (rich.consumer, rich.webhooks, bare.webhooks) == ("consumer", True, False)
    text, form, digested = rich.said["rich"]
    assert text.record.event.text == "hello"
    assert (text.record.originator_id, text.record.originator_pid) == (
        "12345678.7",
        "pid",
    )
    assert (text.record.role, text.record.server_timestamp) == (
        "ASSIGNED_AGENT",
        1_700_000_000_001,
    )
    assert text.record.message_audience == "AGENTS_AND_MANAGERS"
    assert text.record.metadata == [{"type": "ExternalId", "id": "e"}]
    assert text.record.event.quick_replies == {"replies": []}
    assert text.record.originator_metadata.client_properties == {"appId": "a"}
    assert [tuple(each) for each in text.marks] == [("consumer", "CONSUMER", "READ")]
    assert form.record.event.content == {"type": "vertical"}
    assert (digested.sequence, digested.digest) == (4, "ab" * 32)
    assert [each.sequence for each in rich.said["gone"]] == [0]
    assert (bare.facts.conversation_id, bare.note_digest) == ("bare", "cd" * 32)
    assert (bare.facts.stage, bare.facts.csat, bare.said) == ("OPEN", None, {})


def test_it_is_written_as_it_was(first):
    whole, found = first
    conversations = []
    for each in found:
        card = Card(each.facts)
        card.consumer_id = each.consumer
        card.sources = (TOLD,) if each.webhooks else ()
        for where, said in each.said.items():
            card.talk_in(where, 100).recall(said)
        sight = capture(card, lambda _: None, note_digest=each.note_digest)
        conversations.append(written(sight, bodies=True))
    again = document(
        *("connection", conversations),
        account=whole.account,
        user=whole.user,
        side=whole.side,
        bodies=True,
        places=whole.places,
        finished=whole.finished,
        history_until=whole.history_until,
    )
    assert json.loads(again) == json.loads(FIRST.read_bytes())


def test_the_first_schema_has_no_other_fields():
    told = json.loads(FIRST.read_bytes())
    for record, parts in (
        (kept.Kept, [told]),
        (kept.KeptConversation, told["conversations"]),
        (kept.Place, told["places"].values()),
        (kept.KeptDialog, told["conversations"][0]["dialogs"]),
    ):
        names = {each.encode_name for each in msgspec.structs.fields(record)}
        assert names == {name for part in parts for name in part}, record
    messages = told["conversations"][0]["dialogs"][0]["messages"]
    messages.append(told["conversations"][0]["last_content"])
    names = {each.encode_name for each in msgspec.structs.fields(kept.KeptMessage)}
    assert names == {name for part in messages for name in part}


@pytest.mark.parametrize("record", RECORDS)
def test_each_record_and_each_field_of_it_says_what_it_is(record):
    assert (record.__doc__ or "").strip()
    [told] = ast.parse(inspect.getsource(record)).body
    for field, next_to_it in pairwise([*told.body, ast.Pass()]):
        if isinstance(field, ast.AnnAssign):
            text = getattr(getattr(next_to_it, "value", None), "value", None)
            assert isinstance(text, str), (record, ast.unparse(field))
