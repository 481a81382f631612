"""What is read from bodies, in one place to import from, and the small answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.conversations import (
    ConversationChange,
    ConversationChanges,
    ConversationDetails,
    ConversationResult,
    Dialog,
    ParticipantDetails,
    read_conversation_changes,
)
from ums_actors.protocol.envelopes import decode_body
from ums_actors.protocol.lenient import one_or_many, read_record
from ums_actors.protocol.messages import (
    Event,
    MessageEvent,
    OriginatorMetadata,
    read_message_events,
)

if TYPE_CHECKING:
    import msgspec

    from ums_actors.protocol.envelopes import Frame

__all__ = [
    "ConversationChange",
    "ConversationChanges",
    "ConversationDetails",
    "ConversationResult",
    "Dialog",
    "Event",
    "MessageEvent",
    "OriginatorMetadata",
    "ParticipantDetails",
    "old_agent_id",
    "one_or_many",
    "read_clock",
    "read_conversation_changes",
    "read_conversation_id",
    "read_message_events",
    "read_nothing",
    "read_sequence",
    "read_subscription_id",
    "read_text",
]


class _Clock(Struct, rename="camel"):
    current_time: int | None = None


class _Subscription(Struct, rename="camel"):
    subscription_id: str = ""


class _Created(Struct, rename="camel"):
    conversation_id: str = ""


class _Published(Struct):
    sequence: int | None = None


def old_agent_id(account_id: str, user_id: str) -> str:
    """Give ``account.user``, the form in which requests name an agent."""
    prefix = f"{account_id}."
    return user_id if user_id.startswith(prefix) else prefix + user_id


def read_clock(raw: msgspec.Raw | Frame) -> int:
    """Give the milliseconds of a clock answer.

    Raises:
        RemoteProtocolError: it holds none.
    """
    found = read_record(raw, _Clock).current_time
    if found is None:
        raise RemoteProtocolError("the server's clock answer holds no currentTime")
    return found


def read_conversation_id(raw: msgspec.Raw | Frame) -> str:
    """Give the id of a conversation that was asked for.

    Raises:
        RemoteProtocolError: the answer holds none; a sentence that it is instead is
            the error's ``body``.
    """
    answer = decode_body(raw)
    if isinstance(answer, str):
        raise RemoteProtocolError(
            "the server answered with a sentence instead of a new conversation's id",
            body=answer,
        )
    found = read_record(raw, _Created).conversation_id
    if not found:
        raise RemoteProtocolError("the server's answer holds no conversationId")
    return found


def read_subscription_id(raw: msgspec.Raw | Frame) -> str:
    """Give the id of a new subscription.

    Raises:
        RemoteProtocolError: the answer holds none.
    """
    found = read_record(raw, _Subscription).subscription_id
    if not found:
        raise RemoteProtocolError("the server's answer holds no subscriptionId")
    return found


def read_nothing(raw: msgspec.Raw | Frame) -> None:
    """Take an answer that says no more than that it is one."""
    del raw


def read_text(raw: msgspec.Raw | Frame) -> str:
    """Give the sentence of an answer; empty if it is something else.

    What was asked for has been done then: its words decide nothing.
    """
    answer = decode_body(raw)
    return answer if isinstance(answer, str) else ""


def read_sequence(raw: msgspec.Raw | Frame) -> int:
    """Give the number that a published event got; 0 for chat states.

    Raises:
        RemoteProtocolError: the answer holds none.
    """
    found = read_record(raw, _Published).sequence
    if found is None:
        raise RemoteProtocolError("the server's answer holds no sequence")
    return found
