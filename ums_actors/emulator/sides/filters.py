"""Which conversations a subscription shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_list

if TYPE_CHECKING:
    from ums_actors.emulator.world.conversation import Conversation, Details

__all__ = ["Filter"]


@dataclass(frozen=True, slots=True)
class Filter:
    """The query of a SubscribeExConversations; an empty part asks for nothing."""

    stages: frozenset[str]
    states: frozenset[str]
    agents: frozenset[str]
    dialog_types: frozenset[str]
    consumer: str | None
    conversation: str | None
    brand: str | None
    oldest: int
    newest: int | None

    @classmethod
    def of(cls, body: dict[str, Any]) -> Filter:
        """Read the wire's query; keys that it does not know are ignored.

        Raises:
            Refused: a time is no number.
        """
        oldest = body.get("minLastUpdatedTime")
        newest = body.get("maxLastUpdatedTime")
        if not all(time is None or type(time) is int for time in (oldest, newest)):
            raise Refused(400, "A time of the query is no number")

        def names(key: str) -> frozenset[str]:
            return frozenset(map(str, as_list(body.get(key))))

        return cls(
            stages=names("stage"),
            states=names("convState"),
            agents=names("agentIds"),
            dialog_types=names("dialogTypes"),
            consumer=body.get("consumerId"),
            conversation=body.get("conversationId"),
            brand=body.get("brandId"),
            oldest=oldest or 0,
            newest=newest,
        )

    def matches(self, account: str, conversation: Conversation) -> bool:
        """Say whether the subscription shows this conversation now."""
        details = conversation.details
        if self.stages and details.stage not in self.stages:
            return False
        if self.states and details.main.state not in self.states:
            return False
        if self.brand not in (None, account):
            return False
        if self.consumer not in (None, conversation.consumer):
            return False
        if self.conversation not in (None, conversation.conversation_id):
            return False
        if not self.oldest <= conversation.updated <= (self.newest or float("inf")):
            return False
        return self._shows_people(details) and self._shows_dialogs(details)

    def _shows_people(self, details: Details) -> bool:
        return not self.agents or any(
            dialog.active(agent) for dialog in details.dialogs for agent in self.agents
        )

    def _shows_dialogs(self, details: Details) -> bool:
        return not self.dialog_types or any(
            dialog.dialog_type in self.dialog_types for dialog in details.dialogs
        )
