"""What can be changed of a conversation besides who takes part in it."""

from __future__ import annotations

from typing import Any, Final

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.enums import CsatStatus, ParticipantRole, TTRType, one_of
from ums_actors.protocol.requests import Call, text

__all__ = [
    "NOTE_LIMIT",
    "UPDATE_CONVERSATION",
    "set_csat",
    "set_manual_ettr",
    "set_note",
    "set_topic",
    "set_ttr",
    "take_over",
]

UPDATE_CONVERSATION: Final = ".ams.cm.UpdateConversationField"

NOTE_LIMIT: Final = 5_000
"""Characters of a conversation's note."""
_RATES: Final = range(6)


def set_note(conversation_id: str, note: str) -> Call:
    """Put a note for agents in the place of the present one; empty clears it.

    Raises:
        LocalProtocolError: it is no string, or has more than 5,000 characters.
    """
    if not isinstance(note, str):
        raise LocalProtocolError(
            f"note must be a string, not {type(note).__name__}: '' clears it"
        )
    if len(note) > NOTE_LIMIT:
        raise LocalProtocolError(
            f"note has {len(note):,} characters, {NOTE_LIMIT:,} are allowed: shorten it"
        )
    return _one(conversation_id, {"field": "Note", "note": note})


def set_ttr(conversation_id: str, ttr_type: str, value: int | None = None) -> Call:
    """Say how soon an answer is wanted.

    Args:
        conversation_id: of the conversation.
        ttr_type: NORMAL, URGENT, PRIORITIZED or CUSTOM.
        value: seconds, for CUSTOM; the others have their own.

    Raises:
        LocalProtocolError: there is no such type, or no such value.
    """
    kind = one_of("ttr_type", ttr_type, TTRType)
    seconds = 0 if value is None else value
    if type(seconds) is not int or seconds < (1 if kind == TTRType.CUSTOM else 0):
        raise LocalProtocolError(
            f"value={value!r} is no time to respond: give whole seconds, 1 or more "
            "for CUSTOM; leave it out for the other types"
        )
    return _one(
        conversation_id, {"field": "TTRField", "ttrType": kind, "value": seconds}
    )


def set_manual_ettr(conversation_id: str, time: int) -> Call:
    """Say until when an answer is due; milliseconds since 1970.

    Raises:
        LocalProtocolError: it is no such number.
    """
    if type(time) is not int or time < 0:
        raise LocalProtocolError(
            f"time={time!r} is no time: give milliseconds since 1970, a whole number"
        )
    return _one(conversation_id, {"field": "ManualETTR", "time": time})


def set_topic(conversation_id: str, topic: str) -> Call:
    """Say what a conversation is about."""
    return _one(conversation_id, {"field": "TopicField", "topic": text("topic", topic)})


def set_csat(
    conversation_id: str,
    rate: int,
    resolved: bool | None = None,
    status: str = CsatStatus.FILLED,
) -> Call:
    """Answer the questions about satisfaction, as a consumer.

    Args:
        conversation_id: of the conversation.
        rate: 1 to 5, or 0 for no rate.
        resolved: whether the matter is settled.
        status: how much of the questions was answered.

    Raises:
        LocalProtocolError: there is no such rate or status.
    """
    if type(rate) is not int or rate not in _RATES:
        raise LocalProtocolError(f"rate={rate!r} must be a whole number from 0 to 5")
    field = {
        "field": "CSATRate",
        "csatRate": str(rate),
        "csatResolutionConfirmation": resolved,
        "status": one_of("status", status, CsatStatus),
    }
    return _one(conversation_id, field)


def take_over(conversation_id: str, consumer_id: str, new_consumer_id: str) -> Call:
    """Put another consumer into the place of the present one (step-up).

    Raises:
        LocalProtocolError: the two are one.
    """
    if consumer_id == new_consumer_id:
        raise LocalProtocolError(
            f"{new_consumer_id!r} is the conversation's consumer already"
        )
    leaves = text("consumer_id", consumer_id)
    comes = text("new_consumer_id", new_consumer_id)
    fields = [
        {
            "field": "ParticipantsChange",
            "userId": user_id,
            "role": ParticipantRole.CONSUMER,
            "type": change,
        }
        for user_id, change in ((leaves, "REMOVE"), (comes, "ADD"))
    ]
    return _one(conversation_id, fields)


def _one(conversation_id: str, field: Any) -> Call:
    """Give the request; a single field goes bare, as the reference sends it."""
    body = {
        "conversationId": text("conversation_id", conversation_id),
        "conversationField": field,
    }
    return Call(UPDATE_CONVERSATION, body)
