"""Every metric: its name, kind, labels and meaning; the backends are made from it."""

from __future__ import annotations

import enum
from typing import Final, NamedTuple

__all__ = ["BY_NAME", "DURATION", "TABLE", "Kind", "Merge", "Metric", "as_markdown"]


class Kind(enum.StrEnum):
    """What may be done with a metric, in Prometheus' words."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Merge(enum.Enum):
    """How the values of several connections become one."""

    SUM = "sum"
    LEAST = "least"
    MOST = "most"


class Metric(NamedTuple):
    """One metric.

    Attributes:
        name: without the namespace; units and ``_total`` as Prometheus has them.
        kind: what it is.
        help: what it tells.
        labels: besides ``connection``, which is there for connections with a name.
        merge: how the values of connections without a name become one.
    """

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    merge: Merge = Merge.SUM


_COUNTER, _GAUGE = Kind.COUNTER, Kind.GAUGE

DURATION: Final = Metric(
    "request_duration_seconds",
    Kind.HISTOGRAM,
    "From handing a request over to its answer, waiting included; yes or no",
    ("type",),
)

TABLE: Final = (
    # -- the line
    Metric("connections", _GAUGE, "Connections in each state", ("state",)),
    Metric(
        "generations_total",
        _COUNTER,
        "Lines and attempts begun; of one connection, its generation",
    ),
    Metric("reconnects_total", _COUNTER, "READY reached again after the first time"),
    Metric(
        "attempts",
        _GAUGE,
        "Attempts since the line was last stable; the most of all",
        merge=Merge.MOST,
    ),
    Metric(
        "exits_total",
        _COUNTER,
        "Lines and attempts that ended, by kind of reason and what that means",
        ("who", "reason", "verdict"),
    ),
    # -- actors
    Metric(
        "restarts_total",
        _COUNTER,
        "Crashes of actors, by the exception's class; restarted within their budget",
        ("child", "reason"),
    ),
    Metric(
        "restart_budget_left",
        _GAUGE,
        "Crashes that are still forgiven; the fewest of all",
        ("child",),
        Merge.LEAST,
    ),
    Metric("inbox_messages", _GAUGE, "Messages that wait for an actor", ("child",)),
    Metric(
        "dead_letters_total",
        _COUNTER,
        "Messages that nobody handled, of all actors of the runtime",
    ),
    # -- tokens
    Metric("logins_total", _COUNTER, "Logins that succeeded, the first included"),
    Metric("token_refreshes_total", _COUNTER, "Refreshes of a token that succeeded"),
    # -- requests
    Metric(
        "requests_total",
        _COUNTER,
        "Requests that ended, by what became of them",
        ("type", "outcome"),
    ),
    DURATION,
    Metric("requests_in_flight", _GAUGE, "Requests that wait for their answer"),
    Metric("requests_queued", _GAUGE, "Requests that wait for a READY line or room"),
    Metric("requests_resting", _GAUGE, "Requests answered with 429, sent again soon"),
    Metric(
        "request_window",
        _GAUGE,
        "Requests that may be in flight now; the fewest of all",
        merge=Merge.LEAST,
    ),
    Metric("too_many_total", _COUNTER, "Answers with 429, sent again or not"),
    Metric("late_answers_total", _COUNTER, "Answers for which nobody waited any more"),
    # -- what comes
    Metric("duplicate_events_total", _COUNTER, "Message events that came twice"),
    Metric("missed_events_total", _COUNTER, "Message events given up (MessagesMissed)"),
    Metric("stale_events_total", _COUNTER, "Events of earlier generations, ignored"),
    Metric("bad_frames_total", _COUNTER, "Frames that were no UMS message"),
    Metric("failed_notifications_total", _COUNTER, "Notifications not to be handled"),
    # -- subscribers and what is kept
    Metric("subscribers", _GAUGE, "Subscribers of events"),
    Metric("subscriber_events", _GAUGE, "Events that wait for subscribers, in all"),
    Metric(
        "subscriber_events_deepest",
        _GAUGE,
        "Events that wait for the slowest of them",
        merge=Merge.MOST,
    ),
    Metric("subscriber_dropped_total", _COUNTER, "Events that slow subscribers lost"),
    Metric("outbox_messages", _GAUGE, "Messages of outboxes that are on their way"),
    Metric("conversations", _GAUGE, "Conversations that are kept true"),
    Metric("conversations_evicted_total", _COUNTER, "Conversations without room"),
    Metric("snapshots_cut_total", _COUNTER, "Snapshots that stayed incomplete"),
    # -- the runtime
    Metric(
        "log_events_total",
        _COUNTER,
        "What the observer heard, by its name in ums_actors.log_table",
        ("event",),
    ),
    Metric(
        "silent_loops",
        _GAUGE,
        "Loop threads that did not answer the last scrape in time: their part is old",
    ),
)

BY_NAME: Final = {metric.name: metric for metric in TABLE}


def as_markdown(namespace: str = "ums") -> str:
    """Give the table as it stands in the README."""
    rows = [
        f"| `{namespace}_{metric.name}` | {metric.kind} | "
        f"{', '.join(f'`{label}`' for label in metric.labels) or '-'} | "
        f"{metric.help} |"
        for metric in TABLE
    ]
    return "\n".join(["| metric | type | labels | |", "|---|---|---|---|", *rows])
