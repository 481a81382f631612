"""What a brand's user can do beyond a consumer: take part, hand over, be available."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.actors.trouble import report
from ums_actors.arguments import identifier
from ums_actors.connection.model import Model
from ums_actors.errors import RequestRejected
from ums_actors.protocol import brand, profiles
from ums_actors.protocol.enums import AgentState, ParticipantRole, one_of
from ums_actors.protocol.ids import ME
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.protocol.records import MessageEvent
    from ums_actors.protocol.requests import Call
    from ums_actors.runtime import LoopFuture

__all__ = ["BrandConversations"]


class BrandConversations(Model, abc.ABC):
    """Requests of the brand dialect alone; UMS.md 3.3 and 12.3 have them."""

    def query_messages(
        self, dialog_id: str, newer_than: int | None = None
    ) -> LoopFuture[list[MessageEvent]]:
        """Ask for a dialog's events after a sequence number; None asks for all."""
        call = brand.query_messages(identifier("dialog_id", dialog_id), newer_than)
        return self._ask(call, resend=True)

    def join_dialog(
        self,
        conversation_id: str,
        dialog_id: str | None = None,
        participant_role: str = "",
        agent_id: str | None = None,
    ) -> LoopFuture[str]:
        """Take part in a dialog, in a role such as MANAGER.

        Args:
            conversation_id: whose dialog it is.
            dialog_id: which; the main one if not given.
            participant_role: see :class:`~ums_actors.ParticipantRole`.
            agent_id: who, by either id; the own user if not given.
        """
        where, role = _elsewhere(conversation_id, dialog_id), _role(participant_role)
        return self._for_agent(
            agent_id, lambda who: brand.join_dialog(conversation_id, where, who, role)
        )

    def leave_dialog(
        self,
        conversation_id: str,
        dialog_id: str | None = None,
        participant_role: str = "",
        agent_id: str | None = None,
    ) -> LoopFuture[str]:
        """Take part no more; arguments as for :meth:`join_dialog`."""
        where, role = _elsewhere(conversation_id, dialog_id), _role(participant_role)
        return self._for_agent(
            agent_id, lambda who: brand.leave_dialog(conversation_id, where, who, role)
        )

    def transfer_conversation(
        self,
        conversation_id: str,
        skill_id: str | None = None,
        agent_id: str | None = None,
        remove_from_existing_role: str | None = None,
        remove_agent_id: str | None = None,
    ) -> LoopFuture[str]:
        """Hand a conversation to a skill, an agent, or back to the queue.

        Agents are named by either id, or by ``ums_actors.ME``; ``remove_agent_id`` is
        the one assigned now.
        """
        names = {"agent_id": agent_id, "remove_agent_id": remove_agent_id}
        known = {
            name: who if who in (None, ME) else self._agent(who, name)
            for name, who in names.items()
        }

        def call(own: str) -> Call:
            return brand.transfer_conversation(
                conversation_id,
                skill_id=skill_id,
                remove_from_existing_role=remove_from_existing_role,
                **{name: own if who == ME else who for name, who in known.items()},
            )

        return self._for_self(call) if ME in known.values() else self._call(call(ME))

    def create_conversation(
        self, consumer_id: str, skill_id: str | None = None, context: Any = None
    ) -> LoopFuture[str]:
        """Open a conversation with a consumer; done with its id.

        Args:
            consumer_id: with whom.
            skill_id: the skill it belongs to.
            context: an object with a ``type``, mostly ``ProactiveContext``.
        """
        call = brand.create_conversation(consumer_id, skill_id, context)
        return self._ask(call)

    _join_dialog = join_dialog
    _leave_dialog = leave_dialog
    _transfer_conversation = transfer_conversation

    # -- availability

    def set_agent_state(
        self, agent_state: str, agent_id: str | None = None
    ) -> LoopFuture[None]:
        """Set the availability: ONLINE, AWAY, BACK_SOON or OFFLINE.

        The own state is set again on each later line; ``agent_id``, of either form,
        names somebody else's. Asked before the first login it waits for that, as
        requests do.
        """
        state = one_of("agent_state", agent_state, AgentState)
        done = self._for_agent(agent_id, lambda who: brand.set_agent_state(who, state))
        return run_steps(self._remembered(state, agent_id, done))

    def _remembered(
        self, state: str, agent_id: str | None, done: LoopFuture[Any]
    ) -> Steps[None]:
        yield done
        kernel = self._kernel
        if agent_id is None or self._agent(agent_id) == kernel.own_id:
            kernel.agent_state = state

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
            report(self._kernel, "agent_state.refused", error, code=error.code)

    def _agent(self, agent_id: Any, name: str = "agent_id") -> str:
        if agent_id == ME:
            return self._own_id()
        return self._kernel.ids.agent(agent_id, name)

    def _for_agent(
        self, agent_id: str | None, call: Callable[[str], Call]
    ) -> LoopFuture[Any]:
        """Send a request that names an agent, the own user if None."""
        if agent_id in (None, ME):
            return self._for_self(call)
        return self._call(call(self._agent(agent_id)))

    def _for_self(self, call: Callable[[str], Call]) -> LoopFuture[Any]:
        """Send a request that names the own user, known or not."""
        return self._call_naming(lambda agent: call(agent(ME)))

    def set_brand_profile(self, profile: Any) -> LoopFuture[str]:
        """Set the parts of the brand's profile that are given."""
        return self._call(profiles.set_brand_profile(self._kernel.account_id, profile))


def _elsewhere(conversation_id: str, dialog_id: str | None) -> str | None:
    """Give a dialog's id unless it is the main one, which needs none."""
    return dialog_id if dialog_id != conversation_id else None


def _role(participant_role: str) -> str:
    return one_of("participant_role", participant_role, ParticipantRole)
