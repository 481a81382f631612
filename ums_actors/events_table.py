"""Events by the names of this library and of the two public SDKs for Node.

The payloads are read from the classes, so the table cannot say of them what is not so.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ums_actors.actors import events

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
        ("connect", "reconnect", "disconnect", "reconnect-wait", "close"),
        ("connected", "closed"),
    ),
    Row(
        events.AttemptFailed,
        "an attempt got no line; when the next one is",
        ("failed-to-connect", "reconnect-wait"),
        ("error",),
    ),
    Row(
        events.ErrorOccurred,
        "something failed in the background, a handler of yours too",
        ("error", "timeout"),
        ("error", "warn"),
    ),
    Row(events.IdentityChanged, "a consumer goes on as somebody else"),
    Row(
        events.ConversationChanged,
        "a conversation came, changed, or left a subscription",
        (
            "conversation",
            "conversationNotification",
            "upsert",
            "delete",
            "conversation-deleted",
        ),
        ("cqm.ExConversationChangeNotification",),
    ),
    Row(
        events.MessageReceived,
        "a message, status or chat-state event: in order, once",
        ("message", "conversation:message", "messageNotification"),
        ("ms.MessagingEventNotification",),
    ),
    Row(
        events.RingOffered,
        "a conversation is offered to the agent",
        ("ring",),
        ("routing.RoutingTaskNotification",),
    ),
    Row(
        events.RingUpdated,
        "a ring was taken, expired, or was withdrawn",
        ("routingTaskNotification", "accepted", "rejected", "cancelled", "expired"),
        ("routing.RoutingTaskNotification",),
    ),
    Row(
        events.AgentStateChanged,
        "an agent that is subscribed to has another availability",
        (),
        ("routing.AgentStateNotification",),
    ),
    Row(
        events.NotificationReceived,
        "a notification as it came, of known and unknown types",
        ("notification", "<wire type>"),
        ("notification", "<wire type>"),
    ),
    Row(
        events.RequestSent,
        "a request was written; must be named to be heard",
        ("<type>#request",),
        ("message:sent",),
    ),
    Row(
        events.ResponseReceived,
        "a request was answered; must be named to be heard",
        ("<type>#response",),
        ("<response type>",),
    ),
)
"""All events of a connection."""

ABSENT: Final = {
    "token-invalid": "status().logins and the log (token.invalidated)",
    "token-regenerated": "status().logins",
    "refresh-token": "status().refreshes",
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
