from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.protocol import brand, consumer
from ums_actors.protocol.contexts import context_parts, read_context

WEB = {
    "type": "SharkContext",
    "lang": "en-US",
    "visitorId": "v",
    "sessionId": "s",
    "interactionContextId": "1",
    "clientProperties": {"type": ".ClientProperties", "os": "OSX"},
}
KINDS = [
    ums.SharkContext,
    ums.MobileAppContext,
    ums.CustomContext,
    ums.ProactiveContext,
    ums.FacebookContext,
    ums.SMSContext,
    ums.VoiceContext,
]


def test_a_context_is_read_by_its_type():
    found = read_context(WEB)
    assert isinstance(found, ums.SharkContext)
    assert (found.visitor_id, found.session_id, found.lang) == ("v", "s", "en-US")
    assert found.interaction_context_id == "1"
    assert found.client_properties["os"] == "OSX"
    assert found.more == {}
    assert context_parts(found) == WEB


@pytest.mark.parametrize("kind", KINDS)
def test_each_type_has_a_record_that_knows_it(kind):
    made = kind(lang="de")
    assert made.type in set(ums.ConversationContextType)
    told = context_parts(made)
    assert told == {"type": made.type, "lang": "de"}
    assert read_context(told) == made


def test_every_type_of_the_reference_has_its_record():
    types = {kind().type for kind in KINDS}
    assert types == set(ums.ConversationContextType)


def test_what_is_unknown_stays_both_ways():
    told = {"type": "TelexContext", "line": 7, "lang": "fr"}
    found = read_context(told)
    assert type(found) is ums.ConversationContext
    assert (found.type, found.lang, found.more) == ("TelexContext", "fr", {"line": 7})
    assert context_parts(found) == told
    told = {"type": "CustomContext", "name": "n", "colour": ["red"]}
    assert read_context(told).more == {"colour": ["red"]}
    assert context_parts(read_context(told)) == told


@pytest.mark.parametrize(
    "part",
    [
        {"lang": 5},
        {"lang": ""},
        {"lang": None},
        {"visitorId": "x" * 600},
        {"visitorId": "a\nb"},
        {"clientProperties": "none"},
        {"more": {"a": 1}},
        {"type": 5},
    ],
)
def test_a_part_that_does_not_fit_is_kept_as_it_came(part):
    told = {**WEB, **part}
    found = read_context(told)
    (name,) = part
    assert found.more[name] == part[name]
    kept = found.more if name == "type" else {"sessionId": found.session_id}
    assert kept["sessionId"] == "s"


@pytest.mark.parametrize("told", [None, 5, "x", []])
def test_what_is_no_object_is_no_context(told):
    assert read_context(told) is None


def test_both_sides_open_conversations_with_a_record():
    context = ums.ProactiveContext(origin_conversation_id="C0")
    wanted = {"type": "ProactiveContext", "originConversationId": "C0"}
    call = brand.create_conversation("cons", context=context)
    assert call.body["conversationContext"] == wanted
    call = consumer.create_conversation(context=context)
    assert call.body["conversationContext"] == wanted


@pytest.mark.parametrize(
    "make",
    [
        lambda: ums.SharkContext(visitor_id=5),
        lambda: ums.SharkContext(lang=""),
        lambda: ums.CustomContext(name="a\nb"),
        lambda: ums.CustomContext(more=[1]),
        lambda: ums.CustomContext(client_properties="x"),
        lambda: ums.ConversationContext(type=5),
    ],
)
def test_a_record_of_nonsense_is_refused_where_it_is_made(make):
    with pytest.raises(ums.LocalProtocolError, match="must be"):
        make()


def test_a_context_without_a_type_says_nothing():
    with pytest.raises(ums.LocalProtocolError, match="has no type"):
        context_parts(ums.ConversationContext(type=""))
    with pytest.raises(ums.LocalProtocolError, match="a mapping with a type"):
        context_parts({"lang": "en"})
