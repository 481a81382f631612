"""A shared screen or call, played by a script: invited, accepted, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.world.changes.dialogs import COBROWSE, add_cobrowse

if TYPE_CHECKING:
    from ums_actors.emulator.world.conversation import Conversation, Details
    from ums_actors.emulator.world.world import World

__all__ = ["cobrowse_step"]

_KEYS: Final = {
    "INVITED": "invited",
    "ACCEPTED": "accepted",
    "JOINED": "joined",
    "CLOSED": "closed",
}
"""What clients are told as notificationKey in each step."""
_MODES: Final = ("COBROWSE", "VIDEO_CALL", "VOICE_CALL")
_INVITATION: Final = 120.0
"""Seconds that an invitation is good for; told, not kept."""


def cobrowse_step(
    world: World, conversation: Conversation, session: str, mode: str
) -> str:
    """Take the next step; give the id of the dialog.

    Raises:
        EmulatorError: there is no such step or mode, or no open dialog to go on with.
        Refused: the service does not have it, as when one is open already.
    """
    if session not in _KEYS or mode not in _MODES:
        raise EmulatorError(
            f"the session is one of {', '.join(_KEYS)}, the mode one of "
            f"{', '.join(_MODES)}"
        )
    if session == "INVITED":
        return _invite(world, conversation, mode)
    dialog_id = _open_one(conversation.details)
    told: dict[str, Any] = {
        "dialogId": dialog_id,
        "state": "CLOSE" if session == "CLOSED" else "OPEN",
        "metaData": {
            "sessionState": "ACCEPTED" if session == "JOINED" else session,
            "notificationKey": _KEYS[session],
        },
    }
    member = {"field": "DialogChange", "type": "UPDATE", "dialog": told}
    world.update(conversation, conversation.consumer, [member])
    return dialog_id


def _invite(world: World, conversation: Conversation, mode: str) -> str:
    now = world.now()
    metadata = {
        "serviceId": f"{conversation.consumer}#{conversation.conversation_id}",
        "expires": now / 1000 + _INVITATION,
        "sessionState": "INVITED",
        "mode": mode,
        "notificationKey": _KEYS["INVITED"],
    }

    def invite(draft: Details) -> None:
        dialog = add_cobrowse(draft, now, metadata=metadata)
        metadata["dialogId"] = dialog.dialog_id

    world.amend(conversation, invite)
    return str(metadata["dialogId"])


def _open_one(details: Details) -> str:
    for dialog in details.dialogs:
        if dialog.channel_type == COBROWSE and dialog.state == "OPEN":
            return dialog.dialog_id
    raise EmulatorError("no COBROWSE dialog is open; begin with the session INVITED")
