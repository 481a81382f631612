"""The list of changes that hands a conversation over."""

from __future__ import annotations

from typing import Any, Final

from ums_actors.arguments import identifier
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.enums import ParticipantRole, one_of

__all__ = ["transfer_fields"]

_ASSIGNED: Final = "ASSIGNED_AGENT"


def transfer_fields(
    *,
    skill_id: str | None = None,
    agent_id: str | None = None,
    remove_from_existing_role: str | None = None,
    remove_agent_id: str | None = None,
) -> list[dict[str, Any]]:
    """Give the ``conversationField`` of a transfer; the server takes all or nothing.

    Args:
        skill_id: the skill to hand over to; the present one means back to the queue.
        agent_id: the agent (``account.user``) to ring.
        remove_from_existing_role: the role in which ``agent_id`` takes part already.
        remove_agent_id: the agent who is assigned now. The server refuses the whole
            list if nobody is.

    Raises:
        LocalProtocolError: nothing is given, or the parts contradict each other.
    """
    _check(skill_id, agent_id, remove_from_existing_role, remove_agent_id)
    fields: list[dict[str, Any]] = []
    if skill_id is not None:
        fields.append({"field": "Skill", "type": "UPDATE", "skill": skill_id})
    if agent_id is not None and remove_from_existing_role is not None:
        fields.append(_change(agent_id, remove_from_existing_role, "REMOVE"))
    if agent_id is not None:
        fields.append(_change(agent_id, _ASSIGNED, "SUGGEST"))
    if remove_agent_id is not None:
        fields.append(_change(remove_agent_id, _ASSIGNED, "REMOVE"))
    return fields


def _check(
    skill_id: str | None,
    agent_id: str | None,
    remove_from_existing_role: str | None,
    remove_agent_id: str | None,
) -> None:
    given: dict[str, Any] = {
        "skill_id": skill_id,
        "agent_id": agent_id,
        "remove_agent_id": remove_agent_id,
    }
    for name, value in given.items():
        if value is not None:
            identifier(name, value)
    if remove_from_existing_role is not None:
        one_of("remove_from_existing_role", remove_from_existing_role, ParticipantRole)
    if remove_from_existing_role is not None and agent_id is None:
        raise LocalProtocolError(
            "remove_from_existing_role says which role agent_id has now; "
            "give agent_id as well"
        )
    if skill_id is None and agent_id is None and remove_agent_id is None:
        raise LocalProtocolError(
            "a transfer needs a target: give skill_id, agent_id or remove_agent_id"
        )
    if agent_id is not None and agent_id == remove_agent_id:
        raise LocalProtocolError(
            "agent_id and remove_agent_id are the same agent; transfer to another "
            "agent, or leave one of them out"
        )


def _change(agent_id: str, role: str, change: str) -> dict[str, Any]:
    return {
        "field": "ParticipantsChange",
        "userId": agent_id,
        "role": role,
        "type": change,
    }
