"""A snapshot that the service cut, while it is being completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ums_actors.core.completion import Completion
from ums_actors.protocol.subscription import LAST_UPDATE_BEFORE

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.subscription import Subscription
    from ums_actors.core.completion import Step
    from ums_actors.protocol.conversations import ConversationChange, ConversationResult
    from ums_actors.protocol.requests import Call

__all__ = ["CutSnapshot", "History", "changed"]


class History(NamedTuple):
    """What was there when the connection began to look is not to be handed out as new.

    A small snapshot tells that at one stroke. While a cut one is completed, news and
    what is old come side by side; the service's own clock tells them apart.

    Attributes:
        since: when the latest of the first snapshot had changed (epoch ms).
        baseline: whether that was the first snapshot of the process.
        first: whether it was the first that its subscription ever gave.
    """

    since: int
    baseline: bool
    first: bool

    def of(self, result: ConversationResult) -> tuple[bool, bool]:
        """Tell whether a conversation has a history, and if its last words are new."""
        began = result.conversation_details.start_ts
        if not self.baseline or (began is not None and began > self.since):
            return False, False
        last = result.last_content_event
        said = None if last is None else last.server_timestamp
        return True, said is not None and said > self.since


class CutSnapshot:
    """What is kept of one.

    Args:
        made: the subscription.
        room: conversations that are known at a time.

    Attributes:
        subscription_id: the subscription's id on this line.
        call: what it was made with; it may become one of something else.
        body: of the request that made it.
        completion: what has been shown, and what to ask for next.
        history: what of it is not new.
        step: what follows the last snapshot that came.
        size: how many conversations were in it.
    """

    __slots__ = (
        "body",
        "call",
        "completion",
        "history",
        "made",
        "size",
        "step",
        "subscription_id",
    )

    step: Step
    history: History

    def __init__(self, made: Subscription, room: int) -> None:
        self.made: Subscription = made
        self.subscription_id: str = made.subscription_id or ""
        self.call: Callable[[], Call] = made.call
        self.body: dict[str, Any] = made.call().body
        bound = self.body.get(LAST_UPDATE_BEFORE)
        self.completion: Completion = Completion(room, bound)
        self.size: int = 0

    def begins(
        self, shown: list[ConversationChange], *, baseline: bool, first: bool
    ) -> None:
        """Take the snapshot itself."""
        self.size = len(shown)
        self.step = self.completion.begins([changed(each) for each in shown])
        since = self.completion.newest
        self.history = History(since, baseline=baseline, first=first)

    def continues(self, shown: list[ConversationChange]) -> None:
        """Take note that a child's has been taken."""
        self.size = len(shown)
        self.step = self.completion.continues([changed(each) for each in shown])

    def note(self, change: ConversationChange) -> None:
        """Take note of what the subscription itself tells meanwhile."""
        if change.type == "UPSERT":
            self.completion.upserted(*changed(change))
        elif change.type == "DELETE":
            self.completion.deleted(*changed(change))


def changed(change: ConversationChange) -> tuple[str, int]:
    """Give of which conversation it tells, and when that changed; -1: not said."""
    result = change.result
    at = result.conversation_details.meta_data_last_update_ts
    return result.conversation_id, -1 if at is None else at
