"""The account as the service knows it: conversations, events, agent states."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.world.changes import Update, apply_members
from ums_actors.emulator.world.consumers import Consumers
from ums_actors.emulator.world.conversations import Conversations
from ums_actors.emulator.world.event import Author, Event
from ums_actors.emulator.world.files import Files
from ums_actors.emulator.world.opening import new_conversation
from ums_actors.emulator.world.profiles import Profiles
from ums_actors.emulator.world.properties import NO_PROPERTIES
from ums_actors.emulator.world.publishing import chat_state_event, new_event
from ums_actors.emulator.world.routing import Router
from ums_actors.emulator.world.shifts import Shifts
from ums_actors.emulator.world.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.emulator.world.conversation import Conversation, Details
    from ums_actors.emulator.world.dialog import Dialog
    from ums_actors.emulator.world.listener import Listener
    from ums_actors.emulator.world.origin import Origin
    from ums_actors.emulator.world.users import User, Users

__all__ = ["World"]


class World:
    """All that is true of one account; belongs to the loop that serves it.

    Args:
        account: the account id.
        users: its brand users.
        clock: epoch seconds.
        ring_timeout: seconds that a ring waits for its agent.
        survey: whether a survey follows every MAIN dialog that is closed.
    """

    def __init__(
        self,
        account: str,
        users: Users,
        clock: Callable[[], float] = time.time,
        ring_timeout: float = choices.DEFAULT_RING_TIMEOUT,
        *,
        survey: bool = False,
    ) -> None:
        self.account = account
        self.users = users
        self.consumers: Consumers = Consumers()
        self.tokens: Tokens = Tokens(account, clock)
        self.profiles: Profiles = Profiles(account)
        self.files: Files = Files(account, self.now)
        self.client_properties: dict[str, dict[str, Any]] = {}
        """What each client told last of its device and program, by identity."""
        self.conversations: Conversations = Conversations()
        self.agent_states: dict[str, str] = {}
        self.listeners: list[Listener] = []
        self.router: Router = Router(self, ring_timeout)
        self.shifts: Shifts = Shifts(users)
        self._clock = clock
        self._survey = survey

    def now(self) -> int:
        """Give epoch milliseconds."""
        return int(self._clock() * 1000)

    # -- conversations

    def open(
        self,
        *,
        consumer: str | None = None,
        skill: str | None = None,
        assign: User | None = None,
        survey: bool = False,
        origin: Origin | None = None,
        at: int | None = None,
    ) -> Conversation:
        """Open a conversation for a consumer, a new one if none is named.

        ``at`` is when it began, in epoch milliseconds, if that is not now.

        Raises:
            Refused: there are too many open conversations, or consumers.
        """
        self.conversations.require_room()
        person = self.consumers.meet(consumer) if consumer else self.consumers.new()
        conversation = new_conversation(
            person,
            skill=skill,
            assign=assign,
            survey=survey or self._survey,
            origin=origin,
            now=self.now() if at is None else at,
        )
        person.conversations[conversation.conversation_id] = None
        self.conversations.keep(conversation)
        self._tell_changed(conversation)
        return conversation

    def recall(self, conversation: Conversation) -> None:
        """Take in a conversation that was known before, and tell it."""
        self.conversations.keep(conversation)
        self._tell_changed(conversation)

    def conversations_of(self, consumer_id: str) -> list[Conversation]:
        """Give all conversations of a consumer, oldest first."""
        person = self.consumers.find(consumer_id)
        owned = () if person is None else person.conversations
        return [self.conversations[identity] for identity in owned]

    def find(self, conversation_id: str) -> Conversation:
        """Find a conversation.

        Raises:
            Refused: there is none of that id.
        """
        return self.conversations.find(conversation_id)

    def find_dialog(self, dialog_id: str) -> Conversation:
        """Find the conversation of a dialog.

        Raises:
            Refused: there is none of that id.
        """
        return self.conversations.of_dialog(dialog_id)

    def update(self, conversation: Conversation, by: str, members: list[Any]) -> str:
        """Apply all members of an update, or none; give the text of the last.

        Raises:
            Refused: one of them cannot be applied.
        """
        side = "AGENT" if self.users.find(by) else "CONSUMER"
        draft = conversation.details.draft()
        taken = self.conversations.has_dialog
        update = Update(draft, by, side, self._exists, self.now(), taken)
        text = apply_members(update, members)
        self._replace(conversation, draft)
        return text

    def amend(
        self, conversation: Conversation, change: Callable[[Details], None]
    ) -> None:
        """Make a change of the service's own, and tell it."""
        draft = conversation.details.draft()
        change(draft)
        self._replace(conversation, draft)

    def publish(
        self,
        conversation: Conversation,
        dialog_id: str,
        by: str,
        body: Any,
        *,
        audience: Any = None,
        metadata: Any = None,
        at: int | None = None,
    ) -> int:
        """Publish an event; give its sequence, 0 for a chat state.

        Body, audience and metadata are checked here; they may be what a client sent.
        ``at`` is when it was said, in epoch milliseconds, if that is not now.

        Raises:
            Refused: no such dialog, it is closed, not a participant, a bad event.
        """
        now = self.now() if at is None else at
        dialog = conversation.details.dialog(dialog_id)
        event = new_event(
            conversation,
            dialog,
            self._author(dialog, by),
            body,
            audience=audience,
            metadata=metadata,
            now=now,
        )
        if event.sequence is not None:
            conversation.add(event)
        self._tell_published(conversation, event)
        if event.is_content:
            conversation.touch(now)
            self._tell_changed(conversation)
        return event.sequence or 0

    def announce(
        self, conversation: Conversation, dialog_id: str, by: str, chat_state: str
    ) -> None:
        """Tell a chat state that the service itself notes of a participant.

        Raises:
            Refused: they take no part in the dialog.
        """
        dialog = conversation.details.dialog(dialog_id)
        author = self._author(dialog, by)
        event = chat_state_event(conversation, dialog, author, chat_state)
        self._tell_published(conversation, event)

    # -- people

    def set_agent_state(self, user: User, state: str) -> None:
        """Set an agent's availability; it lasts as long as a socket of theirs."""
        self.agent_states[user.old_id] = state
        for listener in (*self.listeners, self.router):
            listener.agent_state_changed(user, state)

    def agent_state(self, user: User) -> str:
        """Give an agent's availability."""
        return self.agent_states.get(user.old_id, "OFFLINE")

    def pid(self, identity: str) -> str:
        """Give the PID of an old id; a consumer id is its own."""
        user = self.users.find(identity)
        return user.pid if user else identity

    def is_consumer(self, identity: str) -> bool:
        """Say whether a consumer of that id is known."""
        return self.consumers.find(identity) is not None

    def _exists(self, identity: str, role: str) -> bool:
        if role == "CONSUMER":  # a takeover brings in a new consumer id
            return self.users.find(identity) is None
        user = self.users.find(identity)
        return user is not None and user.old_id == identity

    def _author(self, dialog: Dialog, by: str) -> Author:
        participant = dialog.active(by)
        if participant is None:
            raise Refused(403, "Only a participant may publish")
        properties = self.client_properties.get(by, NO_PROPERTIES)
        return Author(by, self.pid(by), participant.role, properties)

    # -- changes

    def _replace(self, conversation: Conversation, draft: Details) -> None:
        for consumer in draft.main.in_role("CONSUMER")[:1]:  # taken over, maybe
            self.consumers.hand_over(
                conversation.conversation_id, conversation.consumer, consumer
            )
            conversation.consumer = consumer
        conversation.replace(draft, self.now())
        dropped = self.conversations.keep(conversation)
        if dropped is not None:
            owner = self.consumers.meet(dropped.consumer)
            owner.conversations.pop(dropped.conversation_id, None)
        self._tell_changed(conversation)

    def _tell_published(self, conversation: Conversation, event: Event) -> None:
        for listener in (*self.listeners, self.router):
            listener.event_published(conversation, event)

    def _tell_changed(self, conversation: Conversation) -> None:
        # the router is last: what it changes in turn is to be told after this
        for listener in (*self.listeners, self.router):
            listener.conversation_changed(conversation)
