"""What can be changed of a conversation besides who takes part in it."""

from __future__ import annotations

from typing import Any, Final

from ums_actors.arguments import identifier, shown, whole
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.enums import CsatStatus, ParticipantRole, TTRType, one_of
from ums_actors.protocol.records import read_text
from ums_actors.protocol.requests import Request, text

__all__ = [
    "NOTE_LIMIT",
    "UPDATE_CONVERSATION",
    "set_csat",
    "set_delay",
    "set_manual_ettr",
    "set_note",
    "set_topic",
    "set_ttr",
    "take_over",
]

UPDATE_CONVERSATION: Final = ".ams.cm.UpdateConversationField"

NOTE_LIMIT: Final = 5_000
"""Characters of a conversation's note."""
_RATES: Final = frozenset(map(str, range(6)))
_NOT_BY_HAND: Final = 0
"""What clears the manual ETTR."""
_NIGHT: Final = "NIGHT"
"""The one type of delay that has been seen."""


def set_note(conversation_id: str, note: str) -> Request[str]:
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


def set_ttr(
    conversation_id: str, ttr_type: str, value: int | None = None
) -> Request[str]:
    """Say how soon an answer is wanted.

    Args:
        conversation_id: of the conversation.
        ttr_type: NORMAL, URGENT, PRIORITIZED or CUSTOM.
        value: seconds, for CUSTOM; the others have their own.

    Raises:
        LocalProtocolError: there is no such type, or no such value.
    """
    kind = one_of("ttr_type", ttr_type, TTRType)
    least = 1 if kind == TTRType.CUSTOM else 0
    seconds = whole(
        "value",
        0 if value is None and kind != TTRType.CUSTOM else value,
        least,
        " for CUSTOM, in seconds; leave it out for the other types",
    )
    return _one(
        conversation_id, {"field": "TTRField", "ttrType": kind, "value": seconds}
    )


def set_manual_ettr(conversation_id: str, time: int | None) -> Request[str]:
    """Say until when an answer is due; milliseconds since 1970.

    None, or 0, leaves it to the TTR again. How that is said is UNKNOWN: it goes as 0.

    Raises:
        LocalProtocolError: it is no such number.
    """
    if time is None:
        when = _NOT_BY_HAND
    else:
        when = whole("time", time, 0, ": milliseconds since 1970, or None")
    return _one(conversation_id, {"field": "ManualETTR", "time": when})


def set_delay(
    conversation_id: str, until: int, delay_type: str = _NIGHT
) -> Request[str]:
    """Say until when nobody is expected to answer; milliseconds since 1970, 0 ends it.

    The member's form is not published (UMS.md 3.9 names it): it is taken to be that in
    which conversations tell of it.

    Raises:
        LocalProtocolError: it is no such number.
    """
    when = whole("until", until, 0, ": milliseconds since 1970")
    delay = {"type": identifier("delay_type", delay_type), "tillWhen": when}
    return _one(conversation_id, {"field": "DelayField", "delay": delay})


def set_topic(conversation_id: str, topic: str) -> Request[str]:
    """Say what a conversation is about."""
    return _one(conversation_id, {"field": "TopicField", "topic": text("topic", topic)})


def set_csat(
    conversation_id: str,
    rate: int | str | None,
    resolved: bool | None = None,
    status: str = CsatStatus.FILLED,
) -> Request[str]:
    """Answer the questions about satisfaction, as a consumer.

    Args:
        conversation_id: of the conversation.
        rate: 1 to 5, or 0 for no rate; as a text too, as the reference has it. None if
            the status says that it was not given.
        resolved: whether the matter is settled; None if that was not asked.
        status: how much of the questions was answered.

    Raises:
        LocalProtocolError: there is no such rate or status.
    """
    answered = one_of("status", status, CsatStatus)
    told = str(rate) if type(rate) in (int, str) else ""
    known = told if told in _RATES else None
    if known is None and (rate is not None or answered == CsatStatus.FILLED):
        raise LocalProtocolError(
            f"rate={shown(rate)} must be a whole number from 0 to 5; or None, with a "
            "status other than FILLED"
        )
    if resolved is not None and not isinstance(resolved, bool):
        raise LocalProtocolError(
            f"resolved={shown(resolved)} must be True, False, or None"
        )
    field = {
        "field": "CSATRate",
        "csatRate": known,
        "csatResolutionConfirmation": resolved,
        "status": answered,
    }
    return _one(conversation_id, field)


def take_over(
    conversation_id: str, consumer_id: str, new_consumer_id: str
) -> Request[str]:
    """Put another consumer into the place of the present one (step-up).

    Raises:
        LocalProtocolError: the two are one.
    """
    if consumer_id == new_consumer_id:
        raise LocalProtocolError(
            f"{shown(new_consumer_id)} is the conversation's consumer already"
        )
    leaves = identifier("consumer_id", consumer_id)
    comes = identifier("new_consumer_id", new_consumer_id)
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


def _one(conversation_id: str, field: Any) -> Request[str]:
    """Give the request; a single field goes bare, as the reference sends it."""
    body = {
        "conversationId": identifier("conversation_id", conversation_id),
        "conversationField": field,
    }
    return Request(UPDATE_CONVERSATION, body, read_text)
