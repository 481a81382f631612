"""What is subscribed to, and is to be again on each later line."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from ums_actors.actors.waiters import Waiters

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.protocol.requests import Call

__all__ = ["Kind", "Subscription"]


class Kind(enum.Enum):
    """What a subscription tells of."""

    CONVERSATIONS = "conversations"
    ROUTING = "routing tasks"
    AGENT_STATES = "agents' states"


class Subscription:
    """A subscription that is made again on each line; loop thread only.

    Args:
        key: its name in the kernel, the same on all lines.
        kind: what it tells of.
        call: gives the request that makes it, by its canonical name; called each time,
            since the user's id is known only after a login.

    Attributes:
        line: the generation that has it, or on which it is being made.
        first_id: the id by which its maker knows it.
        subscription_id: its id on the present line; None while it has none.
        snapshot_seen: whether the first notification on this line has come, and has
            been completed if it was cut.
        ever_seen: whether that was so on any line.
        made: resolved with the id when it is made.
        waiters: resolved with the id when the snapshot has been seen.
    """

    __slots__ = (
        "call",
        "ever_seen",
        "first_id",
        "key",
        "kind",
        "line",
        "made",
        "snapshot_seen",
        "subscription_id",
        "waiters",
    )

    def __init__(self, key: str, kind: Kind, call: Callable[[], Call]) -> None:
        self.key: str = key
        self.kind: Kind = kind
        self.call: Callable[[], Call] = call
        self.line: int = 0
        self.first_id: str | None = None
        self.subscription_id: str | None = None
        self.snapshot_seen: bool = False
        self.ever_seen: bool = False
        self.made: Waiters = Waiters()
        self.waiters: Waiters = Waiters()
