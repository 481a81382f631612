"""Every event that the observer hears, with its levels and fields.

By default the observer is the logger ``ums_actors``: the event's name is the message,
its fields ride in ``extra`` with the prefix ``ums_``, an ``error`` as ``exc_info``.

What a connection tells has its ``connection`` (the id) and ``generation`` (0 before the
first attempt); what a fleet tells of an agent, its ``account`` and ``user``. Fields are
plain: text, numbers, None, a tuple of texts (``history``), and an exception only as
``error``. No name is one of structlog's own, so an observer
may pass them on as they are: ``log.log(level, event, **fields)``.
"""

from __future__ import annotations

import logging
from typing import Final, NamedTuple

__all__ = ["LOGGED", "TABLE", "Row"]

_DEBUG, _INFO, _WARNING, _ERROR = (
    logging.DEBUG,
    logging.INFO,
    logging.WARNING,
    logging.ERROR,
)
_PLACE: Final = ("connection", "generation")
_AGENT: Final = ("account", "user")
_ACTOR: Final = ("actor", "urn", "incarnation")


class Row(NamedTuple):
    """One event.

    Attributes:
        event: its name.
        levels: with which it is told.
        when: what it tells, in a few words.
        fields: that it always has.
        sometimes: that it may have.
    """

    event: str
    levels: tuple[int, ...]
    when: str
    fields: tuple[str, ...]
    sometimes: tuple[str, ...] = ()


def _failure(event: str, when: str, *fields: str) -> Row:
    """Describe what ``ErrorOccurred`` tells, too: a reason of ours, or an error."""
    sometimes = ("reason", "error", "held_back")
    return Row(event, (_WARNING,), when, (*_PLACE, *fields), sometimes)


def _actor(
    event: str, level: int, when: str, fields: tuple[str, ...] = (), *sometimes: str
) -> Row:
    """Describe what an actor tells; one of a connection says of which."""
    return Row(event, (level,), when, (*_ACTOR, *fields), (*_PLACE, *sometimes))


def _crash(event: str, when: str) -> Row:
    """Describe what an actor raised; those of a connection tell what led to it."""
    return _actor(event, _ERROR, when, ("error",), "history")


