"""What subscribers hear of conversations, derived from how their states differ."""

from __future__ import annotations

from ums_actors.actors.events import Event
from ums_actors.model.conversation import Conversation  # noqa: TC001 help() reads it
from ums_actors.model.dialog import Dialog  # noqa: TC001 help() reads it
from ums_actors.model.participant import Participant  # noqa: TC001 help() reads it
from ums_actors.protocol.conversations import Csat, Ttr  # noqa: TC001 help() reads it

__all__ = [
    "BackToQueue",
    "ConsumerSteppedUp",
    "ConversationClosed",
    "ConversationEvent",
    "ConversationOpened",
    "ConversationRemoved",
    "CsatChanged",
    "DialogClosed",
    "DialogEvent",
    "DialogOpened",
    "GroupChanged",
    "ManualEttrChanged",
    "NoteChanged",
    "ParticipantAdded",
    "ParticipantEvent",
    "ParticipantRemoved",
    "ParticipantRoleChanged",
    "ParticipantSuggested",
    "ParticipantSuggestionWithdrawn",
    "SkillChanged",
    "TransferredToAgent",
    "TransferredToSkill",
    "TtrChanged",
]


class ConversationEvent(Event, frozen=True, kw_only=True):
    """Base of events about one conversation, which is live."""

    conversation: Conversation

    @property
    def conversation_id(self) -> str:
        """Which conversation it is about."""
        return self.conversation.conversation_id


class ConversationOpened(ConversationEvent, frozen=True, kw_only=True):
    """A conversation is seen for the first time, is seen anew, or was opened again.

    Anew is after it had been removed. It may have ended already: see its ``stage``.
    """


class ConversationClosed(ConversationEvent, frozen=True, kw_only=True):
    """The whole conversation has ended, whoever ended it."""


class ConversationRemoved(ConversationEvent, frozen=True, kw_only=True):
    """No subscription shows the conversation any more; its object does not change now.

    Also where there was no room for it: see ``Options.conversation_limit``.
    """


class SkillChanged(ConversationEvent, frozen=True, kw_only=True):
    """It belongs to another skill."""

    previous: str | None
    current: str | None


class GroupChanged(ConversationEvent, frozen=True, kw_only=True):
    """It belongs to another group of agents."""

    previous: str | None
    current: str | None


class TtrChanged(ConversationEvent, frozen=True, kw_only=True):
    """How soon an answer is wanted has changed."""

    previous: Ttr
    current: Ttr


class ManualEttrChanged(ConversationEvent, frozen=True, kw_only=True):
    """Until when an answer is due was set by hand; milliseconds, None if it is not."""

    previous: int | None
    current: int | None


class NoteChanged(ConversationEvent, frozen=True, kw_only=True):
    """The agents' note was written, rewritten or (None) cleared."""

    previous: str | None
    current: str | None


class CsatChanged(ConversationEvent, frozen=True, kw_only=True):
    """The consumer said something of its satisfaction."""

    previous: Csat | None
    current: Csat | None


class DialogEvent(ConversationEvent, frozen=True, kw_only=True):
    """Base of events about one dialog."""

    dialog: Dialog

    @property
    def dialog_id(self) -> str:
        """Which dialog it is about."""
        return self.dialog.dialog_id


class DialogOpened(DialogEvent, frozen=True, kw_only=True):
    """There is a further dialog in a conversation, or one was opened again."""


class DialogClosed(DialogEvent, frozen=True, kw_only=True):
    """A dialog has ended."""


class ParticipantEvent(DialogEvent, frozen=True, kw_only=True):
    """Base of events about somebody in a dialog."""

    participant: Participant


class ParticipantAdded(ParticipantEvent, frozen=True, kw_only=True):
    """Somebody takes part now.

    Attributes:
        previously_suggested: they had been asked to, and have accepted.
    """

    previously_suggested: bool


class ParticipantRemoved(ParticipantEvent, frozen=True, kw_only=True):
    """Somebody takes part no more."""


class ParticipantSuggested(ParticipantEvent, frozen=True, kw_only=True):
    """Somebody was asked to take part."""


class ParticipantSuggestionWithdrawn(ParticipantEvent, frozen=True, kw_only=True):
    """Somebody was asked to take part, and did not accept."""


class ParticipantRoleChanged(ParticipantEvent, frozen=True, kw_only=True):
    """Somebody has another role; after the two events of their going and coming.

    Attributes:
        previous: the role until now.
    """

    previous: str


class ConsumerSteppedUp(ParticipantEvent, frozen=True, kw_only=True):
    """The consumer is another user now: mostly the same person, logged in.

    Attributes:
        previous_id: the consumer's id until now.
    """

    previous_id: str


class TransferredToAgent(ParticipantEvent, frozen=True, kw_only=True):
    """An agent was asked to take the conversation over."""


class TransferredToSkill(DialogEvent, frozen=True, kw_only=True):
    """It was handed over to another skill, and nobody is assigned or asked to be."""

    previous: str | None
    skill_id: str | None


class BackToQueue(DialogEvent, frozen=True, kw_only=True):
    """Its agent left it to others of the same skill."""
