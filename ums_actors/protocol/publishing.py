"""What is said in dialogs: a builder for each kind of event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from ums_actors.arguments import identifier, shown, whole
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.enums import (
    ChatState,
    ContentType,
    DeliveryStatus,
    EventType,
    MessageAudience,
    one_of,
)
from ums_actors.protocol.files import MAX_KIND, MAX_PATH
from ums_actors.protocol.records import read_sequence
from ums_actors.protocol.requests import Request, parts_of, text

__all__ = [
    "PREVIEW_LIMIT",
    "PUBLISH_EVENT",
    "RICH_LIMIT",
    "TEXT_LIMIT",
    "checked_sequences",
    "publish_accept_status",
    "publish_chat_state",
    "publish_content",
    "publish_file",
    "publish_rich",
    "publish_text",
]

PUBLISH_EVENT: Final = ".ams.ms.PublishEvent"

TEXT_LIMIT: Final = 8_000
"""Characters of a text message."""
RICH_LIMIT: Final = 15_000
"""Characters of structured content, as JSON."""
PREVIEW_LIMIT: Final = 30 << 10
"""Characters of a file's preview (UMS.md 3.12)."""


def publish_text(
    conversation_id: str,
    dialog_id: str,
    message: str,
    audience: str = MessageAudience.ALL,
    quick_replies: Any = None,
) -> Request[int]:
    """Say something in a dialog; the answer is its number there.

    Args:
        conversation_id: of the conversation.
        dialog_id: of the dialog; the main one's is the conversation's.
        message: 1 to 8,000 characters.
        audience: ALL, or AGENTS_AND_MANAGERS for what consumers shall not see.
        quick_replies: ``{"type": "quickReplies", "replies": […]}``.

    Raises:
        LocalProtocolError: an argument is of no use.
    """
    said = text("text", message)
    if len(said) > TEXT_LIMIT:
        raise LocalProtocolError(
            f"text has {len(said):,} characters, {TEXT_LIMIT:,} are allowed: send it "
            "in parts"
        )
    event = {
        "type": EventType.CONTENT,
        "contentType": ContentType.PLAIN_TEXT,
        "message": said,
    }
    _add_replies(event, quick_replies)
    return _publish(conversation_id, dialog_id, event, audience)


def publish_rich(
    conversation_id: str,
    dialog_id: str,
    content: Any,
    quick_replies: Any = None,
    audience: str = MessageAudience.ALL,
) -> Request[int]:
    """Show structured content; 1 to 15,000 characters as JSON.

    Raises:
        LocalProtocolError: an argument is of no use.
    """
    if not parts_of(content):
        raise LocalProtocolError(
            "content must be a mapping with structured content, such as "
            "{'type': 'vertical', 'elements': […]}"
        )
    size = _size(content)
    if size > RICH_LIMIT:
        raise LocalProtocolError(
            f"content has {size:,} characters as JSON, {RICH_LIMIT:,} are allowed: "
            "leave something out, or send it in parts"
        )
    event = {"type": EventType.RICH_CONTENT, "content": content}
    _add_replies(event, quick_replies)
    return _publish(conversation_id, dialog_id, event, audience)


def publish_file(
    conversation_id: str,
    dialog_id: str,
    relative_path: str,
    file_type: str,
    *,
    caption: str = "",
    preview: str | None = None,
) -> Request[int]:
    """Show a file that has been put on the file service.

    Args:
        conversation_id: of the conversation.
        dialog_id: of the dialog.
        relative_path: what the request for its place answered.
        file_type: such as PNG.
        caption: shown beside it.
        preview: a small picture as a data URI, 30 KiB at most.
    """
    if not isinstance(caption, str):
        raise LocalProtocolError(
            f"caption must be a string, not {type(caption).__name__}"
        )
    message = {
        "caption": caption,
        "relativePath": identifier("relative_path", relative_path, MAX_PATH),
        "fileType": identifier("file_type", file_type, MAX_KIND).upper(),
    }
    if preview is not None:
        message["preview"] = text("preview", preview)
        if len(preview) > PREVIEW_LIMIT:
            raise LocalProtocolError(
                f"the preview has {len(preview):,} characters, {PREVIEW_LIMIT:,} are "
                "allowed: make it smaller, or leave it out"
            )
    return publish_content(conversation_id, dialog_id, ContentType.HOSTED_FILE, message)


def publish_content(
    conversation_id: str, dialog_id: str, kind: ContentType, message: dict[str, Any]
) -> Request[int]:
    """Say something that is no text; its parts are checked already."""
    event = {"type": EventType.CONTENT, "contentType": kind, "message": message}
    return _publish(conversation_id, dialog_id, event)


def publish_accept_status(
    conversation_id: str,
    dialog_id: str,
    sequences: Iterable[int],
    status: str = DeliveryStatus.ACCEPT,
) -> Request[int]:
    """Say what became of messages: ACCEPT, READ and others.

    Raises:
        LocalProtocolError: there are no sequence numbers, or no such status.
    """
    numbers = checked_sequences(sequences)
    if not numbers:
        raise LocalProtocolError(
            "sequences is empty: give the numbers of one message or more, from 0"
        )
    event = {
        "type": EventType.ACCEPT_STATUS,
        "status": one_of("status", status, DeliveryStatus),
        "sequenceList": numbers,
    }
    return _publish(conversation_id, dialog_id, event)


def checked_sequences(sequences: Iterable[int]) -> list[int]:
    """Give the numbers of messages as a list, checked.

    Raises:
        LocalProtocolError: one of them is no such number.
    """
    if isinstance(sequences, (str, bytes)) or not isinstance(sequences, Iterable):
        raise LocalProtocolError(
            f"sequences={shown(sequences)} must be numbers of messages, as a list"
        )
    return [whole("each of sequences", each, 0) for each in sequences]


def publish_chat_state(
    conversation_id: str, dialog_id: str, chat_state: str
) -> Request[int]:
    """Say what one is doing: COMPOSING, PAUSE, ACTIVE, or another."""
    event = {
        "type": EventType.CHAT_STATE,
        "chatState": one_of("chat_state", chat_state, ChatState),
    }
    return _publish(conversation_id, dialog_id, event)


def _publish(
    conversation_id: str,
    dialog_id: str,
    event: dict[str, Any],
    audience: str = MessageAudience.ALL,
) -> Request[int]:
    body = {
        "conversationId": identifier("conversation_id", conversation_id),
        "dialogId": identifier("dialog_id", dialog_id),
        "messageAudience": one_of("audience", audience, MessageAudience),
        "event": event,
    }
    return Request(PUBLISH_EVENT, body, read_sequence)


def _add_replies(event: dict[str, Any], quick_replies: Any) -> None:
    if quick_replies is None:
        return
    parts = parts_of(quick_replies)
    if parts is None or not parts.get("replies"):
        raise LocalProtocolError(
            "quick_replies must be a mapping such as {'type': 'quickReplies', "
            "'itemsPerRow': 8, 'replies': […]}"
        )
    event["quickReplies"] = {"type": "quickReplies", **parts}


def _size(content: Any) -> int:
    """Count characters as JSON, as the other SDKs do."""
    try:
        return len(msgspec.json.encode(content).decode())
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError):
        return 0  # writing the frame says what is wrong with it
