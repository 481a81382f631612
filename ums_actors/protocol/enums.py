"""Values of wire fields that are enumerations.

Fields of records are plain ``str``, so that a value unknown today passes; compare
them with these by ``==``. Where two sources differ, the union stands here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from ums_actors.arguments import shown
from ums_actors.errors import LocalProtocolError

__all__ = [
    "AgentState",
    "ChannelType",
    "ChatState",
    "ContentType",
    "ConversationContextType",
    "ConversationState",
    "CsatStatus",
    "DeliveryStatus",
    "DialogChangeType",
    "DialogCloseReason",
    "DialogState",
    "DialogType",
    "EventType",
    "MessageAudience",
    "ParticipantChangeType",
    "ParticipantRole",
    "ParticipantState",
    "RingState",
    "TTRType",
]


class AgentState(StrEnum):
    """Availability of an agent for new conversations."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    AWAY = "AWAY"
    BACK_SOON = "BACK_SOON"
    OCCUPIED = "OCCUPIED"
    """Rings for transfers only."""


class ParticipantRole(StrEnum):
    """What a participant is in a dialog."""

    CONSUMER = "CONSUMER"
    ASSIGNED_AGENT = "ASSIGNED_AGENT"
    AGENT = "AGENT"
    MANAGER = "MANAGER"
    READER = "READER"
    BRAND_BOT = "BRAND_BOT"
    CONTROLLER = "CONTROLLER"


class ParticipantState(StrEnum):
    """Whether a participant takes part already."""

    ACTIVE = "ACTIVE"
    SUGGESTED = "SUGGESTED"
    """Rung, has not accepted: not assigned yet, whatever the role says."""
    REMOVED = "REMOVED"
    """Has left; said by this library alone, never on the wire."""


class DialogType(StrEnum):
    """What a dialog of a conversation is for."""

    MAIN = "MAIN"
    POST_SURVEY = "POST_SURVEY"
    AGENTS = "AGENTS"
    PRE_CONVERSATION_OPT_IN = "PRE_CONVERSATION_OPT_IN"
    OTHER = "OTHER"


class ChannelType(StrEnum):
    """Which way a dialog is held."""

    MESSAGING = "MESSAGING"
    LIVE_CHAT = "LIVE_CHAT"
    COBROWSE = "COBROWSE"


class DialogState(StrEnum):
    """State of one dialog."""

    OPEN = "OPEN"
    CLOSE = "CLOSE"


class DialogCloseReason(StrEnum):
    """Who closed a dialog."""

    AGENT = "AGENT"
    CONSUMER = "CONSUMER"
    SYSTEM = "SYSTEM"
    TIMEOUT = "TIMEOUT"
    """Seen as the close reason of conversations only."""


class ConversationState(StrEnum):
    """``stage`` (the whole conversation) and ``state`` (its main dialog)."""

    OPEN = "OPEN"
    CLOSE = "CLOSE"
    LOCKED = "LOCKED"


class RingState(StrEnum):
    """State of the offer of a conversation to an agent; act on WAITING only."""

    WAITING = "WAITING"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    AUTO_ACCEPT = "AUTO_ACCEPT"


class ChatState(StrEnum):
    """What a participant is doing."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    GONE = "GONE"
    COMPOSING = "COMPOSING"
    PAUSE = "PAUSE"
    BACKGROUND = "BACKGROUND"
    """Said by the server when a consumer's line went away."""


class MessageAudience(StrEnum):
    """Who may read a message."""

    ALL = "ALL"
    AGENTS_AND_MANAGERS = "AGENTS_AND_MANAGERS"


class EventType(StrEnum):
    """What an event of a dialog is; only the first three have a sequence number."""

    CONTENT = "ContentEvent"
    RICH_CONTENT = "RichContentEvent"
    ACCEPT_STATUS = "AcceptStatusEvent"
    CHAT_STATE = "ChatStateEvent"


class ContentType(StrEnum):
    """What a ContentEvent holds."""

    PLAIN_TEXT = "text/plain"
    HOSTED_FILE = "hosted/file"
    SECURE_FORM_INVITATION = "forms/secure-invitation"
    SECURE_FORM_SUBMISSION = "forms/secure-submission"


class DeliveryStatus(StrEnum):
    """What became of messages, said by who got them."""

    ACCEPT = "ACCEPT"
    READ = "READ"
    ENRICH = "ENRICH"
    ACTION = "ACTION"
    ACCESS = "ACCESS"
    NACK = "NACK"
    VIEWED = "VIEWED"
    ABORTED = "ABORTED"
    ERROR = "ERROR"


class CsatStatus(StrEnum):
    """How far a consumer answered the questions about satisfaction."""

    FILLED = "FILLED"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    SKIPPED = "SKIPPED"
    EMPTY = "EMPTY"


class TTRType(StrEnum):
    """How soon a conversation wants an answer."""

    NORMAL = "NORMAL"
    URGENT = "URGENT"
    PRIORITIZED = "PRIORITIZED"
    CUSTOM = "CUSTOM"


class ParticipantChangeType(StrEnum):
    """What is done to a participant."""

    ADD = "ADD"
    REMOVE = "REMOVE"
    SUGGEST = "SUGGEST"
    UPDATE = "UPDATE"


class DialogChangeType(StrEnum):
    """What is done to a dialog."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"


class ConversationContextType(StrEnum):
    """Where a conversation comes from."""

    SHARK = "SharkContext"
    FACEBOOK = "FacebookContext"
    CUSTOM = "CustomContext"
    MOBILE_APP = "MobileAppContext"
    SMS = "SMSContext"
    PROACTIVE = "ProactiveContext"
    VOICE = "VoiceContext"


def one_of(name: str, value: Any, values: type[StrEnum]) -> str:
    """Check an argument that must be one of an enumeration.

    Raises:
        LocalProtocolError: it is not; the text says which there are.
    """
    if isinstance(value, str) and value in tuple(values):
        return str(value)
    raise LocalProtocolError(
        f"{name}={shown(value)} must be one of {', '.join(values)}"
    )
