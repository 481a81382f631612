import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.transfer import transfer_fields


def change(user, role, kind):
    return {
        "field": "ParticipantsChange",
        "userId": user,
        "role": role,
        "type": kind,
    }


SKILL = {"field": "Skill", "type": "UPDATE", "skill": "s9"}


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        (
            {
                "skill_id": "s9",
                "agent_id": "acc7.44",
                "remove_from_existing_role": "READER",
                "remove_agent_id": "acc7.31",
            },
            [
                SKILL,
                change("acc7.44", "READER", "REMOVE"),
                change("acc7.44", "ASSIGNED_AGENT", "SUGGEST"),
                change("acc7.31", "ASSIGNED_AGENT", "REMOVE"),
            ],
        ),
        ({"skill_id": "s9"}, [SKILL]),
        ({"agent_id": "A.2"}, [change("A.2", "ASSIGNED_AGENT", "SUGGEST")]),
        ({"remove_agent_id": "A.1"}, [change("A.1", "ASSIGNED_AGENT", "REMOVE")]),
        (
            {"skill_id": "s9", "remove_agent_id": "A.1"},
            [SKILL, change("A.1", "ASSIGNED_AGENT", "REMOVE")],
        ),
    ],
)
def test_changes_come_in_the_order_of_the_reference(parts, fields):
    assert transfer_fields(**parts) == fields


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({}, "needs a target: give skill_id, agent_id or remove_agent_id"),
        ({"remove_from_existing_role": "READER"}, "give agent_id as well"),
        (
            {"skill_id": "s9", "remove_from_existing_role": "READER"},
            "give agent_id as well",
        ),
        ({"agent_id": "A.1", "remove_agent_id": "A.1"}, "the same agent"),
        ({"skill_id": ""}, "skill_id='' must be a non-empty string"),
        ({"agent_id": 5}, "agent_id=5 must be a non-empty string"),
    ],
)
def test_contradiction_is_a_clear_error(parts, text):
    with pytest.raises(LocalProtocolError) as caught:
        transfer_fields(**parts)
    assert text in str(caught.value)
