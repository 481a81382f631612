"""The numbers of one connection, as its kernel has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.core.course import State

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.metrics.totals import Totals

__all__ = ["read"]


def read(kernel: Kernel, name: str, into: Totals) -> None:
    """Add the numbers of a connection to others; its loop's thread.

    Args:
        kernel: of the connection.
        name: the value of the label ``connection``; empty if it has none.
        into: where they are added.
    """
    put, session = into.put, kernel.session
    for state in State:
        put("connections", float(session.state is state), name, state.value)
    put("generations_total", session.generation, name)
    put("attempts", session.backoff.attempt, name)
    _read_actors(kernel, name, into)
    counters = kernel.counters
    put("reconnects_total", max(0, counters.reconnects - 1), name)
    put("logins_total", counters.logins, name)
    put("token_refreshes_total", counters.refreshes, name)
    put("stale_events_total", counters.stale, name)
    put("bad_frames_total", counters.bad_frames, name)
    put("failed_notifications_total", counters.failed_notifications, name)
    pending = kernel.pending
    put("requests_in_flight", pending.in_flight, name)
    put("requests_queued", pending.queued, name)
    put("requests_resting", pending.resting, name)
    put("request_window", pending.window.limit, name)
    put("late_answers_total", pending.late, name)
    streams = kernel.streams if kernel.made("streams") else None
    put("duplicate_events_total", 0 if streams is None else streams.duplicates, name)
    put("missed_events_total", 0 if streams is None else streams.gaps, name)
    waiting = kernel.subscribers.waiting()
    put("subscribers", len(waiting), name)
    put("subscriber_events", sum(waiting), name)
    put("subscriber_events_deepest", max(waiting, default=0), name)
    put("subscriber_dropped_total", kernel.subscribers.dropped, name)
    courier = None if kernel.services is None else kernel.services.courier
    put("outbox_messages", 0 if courier is None else len(courier), name)
    book = kernel.conversations.book if kernel.made("conversations") else None
    put("conversations", 0 if book is None else len(book), name)
    put("conversations_evicted_total", 0 if book is None else book.evicted, name)
    put("snapshots_cut_total", 0 if book is None else book.cut, name)


def _read_actors(kernel: Kernel, name: str, into: Totals) -> None:
    now = kernel.loop.clock.now()
    for child, window in kernel.windows().items():
        into.put("restart_budget_left", window.left(now), name, child)
    for child, ref in kernel.refs.items():
        into.put("inbox_messages", len(ref.actor_inbox), name, child)
    into.put("inbox_messages", len(kernel.root.actor_inbox), name, "root")
