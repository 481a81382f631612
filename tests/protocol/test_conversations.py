import copy
import json

import pytest

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.conversations import read_conversation_changes

NOTIFICATION = {
    "subscriptionId": "S",
    "changes": [
        {
            "type": "UPSERT",
            "result": {
                "convId": "C",
                "effectiveTTR": 1_700_003_600_000,
                "lastUpdateTime": 1_700_000_000_400,
                "numberOfunreadMessages": {"A.u1": 2},
                "conversationDetails": {
                    "convId": "C",
                    "brandId": "A",
                    "skillId": "-1",
                    "groupId": "",
                    "note": "",
                    "csatRate": 0,
                    "participants": {
                        "CONSUMER": ["cons"],
                        "ASSIGNED_AGENT": ["A.u1"],
                        "MANAGER": ["A.u2", "A.u3"],
                        "READER": [],
                    },
                    "participantsPId": {
                        "CONSUMER": ["cons"],
                        "ASSIGNED_AGENT": ["pid-1"],
                        "MANAGER": ["pid-2", "pid-3"],
                    },
                    "dialogs": [
                        {
                            "dialogId": "C",
                            "dialogType": "MAIN",
                            "channelType": "MESSAGING",
                            "state": "OPEN",
                            "creationTs": 1_700_000_000_000,
                            "metaDataLastUpdateTs": 1_700_000_000_400,
                            "participantsDetails": [
                                {"id": "cons", "role": "CONSUMER", "state": "ACTIVE"},
                                {
                                    "id": "A.u1",
                                    "role": "ASSIGNED_AGENT",
                                    "state": "SUGGESTED",
                                },
                            ],
                        }
                    ],
                    "state": "OPEN",
                    "stage": "OPEN",
                    "startTs": 1_700_000_000_000,
                    "metaDataLastUpdateTs": 1_700_000_000_400,
                    "firstConversation": False,
                    "ttr": {"ttrType": "NORMAL", "value": 3600},
                    "manualETTR": 1_700_001_000_000,
                    "context": {"type": "SharkContext"},
                },
                "lastContentEventNotification": {
                    "sequence": 3,
                    "originatorId": "A.u1",
                    "serverTimestamp": 1_700_000_000_300,
                    "event": {
                        "type": "ContentEvent",
                        "message": "hello",
                        "contentType": "text/plain",
                    },
                    "dialogId": "C",
                },
            },
        }
    ],
}


def read(body):
    return read_conversation_changes(json.dumps(body).encode())


def with_details(**parts):
    body = copy.deepcopy(NOTIFICATION)
    body["changes"][0]["result"]["conversationDetails"].update(parts)
    return body


def details(body):
    return read(body).changes[0].result.conversation_details


def test_notification_of_the_brand_is_read():
    found = read(NOTIFICATION)
    assert found.subscription_id == "S"
    (change,) = found.changes
    assert change.type == "UPSERT"
    result = change.result
    assert result.conversation_id == "C"
    assert result.effective_ttr == 1_700_003_600_000
    assert result.unread == {"A.u1": 2}
    assert result.last_content_event is not None
    assert result.last_content_event.sequence == 3
    state = result.conversation_details
    assert (state.stage, state.state, state.brand_id) == ("OPEN", "OPEN", "A")
    assert state.manual_ettr == 1_700_001_000_000
    dialog = state.dialog("C")
    assert dialog is not None
    assert dialog.meta_data_last_update_ts == 1_700_000_000_400
    agent = dialog.participant("A.u1")
    assert agent is not None
    assert agent.state == "SUGGESTED"
    assert dialog.participant("A.u9") is None
    assert state.dialog("other") is None


def test_snapshot_of_nothing_has_no_changes():
    assert read({"subscriptionId": "S", "changes": []}).changes == []
    assert read({"subscriptionId": "S"}).changes == []


def test_bare_elements_stand_for_lists_of_one():
    body = copy.deepcopy(NOTIFICATION)
    state = body["changes"][0]["result"]["conversationDetails"]
    state["dialogs"] = state["dialogs"][0]
    state["dialogs"]["participantsDetails"] = state["dialogs"]["participantsDetails"][0]
    body["changes"] = body["changes"][0]
    dialog = details(body).dialogs[0]
    assert [each.id for each in dialog.participants_details] == ["cons"]


def test_members_of_both_dialects_are_the_same():
    brand = details(NOTIFICATION).members()
    assert brand == [
        ("CONSUMER", "cons"),
        ("ASSIGNED_AGENT", "A.u1"),
        ("MANAGER", "A.u2"),
        ("MANAGER", "A.u3"),
    ]
    listed = [{"id": member, "role": role} for role, member in brand]
    assert details(with_details(participants=listed)).members() == brand
    assert details(with_details(participants=listed[0])).members() == brand[:1]


@pytest.mark.parametrize(
    ("participants", "members"),
    [
        (None, []),
        ("nonsense", []),
        ({"MANAGER": "A.u2", "READER": None}, [("MANAGER", "A.u2")]),
        ({"MANAGER": [5, None, True, {}]}, [("MANAGER", "5")]),
        ([{"id": 5}, {"role": "READER"}, 7], [("", "5")]),
    ],
)
def test_odd_participants_do_no_harm(participants, members):
    assert details(with_details(participants=participants)).members() == members


def test_old_ids_and_pids_are_paired_by_position():
    assert details(NOTIFICATION).pids() == {
        "A.u1": "pid-1",
        "A.u2": "pid-2",
        "A.u3": "pid-3",
    }


def test_role_whose_lists_differ_in_length_is_not_paired():
    pids = {"ASSIGNED_AGENT": "pid-1", "MANAGER": ["pid-2"]}
    assert details(with_details(participantsPId=pids)).pids() == {"A.u1": "pid-1"}


def test_without_pids_none_are_paired():
    assert details(with_details(participantsPId=None)).pids() == {}
    assert details(with_details(participants=None)).pids() == {}


def test_delete_with_nothing_but_the_id_is_read():
    change = {"type": "DELETE", "result": {"conversationDetails": {"convId": 77}}}
    found = read({"subscriptionId": 5, "changes": change})
    assert found.subscription_id == "5"
    assert found.changes[0].type == "DELETE"
    assert found.changes[0].result.conversation_id == "77"
    assert found.changes[0].result.last_content_event is None


def test_bad_change_does_not_take_the_others_with_it():
    good = NOTIFICATION["changes"][0]
    for bad in (None, 5, "x"):
        found = read({"subscriptionId": "S", "changes": [bad, good]})
        assert [each.result.conversation_id for each in found.changes] == ["C"]


def test_unknown_values_and_fields_pass():
    state = details(with_details(state="FROZEN", novelty={"a": 1}, skillId=4321))
    assert (state.state, state.skill_id) == ("FROZEN", "4321")


@pytest.mark.parametrize("data", [b"null", b"[]", b'"OK secret"', b"{", b"[" * 9999])
def test_what_is_no_object_is_a_remote_protocol_error(data):
    with pytest.raises(RemoteProtocolError) as caught:
        read_conversation_changes(data)
    assert "secret" not in str(caught.value)
