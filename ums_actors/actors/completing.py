"""Snapshots that the service cut, completed by child subscriptions, one at a time.

See :mod:`ums_actors.core.completion`, which decides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ums_actors.actors.cut_snapshot import CutSnapshot, changed
from ums_actors.actors.snapshot_events import SnapshotCut
from ums_actors.actors.trouble import observed, report
from ums_actors.core.completion import CUT_FROM
from ums_actors.errors import ConnectionLost
from ums_actors.protocol.subscription import LAST_UPDATE_BEFORE
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from ums_actors.actors.child_subscriptions import ChildSubscriptions
    from ums_actors.actors.cut_snapshot import History
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.subscription import Subscription
    from ums_actors.protocol.conversations import ConversationChange
    from ums_actors.runtime import LoopFuture

__all__ = ["Completions"]

_OFF = "Options.limit_break is off"
_RENEWED = "the subscription is of something else now"
_FAILED = "a child subscription failed"

Take = Callable[[CutSnapshot, "ConversationChange"], None]
"""Takes a conversation that a child has shown."""
Over = Callable[[CutSnapshot, bool], None]
"""Takes note that a snapshot is over, and whether nothing is missing from it."""


class Completions:
    """The cut snapshots of a line; loop thread only.

    Args:
        kernel: of the connection.
        children: makes child subscriptions.
        take: see :data:`Take`.
        over: see :data:`Over`.
    """

    def __init__(
        self, kernel: Kernel, children: ChildSubscriptions, take: Take, over: Over
    ) -> None:
        self._kernel = kernel
        self._take = take
        self._over = over
        self._under_way: dict[str, CutSnapshot] = {}  # by the subscription's key
        self.children: ChildSubscriptions = children

    def clear(self) -> None:
        """The line is lost, or the actor is: on the next line all begins anew."""
        self._under_way.clear()
        self.children.clear()
        self._let_history_wait()

    def of(self, made: Subscription) -> CutSnapshot | None:
        """Give the snapshot of a subscription that is being completed."""
        return self._under_way.get(made.key)

    @property
    def history(self) -> History | None:
        """What is not to be handed out as new, while it is not all known."""
        for each in self._under_way.values():
            if each.history.baseline:
                return each.history
        return None

    def begin(
        self,
        made: Subscription,
        shown: list[ConversationChange],
        *,
        baseline: bool,
        first: bool,
    ) -> bool:
        """Complete a snapshot that has been taken; tell whether that is wanted at all.

        Args:
            made: its subscription.
            shown: the snapshot.
            baseline: whether it is the first of the process.
            first: whether it is the first that its subscription ever gave.
        """
        options = self._kernel.options
        it = CutSnapshot(made, options.conversation_limit)
        it.completion.full = not self._kernel.conversations.book.has_room
        it.begins(shown, baseline=baseline, first=first)
        if not options.limit_break:
            self._tell(it, _OFF)
            return False
        self._under_way[made.key] = it
        self._let_history_wait()
        run_steps(self._completed(it)).add_done_callback(partial(self._ended, it))
        return True

    def _completed(self, it: CutSnapshot) -> Steps[bool]:
        """Make children as long as one is needed; gives whether nothing is missing."""
        while self._goes_on(it):
            if it.step.whole:
                return True
            self._tell(it, it.step.why)
            if it.step.before is None:
                return False
            body = {**it.body, LAST_UPDATE_BEFORE: it.step.before}
            yield from self.children.fetch(body, partial(self._taken, it))
        if self._is_wanted(it):
            self._tell(it, _RENEWED)
        return False

    def _taken(self, it: CutSnapshot, changes: list[ConversationChange]) -> None:
        if not self._goes_on(it):
            return
        shown = [each for each in changes if each.type == "UPSERT"]
        completion, book = it.completion, self._kernel.conversations.book
        for change in shown:
            conversation_id, at = changed(change)
            if not (book.has_room or book.get(conversation_id)):
                completion.full = True
            elif completion.news(conversation_id, at):
                self._take(it, change)
        it.continues(shown)

    def _goes_on(self, it: CutSnapshot) -> bool:
        """Tell whether it is wanted still, of the same query, on the same line."""
        return self._is_wanted(it) and it.made.call is it.call

    def _is_wanted(self, it: CutSnapshot) -> bool:
        key, made = it.made.key, it.made
        is_last = self._under_way.get(key) is it
        return is_last and self._kernel.subscriptions.get(key) is made

    def _ended(self, it: CutSnapshot, done: LoopFuture[bool]) -> None:
        wanted, error = self._is_wanted(it), done.exception()
        if self._under_way.get(it.made.key) is it:
            del self._under_way[it.made.key]
            self._let_history_wait()
        if not wanted or isinstance(error, ConnectionLost):
            return  # the next line has a snapshot of its own
        if error is not None:
            where = it.subscription_id
            report(self._kernel, "snapshot.child_failed", error, subscription_id=where)
            self._tell(it, _FAILED)
        self._over(it, error is None and done.get(timeout=0))

    def _let_history_wait(self) -> None:
        """Ask for no messages of which it is not known yet how many are old."""
        kernel, waits = self._kernel, self.history is not None
        if not kernel.follows and (waits or kernel.made("streams")):
            kernel.streams.let_unseen_wait(waits)

    def _tell(self, it: CutSnapshot, why: str) -> None:
        event = SnapshotCut(
            subscription_id=it.subscription_id,
            changes=it.size,
            threshold=CUT_FROM,
            child=not why,
            oldest_update=it.step.oldest,
            why=why,
        )
        level = logging.WARNING if why else logging.INFO
        fields = {name: getattr(event, name) for name in event.__struct_fields__}
        observed(self._kernel, "snapshot.cut", level, fields)
        self._kernel.subscribers.publish(event)
