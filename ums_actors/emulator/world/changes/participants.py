"""Who takes part in a dialog, and in which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_id
from ums_actors.emulator.world.dialog import Dialog, Participant

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.emulator.world.changes.update import Update

__all__ = ["change_participants"]


def change_participants(update: Update, member: dict[str, Any]) -> str:
    """Add, remove, move or suggest somebody, in the MAIN dialog or the one named."""
    role, kind = member.get("role"), str(member.get("type"))
    if role not in choices.ROLES:
        raise Refused(400, "A ParticipantsChange needs a known role")
    change = _KINDS.get(kind)
    if change is None:
        raise Refused(400, "Unknown type of ParticipantsChange")
    if update.is_of_consumer and (role != "CONSUMER" or kind not in _OF_TAKEOVER):
        raise Refused(403, "Only a brand user may change who else takes part")
    dialog = update.open_dialog(as_id(member.get("dialogId")))
    user = as_id(member.get("userId")) or update.by
    return change(update, dialog, user, role)


def _add(update: Update, dialog: Dialog, user: str, role: str) -> str:
    if not update.exists(user, role):
        raise Refused(404, "User not found")
    assigned = dialog.in_role("ASSIGNED_AGENT") if role == "ASSIGNED_AGENT" else []
    if assigned not in ([], [user]):
        raise Refused(409, "Another agent is assigned")
    _put(dialog, Participant(user, role))
    if role == "CONSUMER":  # taken over, maybe: where the other one was too
        for other in _beside(update, dialog):
            if other.dialog_type != "AGENTS" and not other.in_role(role):
                _put(other, Participant(user, role))
    return choices.AGENT_ADDED


def _remove(update: Update, dialog: Dialog, user: str, role: str) -> str:
    if user != update.by and not update.is_of_consumer:
        update.require_participant()
    if not _drop(dialog, user, role):
        # the service fails the whole list when nobody is there to be removed
        raise Refused(400, f"There is no such {role} in the conversation")
    for other in _beside(update, dialog):
        _drop(other, user, role)
    return choices.AGENT_REMOVED


def _suggest(update: Update, dialog: Dialog, user: str, role: str) -> str:
    update.require_participant()
    if not update.exists(user, role):
        raise Refused(404, "User not found")
    if user in dialog.in_role(role):
        raise Refused(409, f"The user is {role} already")
    _put(dialog, Participant(user, role, "SUGGESTED"))
    return choices.SUGGESTED


def _move(update: Update, dialog: Dialog, user: str, role: str) -> str:
    kept = [part for part in dialog.participants if part.id != user]
    if len(kept) == len(dialog.participants):
        raise Refused(404, "Participant not found")
    dialog.participants = kept
    return _add(update, dialog, user, role)


def _beside(update: Update, dialog: Dialog) -> list[Dialog]:
    """Give the other open dialogs, for who leaves MAIN leaves them too."""
    current = update.draft.current
    return current[1:] if dialog is update.draft.main else []


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


_KINDS: Final[dict[str, Callable[[Update, Dialog, str, str], str]]] = {
    "ADD": _add,
    "REMOVE": _remove,
    "SUGGEST": _suggest,
    "UPDATE": _move,
}
_OF_TAKEOVER: Final = frozenset({"ADD", "REMOVE"})
"""A consumer hands the conversation over to another identity of theirs with these."""
