"""Which members an update may have, who may send them, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_object
from ums_actors.emulator.world.changes import closing, dialogs, fields, participants

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.emulator.world.changes.update import Update

__all__ = ["apply_members"]


def apply_members(update: Update, members: list[Any]) -> str:
    """Apply all members in their order; give the text of the last one.

    Raises:
        Refused: a member cannot be applied; the draft is then worthless.
    """
    if not members:
        raise Refused(400, "No conversation field is given")
    text = ""
    for told in members:
        member = as_object(told)
        if member is None:
            raise Refused(400, "A conversation field is no object")
        text = _apply(update, str(member.get("field")), member)
    if not update.draft.main.in_role("CONSUMER"):
        raise Refused(400, "The conversation would be without a consumer")
    return text


def _apply(update: Update, name: str, member: dict[str, Any]) -> str:
    apply = _MEMBERS.get(name)
    if apply is None:
        raise Refused(400, "Unknown conversation field")
    if update.is_of_consumer:
        update.require_participant("change the conversation")
        if name not in _OF_CONSUMERS:
            raise Refused(403, f"Only a brand user may change the {name}")
    if not update.was_open and name not in _AFTER_THE_END:
        raise Refused(409, "Conversation is closed")
    return apply(update, member)


_MEMBERS: Final[dict[str, Callable[[Update, dict[str, Any]], str]]] = {
    "ConversationStateField": closing.close_conversation,
    "Stage": closing.close_conversation,
    "DialogChange": dialogs.change_dialog,
    "ParticipantsChange": participants.change_participants,
    "Skill": fields.set_skill,
    "TTRField": fields.set_ttr,
    "ManualETTR": fields.set_manual_ettr,
    "DelayField": fields.set_delay,
    "Note": fields.set_note,
    "TopicField": fields.set_topic,
    "CSATRate": fields.set_csat,
    "ConversationHandler": fields.set_handler,
}
_OF_CONSUMERS: Final = frozenset(
    {
        "ConversationStateField",
        "Stage",
        "DialogChange",
        "ParticipantsChange",
        "TTRField",
        "CSATRate",
    }
)
_AFTER_THE_END: Final = frozenset({"CSATRate"})
"""A consumer is asked how it was when it is over."""
