"""Conversations as subscriptions show them, and as webhooks tell of them."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, NamedTuple

from ums_actors.actors.child_subscriptions import ChildSubscriptions
from ums_actors.actors.completing import Completions
from ums_actors.actors.events import ConversationChanged
from ums_actors.core.completion import CUT_FROM, SNAPSHOT_LIMIT
from ums_actors.protocol.records import read_conversation_changes

if TYPE_CHECKING:
    from ums_actors.actors.cut_snapshot import CutSnapshot
    from ums_actors.actors.dialogs import Dialogs, Query
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.subscription import Subscription
    from ums_actors.protocol.conversations import ConversationChange
    from ums_actors.protocol.envelopes import Notification
    from ums_actors.runtime.timers import CallLater

__all__ = ["Showing"]


class _Sight(NamedTuple):
    """How a conversation is seen; see :meth:`Dialogs.sight`."""

    baseline: bool
    first: bool
    fresh: bool = False


class Showing(abc.ABC):
    """Takes notifications of conversations, snapshots among them; loop thread only."""

    __slots__ = ("_call_later", "_completions", "_kernel", "_query", "_subscribers")

    def __init__(self, kernel: Kernel, query: Query, call_later: CallLater) -> None:
        self._kernel = kernel
        self._subscribers = kernel.subscribers
        self._query = query
        self._call_later = call_later
        self._completions: Completions | None = None  # until a snapshot is cut

    def line_lost(self) -> None:
        """Complete no snapshot any more: the next line has others."""
        if self._completions is not None:
            self._completions.clear()

    @abc.abstractmethod
    def catch_up(self) -> None:
        """Ask for messages that are missing, a few dialogs at a time."""

    @abc.abstractmethod
    def _followed(self) -> Dialogs:
        """Give the dialogs, made when they are first needed."""

    def _conversations(self, frame: Notification) -> None:
        body = read_conversation_changes(frame.body)
        subscription_id = body.subscription_id
        completions = self._completions
        if completions and completions.children.knows(subscription_id):
            completions.children.arrived(subscription_id, body.changes)
            return
        kernel, made = self._kernel, self._subscription(subscription_id)
        cut = completions.of(made) if completions and made else None
        history = completions.history if completions else None
        baseline = not (kernel.baseline_seen or kernel.options.get_all_messages)
        first = made is not None and not made.ever_seen and cut is None
        sight = _Sight(baseline, first)
        for change in body.changes:
            if history:
                old, fresh = history.of(change.result)
                sight = _Sight(old, first, fresh)
            self._change(change, subscription_id, made, sight)
            if cut:
                cut.note(change)
        if made is not None:
            self._shown(made, body.changes, baseline=baseline)

    def _change(
        self,
        change: ConversationChange,
        subscription_id: str,
        made: Subscription | None,
        sight: _Sight,
    ) -> None:
        """Take one change, and tell of it."""
        kernel, result = self._kernel, change.result
        conversations = kernel.conversations
        details = result.conversation_details
        kernel.ids.learn_all(details.participants, details.participants_pid)
        news = conversations.take(change, subscription_id, made)
        if change.type == "UPSERT":
            self._followed().sight(
                result, baseline=sight.baseline, first=sight.first, fresh=sight.fresh
            )
        elif change.type == "DELETE":
            self._followed().leave(result)
        self._tell(change, subscription_id)
        conversations.tell(news)

    # -- snapshots

    def _shown(
        self, made: Subscription, changes: list[ConversationChange], *, baseline: bool
    ) -> None:
        """Take note that a notification of a subscription has been taken."""
        size = len(changes)
        if size >= CUT_FROM:
            shown = [each for each in changes if each.type == "UPSERT"]
            if len(shown) >= CUT_FROM and self._completing().begin(
                made, shown, baseline=baseline, first=not made.ever_seen
            ):
                return
        if self._completions and self._completions.of(made):
            return
        if not made.snapshot_seen:
            ids = {each.result.conversation_id for each in changes}
            whole = size < SNAPSHOT_LIMIT
            self._kernel.conversations.snapshot_over(made, ids, whole=whole)
        self._seen(made)

    def _seen(self, made: Subscription) -> None:
        if not (self._completions and self._completions.history):
            self._kernel.baseline_seen = True
        made.snapshot_seen = made.ever_seen = True
        made.waiters.resolve(made.subscription_id)

    def _completing(self) -> Completions:
        """Give what completes snapshots, made when the first one is cut."""
        if self._completions is None:
            self._completions = Completions(
                self._kernel,
                ChildSubscriptions(self._kernel, self._query, self._call_later),
                self._take_from_child,
                self._completed,
            )
        return self._completions

    def _take_from_child(self, cut: CutSnapshot, change: ConversationChange) -> None:
        baseline, fresh = cut.history.of(change.result)
        sight = _Sight(baseline, cut.history.first, fresh)
        self._change(change, cut.subscription_id, cut.made, sight)

    def _completed(self, cut: CutSnapshot, whole: bool) -> None:
        shown = cut.completion.shown
        self._kernel.conversations.snapshot_over(cut.made, shown, whole=whole)
        self._seen(cut.made)
        self.catch_up()

    def _told_conversations(self, frame: Notification) -> None:
        """Take conversations that are told of without a subscription."""
        body = read_conversation_changes(frame.body)
        kernel, conversations = self._kernel, self._kernel.conversations
        for change in body.changes:
            details = change.result.conversation_details
            kernel.ids.learn_all(details.participants, details.participants_pid)
            news = conversations.take_told(change)
            kernel.intake.sight(change.result)
            self._tell(change, body.subscription_id)
            conversations.tell(news)

    def _tell(self, change: ConversationChange, subscription_id: str) -> None:
        result = change.result
        self._subscribers.publish(
            ConversationChanged(
                subscription_id=subscription_id,
                type=change.type,
                conversation_id=result.conv_id,
                conversation=result,
                live=self._kernel.conversations.view(result.conversation_id),
            )
        )

    def _subscription(self, subscription_id: str) -> Subscription | None:
        for known in self._kernel.subscriptions.values():
            if known.subscription_id == subscription_id:
                return known
        return None
