"""Conversations on their way to subscribers; the object survives the actors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.actors.delivery import deliver
from ums_actors.actors.noting import noted_event, noted_kind
from ums_actors.actors.office import ConversationOffice
from ums_actors.actors.subscription import Kind
from ums_actors.actors.telling import event_of, kind_of
from ums_actors.core.conversations import ConversationBook
from ums_actors.core.course import State
from ums_actors.core.linger import TOLD
from ums_actors.errors import LocalProtocolError
from ums_actors.model.conversation import Conversation
from ums_actors.model.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from ums_actors.actors.events import Event
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.subscription import Subscription
    from ums_actors.core.card import Card, News
    from ums_actors.core.recalling import Recalled
    from ums_actors.protocol.conversations import ConversationChange
    from ums_actors.protocol.messages import MessageEvent
    from ums_actors.runtime.timers import Timer

__all__ = ["Conversations"]


class Conversations:
    """The conversations of one connection; loop thread, but for what says otherwise.

    Args:
        kernel: of the connection.
        wire_name: gives the name on this side's wire of a canonical name.
        is_brand: whether it is an agent's connection.

    Attributes:
        book: which conversations there are.
        office: carries out what is done to them.
    """

    __slots__ = (
        "_armed_for",
        "_kernel",
        "_loaded",
        "_sources",
        "_timer",
        "book",
        "office",
    )

    def __init__(
        self, kernel: Kernel, wire_name: Callable[[str], str], *, is_brand: bool
    ) -> None:
        options = kernel.options
        office = ConversationOffice(kernel, wire_name, is_brand=is_brand)
        self.book: ConversationBook[Conversation] = ConversationBook(
            kernel.ids,
            lambda card: Conversation(card, office),
            limit=options.conversation_limit,
            messages=options.messages_per_dialog,
            clear_timeout=options.clear_conversation_timeout,
        )
        self._kernel = kernel
        self.office: ConversationOffice = office
        self._sources: dict[str, None] = {}  # subscriptions that have shown something
        self._timer: Timer | None = None
        self._armed_for = 0.0
        self._loaded: int | None = None  # snapshots cut when an earlier state came

    # -- what the service says

    def take(
        self,
        change: ConversationChange,
        subscription_id: str,
        made: Subscription | None,
    ) -> list[News[Conversation]]:
        """Take a change; give the news of it, to be told when all else is done.

        Args:
            change: what the service told.
            subscription_id: of the subscription.
            made: the same, unless it was made by hand.
        """
        source = subscription_id if made is None else made.key
        if made is not None:
            self._sources[source] = None
        if change.type == "UPSERT":
            return self.book.upsert(change.result, source)
        if change.type == "DELETE":
            found = self.book.delete(change.result, source, self._now())
            self._arm()
            return found
        return []

    def take_told(self, change: ConversationChange) -> list[News[Conversation]]:
        """Take a change that came without a subscription; give the news, likewise."""
        book, result, now = self.book, change.result, self._now()
        found: list[News[Conversation]] = []
        if change.type == "UPSERT":
            found = book.told(result, now)
        elif change.type == "DELETE" and book.get(result.conversation_id) is not None:
            found = book.told(result, now)
            view = self.view(result.conversation_id)
            if view is not None and view.is_open:  # else it stays for a while
                found += book.delete(result, TOLD, now)
        self._arm()
        return found

    def recall(self, earlier: Recalled, *, pinned: bool) -> Conversation:
        """Take over what an earlier process knew; what differs is told.

        Args:
            earlier: of a conversation.
            pinned: whether it is kept until it is unloaded, also if no subscription
                shows it.
        """
        if not pinned:
            self._loaded = self.book.cut
        self.tell(self.book.recall(earlier, self._now(), pinned=pinned))
        self._arm()
        card = self.book.get(earlier.facts.conversation_id)
        if card is None:
            raise LocalProtocolError(
                "there is no room for what was saved: set Options.conversation_limit "
                "higher"
            )
        return card.view

    def recall_dialog(self, card: Card[Conversation], earlier: Recalled) -> None:
        """Take over one dialog of a conversation; what differs is told."""
        self.tell(self.book.recall_dialog(card, earlier))

    def unload(self, card: Card[Conversation]) -> None:
        """Forget a conversation that was loaded, unless a subscription shows it.

        Raises:
            LocalProtocolError: it was not loaded.
        """
        if card.removed:
            return
        if not self.book.unload(card):
            raise LocalProtocolError(
                f"the conversation {card.conversation_id} was not loaded: a "
                "subscription shows it, and it goes when none does"
            )
        if self.book.get(card.conversation_id) is None:
            for dialog in card.facts.dialogs:
                deliver(self._kernel, self._kernel.streams.forget(dialog.dialog_id))

    def view(self, conversation_id: str) -> Conversation | None:
        """Give a conversation, None if it is not known; any thread."""
        card = self.book.get(conversation_id)
        return None if card is None else card.view

    def views(self) -> tuple[Conversation, ...]:
        """Give all that are known."""
        return tuple([card.view for card in self.book])

    def tell(self, news: Iterable[News[Conversation]]) -> None:
        """Publish what somebody wants to hear of it."""
        subscribers = self._kernel.subscribers
        for each in news:
            if subscribers.wants(kind_of(each.change)):
                subscribers.publish(event_of(each, self.office))

    def snapshot_over(
        self, made: Subscription, shown: Collection[str], *, whole: bool
    ) -> None:
        """Take note that all of a subscription's snapshot on this line has been taken.

        Args:
            made: the subscription.
            shown: ids in it.
            whole: whether none is missing from it.
        """
        self.book.snapshot_over(made.key, shown, self._now(), whole=whole)
        self._arm()

    def settle(self) -> None:
        """Let go of what ended subscriptions have shown; cheap if there are none."""
        made = self._kernel.subscriptions
        if not self._sources.keys() <= made.keys():
            for source in self._sources.keys() - made.keys():
                del self._sources[source]
                self.book.ended(source, self._now())
            self._arm()
        if self._loaded is not None:
            self._settle_loaded()
        if (
            self.book.doubts
            and self._kernel.session.state is State.READY
            and self._kernel.all_shown()
        ):
            self.book.settled(self._now())
            self._arm()

    def _settle_loaded(self) -> None:
        """Let go of what was loaded, once each subscription has shown all it has."""
        kernel = self._kernel
        shows = any(
            each.kind is Kind.CONVERSATIONS for each in kernel.subscriptions.values()
        )
        ready = kernel.session.state is State.READY
        if shows and ready and kernel.all_shown():
            if self.book.cut == self._loaded:  # else some may not have been shown
                self.book.all_shown(self._now())
            self._loaded = None
            self._arm()

    def line_lost(self) -> None:
        """Doubt what only subscriptions made by hand have shown."""
        self.book.line_lost(self._kernel.subscriptions.keys())

    def abandon(self) -> None:
        """Forget all: the connection goes on as somebody else."""
        self.tell(self.book.abandon())

    def stop(self) -> None:
        """Leave no timer behind."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        due = self.book.next_at()
        if due is None or (self._timer is not None and due >= self._armed_for):
            return
        self.stop()
        delay, self._armed_for = max(0.0, due - self._now()), due
        self._timer = self._kernel.loop.call_later(delay, self._sweep)

    def _sweep(self) -> None:
        self._timer = None
        gone = self.book.due(self._now())
        for news in gone:
            self._let_rest(news.card)
        self.tell(gone)
        self._arm()

    def _let_rest(self, card: Card[Conversation]) -> None:
        """Keep little of the dialogs of which nothing more will be told."""
        for dialog in card.facts.dialogs:
            goes_on = dialog.open and any(
                member.active and self.office.is_own(member.user_id, member.agent_id)
                for member in dialog.members
            )
            self._kernel.streams.rest(dialog.dialog_id, over=not goes_on)

    def _now(self) -> float:
        return self._kernel.runtime.clock.now()

    # -- what is said in them

    def heard(self, record: MessageEvent) -> Message | None:
        """Take an event that is about to be told; give the message that it is."""
        said = self.book.heard(record)
        return None if said is None else Message(said, self.office)

    def noted(self, record: MessageEvent) -> Event | None:
        """Take what is no message; give the event of what of it is news, if any."""
        noted = self.book.noted(record)
        if noted is None or not self._kernel.subscribers.wants(noted_kind(noted)):
            return None
        return noted_event(noted, record, self.office)

    def find(self, conversation_id: str, dialog_id: str) -> Card[Conversation] | None:
        """Find a conversation by its id, or else by that of a dialog; any thread."""
        return self.book.find(conversation_id, dialog_id)
