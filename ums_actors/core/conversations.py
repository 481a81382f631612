"""Which conversations there are, kept true by whatever the service tells of them.

Several subscriptions may show the same conversation; it is there as long as one does.
Changes come late, twice, and in any order: what is known already is counted and not
told again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

from msgspec.structs import replace

from ums_actors.core.card import Card, News, Noted
from ums_actors.core.changes import Change, What, changes
from ums_actors.core.gathering import facts_of
from ums_actors.core.keeping import text_digest
from ums_actors.core.linger import TOLD, Linger
from ums_actors.core.presence import SAVED, Presence
from ums_actors.core.shelf import Shelf
from ums_actors.core.talk import MESSAGES, Said
from ums_actors.protocol.enums import EventType

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from ums_actors.core.facts import ConversationFacts
    from ums_actors.core.recalling import Recalled
    from ums_actors.protocol.conversations import ConversationResult
    from ums_actors.protocol.ids import IdTable
    from ums_actors.protocol.messages import MessageEvent

__all__ = ["ConversationBook"]

V = TypeVar("V")

LOADED: Final = "loaded"
"""Stands among the subscriptions that show a conversation for having been loaded: until
it is unloaded."""
_TAKEN_OVER: Final = frozenset({LOADED, SAVED})


class ConversationBook(Generic[V]):
    """All conversations of one connection, by their ids; loop thread only.

    Methods give the news in order.

    Args:
        ids: who is who; must have learned from a result before it is given here.
        make: makes the object that users hold.
        limit: conversations that are known at a time; beyond, one that has ended, or
            else the one not heard of for longest, is removed.
        messages: that are kept of each dialog.
        clear_timeout: seconds from the end of its last subscription's interest in a
            conversation to its removal.

    Attributes:
        evicted: conversations removed for want of room.
        cut: snapshots from which others may be missing.
    """

    __slots__ = (
        "_cards",
        "_ids",
        "_limit",
        "_linger",
        "_make",
        "_messages",
        "_notes",
        "_presence",
        "cut",
        "evicted",
    )

    def __init__(
        self,
        ids: IdTable,
        make: Callable[[Card[V]], V],
        *,
        limit: int = 10_000,
        messages: int = 100,
        clear_timeout: float = 5.0,
    ) -> None:
        self._ids = ids
        self._make = make
        self._limit = limit
        self._messages = messages
        self._cards: Shelf[V] = Shelf()
        self._presence = Presence(clear_timeout)
        self._linger = Linger()
        self._notes: dict[str, str] | None = None  # digests of those not kept
        self.evicted: int = 0
        self.cut: int = 0

    def __len__(self) -> int:
        return len(self._cards)

    def __iter__(self) -> Iterator[Card[V]]:
        return iter(self._cards)

    @property
    def has_room(self) -> bool:
        """Whether one more is known without another's being removed."""
        return len(self._cards) < self._limit

    def get(self, conversation_id: str) -> Card[V] | None:
        """Find a conversation; any thread."""
        return self._cards.get(conversation_id)

    def find(self, conversation_id: str, dialog_id: str) -> Card[V] | None:
        """Find a conversation by its id, or else by that of a dialog; any thread."""
        return self._cards.find(conversation_id, dialog_id)

    # -- what the service tells

    def upsert(self, result: ConversationResult, source: str) -> list[News[V]]:
        """Take the state of a conversation that a subscription shows."""
        card = self._cards.get(result.conversation_id)
        if card is None:
            return self._enter(result, source)
        card.notifications += 1
        if source not in card.sources:
            self._presence.comes(card, source)
        return self._apply(card, result)

    def told(self, result: ConversationResult, now: float) -> list[News[V]]:
        """Take the state of a conversation that is told of without a subscription.

        It is there as long as it is open, and for a while after.
        """
        card = self._cards.get(result.conversation_id)
        if card is None:
            found = self._enter(result, TOLD)
            card = self._cards.get(result.conversation_id)
            if card is None:
                return found  # it has no id
        else:
            card.notifications += 1
            updated = result.conversation_details.meta_data_last_update_ts
            if TOLD not in card.sources and not card.is_late(updated):
                self._presence.comes(card, TOLD)
            found = self._apply(card, result)
        if TOLD in card.sources:
            self._linger.note(card, now)
        return found

    def delete(
        self, result: ConversationResult, source: str, now: float
    ) -> list[News[V]]:
        """Take the last state of a conversation, which has left a subscription."""
        card = self._cards.get(result.conversation_id)
        if card is None:
            return []
        card.notifications += 1
        # its only witness has told something newer since
        updated = result.conversation_details.meta_data_last_update_ts
        overtaken = card.sources == (source,) and card.is_late(updated)
        found = self._apply(card, result)
        if not overtaken:
            self._presence.goes(card, source, now)
        return found

    def snapshot_over(
        self, source: str, shown: Collection[str], now: float, *, whole: bool = True
    ) -> None:
        """Let go of what a subscription showed on an earlier line, and not on this.

        Args:
            source: the subscription.
            shown: ids in its snapshot on this line.
            now: monotonic seconds.
            whole: whether none is missing from it; otherwise it tells nothing of those
                that are not in it, and is counted.
        """
        if not whole:
            self.cut += 1
            return
        for card in self._cards:
            if source in card.sources and card.conversation_id not in shown:
                self._presence.goes(card, source, now)

    def all_shown(self, now: float) -> None:
        """Let go of what an earlier process knew, and no subscription has shown."""
        self.ended(SAVED, now)

    def ended(self, source: str, now: float) -> None:
        """Take note that a subscription is no more."""
        self.snapshot_over(source, (), now)

    def line_lost(self, subscriptions: Collection[str]) -> None:
        """Forget what other subscriptions than these showed: they are not made again.

        What is shown by no other is doubtful until the next line has settled.
        """
        self._presence.keep_only(self._cards, {*subscriptions, TOLD, *_TAKEN_OVER})

    @property
    def doubts(self) -> bool:
        """Whether there is anything doubtful."""
        return self._presence.doubts

    def settled(self, now: float) -> None:
        """Let go of what is doubtful still: all subscriptions have been heard."""
        self._presence.settle(now)

    # -- what an earlier process knew

    def recall(
        self, earlier: Recalled, now: float, *, pinned: bool = False
    ) -> list[News[V]]:
        """Take over a conversation; it is not announced.

        Of one that is known already the newer state stays; what was said is added.

        Args:
            earlier: what was known of it.
            now: monotonic seconds.
            pinned: whether it is kept until it is unloaded; otherwise until all
                subscriptions have shown what they have.
        """
        facts, found = earlier.facts, list[News[V]]()
        source = LOADED if pinned else TOLD if earlier.webhooks else SAVED
        card = self._cards.get(facts.conversation_id)
        if card is None:
            card = self._made(facts, source, found)
            card.notifications = 0
            card.consumer_id = card.consumer_id or earlier.consumer
            if earlier.note_digest:
                self._notes = self._notes or {}
                self._notes[card.conversation_id] = earlier.note_digest
        else:
            if source != SAVED:
                self._presence.comes(card, source)
            if not card.is_late(facts.updated):
                found += self._become(card, facts)
        self._add_said(card, earlier)
        if TOLD in card.sources:
            self._linger.note(card, now)
        return found

    def recall_dialog(self, card: Card[V], earlier: Recalled) -> list[News[V]]:
        """Take over one dialog of a conversation that is known."""
        found = list[News[V]]()
        for dialog in earlier.facts.dialogs:
            known = card.facts.dialog(dialog.dialog_id)
            if known is None or (known.updated or 0) < (dialog.updated or 0):
                others = [each for each in card.facts.dialogs if each is not known]
                facts = replace(card.facts, dialogs=(*others, dialog))
                found += self._become(card, facts)
        self._add_said(card, earlier)
        return found

    def note_digest(self, card: Card[V]) -> str:
        """Give the digest of a conversation's note if it is known by that alone."""
        return "" if self._notes is None else self._notes.get(card.conversation_id, "")

    def unload(self, card: Card[V]) -> bool:
        """Let go of a conversation that was taken over, unless others show it.

        Returns:
            whether it was taken over, and no other has shown it instead.
        """
        left = tuple([each for each in card.sources if each not in _TAKEN_OVER])
        if left == card.sources:
            return False
        card.sources = left
        if not left:
            self._remove(card)
        return True

    # -- removal

    def next_at(self) -> float | None:
        """Give the time of the next removal, monotonic seconds."""
        times = (self._presence.next_at(), self._linger.next_at())
        return min((each for each in times if each is not None), default=None)

    def due(self, now: float) -> list[News[V]]:
        """Remove those whose time has come."""
        found: list[News[V]] = []

        def remove(card: Card[V]) -> None:
            found.append(self._remove(card))

        for card in self._linger.due(now):
            self._presence.goes(card, TOLD, now)
        self._presence.due(now, remove)
        return found

    def abandon(self) -> list[News[V]]:
        """Remove all: they were another user's."""
        return [self._remove(card) for card in list(self._cards)]

    # -- what is said

    def heard(self, record: MessageEvent) -> Said | None:
        """Take an event of a dialog; give the message, None if it is none."""
        if record.event.type not in MESSAGES:
            self.noted(record)
            return None
        card = self._cards.find(record.conversation_id, record.dialog_id)
        talk = None if card is None else card.talk_in(record.dialog_id, self._messages)
        return Said(record) if talk is None else talk.add(record)

    def noted(self, record: MessageEvent) -> Noted[V] | None:
        """Take a status or a chat state; give what of it is news, None if nothing."""
        card = self._cards.find(record.conversation_id, record.dialog_id)
        talk = None if card is None else card.talk_in(record.dialog_id, self._messages)
        if card is None or talk is None:
            return None
        user_id, event = record.user_id, record.event
        role = record.role or card.role_of(user_id, record.dialog_id)
        if event.type == EventType.ACCEPT_STATUS:
            marked = talk.mark(record, role)
            return Noted(card, role, marked=marked) if marked.numbers else None
        if event.type == EventType.CHAT_STATE:
            before = talk.chat(user_id, event.chat_state)
            return Noted(card, role, before) if before != event.chat_state else None
        return None

    # -- parts

    def _enter(self, result: ConversationResult, source: str) -> list[News[V]]:
        if not result.conversation_id:
            return []
        found: list[News[V]] = []
        facts, _ = facts_of(result, self._ids, None)
        card = self._made(facts, source, found)
        found.append(News(card, Change(What.OPENED)))
        return found

    def _made(
        self, facts: ConversationFacts, source: str, found: list[News[V]]
    ) -> Card[V]:
        """Put a conversation on the shelf; ``found`` is told what had to go for it."""
        if not self.has_room:
            self.evicted += 1
            found.append(self._remove(self._cards.oldest()))
        card: Card[V] = Card(facts)
        card.view = self._make(card)
        card.sources = (source,)
        self._cards.put(card)
        return card

    def _apply(self, card: Card[V], result: ConversationResult) -> list[News[V]]:
        if card.is_late(result.conversation_details.meta_data_last_update_ts):
            card.out_of_order += 1
            return []
        known = card.facts
        if result.is_bare:
            facts, late = _touched(known, result), 0
        else:
            facts, late = facts_of(result, self._ids, known)
        card.out_of_order += late
        if facts == known:
            card.ignored += not late
            return []
        return self._become(card, facts)

    def _become(self, card: Card[V], facts: ConversationFacts) -> list[News[V]]:
        """Let it be as the facts say; give what is different."""
        known, card.facts = card.facts, facts
        if self._notes is not None:
            known = self._with_note(known, facts)
        found = changes(known, facts, card.consumer_id)
        for what, dialog, member, _, _ in found:
            if what is What.LEFT and dialog is not None and member is not None:
                card.note_left(dialog.dialog_id, member)
        if known.dialogs != facts.dialogs:
            card.note_consumer()
        self._cards.put(card, known.dialogs)
        return [News(card, change) for change in found]

    def _with_note(
        self, known: ConversationFacts, facts: ConversationFacts
    ) -> ConversationFacts:
        """Give back a note that was known by its digest, if it is still the same."""
        kept = (self._notes or {}).pop(known.conversation_id, "")
        if kept and facts.note is not None and text_digest(facts.note) == kept:
            return replace(known, note=facts.note)
        return known

    def _add_said(self, card: Card[V], earlier: Recalled) -> None:
        for dialog_id, said in earlier.said.items():
            talk = card.talk_in(dialog_id, self._messages)
            if talk is not None:
                talk.recall(said)

    def _remove(self, card: Card[V]) -> News[V]:
        self._cards.take(card)
        if self._notes is not None:
            self._notes.pop(card.conversation_id, None)
        self._presence.forget(card)
        self._linger.forget(card)
        card.sources = ()
        card.removed = True
        return News(card, Change(What.REMOVED))


def _touched(known: ConversationFacts, result: ConversationResult) -> ConversationFacts:
    """Take from a result without details what it has."""
    return replace(
        known,
        unread=result.unread or known.unread,
        last_content=result.last_content_event or known.last_content,
    )
