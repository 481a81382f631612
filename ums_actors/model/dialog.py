"""A dialog of a conversation: who takes part, what was said, and saying something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.arguments import flag, identifier
from ums_actors.model.message import Message
from ums_actors.model.participant import Participant
from ums_actors.model.posting import Posting
from ums_actors.model.taking_part import TakingPart
from ums_actors.protocol.enums import DialogType, ParticipantRole, ParticipantState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ums_actors.core.card import Card
    from ums_actors.core.facts import DialogFacts, Member
    from ums_actors.core.talk import Talk
    from ums_actors.model.conversation import Conversation
    from ums_actors.model.office import Kind, Office, Target, Where
    from ums_actors.runtime import LoopFuture

__all__ = ["Dialog"]


class Dialog(TakingPart, Posting):
    """One dialog, as it is now; any thread. Times are milliseconds since 1970.

    Attributes:
        dialog_id: of the main dialog it is the conversation's id.
    """

    __slots__ = ("_card", "_last", "_office", "dialog_id")

    def __init__(self, facts: DialogFacts, card: Card[Any], office: Office) -> None:
        self.dialog_id: str = facts.dialog_id
        self._last = facts
        self._card = card
        self._office = office

    def __repr__(self) -> str:
        return f"<Dialog {self.dialog_id} {self.dialog_type} {self.state}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dialog) and self._place() == other._place()

    def __hash__(self) -> int:
        return hash(self._place())

    def _place(self) -> tuple[str, str]:
        return self.conversation_id, self.dialog_id

    @property
    def _facts(self) -> DialogFacts:
        """The present facts, or the last ones if it is not told of any more."""
        self._last = self._card.facts.dialog(self.dialog_id) or self._last
        return self._last

    @property
    def _talk(self) -> Talk | None:
        return self._card.talk(self.dialog_id)

    # -- what it is

    @property
    def conversation(self) -> Conversation:
        """The conversation it belongs to."""
        return self._card.view  # type: ignore[no-any-return]

    @property
    def conversation_id(self) -> str:
        """The id of that."""
        return self._card.conversation_id

    @property
    def dialog_type(self) -> str:
        """MAIN, POST_SURVEY …; see ``DialogType``."""
        return self._facts.dialog_type

    @property
    def is_main(self) -> bool:
        """Whether it is the main dialog."""
        return (
            self.dialog_id == self.conversation_id
            or self.dialog_type == DialogType.MAIN
        ) and not self.is_cobrowse

    @property
    def is_cobrowse(self) -> bool:
        """Whether it is a shared screen or a call, in which nothing is written."""
        return self._facts.cobrowse

    @property
    def channel_type(self) -> str:
        """MESSAGING, COBROWSE …; see ``ChannelType``."""
        return self._facts.channel_type

    @property
    def state(self) -> str:
        """OPEN or CLOSE."""
        return self._facts.state

    @property
    def is_open(self) -> bool:
        """Whether something can be said in it."""
        return self._facts.open

    @property
    def start_time(self) -> int | None:
        """When it began."""
        return self._facts.created

    @property
    def end_time(self) -> int | None:
        """When it ended."""
        return self._facts.ended

    @property
    def update_time(self) -> int | None:
        """When it was changed last."""
        return self._facts.updated

    @property
    def closed_by(self) -> str | None:
        """Who closed it: AGENT, CONSUMER or SYSTEM."""
        return self._facts.closed_by

    @property
    def closed_cause(self) -> str | None:
        """Why it was closed."""
        return self._facts.closed_cause

    @property
    def meta_data(self) -> Any:
        """What belongs to its type, such as a survey's ``appInstallId``."""
        return self._facts.meta_data

    # -- who takes part

    @property
    def participants(self) -> tuple[Participant, ...]:
        """All who take part or are asked to."""
        return tuple([self._participant(each) for each in self._facts.members])

    def participant(self, user_id: str) -> Participant | None:
        """Give who has that id, of either form; None if nobody has."""
        return self._find(identifier("user_id", user_id))

    def _find(self, user_id: str) -> Participant | None:
        for member in self._facts.members:
            if user_id in (member.user_id, member.agent_id):
                return self._participant(member)
        return None

    @property
    def removed_participants(self) -> tuple[Participant, ...]:
        """The last of those who were seen to leave, as they were; oldest first."""
        left = self._card.left or {}
        return tuple([self._gone(each) for each in left.get(self.dialog_id, ())])

    def removed_participant(self, user_id: str) -> Participant | None:
        """Give who has left and has that id, of either form; None if nobody has."""
        return self._find_gone(identifier("user_id", user_id))

    def _find_gone(self, user_id: str) -> Participant | None:
        for member in (self._card.left or {}).get(self.dialog_id, ()):
            if user_id in (member.user_id, member.agent_id):
                return self._gone(member)
        return None

    def _gone(self, member: Member) -> Participant:
        return Participant(member, self._talk, self._office, ParticipantState.REMOVED)

    @property
    def self_participant(self) -> Participant | None:
        """The connection's own user; None if it does not take part."""
        own = [
            member
            for member in self._facts.members
            if self._office.is_own(member.user_id, member.agent_id)
        ]
        own.sort(key=lambda member: not member.active)
        return self._participant(own[0]) if own else None

    @property
    def assigned_agent(self) -> Participant | None:
        """Who is assigned; not who is only asked to be."""
        return self._first(ParticipantRole.ASSIGNED_AGENT)

    @property
    def consumer(self) -> Participant | None:
        """The consumer."""
        return self._first(ParticipantRole.CONSUMER)

    def _first(self, role: str) -> Participant | None:
        for member in self._facts.in_role(role):
            if member.active:
                return self._participant(member)
        return None

    def _participant(self, member: Member) -> Participant:
        return Participant(member, self._talk, self._office)

    # -- what was said

    @property
    def messages(self) -> tuple[Message, ...]:
        """The last messages that were heard, by their numbers.

        As many as ``Options.messages_per_dialog`` says; :meth:`query_messages` brings
        earlier ones.
        """
        talk = self._talk
        said = () if talk is None else talk.said
        return tuple([Message(each, self._office) for each in said])

    def latest_consumer_message(self) -> Message | None:
        """The last message of a consumer's that was heard."""
        talk = self._talk
        for said in reversed(() if talk is None else talk.said):
            role = said.record.role or self._card.role_of(
                said.record.user_id, self.dialog_id
            )
            if role == ParticipantRole.CONSUMER:
                return Message(said, self._office)
        return None

    # -- for later

    def serialize(self, bodies: bool = True) -> LoopFuture[bytes]:
        """Write it down, with its messages and the place in it.

        See :meth:`Conversation.serialize`; :meth:`deserialize` takes it over.
        """
        return self._office.serialize(
            self._card, self._facts, bodies=flag("bodies", bodies)
        )

    @staticmethod
    def deserialize(
        conversation: Conversation, state: bytes | str | Mapping[str, Any]
    ) -> LoopFuture[Dialog]:
        """Take over a dialog that was written down; done with it.

        What is known of it already stays, if that is newer.

        Args:
            conversation: that it belongs to.
            state: what :meth:`serialize` gave.

        Raises (through the future):
            LocalProtocolError: it cannot be loaded; the text says why.
        """
        return conversation._office.load_dialog(conversation._card, state)

    # -- hearing of it

    def subscribe(
        self, target: Target, *kinds: Kind, where: Where | None = None
    ) -> LoopFuture[str]:
        """Hear the events of this dialog; see the connection's own method."""
        return self._office.subscribe(
            target,
            kinds,
            where=where,
            conversation_id=self.conversation_id,
            dialog_id=self.dialog_id,
        )

    def events(self, *kinds: Kind, **more: Any) -> Iterator[Any]:
        """Iterate over the events of this dialog.

        ``where``, ``limit``, ``timeout`` and ``strict`` are as for the connection's own
        method.
        """
        return self._office.events(
            kinds,
            conversation_id=self.conversation_id,
            dialog_id=self.dialog_id,
            **more,
        )
