"""Notifications on their way to subscribers: read, put in order, handed out.

What fails in one frame is reported and concerns that frame alone: a crash here
would come again with the same snapshot after each restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ums_actors.actors.agents import AGENT_STATE_TYPES
from ums_actors.actors.asking import AskedDialogs
from ums_actors.actors.child_subscriptions import ChildSubscriptions
from ums_actors.actors.completing import Completions
from ums_actors.actors.events import ConversationChanged
from ums_actors.actors.following import FollowedDialogs
from ums_actors.actors.rings import ROUTING_TYPES
from ums_actors.actors.traffic_events import NotificationReceived
from ums_actors.actors.trouble import report
from ums_actors.actors.unasked import UnaskedDialogs
from ums_actors.core.completion import CUT_FROM, SNAPSHOT_LIMIT
from ums_actors.protocol import brand
from ums_actors.protocol.envelopes import Notification, decode_body
from ums_actors.protocol.names import spellings
from ums_actors.protocol.records import read_conversation_changes

if TYPE_CHECKING:
    from ums_actors.actors.cut_snapshot import CutSnapshot
    from ums_actors.actors.dialogs import Dialogs, Query
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.subscription import Subscription
    from ums_actors.protocol.conversations import ConversationChange
    from ums_actors.runtime.timers import CallLater

__all__ = ["Feed"]

_CONVERSATIONS = spellings(brand.CONVERSATION_NOTIFICATION)
_MESSAGES = spellings(brand.MESSAGE_NOTIFICATION)


class _Sight(NamedTuple):
    """How a conversation is seen; see :meth:`Dialogs.sight`."""

    baseline: bool
    first: bool
    fresh: bool = False


class Feed:
    """Turns notification frames into events; loop thread only."""

    __slots__ = (
        "_call_later",
        "_completions",
        "_dialogs",
        "_kernel",
        "_query",
        "_subscribers",
    )

    def __init__(self, kernel: Kernel, query: Query, call_later: CallLater) -> None:
        self._kernel = kernel
        self._subscribers = kernel.subscribers
        self._query = query
        self._call_later = call_later
        self._dialogs: Dialogs | None = None  # until there is something to follow
        self._completions: Completions | None = None  # until a snapshot is cut

    def stop(self) -> None:
        """Leave no timer behind."""
        if self._dialogs is not None:
            self._dialogs.stop()
        self.line_lost()

    def line_lost(self) -> None:
        """Complete no snapshot any more: the next line has others."""
        if self._completions is not None:
            self._completions.clear()

    def take(self, frame: Notification) -> None:
        """Handle one notification; never raises.

        Call :meth:`catch_up` after the last of those that came together.
        """
        try:
            self._hand_on(frame, by_webhook=False)
        except Exception as error:  # noqa: BLE001  (isolation is the point)
            self._kernel.counters.failed_notifications += 1
            report(
                self._kernel,
                "notification.failed",
                error,
                notification_type=frame.type,
            )
        if self._dialogs is not None:
            self._dialogs.spill()

    def take_webhook(self, frame: Notification) -> None:
        """Handle a notification that came by a webhook; :meth:`catch_up` after it.

        Raises:
            RemoteProtocolError: it is none that can be read.
        """
        self._hand_on(frame, by_webhook=True)

    def catch_up(self) -> None:
        """Ask for messages that are missing, a few dialogs at a time."""
        if self._kernel.made("intake"):
            self._kernel.intake.settle()
        if self._dialogs is not None or self._kernel.made("streams"):
            self._followed().catch_up()
        if self._kernel.made("conversations"):
            self._kernel.conversations.settle()

    def _hand_on(self, frame: Notification, *, by_webhook: bool) -> None:
        kind = frame.type
        if self._subscribers.wants_notification(kind):
            self._subscribers.publish(
                NotificationReceived(type=kind, body=decode_body(frame.body))
            )
        if kind in _CONVERSATIONS:
            take = self._told_conversations if by_webhook else self._conversations
            take(frame)
        elif kind in _MESSAGES:
            taker = self._kernel.intake if by_webhook else self._followed()
            taker.take(frame)
        elif kind in ROUTING_TYPES:
            self._kernel.rings.take(frame)
        elif kind in AGENT_STATE_TYPES:
            self._kernel.agents.take(frame)

    def _followed(self) -> Dialogs:
        """Give the dialogs, made when they are first needed."""
        dialogs = self._dialogs
        if dialogs is None:
            dialogs = _kind_of(self._kernel)(
                self._kernel, self._query, self._call_later
            )
            self._dialogs = dialogs
        return dialogs

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


def _kind_of(kernel: Kernel) -> type[Dialogs]:
    if not kernel.asks:
        return UnaskedDialogs
    return FollowedDialogs if kernel.follows else AskedDialogs
