"""Dialogs beside the MAIN one, and the end of any."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_id, as_object, json_length
from ums_actors.emulator.world.changes.closing import close_dialog
from ums_actors.emulator.world.dialog import Dialog, Participant

if TYPE_CHECKING:
    from ums_actors.emulator.world.changes.update import Update
    from ums_actors.emulator.world.conversation import Details

__all__ = ["change_dialog"]

COBROWSE: Final = "COBROWSE"
_BESIDE_COBROWSE: Final = ("OTHER", "AGENTS", COBROWSE)


def change_dialog(update: Update, member: dict[str, Any]) -> str:
    """Close a dialog (UPDATE), or open another one (CREATE)."""
    change = as_object(member.get("dialog"))
    kind = member.get("type")
    if change is None or kind not in ("CREATE", "UPDATE"):
        raise Refused(
            400, "A DialogChange needs the type CREATE or UPDATE, and a dialog"
        )
    if kind == "CREATE":
        return _create(update, change)
    if change.get("state") != "CLOSE":
        raise Refused(400, "The only dialog state to set is CLOSE")
    dialog_id = as_id(change.get("dialogId")) or as_id(member.get("dialogId"))
    if dialog_id is None:
        raise Refused(400, "A DialogChange needs a dialogId to close")
    return close_dialog(update, update.open_dialog(dialog_id), change)


def _create(update: Update, change: dict[str, Any]) -> str:
    if update.is_of_consumer:
        raise Refused(403, "Only a brand user may create a dialog")
    update.require_participant("create a dialog")
    update.open_dialog(None)
    dialog_type, channel = _kind(change)
    draft = update.draft
    if channel == COBROWSE and _has_open_cobrowse(draft):
        raise Refused(409, "A COBROWSE dialog is open already")
    if len(draft.dialogs) >= choices.MAX_DIALOGS:
        raise Refused(400, "The conversation has too many dialogs")
    metadata = as_object(change.get("metaData"))
    if metadata and json_length(metadata) > choices.MAX_EXTRA_LENGTH:
        raise Refused(
            400, f"The metaData is longer than {choices.MAX_EXTRA_LENGTH:,} characters"
        )
    members = [
        Participant(part.id, part.role)
        for part in draft.main.participants
        if part.state == "ACTIVE" and (channel == COBROWSE or part.role != "CONSUMER")
    ]
    identity = str(uuid.uuid4())
    draft.dialogs.append(
        Dialog(identity, dialog_type, update.now, members, channel, metadata=metadata)
    )
    return choices.DIALOG_CREATED


def _kind(change: dict[str, Any]) -> tuple[str, str]:
    """Give the type and the channel of a dialog to create.

    COBROWSE is a channel; it is taken as a type too. A dialog of it is of the type
    OTHER unless another is named, and has the consumer in it, as AGENTS has not.
    """
    kind, channel = change.get("dialogType"), change.get("channelType")
    if COBROWSE in (kind, channel) and (kind or COBROWSE) in _BESIDE_COBROWSE:
        return kind or "OTHER", COBROWSE
    if kind == "AGENTS" and channel in (None, "MESSAGING"):
        return "AGENTS", "MESSAGING"
    raise Refused(
        400, "A dialog to create has the dialogType AGENTS or the channelType COBROWSE"
    )


def _has_open_cobrowse(draft: Details) -> bool:
    return any(
        dialog.channel_type == COBROWSE and dialog.state == "OPEN"
        for dialog in draft.dialogs
    )
