"""Values of wire fields that are enumerations.

Fields of records are plain ``str``, so that a value unknown today passes; compare
them with these by ``==``. Where two sources differ, the union stands here.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "AgentState",
    "ChannelType",
    "ChatState",
    "ConversationState",
    "DialogCloseReason",
    "DialogState",
    "DialogType",
    "MessageAudience",
    "ParticipantRole",
    "ParticipantState",
    "RingState",
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
