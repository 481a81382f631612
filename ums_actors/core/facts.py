"""What is known of a conversation: facts that are replaced whole, never changed.

Made of the records of either dialect, in one form: an agent's user id is its PID where
that is known, and its ``account.user`` is beside it; a consumer has one id.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from ums_actors.protocol.conversations import Campaign, Csat, Handler, Ttr
from ums_actors.protocol.enums import (
    ChannelType,
    ConversationState,
    DialogState,
    DialogType,
    ParticipantState,
)
from ums_actors.protocol.messages import MessageEvent  # noqa: TC001 help() reads it

__all__ = ["ConversationFacts", "DialogFacts", "Member"]

_NO_TTR: Final = Ttr()
_NO_CAMPAIGN: Final = Campaign()
_NO_HANDLER: Final = Handler()
_NULL: Final = msgspec.Raw(b"null")
_CLOSE: Final = ConversationState.CLOSE.value
_DIALOG_CLOSE: Final = DialogState.CLOSE.value
_SUGGESTED: Final = ParticipantState.SUGGESTED.value
_COBROWSE: Final = ChannelType.COBROWSE.value


class Member(Struct, frozen=True, gc=False):
    """Somebody who takes part in a dialog, in one role, or is asked to."""

    user_id: str
    agent_id: str | None
    role: str
    state: str = "ACTIVE"

    @property
    def key(self) -> tuple[str, str]:
        """By which it is known again, whether its PID has become known or not."""
        return self.agent_id or self.user_id, self.role

    @property
    def active(self) -> bool:
        """Whether it takes part already."""
        return self.state != _SUGGESTED


class DialogFacts(Struct, frozen=True, gc=False):
    """One dialog; times are milliseconds since 1970."""

    dialog_id: str
    dialog_type: str = "MAIN"
    channel_type: str = "MESSAGING"
    state: str = "OPEN"
    created: int | None = None
    ended: int | None = None
    updated: int | None = None
    closed_by: str | None = None
    closed_cause: str | None = None
    meta_data: Any = None
    members: tuple[Member, ...] = ()

    @property
    def open(self) -> bool:
        """Whether something can be said in it."""
        return self.state != _DIALOG_CLOSE

    @property
    def cobrowse(self) -> bool:
        """Whether it is a shared screen or a call, in which nothing is written.

        COBROWSE is a channel; some name it as the type.
        """
        return _COBROWSE in (self.channel_type, self.dialog_type)

    def in_role(self, role: str) -> list[Member]:
        """Give those in a role, asked ones too."""
        return [each for each in self.members if each.role == role]


class ConversationFacts(Struct, frozen=True, gc=False):
    """A conversation; times are milliseconds since 1970."""

    conversation_id: str
    account_id: str | None = None
    skill_id: str | None = None
    group_id: str | None = None
    note: str | None = None
    topic: str | None = None
    state: str = "OPEN"
    stage: str = "OPEN"
    started: int | None = None
    ended: int | None = None
    close_reason: str | None = None
    updated: int | None = None
    changed: int | None = None
    first_conversation: bool = False
    ttr: Ttr = _NO_TTR
    effective_ttr: int | None = None
    manual_ettr: int | None = None
    delay: Any = None
    csat: Csat | None = None
    campaign: Campaign = _NO_CAMPAIGN
    handler: Handler = _NO_HANDLER
    app_install_id: str | None = None
    context: msgspec.Raw = _NULL
    unread: dict[str, int] = {}
    last_content: MessageEvent | None = None
    dialogs: tuple[DialogFacts, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the whole of it has not ended."""
        return self.stage != _CLOSE

    @property
    def main(self) -> DialogFacts | None:
        """The main dialog."""
        for each in self.dialogs:
            if each.dialog_id == self.conversation_id:
                return each
        for each in self.dialogs:
            if each.dialog_type == DialogType.MAIN and not each.cobrowse:
                return each
        return None

    def dialog(self, dialog_id: str) -> DialogFacts | None:
        """Give the dialog of that id, or None."""
        for each in self.dialogs:
            if each.dialog_id == dialog_id:
                return each
        return None
