"""The end of a conversation, or of one of its dialogs."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.world.dialog import Dialog, Participant

if TYPE_CHECKING:
    from ums_actors.emulator.world.changes.update import Update

__all__ = ["close_conversation", "close_dialog"]


def close_conversation(update: Update, member: dict[str, Any]) -> str:
    """Close all dialogs at once; no survey follows."""
    if member.get("conversationState") != "CLOSE":
        raise Refused(400, "The only conversationState to set is CLOSE")
    for dialog in update.draft.dialogs:
        if dialog.state == "OPEN":
            _end(dialog, update, member)
    _end_conversation(update)
    return choices.CONVERSATION_RESOLVED


def close_dialog(update: Update, dialog: Dialog, change: dict[str, Any]) -> str:
    """Close a dialog; a survey follows the MAIN one if there is to be one."""
    draft = update.draft
    if update.is_of_consumer and dialog.active(update.by) is None:
        raise Refused(403, "Only a participant may close the dialog")
    _end(dialog, update, change)
    if dialog is draft.main and choices.COBROWSE_ENDS_WITH_MAIN:
        for other in draft.current[1:]:
            if other.channel_type == "COBROWSE":
                _end(other, update, change)
    if dialog is draft.main and draft.survey:
        draft.survey = False
        draft.dialogs.append(_survey(dialog, update.now))
    if draft.stage != "OPEN":
        _end_conversation(update)
    return choices.CONVERSATION_RESOLVED


def _end(dialog: Dialog, update: Update, told: dict[str, Any]) -> None:
    closer = told.get("closedBy") or update.side
    if str(closer) not in choices.CLOSERS:
        raise Refused(400, "Unknown closedBy")
    cause = told.get("closedCause")
    if cause is not None and not isinstance(cause, str):
        raise Refused(400, "The closedCause is no text")
    if len(cause or "") > choices.MAX_NOTE_LENGTH:
        raise Refused(
            400, f"The closedCause is longer than {choices.MAX_NOTE_LENGTH:,}"
        )
    dialog.state, dialog.ended = "CLOSE", update.now
    dialog.closed_by, dialog.closed_cause = str(closer), cause


def _end_conversation(update: Update) -> None:
    """The end of MAIN is the reason, whoever closed the survey after it."""
    update.draft.ended = update.now
    update.draft.close_reason = update.draft.main.closed_by


def _survey(main: Dialog, now: int) -> Dialog:
    return Dialog(
        str(uuid.uuid4()),
        "POST_SURVEY",
        now,
        [Participant(name, "CONSUMER") for name in main.in_role("CONSUMER")],
        metadata={"appInstallId": choices.SURVEY_APP},
    )
