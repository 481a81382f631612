"""What a brand's user can do beyond a consumer: take part, hand over, be available."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.connection.conversations import Conversations
from ums_actors.errors import RequestRejected
from ums_actors.protocol import brand
from ums_actors.protocol.records import MessageEvent, read_message_events

if TYPE_CHECKING:
    from ums_actors.runtime import LoopFuture
    from ums_actors.runtime.steps import Steps

__all__ = ["BrandConversations"]


class BrandConversations(Conversations, abc.ABC):
    """Requests of the brand dialect alone; UMS.md 3.3 and 12.3 have them."""

    def query_messages(
        self, dialog_id: str, newer_than: int | None = None
    ) -> LoopFuture[list[MessageEvent]]:
        """Ask for a dialog's events after a sequence number; None asks for all."""
        call = brand.query_messages(dialog_id, newer_than)
        return self._call_for(call, read_message_events, resend=True)

    def join_dialog(
        self, conversation_id: str, dialog_id: str, participant_role: str
    ) -> LoopFuture[str]:
        """Take part in a dialog, in a role such as MANAGER."""
        where = dialog_id if dialog_id != conversation_id else None
        return self._call(
            brand.join_dialog(conversation_id, where, self._own_id(), participant_role)
        )

    def leave_dialog(
        self, conversation_id: str, dialog_id: str, participant_role: str
    ) -> LoopFuture[str]:
        """Take part no more."""
        where = dialog_id if dialog_id != conversation_id else None
        return self._call(
            brand.leave_dialog(conversation_id, where, self._own_id(), participant_role)
        )

    def transfer_conversation(
        self,
        conversation_id: str,
        skill_id: str | None = None,
        agent_id: str | None = None,
        remove_from_existing_role: str | None = None,
        remove_agent_id: str | None = None,
    ) -> LoopFuture[str]:
        """Hand a conversation to a skill, an agent, or back to the queue."""
        return self._call(
            brand.transfer_conversation(
                conversation_id,
                skill_id=skill_id,
                agent_id=agent_id,
                remove_from_existing_role=remove_from_existing_role,
                remove_agent_id=remove_agent_id,
            )
        )

    _join_dialog = join_dialog
    _leave_dialog = leave_dialog
    _transfer_conversation = transfer_conversation

    # -- availability

    def set_agent_state(
        self, agent_state: str, agent_id: str | None = None
    ) -> LoopFuture[None]:
        """Set the availability: ONLINE, AWAY, BACK_SOON or OFFLINE.

        The own state is set again on each later line; ``agent_id`` (``account.user``)
        names somebody else's.
        """
        call = brand.set_agent_state(agent_id or self._own_id(), agent_state)
        kernel = self._kernel
        own = agent_id is None or agent_id == kernel.own_id

        def remember(_: Any) -> None:
            if own:
                kernel.agent_state = agent_state

        return self._call_for(call, remember)

    def _restore_agent_state(self) -> Steps[None]:
        state = self._kernel.agent_state
        if state is None:
            return
        try:
            yield self._call(
                brand.set_agent_state(self._own_id(), state), internal=True
            )
        except RequestRejected as error:
            if error.may_pass:
                raise
            self._observe("agent_state.refused", code=error.code)
