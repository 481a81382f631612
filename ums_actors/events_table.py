"""Events by the names of this library and of the two public SDKs for Node.

The payloads are read from the classes, so the table cannot say of them what is not so.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ums_actors.actors import conversation_events as talks
from ums_actors.actors import events
from ums_actors.actors import message_events as said
from ums_actors.actors import shift_events as shifts
from ums_actors.actors import snapshot_events as snapshots
from ums_actors.actors import timing_events as timing
from ums_actors.actors import traffic_events as traffic

__all__ = ["ABSENT", "TABLE", "Row", "as_markdown"]


class Row(NamedTuple):
    """One event.

    Attributes:
        event: the class.
        when: what it tells, in a few words.
        messaging_sdk: its names in lp-messaging-sdk.
        agent_sdk: its names in node-agent-sdk.
    """

    event: type[events.Event]
    when: str
    messaging_sdk: tuple[str, ...] = ()
    agent_sdk: tuple[str, ...] = ()

    @property
    def payload(self) -> tuple[str, ...]:
        """The fields that it has."""
        return self.event.__struct_fields__


TABLE: Final = (
    Row(
        events.StateChanged,
        "the connection went from one state to another",
        (
            "connect",
            "reconnecting",
            "reconnect",
            "disconnect",
            "reconnect-wait",
            "close",
        ),
        ("connected", "closed"),
    ),
    Row(
        events.AttemptFailed,
        "an attempt got no line; when the next one is",
        ("failed-to-connect", "reconnect-wait", "error"),
        ("error",),
    ),
    Row(
        events.ExitReported,
        "a line or an attempt ended, or an actor crashed, and what follows",
        ("disconnect", "failed-to-connect"),
        ("closed", "error"),
    ),
    Row(
        events.ErrorOccurred,
        "something failed in the background, a handler of yours too",
        ("error",),
        ("error", "warn"),
    ),
    Row(events.IdentityChanged, "a consumer goes on as somebody else"),
    Row(
        events.ConversationChanged,
        "a conversation came, changed, or left a subscription",
        (
            "conversationNotification",
            "notification",
            "notification-ignored",
            "notification-out-of-order",
            "upsert",
            "delete",
        ),
        ("cqm.ExConversationChangeNotification",),
    ),
    Row(
        snapshots.SnapshotCut,
        "a snapshot is so long that the service may have left others out",
        ("limit-break",),
    ),
    Row(
        talks.ConversationOpened,
        "a conversation is seen for the first time, or anew",
        ("conversation",),
    ),
    Row(talks.ConversationClosed, "the whole conversation has ended", ("close",)),
    Row(
        talks.ConversationRemoved,
        "no subscription shows it any more",
        ("conversation-deleted",),
    ),
    Row(talks.DialogOpened, "there is a further dialog", ("dialog",)),
    Row(talks.DialogClosed, "a dialog has ended", ("close", "dialog:close")),
    Row(
        talks.ParticipantAdded,
        "somebody takes part now",
        ("participant-added", "stateChange"),
    ),
    Row(
        talks.ParticipantRemoved,
        "somebody takes part no more",
        ("participant-removed",),
    ),
    Row(
        talks.ParticipantSuggested,
        "somebody was asked to take part",
        ("participant-suggested", "stateChange"),
    ),
    Row(
        talks.ParticipantSuggestionWithdrawn,
        "somebody was asked, and did not accept",
        ("participant-suggested-removed",),
    ),
    Row(
        talks.ParticipantRoleChanged,
        "somebody has another role; after their going and coming",
        ("roleChange",),
    ),
    Row(
        talks.TransferredToAgent,
        "an agent was asked to take it over",
        ("transfer-agent",),
    ),
    Row(
        talks.TransferredToSkill,
        "it was handed over to another skill",
        ("transfer-skill",),
    ),
    Row(
        talks.BackToQueue,
        "its agent left it to others of the same skill",
        ("back-to-queue",),
    ),
    Row(talks.SkillChanged, "it belongs to another skill", ("skill-change",)),
    Row(talks.GroupChanged, "it belongs to another group", ("group-change",)),
    Row(talks.TtrChanged, "how soon an answer is wanted", ("ttr-change",)),
    Row(
        talks.ManualEttrChanged,
        "until when an answer is due, set by hand",
        ("manual-ettr-change",),
    ),
    Row(talks.NoteChanged, "the agents' note was written or cleared"),
    Row(talks.CsatChanged, "the consumer said how satisfied it is"),
    Row(
        talks.ConsumerSteppedUp,
        "the consumer is another user now",
        ("consumer-step-up",),
    ),
    Row(
        events.MessageReceived,
        "a message, status or chat-state event: in order, once",
        (
            "message",
            "conversation:message",
            "messageNotification",
        ),
        ("ms.MessagingEventNotification",),
    ),
    Row(
        said.MessageStatusChanged,
        "somebody said what became of messages: each once",
        ("message-delivery-event",),
    ),
    Row(
        said.ChatStateChanged,
        "somebody writes, pauses, is gone",
        ("chatStateChange",),
    ),
    Row(
        events.MessagesMissed,
        "message events could not be had; later ones go on without them",
    ),
    Row(
        events.PublishSettled,
        "what became of a message from the outbox",
    ),
    Row(
        events.RingOffered,
        "a conversation is offered to the agent",
        ("ring", "routingTaskNotification"),
        ("routing.RoutingTaskNotification",),
    ),
    Row(
        events.RingUpdated,
        "a ring was taken, expired, or was withdrawn",
        (
            "routingTaskNotification",
            "upsert",
            "accepted",
            "rejected",
            "cancelled",
            "expired",
        ),
        ("routing.RoutingTaskNotification",),
    ),
    Row(
        events.AgentStateChanged,
        "an agent that is subscribed to has another availability",
        (),
        ("routing.AgentStateNotification",),
    ),
    Row(
        shifts.SkillEnteredWorkHours,
        "a skill that was off has its working hours now",
        ("skill-entered-work-hours",),
    ),
    Row(
        shifts.SkillEnteredOffHours,
        "a skill that was on shift is off now",
        ("skill-entered-off-hours",),
    ),
    Row(
        traffic.NotificationReceived,
        "a notification as it came, of known and unknown types",
        ("notification", "<wire type>"),
        ("notification", "<wire type>"),
    ),
    Row(
        traffic.RequestSent,
        "a request was written; must be named to be heard",
        ("<type>#request",),
        ("message:sent",),
    ),
    Row(
        traffic.ResponseReceived,
        "a request was answered; must be named to be heard",
        ("<type>#response",),
        ("<response type>",),
    ),
    Row(
        timing.ConnectStarted,
        "an attempt begins; must be named to be heard",
        ("connect#request",),
    ),
    Row(
        timing.ConnectEnded,
        "an attempt is over, and what took how long; must be named",
        ("connect#response",),
    ),
    Row(
        timing.TokenRequested,
        "a token source is asked; must be named",
        ("getAgentToken#request", "getConsumerToken#request"),
    ),
    Row(
        timing.TokenObtained,
        "a login succeeded; must be named",
        ("getAgentToken#response", "getConsumerToken#response", "token-regenerated"),
    ),
    Row(
        timing.TokenRefreshed,
        "a refresh succeeded; must be named",
        ("refresh-token",),
    ),
    Row(timing.TokenFailed, "a login or refresh failed; must be named"),
    Row(
        timing.TokenInvalidated,
        "the token is worth nothing any more; must be named",
        ("token-invalid",),
    ),
    Row(
        shifts.ShiftStatusReceived,
        "the shift status was asked for; must be named",
        ("getShiftStatus#response",),
    ),
    Row(
        shifts.ShiftStatusFailed,
        "it was asked for in vain; must be named",
        ("getShiftStatus#error",),
    ),
)
"""All events of a connection."""

ABSENT: Final = {
    "timeout": "of a request: RequestTimedOut, in its own future",
    "generate-token-wait": "AttemptFailed says when the next attempt is",
    "success": "StateChanged says how far an attempt has come",
    "deprecated": "heard as NotificationReceived",
}
"""Names of theirs that have no event here, and where the same is told."""


def as_markdown() -> str:
    """Give the table as markdown."""
    lines = [
        "| event | when | payload | lp-messaging-sdk | node-agent-sdk |",
        "|---|---|---|---|---|",
    ]
    for row in TABLE:
        cells = (
            f"`{row.event.__name__}`",
            row.when,
            _code(row.payload),
            _code(row.messaging_sdk),
            _code(row.agent_sdk),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "-"
