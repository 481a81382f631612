"""Which conversations a subscription shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ums_actors.emulator.choices import NOTHING_DUE
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_id, as_list

if TYPE_CHECKING:
    from ums_actors.emulator.world.conversation import Conversation, Details

__all__ = ["Filter"]

_NUMBERS = ("minLastUpdatedTime", "maxLastUpdatedTime", "maxETTR")
_IDS = ("consumerId", "conversationId", "brandId")


@dataclass(frozen=True, slots=True)
class Filter:
    """The query of a SubscribeExConversations; an empty part asks for nothing.

    Attributes:
        oldest: conversations that changed before (epoch ms) are not shown.
        newest: nor those that changed after.
        due: only those are shown whose answer is due until then (epoch ms).
    """

    stages: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    dialog_types: frozenset[str] = frozenset()
    consumer: str | None = None
    conversation: str | None = None
    brand: str | None = None
    oldest: int = 0
    newest: int | None = None
    due: int | None = None

    @classmethod
    def of(cls, body: dict[str, Any], consumer: str | None = None) -> Filter:
        """Read the wire's query; keys that it does not know are ignored.

        Skills are among those, as the service has it. ``consumer`` is who asks, if a
        consumer does: they are shown their own conversations alone.

        Raises:
            Refused: a time is no number, or an id is none.
        """
        for name in _NUMBERS:
            if body.get(name) is not None and type(body[name]) is not int:
                raise Refused(400, f"The {name} of the query is no number")
        for name in _IDS:
            if body.get(name) is not None and as_id(body[name]) is None:
                raise Refused(400, f"The {name} of the query is no id")

        def names(key: str) -> frozenset[str]:
            return frozenset(map(str, as_list(body.get(key))))

        return cls(
            stages=names("stage"),
            states=names("convState"),
            agents=names("agentIds"),
            dialog_types=names("dialogTypes"),
            consumer=consumer or as_id(body.get("consumerId")),
            conversation=as_id(body.get("conversationId")),
            brand=as_id(body.get("brandId")),
            oldest=body.get("minLastUpdatedTime") or 0,
            newest=body.get("maxLastUpdatedTime"),
            due=body.get("maxETTR"),
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
        return (
            self._shows_times(conversation)
            and self._shows_people(details)
            and self._shows_dialogs(details)
        )

    def _shows_times(self, conversation: Conversation) -> bool:
        if conversation.updated < self.oldest:
            return False
        if self.newest is not None and conversation.updated > self.newest:
            return False
        if self.due is None:
            return True
        return NOTHING_DUE < conversation.effective_ttr <= self.due

    def _shows_people(self, details: Details) -> bool:
        return not self.agents or any(map(details.takes_part, self.agents))

    def _shows_dialogs(self, details: Details) -> bool:
        return not self.dialog_types or any(
            dialog.dialog_type in self.dialog_types for dialog in details.dialogs
        )