TABLE: Final = (
    # -- a connection
    Row(
        "connection.state",
        (_INFO, _ERROR),
        "the connection went from one state to another; ERROR: it has FAILED",
        (*_PLACE, "state", "previous", "reason"),
    ),
    Row(
        "connection.exit",
        (_INFO, _WARNING, _ERROR),
        "a line or an attempt ended, or an actor crashed; louder the more often",
        (
            *_PLACE,
            "who",
            "kind",
            "reason",
            "verdict",
            "attempt",
            "delay",
            "budget_left",
            "refilled_in",
        ),
    ),
    Row(
        "connection.tls_not_verified",
        (_WARNING,),
        "Options(verify_tls=False): every certificate is believed",
        (*_PLACE, "account"),
    ),
    Row(
        "connection.plain_allowed",
        (_WARNING,),
        "Options(allow_plain=True): ws and http beyond this machine",
        (*_PLACE, "account"),
    ),
    Row(
        "identity.changed",
        (_WARNING,),
        "a consumer goes on as somebody else",
        (*_PLACE, "previous", "current"),
    ),
    Row(
        "token.invalidated",
        (_INFO,),
        "the token is worthless, and why",
        (*_PLACE, "source"),
    ),
    _failure("token.refresh_failed", "a refresh failed; the token is kept"),
    Row(
        "token.logout_failed",
        (_INFO,),
        "a session could not be ended; it ends by itself",
        (*_PLACE, "reason"),
    ),
    Row(
        "request.too_many",
        (_INFO,),
        "the service answered 429; how many may be in flight now",
        (*_PLACE, "window"),
    ),
    _failure(
        "subscription.refused",
        "a subscription is given up",
        "code",
        "subscription_id",
    ),
    Row(
        "snapshot.cut",
        (_INFO, _WARNING),
        "a snapshot is so long that others may be missing; WARNING: they stay so",
        (
            *_PLACE,
            "subscription_id",
            "changes",
            "threshold",
            "child",
            "oldest_update",
            "why",
        ),
    ),
    _failure(
        "snapshot.child_failed",
        "a cut snapshot could not be completed",
        "subscription_id",
    ),
    _failure(
        "snapshot.child_stays",
        "a child subscription could not be ended; what it tells is ignored",
        "subscription_id",
    ),
    _failure("agent_state.refused", "an agent's state was not taken again", "code"),
    _failure("catch_up.failed", "missed messages could not be queried", "dialog_id"),
    _failure(
        "messages.refused",
        "a dialog's messages could not be subscribed to",
        "dialog_id",
        "code",
    ),
    Row(
        "messages.missed",
        (_WARNING,),
        "message events that could not be had, and why",
        (*_PLACE, "conversation_id", "dialog_id", "first", "last", "reason"),
    ),
    _failure("frame.undecodable", "a frame was no UMS message"),
    _failure("frame.tap_failed", "a subclass raised over a frame"),
    Row(
        "notification.failed",
        (_WARNING,),
        "a notification could not be handled, or a message event of it",
        _PLACE,
        ("reason", "error", "held_back", "notification_type", "dialog_id"),
    ),
    _failure(
        "shift_status.failed",
        "polls of the shift status fail; told once until one does not",
    ),
    _failure("outbox.failed", "the outbox's file could not be used"),
    # -- subscribers
    Row(
        "subscriber.failed",
        (_WARNING,),
        "a handler raised",
        (*_PLACE, "error", "dropped"),
    ),
    Row(
        "subscriber.slow",
        (_WARNING,),
        "a handler runs for long; its thread is replaced",
        (*_PLACE, "error", "dropped"),
    ),
    Row(
        "subscriber.waits",
        (_WARNING,),
        "there was no thread for a handler; it is tried again",
        (*_PLACE, "error", "dropped"),
    ),
    Row(
        "subscriber.overflow",
        (_WARNING,),
        "a slow subscriber lost its first event; status().dropped counts on",
        (*_PLACE, "limit"),
    ),
    Row(
        "subscriber.filter_failed",
        (_WARNING,),
        "a where=… raised",
        (*_PLACE, "error"),
    ),
    Row(
        "status.command",
        (_INFO,),
        "who is attached to the status endpoint wants it to reconnect, or to close",
        (*_PLACE, "command"),
    ),
    # -- a fleet
    Row(
        "fleet.agent_failed",
        (_ERROR,),
        "an agent has failed for good, and when it is tried again",
        (*_PLACE, *_AGENT, "reason", "retry_in", "tried"),
    ),
    Row(
        "fleet.agent_contested",
        (_ERROR,),
        "somebody else logs in as this user; the agent gives way",
        (*_PLACE, *_AGENT, "retry_in", "tried"),
    ),
    Row(
        "fleet.online_failed",
        (_WARNING,),
        "an agent is READY, and could not be brought online",
        (*_PLACE, *_AGENT),
        ("reason", "error"),
    ),
    Row(
        "fleet.agent_refused",
        (_ERROR,),
        "an agent of the fleet's source could not be started",
        (*_AGENT, "reason"),
    ),
    Row(
        "fleet.handler_failed",
        (_WARNING,),
        "the handler of all agents raised",
        (*_AGENT, "error"),
    ),
    Row(
        "fleet.handlers_blocked",
        (_ERROR,),
        "each thread of the handler's is in a call that does not come back",
        ("threads",),
    ),
    Row(
        "fleet.handler_late",
        (_WARNING,),
        "the fleet was closed before its handler had heard all",
        (),
    ),
    Row(
        "fleet.handler_gone",
        (_ERROR,),
        "the actor that hears all agents has stopped; how many events it did not hear",
        ("lost",),
    ),
    # -- actors
    _crash("actor.crashed", "an actor raised under tell; it is restarted"),
    _crash("actor.init_failed", "a restarted actor raised in __init__"),
    _crash("actor.on_failure_failed", "on_failure raised"),
    _crash("actor.on_crash_failed", "who is told of a crash raised over it"),
    _crash("actor.before_stop_failed", "an orderly stop could not begin"),
    _crash("actor.on_stop_failed", "on_stop raised"),
    _crash("actor.stop_anyway_failed", "so did what gives back what on_stop left"),
    _crash("actor.gave_up", "an actor without a supervisor crashed too often"),
    _actor(
        "actor.error_returned",
        _DEBUG,
        "an actor raised under ask; who asked has it",
        ("error",),
    ),
    _actor("actor.stale_callback", _DEBUG, "a callback of an object before"),
    _actor("actor.dead_letter", _DEBUG, "a message that nobody handles"),
)
"""What the observer hears."""

LOGGED: Final = {
    "cluster.watch_failed": "whether each shard has its actor could not be seen",
    "connection.close_failed": "what a connection gives back could not be closed",
    "future.callback_failed": "a callback of a future raised",
    "future.never_retrieved": "an exception that nobody read is gone with its future",
    "instrument.failed": "what counts, measures or traces raised",
    "lease.callback_failed": "what is told of a lease raised over it",
    "lease.end_failed": "who is told that a lease has ended raised over it",
    "lease.lost": "a shard's lease ends and was not renewed: its agents are closed",
    "lease.store_silent": "the lease store gives no answer; told once until it does",
    "loop.handler_failed": "what a descriptor woke raised",
    "loop.task_failed": "what ran on the loop raised",
    "loop.timer_failed": "a timer's function raised",
    "observer.failed": "the observer itself raised",
    "runtime.close_failed": "what is given back at the runtime's end could not be",
    "shard.book_silent": "the lease book did not say who had the shard before",
    "shard.lost": "a shard closes its agents, and its process ends",
    "shard.moving": "a shard is closed, to be opened on another node",
    "shard.opening": "a shard has its lease, and asks who its agents are",
    "shard.provider_failed": "the provider gave no agents; it is asked again",
    "shard.settled": "each agent of a shard was READY or has failed",
    "status.failed": "the status endpoint could not tell what it was asked",
    "workers.abandon_failed": "what is told of an abandoned job raised",
    "workers.deadline_passed": "a worker's job took too long, or waited so",
    "workers.no_thread": "the system has no thread to give; jobs wait",
}
"""What is told where there is no observer at hand: written to the logger at once; the
failures as errors with their traceback, those of workers with their pool's name."""
