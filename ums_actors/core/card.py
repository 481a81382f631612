"""What is kept of one conversation, and the news of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from ums_actors.core.talk import Talk
from ums_actors.protocol.enums import ParticipantRole

if TYPE_CHECKING:
    from ums_actors.core.changes import Change
    from ums_actors.core.facts import ConversationFacts, Member
    from ums_actors.core.talk import Marked

__all__ = ["Card", "News", "Noted"]

V = TypeVar("V")

_LEFT: Final = 50
"""Of those who have left a dialog, the last ones are remembered."""
_DIALOGS: Final = 50
"""Dialogs of one conversation of which messages are kept."""


class Card(Generic[V]):
    """What is kept of one conversation; written on the loop thread, read on any.

    Attributes:
        facts: as it is now; replaced, never changed.
        view: the object that users hold.
        sources: the subscriptions that show it.
        notifications: how often it was told of.
        ignored: how often that was known already.
        out_of_order: how often that, or a dialog of it, was older than what was known.
        talks: what was said, by dialog.
        consumer_id: of the last consumer seen in it.
        left: who has left, by dialog, in the role that they had; None if nobody has.
        removed: whether it is known no more; its facts are the last ones then.
    """

    __slots__ = (
        "consumer_id",
        "facts",
        "ignored",
        "left",
        "notifications",
        "out_of_order",
        "removed",
        "sources",
        "talks",
        "view",
    )

    view: V

    def __init__(self, facts: ConversationFacts) -> None:
        self.facts: ConversationFacts = facts
        self.sources: tuple[str, ...] = ()
        self.notifications: int = 1
        self.ignored: int = 0
        self.out_of_order: int = 0
        self.talks: dict[str, Talk] | None = None
        self.consumer_id: str = ""
        self.left: dict[str, tuple[Member, ...]] | None = None
        self.removed: bool = False
        self.note_consumer()

    @property
    def conversation_id(self) -> str:
        """The conversation's id."""
        return self.facts.conversation_id

    def talk(self, dialog_id: str) -> Talk | None:
        """Give what was said in a dialog, None if nothing was."""
        return None if self.talks is None else self.talks.get(dialog_id)

    def talk_in(self, dialog_id: str, limit: int) -> Talk | None:
        """Give what was said in a dialog, to add to; None if there is no room."""
        if self.talks is None:
            self.talks = {}
        where = dialog_id or self.conversation_id
        talk = self.talks.get(where)
        if talk is None and len(self.talks) < _DIALOGS:
            talk = self.talks[where] = Talk(limit)
        return talk

    def role_of(self, user_id: str, dialog_id: str) -> str:
        """Give the role in which a user takes part, empty if that is not known."""
        dialog = self.facts.dialog(dialog_id) or self.facts.main
        for member in () if dialog is None else dialog.members:
            if member.user_id == user_id:
                return member.role
        return ""

    def note_left(self, dialog_id: str, member: Member) -> None:
        """Remember somebody who has left, for the sake of what they said."""
        left = {} if self.left is None else self.left
        known = left.get(dialog_id, ())
        others = [each for each in known if each.user_id != member.user_id]
        self.left = {**left, dialog_id: (*others, member)[-_LEFT:]}

    def is_late(self, updated: int | None) -> bool:
        """Tell whether something of that time is older than what is known."""
        known = self.facts.updated
        return updated is not None and known is not None and updated < known

    def note_consumer(self) -> None:
        """Remember who the consumer is, for when there is another, or none."""
        main = self.facts.main
        consumers = [] if main is None else main.in_role(ParticipantRole.CONSUMER)
        if consumers:
            self.consumer_id = consumers[0].user_id


class News(NamedTuple, Generic[V]):
    """Something changed about a conversation."""

    card: Card[V]
    change: Change


class Noted(NamedTuple, Generic[V]):
    """Somebody said what became of messages, or what they are doing.

    Attributes:
        role: of who said it, empty if it is not known.
        chat_state: the one before; None if there was none.
        marked: what became of which; None if it was a chat state.
    """

    card: Card[V]
    role: str
    chat_state: str | None = None
    marked: Marked | None = None
