from __future__ import annotations

import hashlib
import json

import msgspec
import pytest

from ums_actors.core.card import Card
from ums_actors.core.facts import ConversationFacts, DialogFacts, Member
from ums_actors.core.keeping import capture, digest, document, text_digest, written
from ums_actors.core.kept import Place
from ums_actors.core.talk import Digested
from ums_actors.protocol.conversations import Csat
from ums_actors.protocol.messages import Event, MessageEvent, OriginatorMetadata

SECRET = "Secret"
BEHIND_BODY = {"message", "content", "quick_replies", "metadata", "client_properties"}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def event(sequence, message=SECRET, **more):
    who = OriginatorMetadata("pid", "CONSUMER", {"appId": SECRET})
    more = {"message": message, "quick_replies": {"replies": [SECRET]}, **more}
    return MessageEvent(
        Event("ContentEvent", "text/plain", **more),
        *("C", "C", sequence, "cons", "pid"),
        who,
        1_700_000_000_000,
        metadata=[{"type": SECRET}],
    )


def facts(**more):
    dialog = DialogFacts(
        "C",
        members=(Member("pid", "1.7", "MANAGER"), Member("cons", None, "CONSUMER")),
        meta_data={"x": SECRET},
    )
    parts = {
        "note": SECRET,
        "topic": SECRET,
        "context": msgspec.Raw(b'{"clientProperties":{"appId":"Secret"}}'),
        "delay": {"type": SECRET},
        "last_content": event(3),
        "dialogs": (dialog,),
    }
    return ConversationFacts("C", **{**parts, **more})


def card(*numbers, **more):
    made = Card(facts(**more))
    for number in numbers:
        made.talk_in("C", 100).add(event(number))
    return made


def nowhere(dialog_id):
    del dialog_id


def read(sight, *, bodies=True):
    return json.loads(written(sight, bodies=bodies))


def test_with_bodies_all_is_there():
    found = read(capture(card(1), nowhere))
    assert (found["note"], found["topic"], found["consumer"]) == (
        SECRET,
        SECRET,
        "cons",
    )
    [dialog] = found["dialogs"]
    assert dialog["meta_data"] == {"x": SECRET}
    [said] = dialog["messages"]
    assert BEHIND_BODY - {"content"} <= said.keys()
    assert "digest" not in said


def test_without_bodies_nothing_that_was_said_is_there_but_digests():
    found = written(capture(card(1), nowhere), bodies=False)
    assert SECRET.encode() not in found
    told = json.loads(found)
    assert told["note_digest"] == sha256(SECRET.encode())
    [said] = told["dialogs"][0]["messages"]
    assert said["digest"] == sha256(SECRET.encode())
    assert not BEHIND_BODY & said.keys()
    assert not BEHIND_BODY & told["last_content"].keys()


def test_what_comes_after_the_place_is_left_out():
    whole = capture(card(1, 2, 3), {"C": 2}.get)
    assert [each["sequence"] for each in read(whole)["dialogs"][0]["messages"]] == [
        1,
        2,
    ]


def test_messages_of_a_dialog_that_is_gone_are_kept():
    made = card(1)
    made.talk_in("old", 10).add(event(5))
    old = read(capture(made, nowhere))["dialogs"][1]
    assert (old["id"], old["gone"], len(old["messages"])) == ("old", True, 1)


def test_one_dialog_alone_holds_nothing_of_the_rest():
    made = card(1)
    made.talk_in("other", 10).add(event(5))
    other = DialogFacts("other", "POST_SURVEY")
    found = read(capture(made, nowhere, dialog=other))
    assert found.keys() == {"id", "consumer", "context", "dialogs"}
    assert found["context"] is None
    [dialog] = found["dialogs"]
    assert (dialog["id"], dialog["type"]) == ("other", "POST_SURVEY")
    assert [each["sequence"] for each in dialog["messages"]] == [5]


def test_a_digest_that_is_all_that_is_known_stays_a_digest():
    made = card()
    made.talk_in("C", 10).recall([Digested(event(1, None), "abc")])
    for bodies in (True, False):
        [said] = read(capture(made, nowhere), bodies=bodies)["dialogs"][0]["messages"]
        assert said["digest"] == "abc"
    sight = capture(card(note=None), nowhere, note_digest="def")
    for bodies in (True, False):
        assert read(sight, bodies=bodies)["note_digest"] == "def"


@pytest.mark.parametrize("csat", [None, Csat(), Csat(3, True, "FILLED")])
def test_whether_there_is_a_csat_at_all_can_be_seen(csat):
    found = read(capture(card(csat=csat), nowhere))
    assert ("csat_status" in found) is (csat is not None)


def test_a_digest_is_of_the_text_or_of_sorted_json():
    assert digest(event(1, "é")) == sha256("é".encode()) == text_digest("é")
    assert text_digest("\ud800") == sha256(b"\xed\xa0\x80")
    assert digest(event(1, {"b": 1, "a": [None]})) == sha256(b'{"a":[null],"b":1}')
    rich = MessageEvent(Event("RichContentEvent", content={"type": "x"}))
    assert digest(rich) == sha256(b'{"type":"x"}')


def deep():
    found = []
    for _ in range(100_000):
        found = [found]
    return found


def undone(nested):
    """Take it apart, so that its end does not need as many steps as its depth."""
    while nested:
        nested = nested.pop()


def test_what_is_nested_too_deep_to_be_written_is_written_as_a_digest():
    nested = deep()
    made = card(1)
    made.talk_in("C", 10).add(event(2, nested))
    found = read(capture(made, nowhere))
    said = found["dialogs"][0]["messages"]
    assert [each["digest"] for each in said] == [sha256(SECRET.encode()), sha256(b"")]
    undone(nested)


def test_the_whole_says_whose_it_is_and_by_which_schema():
    places = {"C": Place(3, 5, takes_part=True)}
    found = document(
        *("connection", [b'{"id":"C"}']),
        account="1",
        user="1.7",
        side="brand",
        bodies=True,
        places=places,
        finished={"D": 4},
    )
    assert json.loads(found) == {
        "library": "ums_actors",
        "schema": 1,
        "kind": "connection",
        "account": "1",
        "user": "1.7",
        "side": "brand",
        "bodies": True,
        "conversations": [{"id": "C"}],
        "places": {"C": {"last": 3, "updated": 5, "takes_part": True}},
        "finished": {"D": 4},
        "history_until": -1,
    }
