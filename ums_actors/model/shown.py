"""The state of a conversation, as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.protocol.contexts import read_context
from ums_actors.protocol.conversations import read_raw
from ums_actors.protocol.lenient import is_object

if TYPE_CHECKING:
    from ums_actors.core.card import Card
    from ums_actors.model.office import Office
    from ums_actors.protocol.contexts import ConversationContext
    from ums_actors.protocol.conversations import Csat

__all__ = ["Shown"]


class Shown:
    """A conversation as it is now; any thread. Times are milliseconds since 1970."""

    __slots__ = ("__weakref__", "_card", "_office")

    def __init__(self, card: Card[Any], office: Office) -> None:
        self._card = card
        self._office = office

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.conversation_id} {self.stage}>"

    # -- its state

    @property
    def conversation_id(self) -> str:
        """Which conversation it is."""
        return self._card.conversation_id

    @property
    def account_id(self) -> str:
        """The brand's account."""
        return self._card.facts.account_id or self._office.account_id

    @property
    def is_removed(self) -> bool:
        """Whether it is kept true no more: no subscription shows it."""
        return self._card.removed

    @property
    def stage(self) -> str:
        """OPEN, CLOSE or LOCKED: of the whole."""
        return self._card.facts.stage

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self._card.facts.open

    @property
    def start_time(self) -> int | None:
        """When it began."""
        return self._card.facts.started

    @property
    def update_time(self) -> int | None:
        """When it was changed last."""
        return self._card.facts.updated

    @property
    def close_time(self) -> int | None:
        """When it ended."""
        return self._card.facts.ended

    @property
    def close_reason(self) -> str | None:
        """Who ended it: AGENT, CONSUMER, SYSTEM or TIMEOUT."""
        return self._card.facts.close_reason

    @property
    def first_conversation(self) -> bool:
        """Whether it is the consumer's first."""
        return self._card.facts.first_conversation

    @property
    def skill_id(self) -> str | None:
        """The skill it belongs to; ``-1`` is none."""
        return self._card.facts.skill_id

    @property
    def group_id(self) -> str | None:
        """The group of agents it belongs to."""
        return self._card.facts.group_id

    @property
    def note(self) -> str | None:
        """The agents' note; consumers never see it."""
        return self._card.facts.note

    @property
    def topic(self) -> str | None:
        """What it is about."""
        return self._card.facts.topic

    @property
    def csat(self) -> Csat | None:
        """What the consumer said of its satisfaction."""
        return self._card.facts.csat

    @property
    def ttr_type(self) -> str | None:
        """How soon an answer is wanted: NORMAL, URGENT, PRIORITIZED or CUSTOM."""
        return self._card.facts.ttr.ttr_type or None

    @property
    def ttr_value(self) -> int | None:
        """The same in seconds."""
        return self._card.facts.ttr.value

    @property
    def ttr_effective(self) -> int | None:
        """When the next answer is due; -1 if none is."""
        return self._card.facts.effective_ttr

    @property
    def ttr_effective_manual(self) -> int | None:
        """The same as an agent has set it."""
        return self._card.facts.manual_ettr

    @property
    def delay(self) -> Any:
        """Until when nobody is expected to answer: ``{"type": …, "tillWhen": …}``."""
        return self._card.facts.delay

    @property
    def number_of_unread_messages(self) -> dict[str, int]:
        """How many messages each participant has not read, by user id."""
        facts = self._card.facts
        known = {
            member.agent_id: member.user_id
            for dialog in facts.dialogs
            for member in dialog.members
        }
        return {known.get(each, each): count for each, count in facts.unread.items()}

    @property
    def unread(self) -> int:
        """How many messages the connection's own user has not read."""
        for user_id, count in self._card.facts.unread.items():
            if self._office.is_own(user_id, user_id):
                return count
        return 0

    # -- where it comes from, and whose it is

    @property
    def context(self) -> Any:
        """Where it comes from, an object with a ``type``; decoded at each call."""
        return read_raw(self._card.facts.context)

    @property
    def context_record(self) -> ConversationContext | None:
        """The same as a record: ``SharkContext``, ``CustomContext`` …; made anew."""
        return read_context(self.context)

    @property
    def client_properties(self) -> Any:
        """What the consumer's application said of itself."""
        context = self.context
        return context.get("clientProperties") if is_object(context) else None

    @property
    def campaign_id(self) -> str | None:
        """The campaign it comes from."""
        return self._card.facts.campaign.campaign_id

    @property
    def engagement_id(self) -> str | None:
        """The engagement it comes from."""
        return self._card.facts.campaign.engagement_id

    @property
    def app_install_id(self) -> str | None:
        """The installation of an application it comes from."""
        return self._card.facts.app_install_id

    @property
    def handler_account_id(self) -> str | None:
        """The account that handles it."""
        return self._card.facts.handler.account_id

    @property
    def handler_skill_id(self) -> str | None:
        """The skill that handles it."""
        return self._card.facts.handler.skill_id

    # -- what was told of it

    @property
    def notification_count(self) -> int:
        """How often the service told of it."""
        return self._card.notifications

    @property
    def notification_ignored_count(self) -> int:
        """How often that was known already."""
        return self._card.ignored

    @property
    def notification_out_of_order_count(self) -> int:
        """How often that, or a dialog of it, was older than what was known."""
        return self._card.out_of_order
