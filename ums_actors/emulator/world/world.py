"""The account as the service knows it: conversations, events, agent states."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.world.changes import Update, apply_members
from ums_actors.emulator.world.conversation import (
    Author,
    Conversation,
    Details,
    Dialog,
    Event,
    Participant,
)
from ums_actors.emulator.world.publishing import checked_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.emulator.world.listener import Listener
    from ums_actors.emulator.world.users import User, Users

__all__ = ["World"]


class World:
    """All that is true of one account; belongs to the loop that serves it.

    Args:
        account: the account id.
        users: its brand users.
        clock: epoch seconds.
    """

    def __init__(
        self, account: str, users: Users, clock: Callable[[], float] = time.time
    ) -> None:
        self.account = account
        self.users = users
        self.conversations: dict[str, Conversation] = {}
        self.agent_states: dict[str, str] = {}
        self.listeners: list[Listener] = []
        self._dialogs: dict[str, Conversation] = {}
        self._clock = clock

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
    ) -> Conversation:
        """Open a conversation for a consumer, a new one if none is named.

        Raises:
            Refused: there are too many conversations.
        """
        if len(self.conversations) >= choices.MAX_CONVERSATIONS:
            raise Refused(429, "There are too many conversations; restart the emulator")
        consumer = consumer or str(uuid.uuid4())
        identity, now = str(uuid.uuid4()), self.now()
        members = [Participant(consumer, "CONSUMER")]
        if assign is not None:
            members.append(Participant(assign.old_id, "ASSIGNED_AGENT"))
        main = Dialog(identity, "MAIN", now, members)
        details = Details([main], skill or choices.DEFAULT_SKILL, survey)
        conversation = Conversation(identity, consumer, details, now)
        self.conversations[identity] = self._dialogs[identity] = conversation
        self._tell_changed(conversation)
        return conversation

    def find(self, conversation_id: str) -> Conversation:
        """Find a conversation.

        Raises:
            Refused: there is none of that id.
        """
        conversation = self.conversations.get(conversation_id)
        if conversation is None:
            raise Refused(404, "Conversation not found")
        return conversation

    def find_dialog(self, dialog_id: str) -> Conversation:
        """Find the conversation of a dialog.

        Raises:
            Refused: there is none of that id.
        """
        conversation = self._dialogs.get(dialog_id)
        if conversation is None:
            raise Refused(404, "Dialog not found")
        return conversation

    def update(self, conversation: Conversation, by: str, members: list[Any]) -> str:
        """Apply all members of an update, or none; give the text of the last.

        Raises:
            Refused: one of them cannot be applied.
        """
        side = "AGENT" if self.users.find(by) else "CONSUMER"
        draft, now = conversation.details.draft(), self.now()
        text = apply_members(Update(draft, by, side, self._exists, now), members)
        conversation.details = draft
        for consumer in draft.main.in_role("CONSUMER")[:1]:  # taken over, maybe
            conversation.consumer = consumer
        for dialog in draft.dialogs:
            self._dialogs[dialog.dialog_id] = conversation
        self._tell_changed(conversation)
        return text

    def publish(
        self,
        conversation: Conversation,
        dialog_id: str,
        by: str,
        body: Any,
        *,
        audience: str = "ALL",
        metadata: list[Any] | None = None,
    ) -> int:
        """Publish an event; give its sequence, 0 for a chat state.

        Raises:
            Refused: no such dialog, it is closed, not a participant, a bad event.
        """
        dialog = conversation.details.dialog(dialog_id)
        author = self._author(dialog, by)
        if dialog.state != "OPEN":
            raise Refused(409, "Dialog is closed")
        if str(audience) not in choices.AUDIENCES:
            raise Refused(400, "Unknown messageAudience")
        body = checked_event(body)
        is_kept = body["type"] != "ChatStateEvent"
        sequence = len(conversation.events.get(dialog_id, ()))
        if is_kept and sequence >= choices.MAX_EVENTS:
            raise Refused(429, "The dialog is full")
        event = Event(
            conversation_id=conversation.conversation_id,
            dialog_id=dialog_id,
            author=author,
            body=body,
            audience=audience,
            metadata=metadata,
            sequence=sequence if is_kept else None,
            timestamp=self.now() if is_kept else None,
        )
        if is_kept:
            conversation.add(event)
        for listener in self.listeners:
            listener.event_published(conversation, event)
        if event.is_content:
            self._tell_changed(conversation)
        return sequence if is_kept else 0

    # -- people

    def set_agent_state(self, user: User, state: str) -> None:
        """Set an agent's availability; it lasts as long as a socket of theirs."""
        self.agent_states[user.old_id] = state
        for listener in self.listeners:
            listener.agent_state_changed(user, state)

    def agent_state(self, user: User) -> str:
        """Give an agent's availability."""
        return self.agent_states.get(user.old_id, "OFFLINE")

    def pid(self, identity: str) -> str:
        """Give the PID of an old id; a consumer id is its own."""
        user = self.users.find(identity)
        return user.pid if user else identity

    def is_consumer(self, identity: str) -> bool:
        """Say whether a conversation is of a consumer of that id."""
        return any(it.consumer == identity for it in self.conversations.values())

    def _exists(self, identity: str, role: str) -> bool:
        if role == "CONSUMER":  # a takeover brings in a new consumer id
            return self.users.find(identity) is None
        user = self.users.find(identity)
        return user is not None and user.old_id == identity

    def _author(self, dialog: Dialog, by: str) -> Author:
        participant = dialog.active(by)
        if participant is None:
            raise Refused(403, "Only a participant may publish")
        return Author(by, self.pid(by), participant.role)

    def _tell_changed(self, conversation: Conversation) -> None:
        conversation.touch(self.now())
        for listener in self.listeners:
            listener.conversation_changed(conversation)
