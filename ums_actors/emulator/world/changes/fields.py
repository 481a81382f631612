"""Members that set one thing of a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_id, as_object

if TYPE_CHECKING:
    from ums_actors.emulator.world.changes.update import Update

__all__ = [
    "set_csat",
    "set_delay",
    "set_handler",
    "set_manual_ettr",
    "set_note",
    "set_skill",
    "set_topic",
    "set_ttr",
]


def set_skill(update: Update, member: dict[str, Any]) -> str:
    """Set the skill; -1 stands for none."""
    update.require_participant()
    skill = as_id(member.get("skill"))
    if skill is None:
        raise Refused(400, "A Skill needs a skill")
    update.draft.skill = skill
    return choices.SKILL_CHANGED


def set_note(update: Update, member: dict[str, Any]) -> str:
    """Set the note; null or nothing empties it."""
    update.draft.note = _text(member, "note")
    return choices.NOTE_UPDATED


def set_topic(update: Update, member: dict[str, Any]) -> str:
    """Set the topic; null or nothing empties it."""
    update.draft.topic = _text(member, "topic")
    return choices.TOPIC_UPDATED


def set_ttr(update: Update, member: dict[str, Any]) -> str:
    """Set the time to respond, in seconds.

    A named type comes with 0 and has a length of its own; CUSTOM with 0 keeps the
    length that there is.
    """
    kind, value = str(member.get("ttrType") or "CUSTOM"), member.get("value")
    value = 0 if value is None else value
    if kind not in choices.TTR_TYPES:
        raise Refused(400, "Unknown ttrType")
    if type(value) is not int or value < 0:
        raise Refused(400, "A TTRField needs a value in seconds")
    draft = update.draft
    draft.ttr_type = kind
    draft.ttr_value = value or choices.TTR_SECONDS.get(kind, draft.ttr_value)
    return choices.TTR_UPDATED


def set_manual_ettr(update: Update, member: dict[str, Any]) -> str:
    """Set when an answer is due, in epoch milliseconds; 0 leaves it to the TTR."""
    update.draft.manual_ettr = _time(member, "time", "A ManualETTR") or None
    return choices.MANUAL_ETTR_UPDATED


def set_delay(update: Update, member: dict[str, Any]) -> str:
    """Set until when (epoch ms) nobody is expected to answer; 0 ends the delay.

    The member has a ``delay`` of type and tillWhen, or tillWhen itself.
    """
    told = as_object(member.get("delay")) or member
    until = _time(told, "tillWhen", "A DelayField")
    kind = "NIGHT" if told is member else str(told.get("type") or "NIGHT")
    update.draft.delay = {"type": kind[:64], "tillWhen": until} if until else None
    return choices.DELAY_UPDATED


def set_csat(update: Update, member: dict[str, Any]) -> str:
    """Set how satisfied the consumer is: 0 to 5, as a number or as a text."""
    status = str(member.get("status") or "FILLED")
    if status not in choices.CSAT_STATUSES:
        raise Refused(400, "Unknown status of a CSATRate")
    told = member.get("csatRate")
    rate = None if told is None else _RATES.get(as_id(told) or "")
    if rate is None and (told is not None or status == "FILLED"):
        raise Refused(400, "A CSATRate needs a csatRate of 0 to 5")
    confirmation = member.get("csatResolutionConfirmation")
    if confirmation is not None and type(confirmation) is not bool:
        raise Refused(400, "The csatResolutionConfirmation is neither true nor false")
    update.draft.csat = {
        "csatRate": rate,
        "csatResolutionConfirmation": confirmation,
        "status": status,
    }
    return choices.CSAT_PROCESSED


def set_handler(update: Update, member: dict[str, Any]) -> str:
    """Set which account and skill handle the conversation.

    The member has both in ``conversationHandlerDetails``, or itself.
    """
    told = as_object(member.get("conversationHandlerDetails")) or member
    account, skill = as_id(told.get("accountId")), as_id(told.get("skillId"))
    if account is None or skill is None:
        raise Refused(400, "A ConversationHandler needs an accountId and a skillId")
    update.draft.handler = {"accountId": account, "skillId": skill}
    return choices.CONVERSATION_HANDLER_UPDATED


_RATES = {str(rate): rate for rate in range(6)}


def _text(member: dict[str, Any], name: str) -> str:
    text = member.get(name) or ""
    if not isinstance(text, str):
        raise Refused(400, f"The {name} is no text")
    if len(text) > choices.MAX_NOTE_LENGTH:
        raise Refused(
            400, f"The {name} is longer than {choices.MAX_NOTE_LENGTH:,} characters"
        )
    return text


def _time(told: dict[str, Any], name: str, who: str) -> int:
    time = told.get(name)
    if type(time) is not int or time < 0:
        raise Refused(400, f"{who} needs a {name} in milliseconds")
    return time
