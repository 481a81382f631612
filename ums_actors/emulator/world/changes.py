"""The members of UpdateConversationField, applied to a draft of a conversation."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_object
from ums_actors.emulator.world.conversation import Details, Dialog, Participant

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Update", "apply_members"]


@dataclass
class Update:
    """One update under way.

    Attributes:
        draft: what it changes; thrown away if any member is refused.
        by: old id of the brand user who asked, or the consumer's id.
        side: AGENT or CONSUMER.
        exists: says whether an identity may become a participant in a role.
        now: epoch milliseconds.
    """

    draft: Details
    by: str
    side: str
    exists: Callable[[str, str], bool]
    now: int

    def __post_init__(self) -> None:
        # a transfer may remove its own author before it goes on
        self._takes_part = any(
            dialog.active(self.by) is not None for dialog in self.draft.dialogs
        )

    def require_participant(self) -> None:
        """Refuse what only those may do who took part when the update came."""
        if not self._takes_part:
            raise Refused(403, "Only a participant may transfer the conversation")


def apply_members(update: Update, members: list[Any]) -> str:
    """Apply all members in their order; give the text of the last one.

    Raises:
        Refused: a member cannot be applied; the draft is then worthless.
    """
    if not members:
        raise Refused(400, "No conversation field is given")
    if update.draft.stage != "OPEN":
        raise Refused(409, "Conversation is closed")
    text = ""
    for member in map(as_object, members):
        if member is None:
            raise Refused(400, "A conversation field is no object")
        apply = _MEMBERS.get(str(member.get("field")))
        if apply is None:
            raise Refused(400, "Unknown conversation field")
        text = apply(update, member)
    return text


# -- closing


def _close_conversation(update: Update, member: dict[str, Any]) -> str:
    if member.get("conversationState") != "CLOSE":
        raise Refused(400, "The only conversationState to set is CLOSE")
    for dialog in update.draft.dialogs:
        if dialog.state == "OPEN":
            _end(dialog, update, member)
    _end_conversation(update)
    return choices.CONVERSATION_RESOLVED


def _change_dialog(update: Update, member: dict[str, Any]) -> str:
    change = as_object(member.get("dialog"))
    if member.get("type") != "UPDATE" or change is None:
        raise Refused(400, "A DialogChange needs the type UPDATE and a dialog")
    if change.get("state") != "CLOSE":
        raise Refused(400, "The only dialog state to set is CLOSE")
    draft = update.draft
    dialog = draft.dialog(str(change.get("dialogId")))
    if dialog.state != "OPEN":
        raise Refused(409, "Dialog is closed")
    _end(dialog, update, change)
    if dialog is draft.main and draft.survey:
        draft.survey = False
        draft.dialogs.append(_survey(dialog, update.now))
    if draft.stage != "OPEN":
        _end_conversation(update)
    return choices.CONVERSATION_RESOLVED


def _end(dialog: Dialog, update: Update, member: dict[str, Any]) -> None:
    dialog.state, dialog.ended = "CLOSE", update.now
    dialog.closed_by = str(member.get("closedBy") or update.side)
    dialog.closed_cause = member.get("closedCause")


def _end_conversation(update: Update) -> None:
    update.draft.ended = update.now
    update.draft.close_reason = update.draft.main.closed_by


def _survey(main: Dialog, now: int) -> Dialog:
    consumers = [Participant(name, "CONSUMER") for name in main.in_role("CONSUMER")]
    return Dialog(str(uuid.uuid4()), "POST_SURVEY", now, consumers)


# -- participants


def _change_participants(update: Update, member: dict[str, Any]) -> str:
    role = member.get("role")
    if role not in choices.ROLES:
        raise Refused(400, "A ParticipantsChange needs a known role")
    kind = _KINDS.get(str(member.get("type")))
    if kind is None:
        raise Refused(400, "Unknown type of ParticipantsChange")
    dialog_id = member.get("dialogId") or update.draft.main.dialog_id
    dialog = update.draft.dialog(str(dialog_id))
    if dialog.state != "OPEN":
        raise Refused(409, "Dialog is closed")
    return kind(update, dialog, str(member.get("userId") or update.by), role)


def _add(update: Update, dialog: Dialog, user: str, role: str) -> str:
    if not update.exists(user, role):
        raise Refused(404, "User not found")
    assigned = dialog.in_role("ASSIGNED_AGENT") if role == "ASSIGNED_AGENT" else []
    if assigned not in ([], [user]):
        raise Refused(409, "Another agent is assigned")
    _put(dialog, Participant(user, role))
    return choices.AGENT_ADDED


def _remove(update: Update, dialog: Dialog, user: str, role: str) -> str:
    if user != update.by:
        update.require_participant()
    if not _drop(dialog, user, role):
        # the service fails the whole list when nobody is there to be removed
        raise Refused(400, f"There is no such {role} in the conversation")
    return choices.AGENT_REMOVED


def _suggest(update: Update, dialog: Dialog, user: str, role: str) -> str:
    update.require_participant()
    if not update.exists(user, role):
        raise Refused(404, "User not found")
    _put(dialog, Participant(user, role, "SUGGESTED"))
    return choices.SUGGESTED


def _move(update: Update, dialog: Dialog, user: str, role: str) -> str:
    kept = [part for part in dialog.participants if part.id != user]
    if len(kept) == len(dialog.participants):
        raise Refused(404, "Participant not found")
    dialog.participants = kept
    return _add(update, dialog, user, role)


def _put(dialog: Dialog, participant: Participant) -> None:
    _drop(dialog, participant.id, participant.role)
    if len(dialog.participants) >= choices.MAX_PARTICIPANTS:
        raise Refused(400, "The dialog has too many participants")
    dialog.participants.append(participant)


def _drop(dialog: Dialog, user: str, role: str) -> bool:
    kept = [
        part for part in dialog.participants if (part.id, part.role) != (user, role)
    ]
    dropped = len(kept) < len(dialog.participants)
    dialog.participants = kept
    return dropped


# -- plain fields


def _skill(update: Update, member: dict[str, Any]) -> str:
    update.require_participant()
    if not member.get("skill"):
        raise Refused(400, "A Skill needs a skill")
    update.draft.skill = str(member["skill"])
    return choices.SKILL_CHANGED


def _note(update: Update, member: dict[str, Any]) -> str:
    update.draft.note = str(member.get("note") or "")
    return choices.NOTE_UPDATED


def _ttr(update: Update, member: dict[str, Any]) -> str:
    value = member.get("value")
    if type(value) is not int or value < 0:
        raise Refused(400, "A TTRField needs a value in seconds")
    update.draft.ttr_type = str(member.get("ttrType") or "CUSTOM")
    # a named type comes with 0 and keeps the length it has
    update.draft.ttr_value = value or update.draft.ttr_value
    return choices.TTR_UPDATED


def _manual_ettr(update: Update, member: dict[str, Any]) -> str:
    if type(member.get("time")) is not int:
        raise Refused(400, "A ManualETTR needs a time in milliseconds")
    update.draft.manual_ettr = member["time"]
    return choices.MANUAL_ETTR_UPDATED


def _csat(update: Update, member: dict[str, Any]) -> str:
    update.draft.csat = {
        name: member.get(name)
        for name in ("csatRate", "csatResolutionConfirmation", "status")
    }
    return choices.CSAT_PROCESSED


_KINDS: Final[dict[str, Callable[[Update, Dialog, str, str], str]]] = {
    "ADD": _add,
    "REMOVE": _remove,
    "SUGGEST": _suggest,
    "UPDATE": _move,
}
_MEMBERS: Final[dict[str, Callable[[Update, dict[str, Any]], str]]] = {
    "ConversationStateField": _close_conversation,
    "Stage": _close_conversation,
    "DialogChange": _change_dialog,
    "ParticipantsChange": _change_participants,
    "Skill": _skill,
    "Note": _note,
    "TTRField": _ttr,
    "ManualETTR": _manual_ettr,
    "CSATRate": _csat,
}
