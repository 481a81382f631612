"""Which event a change of a conversation is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ums_actors.actors import conversation_events as events
from ums_actors.core.changes import Change, What
from ums_actors.model.dialog import Dialog
from ums_actors.model.participant import Participant
from ums_actors.protocol.enums import ParticipantState

if TYPE_CHECKING:
    from ums_actors.core.card import News
    from ums_actors.model.conversation import Conversation
    from ums_actors.model.office import Office

__all__ = ["event_of", "kind_of"]

_More = Callable[[Change], dict[str, Any]]


def _nothing(change: Change) -> dict[str, Any]:
    del change
    return {}


def _values(change: Change) -> dict[str, Any]:
    return {"previous": change.previous, "current": change.current}


_KINDS: Final[dict[What, tuple[type[events.ConversationEvent], _More]]] = {
    What.OPENED: (events.ConversationOpened, _nothing),
    What.SKILL: (events.SkillChanged, _values),
    What.GROUP: (events.GroupChanged, _values),
    What.TTR: (events.TtrChanged, _values),
    What.MANUAL_ETTR: (events.ManualEttrChanged, _values),
    What.NOTE: (events.NoteChanged, _values),
    What.CSAT: (events.CsatChanged, _values),
    What.DIALOG_OPENED: (events.DialogOpened, _nothing),
    What.LEFT: (events.ParticipantRemoved, _nothing),
    What.WITHDRAWN: (events.ParticipantSuggestionWithdrawn, _nothing),
    What.SUGGESTED: (events.ParticipantSuggested, _nothing),
    What.JOINED: (
        events.ParticipantAdded,
        lambda change: {"previously_suggested": change.current},
    ),
    What.ROLE: (
        events.ParticipantRoleChanged,
        lambda change: {"previous": change.previous},
    ),
    What.STEPPED_UP: (
        events.ConsumerSteppedUp,
        lambda change: {"previous_id": change.previous},
    ),
    What.TO_AGENT: (events.TransferredToAgent, _nothing),
    What.TO_SKILL: (
        events.TransferredToSkill,
        lambda change: {"previous": change.previous, "skill_id": change.current},
    ),
    What.TO_QUEUE: (events.BackToQueue, _nothing),
    What.DIALOG_CLOSED: (events.DialogClosed, _nothing),
    What.CLOSED: (events.ConversationClosed, _nothing),
    What.REMOVED: (events.ConversationRemoved, _nothing),
}
_GONE: Final = frozenset({What.LEFT, What.WITHDRAWN})


def kind_of(change: Change) -> type[events.ConversationEvent]:
    """Give the class of event that a change is."""
    return _KINDS[change.what][0]


def event_of(news: News[Conversation], office: Office) -> events.ConversationEvent:
    """Make the event of a change."""
    card, change = news
    kind, more = _KINDS[change.what]
    parts = more(change)
    if change.dialog is not None:
        parts["dialog"] = Dialog(change.dialog, card, office)
    if change.dialog is not None and change.member is not None:
        talk = card.talk(change.dialog.dialog_id)
        state = ParticipantState.REMOVED if change.what in _GONE else ""
        parts["participant"] = Participant(change.member, talk, office, state)
    return kind(conversation=card.view, **parts)
