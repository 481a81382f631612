from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.recalling import MAX_DIALOGS, MAX_MEMBERS, recall, recalled
from ums_actors.core.talk import Digested, Mark
from ums_actors.errors import LocalProtocolError

WHOLE = {
    "library": "ums_actors",
    "schema": 1,
    "kind": "connection",
    "account": "1",
    "user": "1.7",
    "side": "brand",
    "bodies": True,
    "conversations": [{"id": "C"}, {"id": "D"}],
    "places": {"C": {"last": 3, "conversation": "C"}, "E": {}},
    "finished": {"F": 0},
    "history_until": 5,
    "unknown": [{"of": "a later version"}],
}


def opened(data, kinds=("connection",), conversations=10, dialogs=10):
    return recall(data, kinds=kinds, conversations=conversations, dialogs=dialogs)


def one(messages=100, **conversation):
    raw = msgspec.Raw(json.dumps({"id": "C", **conversation}).encode())
    return recalled(raw, messages=messages)


def refused(read, *args, **more):
    with pytest.raises(LocalProtocolError) as caught:
        read(*args, **more)
    return str(caught.value)


@pytest.mark.parametrize(
    "form", [json.dumps, lambda told: json.dumps(told).encode(), dict]
)
def test_bytes_a_text_or_a_mapping_will_do_and_what_is_not_known_is_ignored(form):
    kept = opened(form(WHOLE))
    assert (kept.account, kept.user, kept.history_until) == ("1", "1.7", 5)
    assert [bytes(each) for each in kept.conversations] != []
    assert (kept.places["C"].last, kept.places["E"].last) == (3, None)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"library": "x"}, "not written by this library"),
        ({"library": None}, "lacks a field or has one of a wrong type"),
        ({"schema": 0}, "its schema is 0, and this version of ums_actors reads 1 to 1"),
        ({"schema": 2}, "use the version that wrote it, or a later one"),
        ({"schema": 2, "places": []}, "its schema is 2"),
        ({"schema": "1"}, "wrong type"),
        ({"kind": "x"}, "its kind 'x' is none of connection, conversation, dialog"),
        ({"kind": "dialog"}, "it is of a dialog, not of a connection: Dialog.deserial"),
        ({"side": "x"}, "its side 'x' is neither brand nor consumer"),
        ({"places": {"": {}}}, "the id '' is not one of at most"),
        ({"places": {"C": {"conversation": "\n"}}}, "the id '\\n'"),
        ({"places": {"C": {"last": -2}}}, "the number -2 of an event is less than -1"),
        ({"finished": {"C": -2}}, "the number -2"),
        ({"account": ""}, "the id ''"),
        ({"user": "a\nb"}, "the id 'a\\nb'"),
        ({"finished": {"x" * 600: 1}}, "the id 'xxxx"),
        ({"bodies": "yes"}, "wrong type"),
    ],
)
def test_what_is_wrong_is_named(parts, text):
    assert text in refused(opened, {**WHOLE, **parts})


def test_of_a_conversation_there_is_one():
    told = {**WHOLE, "kind": "conversation"}
    assert "it has 2 conversations, and should have 1" in refused(
        opened, told, ("conversation",)
    )


def test_bounds_are_those_of_the_options():
    assert "2 conversations, more than Options.conversation_limit (1)" in refused(
        opened, WHOLE, conversations=1
    )
    assert "2 dialogs, more than Options.dialog_limit (1)" in refused(
        opened, WHOLE, dialogs=1
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "is not JSON, or was cut off"),
        (json.dumps(WHOLE)[:-9], "is not JSON, or was cut off"),
        (b'{"library": "\xff"}', "is not JSON"),
        (b"[]", "wrong type"),
        (5, "it is 5: give bytes, a text or a mapping"),
        (None, "it is None"),
        ({"library": object()}, "a mapping that cannot be JSON"),
        ({1: {2j: 3}}, "a mapping that cannot be JSON"),
        (b"[" * 200_000, "more values than anything honest"),
        (b'{"x":' + b"[" * 60_000 + b"]" * 60_000 + b"}", "nested too deep"),
    ],
)
def test_what_is_nothing_of_the_kind_is_refused(data, text):
    assert text in refused(opened, data)


def test_what_is_too_large_is_not_even_read(monkeypatch):
    monkeypatch.setattr("ums_actors.core.recalling.MAX_BYTES", 10)
    assert "bytes, more than 10" in refused(opened, WHOLE)


# -- one conversation


def test_marks_digests_and_order():
    messages = [
        {"sequence": 5, "type": "ContentEvent", "message": "five"},
        {"sequence": 3, "digest": "abc", "marks": [{"user": "u", "status": "READ"}]},
    ]
    found = one(dialogs=[{"id": "C", "messages": messages}])
    first, second = found.said["C"]
    assert isinstance(first, Digested)
    assert (first.digest, first.marks) == ("abc", (Mark("u", "", "READ"),))
    assert (second.record.event.text, second.record.dialog_id) == ("five", "C")


@pytest.mark.parametrize(
    ("most", "kept"), [(0, []), (1, [2]), (2, [1, 2]), (9, [0, 1, 2])]
)
def test_the_last_messages_are_read(most, kept):
    messages = [{"sequence": number} for number in range(3)]
    found = one(most, dialogs=[{"id": "d", "messages": messages}])
    assert [each.sequence for each in found.said["d"]] == kept


def test_a_dialog_that_is_gone_has_messages_alone():
    found = one(dialogs=[{"id": "d", "gone": True, "messages": [{"sequence": 1}]}])
    assert (found.facts.dialogs, list(found.said)) == ((), ["d"])


def test_the_main_dialog_has_the_conversations_id():
    found = one(dialogs=[{"id": "C"}, {"id": "d"}], note_digest="x", consumer="cons")
    assert [each.dialog_id for each in found.facts.dialogs] == ["C", "d"]
    assert found.facts.dialogs[0].dialog_id is found.facts.conversation_id
    assert (found.consumer, found.note_digest) == ("cons", "x")


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"id": ""}, "the id ''"),
        ({"id": 5}, "wrong type"),
        ({"dialogs": [{"id": "d"}, {"id": "d"}]}, "has the dialog 'd' twice"),
        ({"dialogs": [{}]}, "the id ''"),
        ({"dialogs": [{"id": f"{n}"} for n in range(MAX_DIALOGS + 1)]}, "1001 dialogs"),
        (
            {"dialogs": [{"id": "d", "members": [{}] * (MAX_MEMBERS + 1)}]},
            "1001 members",
        ),
        ({"updated": "now"}, "wrong type"),
    ],
)
def test_a_conversation_that_is_none_is_refused(parts, text):
    assert text in refused(one, **parts)


@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.booleans(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_it_is_it_is_read_or_refused(value):
    for data in (json.dumps(value), {**WHOLE, "conversations": value}, value):
        try:
            kept = opened(data)
        except LocalProtocolError:
            continue
        for each in kept.conversations:
            try:
                recalled(each, messages=5)
            except LocalProtocolError:
                continue
