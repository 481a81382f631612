from __future__ import annotations

import copy
import json

import pytest

from ums_actors.emulator.faults import bending
from ums_actors.emulator.faults.values import MALFORMED_FRAMES

PEOPLE = [{"id": "c", "role": "CONSUMER", "state": "ACTIVE"}]
BRAND = {"participants": {"CONSUMER": ["c"]}, "participantsPId": {"CONSUMER": ["c"]}}
CONSUMER = {"participants": [{"id": "c", "role": "CONSUMER"}]}


def change(details, **result):
    dialog = {"dialogId": "d", "state": "OPEN", "participantsDetails": PEOPLE}
    told = {**details, "state": "OPEN", "stage": "OPEN", "dialogs": [dialog]}
    result = {"convId": "d", "conversationDetails": told, **result}
    changes = [{"type": "UPSERT", "result": result}]
    body = {"subscriptionId": "s", "changes": changes}
    kind = ".ams.aam.ExConversationChangeNotification"
    return copy.deepcopy({"kind": "notification", "type": kind, "body": body})


def details_of(frame):
    return frame["body"]["changes"][0]["result"]["conversationDetails"]


def test_the_last_content_event_is_left_out_where_there_is_one():
    frame = change(BRAND, lastContentEventNotification={"sequence": 1})
    assert bending.omit_last_content(frame)
    assert frame == change(BRAND)
    assert not bending.omit_last_content(frame)


@pytest.mark.parametrize(
    "body", [None, "x", [], {}, {"changes": "x"}, {"changes": [1, {"result": 2}]}]
)
def test_what_is_no_change_is_left_alone(body):
    frame = {"kind": "notification", "type": "x", "body": body}
    before = copy.deepcopy(frame)
    assert not bending.omit_last_content(frame)
    assert not bending.add_unknown_enum(frame, "role")
    assert frame == before


def test_an_unknown_role_is_a_participant_more():
    frame = change(BRAND)
    assert bending.add_unknown_enum(frame, "role")
    details = details_of(frame)
    for name in ("participants", "participantsPId"):
        assert details[name]["CONSUMER"] == ["c"]
        assert details[name][bending.UNKNOWN]
    people = details["dialogs"][0]["participantsDetails"]
    assert [it["role"] for it in people] == ["CONSUMER", bending.UNKNOWN]


def test_an_unknown_role_is_told_to_consumers_in_their_form():
    frame = change(CONSUMER)
    assert bending.add_unknown_enum(frame, "role")
    roles = [it["role"] for it in details_of(frame)["participants"]]
    assert roles == ["CONSUMER", bending.UNKNOWN]


def test_unknown_state_and_stage():
    frame = change(BRAND)
    assert bending.add_unknown_enum(frame, "state")
    details = details_of(frame)
    assert details["state"] == details["dialogs"][0]["state"] == bending.UNKNOWN
    assert details["stage"] == "OPEN"
    assert bending.add_unknown_enum(frame, "stage")
    assert details["stage"] == bending.UNKNOWN


def test_unknown_fields_are_at_every_level_and_what_people_wrote_stays():
    frame = change(BRAND, lastContentEventNotification={"event": {"message": "hi"}})
    bending.add_unknown_fields(frame)
    result = frame["body"]["changes"][0]["result"]
    details = result["conversationDetails"]
    for level in (frame, frame["body"], result, details, details["dialogs"][0]):
        assert "fromTheFuture" in level
    assert result["lastContentEventNotification"]["event"] == {"message": "hi"}


def test_single_elements_are_bare_and_what_people_wrote_stays():
    event = {"sequenceList": [0]}
    frame = change(BRAND, lastContentEventNotification={"event": event})
    bare = bending.unwrap_single_elements(frame)
    result = bare["body"]["changes"]["result"]
    assert result["conversationDetails"]["participants"] == {"CONSUMER": "c"}
    assert result["conversationDetails"]["dialogs"]["participantsDetails"] == PEOPLE[0]
    assert result["lastContentEventNotification"]["event"] == event


def test_longer_and_empty_lists_stay_lists():
    assert bending.unwrap_single_elements({"a": [], "b": [1, [2]]}) == {
        "a": [],
        "b": [1, 2],
    }


def test_no_malformed_frame_is_a_good_notification():
    text = json.dumps(change(BRAND))
    frames = {kind: bending.malformed(kind, text) for kind in MALFORMED_FRAMES}
    assert len(set(frames.values())) == len(MALFORMED_FRAMES)
    for kind in ("text", "cut-off", "empty"):
        with pytest.raises(json.JSONDecodeError):
            json.loads(frames[kind])
    assert json.loads(frames["null"]) is None
    assert json.loads(frames["list"]) == []
    assert "kind" not in json.loads(frames["no-kind"])
    assert "body" not in json.loads(frames["no-body"])
    (bare,) = json.loads(frames["bare-result"])["body"]["changes"]
    assert bare == {"type": "UPSERT", "result": {}}


def test_maps_by_role_or_id_get_no_unknown_field():
    maps = ("participants", "participantsPId", "numberOfunreadMessages")
    frame = {"body": {name: {"CONSUMER": ["c"]} for name in maps}}
    bending.add_unknown_fields(frame)
    assert all(frame["body"][name] == {"CONSUMER": ["c"]} for name in maps)
    assert "fromTheFuture" in frame["body"]
