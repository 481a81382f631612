"""What the emulator says and allows: literal texts, and choices where UMS is unknown.

The texts of success are compared letter by letter by existing clients. The texts
of refusal and the bounds are ours.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ACCEPT_STATUSES",
    "AGENT_ADDED",
    "AGENT_REMOVED",
    "AGENT_STATES",
    "AGENT_STATE_UPDATED",
    "AUDIENCES",
    "BRAND_VERSIONS",
    "CHAT_STATES",
    "CLOSE_WAIT",
    "CONVERSATION_RESOLVED",
    "CSAT_PROCESSED",
    "DEFAULT_GAP",
    "DEFAULT_IDLE_TIMEOUT",
    "DEFAULT_SKILL",
    "IDLE_CLOSE_CODE",
    "KEPT_ALIVE",
    "MALFORMED_CLOSE_CODE",
    "MANUAL_ETTR_UPDATED",
    "MAX_CONVERSATIONS",
    "MAX_EVENTS",
    "MAX_FRAME_BYTES",
    "MAX_OUTBOX_FRAMES",
    "MAX_PARTICIPANTS",
    "MAX_SUBSCRIPTIONS",
    "NOTE_UPDATED",
    "ROLES",
    "SHUTDOWN_CLOSE_CODE",
    "SKILL_CHANGED",
    "SNAPSHOT_LIMIT",
    "SUGGESTED",
    "TTR_UPDATED",
    "UNKNOWN_ACCOUNT_STATUS",
    "UNSUBSCRIBED",
]

# -- literal texts of success
AGENT_ADDED: Final = "OK Agent added successfully"
AGENT_REMOVED: Final = "OK Agent removed successfully"
AGENT_STATE_UPDATED: Final = "Agent state updated successfully"
CONVERSATION_RESOLVED: Final = "OK Conversation resolved successfully"
CSAT_PROCESSED: Final = "OK CSAT processed successfully"
MANUAL_ETTR_UPDATED: Final = "Update manual Ettr ended successfully"
NOTE_UPDATED: Final = "OK Update note success"
SKILL_CHANGED: Final = "Skill changed successfully"
TTR_UPDATED: Final = "Update TTR ended successfully"

# -- texts of success that nobody has published
KEPT_ALIVE: Final = "OK"
SUGGESTED: Final = AGENT_REMOVED
"""A transfer that only suggests passes in the reference with this text or Skill's."""
UNSUBSCRIBED: Final = "OK Unsubscribed successfully"

# -- unknown codes and times
UNKNOWN_ACCOUNT_STATUS: Final = 400
"""HTTP status of a domain look-up for an account that is not served."""
MALFORMED_CLOSE_CODE: Final = 1007
"""Close code for a frame that is not JSON and shows no request id."""
IDLE_CLOSE_CODE: Final = 1000
SHUTDOWN_CLOSE_CODE: Final = 1001
DEFAULT_IDLE_TIMEOUT: Final = 60.0
"""Seconds without any frame, pings included, until the socket is closed."""
DEFAULT_GAP: Final = 0.010
"""Seconds between a response and the next notification on the same socket."""
CLOSE_WAIT: Final = 1.0
"""Seconds a peer has to answer a close frame before TCP is cut."""

# -- bounds
SNAPSHOT_LIMIT: Final = 1_000
MAX_CONVERSATIONS: Final = 10_000
MAX_EVENTS: Final = 10_000
"""Content and accept events of one dialog."""
MAX_FRAME_BYTES: Final = 4 << 20
MAX_PARTICIPANTS: Final = 100
"""Participants of one dialog, one for each role they have."""
MAX_OUTBOX_FRAMES: Final = 20_000
"""Frames that wait for one slow reader; beyond, its socket is cut."""
MAX_SUBSCRIPTIONS: Final = 100
"""Subscriptions of one socket."""

# -- values known on the wire
DEFAULT_SKILL: Final = "-1"
BRAND_VERSIONS: Final = frozenset({"2", "2.1"})
AGENT_STATES: Final = frozenset({"ONLINE", "OFFLINE", "AWAY", "BACK_SOON", "OCCUPIED"})
ROLES: Final = (
    "CONSUMER",
    "ASSIGNED_AGENT",
    "MANAGER",
    "READER",
    "AGENT",
    "BRAND_BOT",
    "CONTROLLER",
)
AUDIENCES: Final = frozenset({"ALL", "AGENTS_AND_MANAGERS"})
ACCEPT_STATUSES: Final = frozenset(
    {"ACCEPT", "READ", "ACCESS", "NACK", "ACTION", "VIEWED"}
)
CHAT_STATES: Final = frozenset({"ACTIVE", "INACTIVE", "GONE", "COMPOSING", "PAUSE"})
