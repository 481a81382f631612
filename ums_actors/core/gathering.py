"""Making facts of what the service tells, in either dialect."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from ums_actors.core.facts import ConversationFacts, DialogFacts, Member
from ums_actors.protocol.conversations import Campaign, Csat, Handler, Ttr
from ums_actors.protocol.enums import (
    ConversationState,
    DialogState,
    DialogType,
    ParticipantRole,
    ParticipantState,
)

if TYPE_CHECKING:
    from ums_actors.protocol.conversations import (
        ConversationDetails,
        ConversationResult,
        Dialog,
    )
    from ums_actors.protocol.ids import IdTable

__all__ = ["facts_of"]

_WORDS: Final = {
    str(word): str(word)
    for words in (ConversationState, DialogType, ParticipantRole, ParticipantState)
    for word in words
}
"""Texts that come again and again; one object of each is kept."""
_NO_TTR: Final = Ttr()
_NO_CAMPAIGN: Final = Campaign()
_NO_HANDLER: Final = Handler()


def facts_of(
    result: ConversationResult, ids: IdTable, known: ConversationFacts | None
) -> tuple[ConversationFacts, int]:
    """Make facts of what a change tells; count the dialogs that it tells late.

    What it leaves out is taken for cleared, but for the dialogs: there is no
    conversation without. Of a dialog that is known in a later state, that stays.

    Args:
        result: what the service told.
        ids: who is who; must have learned from ``result``.
        known: the facts so far.
    """
    details, told = result.conversation_details, result.conversation_id
    conversation_id = told if known is None else known.conversation_id
    last = result.last_content_event
    if last is None and known is not None:
        last = known.last_content  # it may be missing though there is one
    unread = result.unread or details.unread or {}
    context = details.raw_context
    if known is not None and known.context == context:
        context = known.context
    else:
        context = context.copy()  # else it would keep its whole frame
    dialogs, late = _dialogs(details, conversation_id, ids, known)
    facts = ConversationFacts(
        conversation_id,
        _shared(details.brand_id),
        _shared(details.skill_id),
        details.group_id or None,
        details.note or None,
        details.topic or None,
        _WORDS.get(details.state, details.state),
        _stage(details),
        details.start_ts,
        details.end_ts,
        details.close_reason,
        details.meta_data_last_update_ts,
        result.last_update_time,
        details.first_conversation,
        details.ttr or _NO_TTR,
        result.effective_ttr,
        details.manual_ettr or None,
        details.delay,
        _csat(details),
        details.campaign_info or _NO_CAMPAIGN,
        details.handler or _NO_HANDLER,
        details.app_install_id,
        context,
        unread,
        last,
        dialogs,
    )
    return facts, late


def _stage(details: ConversationDetails) -> str:
    """Give the state of the whole; older services tell of the main dialog alone."""
    stage = details.stage or details.state
    return _WORDS.get(stage, stage)


def _csat(details: ConversationDetails) -> Csat | None:
    if details.csat is not None:
        return details.csat
    return Csat(details.csat_rate) if details.csat_rate else None


def _dialogs(
    details: ConversationDetails,
    conversation_id: str,
    ids: IdTable,
    known: ConversationFacts | None,
) -> tuple[tuple[DialogFacts, ...], int]:
    if not details.dialogs:
        if known is not None:
            return known.dialogs, 0
        return (_only_dialog(details, conversation_id, ids),), 0
    found: list[DialogFacts] = []
    late = 0
    for dialog in details.dialogs:
        dialog_id = dialog.dialog_id
        if not dialog_id or dialog_id == conversation_id:
            dialog_id = conversation_id  # one object for both
        before = None if known is None else known.dialog(dialog_id)
        if before is not None and _is_late(dialog.meta_data_last_update_ts, before):
            found.append(before)
            late += 1
            continue
        if before is not None and _still(before.members, dialog):
            members = before.members
        else:
            members = _members(dialog, ids)
            if not members and dialog_id == conversation_id:
                members = _listed(details, ids)  # an old one
            if before is not None and before.members == members:
                members = before.members
        found.append(_dialog(dialog, dialog_id, members))
    return tuple(found), late


def _is_late(told: int | None, known: DialogFacts) -> bool:
    return told is not None and known.updated is not None and told < known.updated


def _only_dialog(
    details: ConversationDetails, conversation_id: str, ids: IdTable
) -> DialogFacts:
    """Make the main dialog of a conversation that comes without."""
    open_ = _stage(details) != ConversationState.CLOSE
    state = DialogState.OPEN.value if open_ else DialogState.CLOSE.value
    return DialogFacts(conversation_id, state=state, members=_listed(details, ids))


def _dialog(dialog: Dialog, dialog_id: str, members: tuple[Member, ...]) -> DialogFacts:
    word = _WORDS.get
    return DialogFacts(
        dialog_id,
        word(dialog.dialog_type, dialog.dialog_type),
        word(dialog.channel_type, dialog.channel_type),
        word(dialog.state, dialog.state),
        dialog.creation_ts,
        dialog.end_ts,
        dialog.meta_data_last_update_ts,
        dialog.closed_by,
        dialog.closed_cause,
        dialog.meta_data,
        members,
    )


def _still(members: tuple[Member, ...], dialog: Dialog) -> bool:
    """Tell, quickly, what is nearly always so: that the same people take part."""
    told = dialog.participants_details
    if not told or len(told) != len(members):
        return False
    for member, each in zip(members, told, strict=True):
        if (
            each.id != (member.agent_id or member.user_id)
            or each.role != member.role
            or each.state != member.state
            or member.user_id == member.agent_id  # its PID may be known by now
        ):
            return False
    return True


def _members(dialog: Dialog, ids: IdTable) -> tuple[Member, ...]:
    word = _WORDS.get
    return tuple(
        [
            _member(
                each.id, word(each.role, each.role), word(each.state, each.state), ids
            )
            for each in dialog.participants_details
            if each.id
        ]
    )


def _listed(details: ConversationDetails, ids: IdTable) -> tuple[Member, ...]:
    """Give those of the whole conversation, for dialogs that do not list theirs."""
    return tuple(
        _member(each, _WORDS.get(role, role), ParticipantState.ACTIVE.value, ids)
        for role, each in details.members()
    )


def _member(told: str, role: str, state: str, ids: IdTable) -> Member:
    if role == ParticipantRole.CONSUMER:
        return Member(told, None, role, state)
    agent_id = ids.agent_of(told)
    return Member(ids.pid_of(told) or told, agent_id, role, state)


def _shared(word: str | None) -> str | None:
    """Keep one object of an id that many conversations have."""
    return None if word is None else sys.intern(word)
