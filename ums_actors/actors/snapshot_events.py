"""What subscribers hear of snapshots that the service cuts."""

from __future__ import annotations

from ums_actors.actors.events import Event

__all__ = ["SnapshotCut"]


class SnapshotCut(Event, frozen=True, kw_only=True):
    """A snapshot is so long that the service may have left others out (UMS.md 3.4).

    Told of the first snapshot and of each child's that is as long; the last one, with
    ``child`` False, says why others may be missing. If a child completes it, nothing
    more is told.

    Attributes:
        subscription_id: of the subscription, also where a child of it was cut.
        changes: conversations in the snapshot.
        threshold: from how many on it counts as cut.
        child: whether a child subscription is made for those before them.
        oldest_update: when the first of them has changed (epoch milliseconds).
        why: why there is no child; empty if there is one.
    """

    subscription_id: str
    changes: int
    threshold: int
    child: bool
    oldest_update: int | None = None
    why: str = ""
