"""Conversation notifications as the service writes them, in either dialect."""

from __future__ import annotations

import uuid
from typing import Any

__all__ = ["ACCOUNT", "change", "conversation", "dialog", "notification", "pid"]

ACCOUNT = "12345678"
Person = tuple[str, str] | tuple[str, str, str]
"""Role, id and, if it is not ACTIVE, the state."""
_PEOPLE: tuple[Person, ...] = (("CONSUMER", "cons"), ("ASSIGNED_AGENT", "12345678.u1"))


def pid(user_id: str) -> str:
    """Give the PID of an agent; a consumer's id stays."""
    if not user_id.startswith(f"{ACCOUNT}."):
        return user_id
    return str(uuid.uuid5(uuid.NAMESPACE_OID, user_id))


def dialog(
    dialog_id: str = "C",
    *people: Person,
    at: int = 1000,
    consumer: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """Give a dialog with these people in it; ``consumer``: as consumers see it."""
    return {
        "dialogId": dialog_id,
        "dialogType": "MAIN",
        "channelType": "MESSAGING",
        "state": "OPEN",
        "creationTs": 100,
        "metaDataLastUpdateTs": at,
        "participantsDetails": [
            {
                "id": pid(each[1]) if consumer else each[1],
                "role": each[0],
                "state": (*each, "ACTIVE")[2],
            }
            for each in people
        ],
        **more,
    }


def conversation(
    conversation_id: str = "C",
    *people: Person,
    at: int = 1000,
    consumer: bool = False,
    dialogs: list[dict[str, Any]] | None = None,
    result: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Give the ``result`` of a change.

    Args:
        conversation_id: which conversation.
        people: who is in its main dialog.
        at: its metaDataLastUpdateTs.
        consumer: as consumers see it.
        dialogs: instead of the main one.
        result: more for the result itself.
        more: for its details.
    """
    present: tuple[Person, ...] = people or _PEOPLE
    listed: dict[str, list[str]] = {
        role: [] for role in ("CONSUMER", "ASSIGNED_AGENT", "MANAGER", "READER")
    }
    for each in present:
        if (*each, "ACTIVE")[2] == "ACTIVE":
            listed.setdefault(each[0], []).append(each[1])
    details: dict[str, Any] = {
        "convId": conversation_id,
        "brandId": ACCOUNT,
        "skillId": "4321",
        "participants": listed,
        "participantsPId": {
            role: [pid(each) for each in ids] for role, ids in listed.items() if ids
        },
        "dialogs": [dialog(conversation_id, *present, at=at, consumer=consumer)]
        if dialogs is None
        else dialogs,
        "state": "OPEN",
        "stage": "OPEN",
        "startTs": 100,
        "metaDataLastUpdateTs": at,
        **more,
    }
    if consumer:
        del details["participantsPId"]
        details["participants"] = [
            {"id": pid(each), "role": role}
            for role, ids in listed.items()
            for each in ids
        ]
    return {
        "convId": conversation_id,
        "lastUpdateTime": at,
        "conversationDetails": details,
        **(result or {}),
    }


def change(told: dict[str, Any], kind: str = "UPSERT") -> dict[str, Any]:
    """Give a change."""
    return {"type": kind, "result": told}


def notification(
    *changes: dict[str, Any], subscription_id: str = "S", consumer: bool = False
) -> dict[str, Any]:
    """Give the whole frame."""
    package = "cqm" if consumer else ".ams.aam"
    return {
        "kind": "notification",
        "type": f"{package}.ExConversationChangeNotification",
        "body": {"subscriptionId": subscription_id, "changes": list(changes)},
    }
