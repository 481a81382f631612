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

__all__ = ["COBROWSE", "add_cobrowse", "change_dialog"]

COBROWSE: Final = "COBROWSE"
MAX_ID: Final = 64
"""Characters of the id that a client gives to a dialog."""
_BESIDE_COBROWSE: Final = ("OTHER", "AGENTS", COBROWSE)


def change_dialog(update: Update, member: dict[str, Any]) -> str:
    """Close a dialog or change a COBROWSE one (UPDATE), or open another (CREATE)."""
    change = as_object(member.get("dialog"))
    kind = member.get("type")
    if change is None or kind not in ("CREATE", "UPDATE"):
        raise Refused(
            400, "A DialogChange needs the type CREATE or UPDATE, and a dialog"
        )
    dialog_id = as_id(change.get("dialogId")) or as_id(member.get("dialogId"))
    if kind == "CREATE":
        return _create(update, change, dialog_id)
    if dialog_id is None:
        raise Refused(400, "A DialogChange needs a dialogId")
    dialog = update.open_dialog(dialog_id)
    metadata = _metadata(change)
    if change.get("state") == "CLOSE":
        text = close_dialog(update, dialog, change)
    elif dialog.channel_type == COBROWSE and metadata:
        if dialog.active(update.by) is None:
            raise Refused(403, "Only a participant may change the dialog")
        text = choices.DIALOG_UPDATED
    else:
        raise Refused(400, "The only dialog state to set is CLOSE")
    if metadata:
        dialog.metadata = {**(dialog.metadata or {}), **metadata}
    return text


def add_cobrowse(
    draft: Details,
    now: int,
    *,
    dialog_type: str = "OTHER",
    dialog_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Dialog:
    """Add a COBROWSE dialog with all who take part in the MAIN one.

    Raises:
        Refused: one is open, or there is no room.
    """
    if any(it.channel_type == COBROWSE and it.state == "OPEN" for it in draft.dialogs):
        raise Refused(409, "A COBROWSE dialog is open already")
    if draft.main.state != "OPEN":
        raise Refused(409, "Dialog is closed")
    return _add(
        draft, now, dialog_type, COBROWSE, dialog_id=dialog_id, metadata=metadata
    )


def _create(update: Update, change: dict[str, Any], dialog_id: str | None) -> str:
    if update.is_of_consumer:
        raise Refused(403, "Only a brand user may create a dialog")
    update.require_participant("create a dialog")
    update.open_dialog(None)
    dialog_type, channel = _kind(change)
    metadata = _metadata(change)
    if dialog_id is not None and (
        len(dialog_id) > MAX_ID or update.is_taken(dialog_id)
    ):
        raise Refused(409, "The dialogId is taken or too long")
    told: dict[str, Any] = {"dialog_id": dialog_id, "metadata": metadata}
    if channel == COBROWSE:
        add_cobrowse(update.draft, update.now, dialog_type=dialog_type, **told)
    else:
        _add(update.draft, update.now, dialog_type, channel, **told)
    return choices.DIALOG_CREATED


def _add(
    draft: Details,
    now: int,
    dialog_type: str,
    channel: str,
    *,
    dialog_id: str | None,
    metadata: dict[str, Any] | None,
) -> Dialog:
    if len(draft.dialogs) >= choices.MAX_DIALOGS:
        raise Refused(400, "The conversation has too many dialogs")
    members = [
        Participant(part.id, part.role)
        for part in draft.main.participants
        if part.state == "ACTIVE" and (channel == COBROWSE or part.role != "CONSUMER")
    ]
    identity = dialog_id or str(uuid.uuid4())
    dialog = Dialog(identity, dialog_type, now, members, channel, metadata=metadata)
    draft.dialogs.append(dialog)
    return dialog


def _metadata(change: dict[str, Any]) -> dict[str, Any] | None:
    metadata = as_object(change.get("metaData"))
    if metadata and json_length(metadata) > choices.MAX_EXTRA_LENGTH:
        raise Refused(
            400, f"The metaData is longer than {choices.MAX_EXTRA_LENGTH:,} characters"
        )
    return metadata


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
