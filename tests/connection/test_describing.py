"""What is said of a conversation as a whole, and what the other side sees of it."""

from __future__ import annotations

import json

import pytest

import ums_actors as ums
from ums_actors import requests as rq

HOUR = 3_600_000
ALL = {"stage": ["OPEN", "CLOSE"]}


@pytest.fixture
def bot(emulator, start):
    proxy = start(emulator, default_subscription_query=ALL)
    proxy.open(wait_for_ready=True).get(timeout=10)
    return proxy


@pytest.fixture
def both(bot, consumer, events):
    """Give a conversation as each has it, and what each hears of it."""
    heard = events(bot, ums.ConversationEvent)
    theirs = events(consumer, ums.ConversationEvent)
    talk = consumer.create_conversation(skill_id="4").get(timeout=5)
    told = heard.wait(of(talk)).conversation
    own = theirs.wait(of(talk)).conversation
    told.join("ASSIGNED_AGENT").get(timeout=5)
    heard.wait(a(ums.ParticipantAdded))
    return told, heard, own, theirs


def of(conversation_id, kind=ums.Event):
    return lambda event: (
        isinstance(event, kind) and event.conversation_id == conversation_id
    )


def a(kind):
    return lambda event: isinstance(event, kind)


# -- satisfaction


@pytest.mark.parametrize(
    ("rate", "resolved", "status", "seen"),
    [
        ("5", True, "FILLED", 5),
        (0, False, "FILLED", 0),
        (3, None, "PARTIALLY_FILLED", 3),
        (None, None, "SKIPPED", None),
        (None, None, "EMPTY", None),
    ],
)
def test_a_brand_hears_how_satisfied_a_consumer_is(both, rate, resolved, status, seen):
    told, heard, own, theirs = both
    own.close().get(timeout=5)
    heard.wait(a(ums.ConversationClosed))  # it may be said after the end
    own.set_csat(rate, resolved, status).get(timeout=5)
    for sight, side in ((heard, told), (theirs, own)):
        changed = sight.wait(a(ums.CsatChanged))
        assert changed.previous is None
        found = changed.current
        assert (found.csat_rate, found.status) == (seen, status)
        assert found.csat_resolution_confirmation is resolved
        assert side.csat == found


def test_satisfaction_can_be_said_anew_and_wrongly_it_cannot(both, emulator):
    told, heard, own, _ = both
    own.set_csat(1).get(timeout=5)
    heard.wait(a(ums.CsatChanged))
    own.set_csat("4", True).get(timeout=5)
    changed = heard.wait(a(ums.CsatChanged))
    assert (changed.previous.csat_rate, changed.current.csat_rate) == (1, 4)
    for wrong in ("6", -1, 4.0, None, "", "five"):
        with pytest.raises(ums.LocalProtocolError, match="from 0 to 5"):
            own.set_csat(wrong)
    with pytest.raises(ums.NotSupported, match="only the consumer"):
        told.set_csat(4)
    request = {
        "type": "cm.UpdateConversationField",
        "body": {
            "conversationId": own.conversation_id,
            "conversationField": {"field": "CSATRate", "csatRate": "9"},
        },
    }
    with pytest.raises(ums.RequestRejected, match="400"):
        own._office._kernel.root.proxy().send(request).get(timeout=5)
    assert told.csat.csat_rate == 4


# -- until when an answer is due


def test_when_an_answer_is_due_follows_type_hand_and_neither(both, eventually):
    told, heard, own, _ = both
    own.send_text("hello").get(timeout=5)
    eventually(lambda: told.ttr_effective not in (None, -1))
    said = told.last_message.time
    assert (told.ttr_type, told.ttr_value) == ("NORMAL", 3600)
    assert told.ttr_effective == said + HOUR
    for kind, value, seconds in (
        ("URGENT", None, 300),
        ("PRIORITIZED", None, 600),
        ("CUSTOM", 120, 120),
        ("NORMAL", None, 3600),
    ):
        told.set_ttr(kind, value).get(timeout=5)
        changed = heard.wait(a(ums.TtrChanged))
        assert (changed.current.ttr_type, changed.current.value) == (kind, seconds)
        assert told.ttr_effective == said + seconds * 1000
    told.set_manual_ettr(said + 2 * HOUR).get(timeout=5)
    assert heard.wait(a(ums.ManualEttrChanged)).current == said + 2 * HOUR
    assert (told.ttr_effective, told.ttr_effective_manual) == (said + 2 * HOUR,) * 2
    told.set_manual_ettr(None).get(timeout=5)
    changed = heard.wait(a(ums.ManualEttrChanged))
    assert (changed.previous, changed.current) == (said + 2 * HOUR, None)
    assert (told.ttr_effective, told.ttr_effective_manual) == (said + HOUR, None)
    told.send_text("hi").get(timeout=5)
    eventually(lambda: told.ttr_effective == -1)  # nothing is due


def test_a_consumer_may_say_how_soon_and_not_until_when(both):
    told, heard, own, _ = both
    own.set_ttr("URGENT").get(timeout=5)
    assert heard.wait(a(ums.TtrChanged)).current.ttr_type == "URGENT"
    with pytest.raises(ums.NotSupported):
        own.set_manual_ettr(told.start_time + HOUR)
    for wrong in (("SOON",), ("CUSTOM",), ("CUSTOM", 0), ("NORMAL", -1)):
        with pytest.raises(ums.LocalProtocolError):
            told.set_ttr(*wrong)
    for wrong in (-1, "x", 1.5):
        with pytest.raises(ums.LocalProtocolError, match="milliseconds"):
            told.set_manual_ettr(wrong)


