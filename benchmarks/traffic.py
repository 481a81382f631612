"""What a busy agent is told: message events, and the conversations they change.

Everything said in a conversation comes as the service sends it: the event first, then
the whole state of its conversation, which repeats it, in 1.5 KB. Conversations are
spoken in one after another, so that no cache holds the next one.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final

import msgspec

from benchmarks.workload import SUBSCRIPTION
from ums_actors.protocol.brand import MESSAGE_NOTIFICATION
from ums_actors.testing.notifications import (
    ACCOUNT,
    change,
    conversation,
    notification,
    pid,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ACCOUNT",
    "AGENT",
    "FRAME_SIZE",
    "SNAPSHOT",
    "USER",
    "conversation_frame",
    "conversation_id",
    "message_frame",
    "moment",
    "traffic",
]

FRAME_SIZE: Final = 1_536
"""Bytes of each notification of a conversation."""
USER: Final = "u1"
AGENT: Final = f"{ACCOUNT}.{USER}"
"""Whose connection it is; it takes part in all conversations."""
SNAPSHOT: Final = msgspec.json.encode(notification(subscription_id=SUBSCRIPTION))
"""The first notification of the subscription: there are no conversations yet."""

_TEXT: Final = "Could you have a look at my order, please? It has not arrived yet."


def traffic(conversations: int) -> Iterator[tuple[bool, bytes]]:
    """Give frames without end, and of each whether it is of a conversation.

    Consumers write and the agent reads it, in turn; all conversations have had the one
    before the first has the other.
    """
    for step in count():
        for number in range(conversations):
            yield False, message_frame(number, step)
            # a status is no content: the last of that is one before
            yield True, conversation_frame(number, step, content=step - step % 2)


def conversation_id(number: int) -> str:
    """Give the id of one conversation, which is its only dialog's as well."""
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def moment(version: int) -> int:
    """Give the milliseconds at which a conversation came into that state."""
    return 1_700_000_000_000 + version


def message_frame(number: int, sequence: int) -> bytes:
    """Give that event of a conversation: even ones are texts, the others read them."""
    place = conversation_id(number)
    event: dict[str, Any]
    if sequence % 2:
        sender, role = AGENT, "ASSIGNED_AGENT"
        event = {"type": "AcceptStatusEvent", "status": "READ"}
        event["sequenceList"] = [sequence - 1]
    else:
        sender, role = _consumer(number), "CONSUMER"
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": _TEXT}
    body = {
        "sequence": sequence,
        "originatorId": sender,
        "originatorPId": pid(sender),
        "originatorClientProperties": {"type": ".ClientProperties"},
        "originatorMetadata": {"id": pid(sender), "role": role},
        "serverTimestamp": moment(sequence),
        "event": event,
        "conversationId": place,
        "dialogId": place,
        "messageAudience": "ALL",
        "metadata": None,
    }
    frame = {"kind": "notification", "type": MESSAGE_NOTIFICATION, "body": body}
    return msgspec.json.encode(frame)


def conversation_frame(number: int, version: int, *, content: int = 0) -> bytes:
    """Give a conversation in that state; ``content`` is the number of the last text."""
    place, consumer = conversation_id(number), _consumer(number)
    at = moment(version)
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": ""}
    told = conversation(
        place,
        ("CONSUMER", consumer),
        ("ASSIGNED_AGENT", AGENT),
        at=at,
        ttr={"ttrType": "NORMAL", "value": 3600},
        context={"type": "SharkContext", "visitorId": "v"},
        result={
            "effectiveTTR": at + 3_600_000,
            "numberOfunreadMessages": {AGENT: 1 - version % 2},
            "lastContentEventNotification": {
                "sequence": content,
                "originatorId": consumer,
                "originatorMetadata": {"id": consumer, "role": "CONSUMER"},
                "serverTimestamp": at,
                "event": event,
                "dialogId": place,
            },
        },
    )
    whole = notification(change(told), subscription_id=SUBSCRIPTION)
    event["message"] = "x" * max(0, FRAME_SIZE - len(msgspec.json.encode(whole)))
    return msgspec.json.encode(whole)


def _consumer(number: int) -> str:
    return f"{number:08x}-1111-4111-8111-{number:012x}"