def test_the_answers_are_the_words_that_published_clients_compare(bot, consumer, both):
    talk = both[0].conversation_id
    for connection, request, words in (
        (bot, rq.SetTtr(talk, "URGENT"), "Update TTR ended successfully"),
        (bot, rq.SetManualEttr(talk, 5), "Update manual Ettr ended successfully"),
        (bot, rq.SetNote(talk, "n"), "OK Update note success"),
        (consumer, rq.SetCsat(talk, 4), "OK CSAT processed successfully"),
    ):
        assert connection.send(request).get(timeout=5) == words


# -- where it comes from, and whose it is


@pytest.mark.parametrize(
    "context",
    [
        ums.SharkContext(lang="en-US", visitor_id="v", session_id="s"),
        ums.MobileAppContext(lang="de", more={"appId": "shop"}),
        ums.CustomContext(name="n", description="d"),
        ums.ProactiveContext(origin_conversation_id="C0"),
        ums.FacebookContext(),
        ums.SMSContext(more={"number": "1"}),
        ums.VoiceContext(),
        ums.ConversationContext(type="TelexContext", more={"line": 7}),
    ],
    ids=lambda context: context.type,
)
def test_where_a_conversation_comes_from_is_seen(bot, consumer, events, context):
    heard = events(bot, ums.ConversationOpened)
    campaign = {"campaign_id": "c1", "engagement_id": 12}
    talk = consumer.create_conversation("77", context, campaign).get(timeout=5)
    told = heard.wait(of(talk)).conversation
    found = told.context_record
    assert type(found) is type(context)
    assert (found.type, found.lang, found.more) == (
        context.type,
        context.lang,
        context.more,
    )
    assert told.context["type"] == context.type
    # what the consumer's client said of itself goes along
    assert told.client_properties["type"] == ".ClientProperties"
    assert found.client_properties == told.client_properties
    assert (told.campaign_id, told.engagement_id) == ("c1", "12")
    assert (told.skill_id, told.handler_skill_id) == ("77", "77")
    assert told.handler_account_id == told.account_id
    assert told.first_conversation
    assert (told.close_time, told.close_reason) == (None, None)
    again = consumer.create_conversation().get(timeout=5)
    assert not heard.wait(of(again)).conversation.first_conversation


def test_another_group_and_the_application_are_seen(emulator, both):
    told, heard, _, _ = both
    assert (told.group_id, told.app_install_id) == (None, None)
    talk = told.conversation_id
    emulator.place_conversation(talk, group="g1", app_install="app-1")
    changed = heard.wait(a(ums.GroupChanged))
    assert (changed.previous, changed.current, told.group_id) == (None, "g1", "g1")
    assert told.app_install_id == "app-1"
    emulator.place_conversation(talk, group="g2")
    changed = heard.wait(a(ums.GroupChanged))
    assert (changed.previous, changed.current) == ("g1", "g2")
    emulator.place_conversation(talk, group="")  # the reference does not see this
    assert heard.wait(a(ums.GroupChanged)).current is None
    assert (told.group_id, told.app_install_id) == (None, "app-1")


def test_what_was_told_is_counted(emulator, both, eventually):
    told, _, _, _ = both
    before = told.notification_count
    emulator.place_conversation(told.conversation_id, group="g1")
    eventually(lambda: told.group_id == "g1")
    assert told.notification_count == before + 1
    assert told.notification_ignored_count == 0
    emulator.place_conversation(told.conversation_id)  # nothing is another
    eventually(lambda: told.notification_count == before + 2)
    assert told.notification_out_of_order_count == 0


# -- notes


def test_an_agents_note_that_is_too_long_is_shortened_to_fit(both):
    told, heard, _, _ = both
    first = told.set_agent_note("short", name="Ann").get(timeout=5)
    assert not first.truncated
    heard.wait(a(ums.NoteChanged))
    with pytest.raises(ums.LocalProtocolError, match="5,000 are allowed"):
        told.set_agent_note("x" * 6_000)
    saved = told.set_agent_note(
        "é" * 6_000, truncate_enabled=True, is_auto_summary=True
    ).get(timeout=5)
    assert saved.truncated
    note = heard.wait(a(ums.NoteChanged)).current
    assert len(note) == 5_000
    kept, long = told.agent_notes
    assert (kept.note_content, kept.name, kept.note_id) == (
        "short",
        "Ann",
        first.note_id,
    )
    assert (long.note_id, long.is_auto_summary) == (saved.note_id, True)
    assert 4_000 < len(long.note_content) < 5_000
    assert set(long.note_content) == {"é"}
    assert json.loads(note)[1]["agentId"] == long.agent_id
    told.set_agent_note("tiny", note_id=saved.note_id).get(timeout=5)
    heard.wait(a(ums.NoteChanged))
    assert [each.note_content for each in told.agent_notes] == ["short", "tiny"]
    told.set_note("").get(timeout=5)  # the reference does not see this
    changed = heard.wait(a(ums.NoteChanged))
    assert (changed.current, told.note, told.agent_notes) == (None, None, ())
    told.set_note("plain").get(timeout=5)
    heard.wait(a(ums.NoteChanged))
    assert told.agent_notes == (ums.AgentNote(note_content="plain"),)


def test_notes_are_not_for_consumers(both):
    told, heard, own, theirs = both
    told.set_note("he is angry").get(timeout=5)
    heard.wait(a(ums.NoteChanged))
    own.set_ttr("URGENT").get(timeout=5)
    theirs.wait(a(ums.TtrChanged))
    assert own.note is None
    assert not any(isinstance(each, ums.NoteChanged) for each in theirs.seen)
    with pytest.raises(ums.NotSupported, match="a consumer cannot write notes"):
        own.set_agent_note("me too")
