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
    "ANONYMOUS_CLOSE_CODE",
    "ASSERTION_NAME",
    "ASSERTION_SERVES_ONCE",
    "AUDIENCES",
    "AUTHENTICATED_CLOSE_CODE",
    "BRAND_PROFILE_SET",
    "BRAND_VERSIONS",
    "CHANNEL_TYPES",
    "CHAT_STATES",
    "CLOSERS",
    "CLOSE_WAIT",
    "COBROWSE_ENDS_WITH_MAIN",
    "COBROWSE_UNREAD",
    "CONNECTION_INITIALISED",
    "CONSUMER_VERSIONS",
    "CONVERSATION_HANDLER_UPDATED",
    "CONVERSATION_RESOLVED",
    "CSAT_PROCESSED",
    "CSAT_STATUSES",
    "DEFAULT_GAP",
    "DEFAULT_IDLE_TIMEOUT",
    "DEFAULT_INIT_TIMEOUT",
    "DEFAULT_RING_TIMEOUT",
    "DEFAULT_SKILL",
    "DELAY_UPDATED",
    "DIALOG_CREATED",
    "DIALOG_UPDATED",
    "FILE_TYPES",
    "FILE_URL_LIFE",
    "IDLE_CLOSE_CODE",
    "KEPT_ALIVE",
    "KEPT_ASSERTIONS",
    "KEPT_RINGS",
    "MALFORMED_CLOSE_CODE",
    "MANUAL_ETTR_UPDATED",
    "MAX_ASSERTION_LENGTH",
    "MAX_CLOSED_CONVERSATIONS",
    "MAX_CONSUMERS",
    "MAX_CONVERSATIONS",
    "MAX_DIALOGS",
    "MAX_EVENTS",
    "MAX_EXTRA_LENGTH",
    "MAX_FILES",
    "MAX_FILES_BYTES",
    "MAX_FILE_BYTES",
    "MAX_FRAME_BYTES",
    "MAX_MESSAGE_SUBSCRIPTIONS",
    "MAX_METADATA",
    "MAX_NOTE_LENGTH",
    "MAX_OPENED",
    "MAX_OUTBOX_FRAMES",
    "MAX_PARTICIPANTS",
    "MAX_PREVIEW_LENGTH",
    "MAX_RICH_LENGTH",
    "MAX_SKILLS",
    "MAX_SUBSCRIPTIONS",
    "MAX_TEXT_LENGTH",
    "MAX_WAITING_POSTS",
    "MAX_WEBHOOKS",
    "MAX_WEBHOOK_POSTS_AT_A_TIME",
    "MAX_WEBHOOK_RETRIES",
    "MESSAGE_STATISTICS",
    "NOTE_UPDATED",
    "NOTHING_DUE",
    "NOT_INTRODUCED_CLOSE_CODE",
    "ON_SHIFT",
    "PROFILE_SET",
    "QUEUE_STATES",
    "REJECTED_PAUSE",
    "REST_CREATED",
    "REST_RETRY_AFTER",
    "RING_ANSWERS",
    "RING_ENDS",
    "RING_UPDATED",
    "ROLES",
    "SHUTDOWN_CLOSE_CODE",
    "SKILL_CHANGED",
    "SNAPSHOT_LIMIT",
    "STATISTICS_VERSIONS",
    "SUBSCRIPTION_UPDATED",
    "SUGGESTED",
    "SURVEY_APP",
    "TOO_MANY",
    "TOPIC_UPDATED",
    "TRANSFER_STATES",
    "TTR_SECONDS",
    "TTR_TYPES",
    "TTR_UPDATED",
    "UNKNOWN_ACCOUNT_STATUS",
    "UNSUBSCRIBED",
    "WEBHOOK_CLIENT_ID",
    "WEBHOOK_RETRIES",
    "WEBHOOK_RETRY_PAUSE",
    "WEBHOOK_TAKEN",
    "WEBHOOK_TIMEOUT",
]

# -- literal texts of success
AGENT_ADDED: Final = "OK Agent added successfully"
AGENT_REMOVED: Final = "OK Agent removed successfully"
AGENT_STATE_UPDATED: Final = "Agent state updated successfully"
CONVERSATION_RESOLVED: Final = "OK Conversation resolved successfully"
CSAT_PROCESSED: Final = "OK CSAT processed successfully"
MANUAL_ETTR_UPDATED: Final = "Update manual Ettr ended successfully"
NOTE_UPDATED: Final = "OK Update note success"
RING_UPDATED: Final = "Ring state updated successfully"
PROFILE_SET: Final = "OK User Profile set successfully"
SKILL_CHANGED: Final = "Skill changed successfully"
TTR_UPDATED: Final = "Update TTR ended successfully"

# -- texts of success that nobody has published
BRAND_PROFILE_SET: Final = "OK Brand Profile set successfully"
CONNECTION_INITIALISED: Final = "OK"
KEPT_ALIVE: Final = "OK"
SUGGESTED: Final = AGENT_REMOVED
"""A transfer that only suggests passes in the reference with this text or Skill's."""
UNSUBSCRIBED: Final = "OK Unsubscribed successfully"
SUBSCRIPTION_UPDATED: Final = "OK Subscription updated successfully"
DIALOG_CREATED: Final = "OK Dialog created successfully"
DIALOG_UPDATED: Final = "OK Dialog updated successfully"
DELAY_UPDATED: Final = "Update delay ended successfully"
TOPIC_UPDATED: Final = "OK Update topic success"
CONVERSATION_HANDLER_UPDATED: Final = "OK Update conversation handler success"

# -- a text of refusal of which a part is known
COBROWSE_UNREAD: Final = "There is no conversation to send for MCCA"
"""For the messages of a COBROWSE dialog, which the service does not keep."""

# -- unknown codes and times
UNKNOWN_ACCOUNT_STATUS: Final = 400
"""HTTP status of a domain look-up for an account that is not served."""
MALFORMED_CLOSE_CODE: Final = 1007
"""Close code for a frame that is not JSON and shows no request id."""
IDLE_CLOSE_CODE: Final = 1000
ANONYMOUS_CLOSE_CODE: Final = 4407
"""The consumer's identity is to be renewed at the identity service."""
AUTHENTICATED_CLOSE_CODE: Final = 4401
"""The consumer, or brand user, is to log in again."""
NOT_INTRODUCED_CLOSE_CODE: Final = AUTHENTICATED_CLOSE_CODE
"""For a consumer's socket without an InitConnection in time: nobody knows whose."""
DEFAULT_INIT_TIMEOUT: Final = 10.0
"""Seconds that a consumer's socket without a token waits for InitConnection."""
SHUTDOWN_CLOSE_CODE: Final = 1001
DEFAULT_IDLE_TIMEOUT: Final = 60.0
"""Seconds without any frame, pings included, until the socket is closed."""
DEFAULT_GAP: Final = 0.010
"""Seconds between a response and the next notification on the same socket."""
CLOSE_WAIT: Final = 1.0
"""Seconds a peer has to answer a close frame before TCP is cut."""

# -- REST calls
REST_CREATED: Final = 201
"""HTTP status of a message or a participant that was posted; nobody has published it.
The body of the first is that of PublishEvent's answer."""
TOO_MANY: Final = 429
REST_RETRY_AFTER: Final = 1.0
"""Seconds that the Retry-After of a 429 tells, unless a fault tells others."""

# -- webhooks
WEBHOOK_TAKEN: Final = frozenset({200, 201})
"""The HTTP statuses that say that a webhook was taken; published."""
WEBHOOK_TIMEOUT: Final = 5.0
"""Seconds that an endpoint has to answer; published."""
WEBHOOK_RETRY_PAUSE: Final = 0.2
"""Seconds until one that was not taken is posted again; 30 are published, for which no
test waits."""
WEBHOOK_RETRIES: Final = 3
"""How often that is done unless a script says otherwise; the service's default is 0."""
MAX_WEBHOOK_RETRIES: Final = 5
"""Published."""
MAX_WEBHOOK_POSTS_AT_A_TIME: Final = 20
WEBHOOK_CLIENT_ID: Final = "5d3c6c9e-1f0a-4c1b-9f37-2b6a4f1e8d10"
"""The id of the installed app that the header names."""
MAX_WEBHOOKS: Final = 10
MAX_WAITING_POSTS: Final = 10_000
"""Bodies that wait for one slow endpoint; beyond, the oldest are lost."""

# -- logins
ASSERTION_NAME: Final = "NameID"
"""The element of a SAML assertion whose text is the login name of whom it lets in. The
signature is not looked at: there is no identity provider whose it could be."""
ASSERTION_SERVES_ONCE: Final = True
"""SAML has assertions played again refused; whether UMS does is not published."""
MAX_ASSERTION_LENGTH: Final = 64 << 10
"""Characters of an assertion in base64."""
KEPT_ASSERTIONS: Final = 10_000
"""Assertions that have served and are known again."""

# -- routing
DEFAULT_RING_TIMEOUT: Final = 72.0
"""Seconds that a ring waits for its agent; a suggested agent is waited for as long."""
REJECTED_PAUSE: Final = 2.0
"""Seconds until a ring that all agents rejected goes round again."""
QUEUE_STATES: Final = frozenset({"ONLINE"})
"""Agents in these states are rung for conversations that wait for anybody."""
TRANSFER_STATES: Final = frozenset({"ONLINE", "OCCUPIED"})
"""Agents in these states are rung for a transfer to them; skills do not matter."""

# -- reports
ON_SHIFT: Final = True
"""Whether a skill has its working hours that nobody has set otherwise: the emulator has
no calendar. Of a skill that is always there the service names no times."""
STATISTICS_VERSIONS: Final = frozenset({"1"})
MESSAGE_STATISTICS: Final = (
    "openConversations",
    "closedConversations",
    "consumerMessages",
    "agentMessages",
)
"""The figures of the message statistics, whose body nobody has published: conversations
that are open and that are closed, messages of consumers and of agents in them. An
agent's are those that they are assigned to or have written in, and their messages
alone count as an agent's. Beside them stand ``brandId`` and, of an agent, ``agentId``,
their user id without the account."""

# -- dialogs
COBROWSE_ENDS_WITH_MAIN: Final = True
"""Whether an open COBROWSE dialog is closed with the MAIN one; or else it would keep
the conversation open."""

# -- bounds
KEPT_RINGS: Final = 1_000
"""Rings that are over and still known, so that a late answer is told so."""
SNAPSHOT_LIMIT: Final = 1_000
"""Conversations of a snapshot, the latest changed first; rings too. That a conversation
which was left out is told when it changes, or leaves the query, is our choice."""
MAX_OPENED: Final = 5_000
"""Conversations that a script may open in one call."""
MAX_CONSUMERS: Final = 100_000
MAX_CONVERSATIONS: Final = 10_000
"""Open conversations."""
MAX_CLOSED_CONVERSATIONS: Final = 10_000
"""Closed ones that are kept; those that closed first go first."""
MAX_DIALOGS: Final = 20
"""Dialogs of one conversation, closed ones too."""
MAX_TEXT_LENGTH: Final = 8_000
"""Characters of a text message, or of the caption of a file."""
MAX_RICH_LENGTH: Final = 15_000
"""Characters of rich content, or of quick replies, as JSON."""
MAX_PREVIEW_LENGTH: Final = 41_000
"""Characters of a file's preview: 30 KB as a data URI."""
MAX_NOTE_LENGTH: Final = 5_000
"""Characters of a note, and of a topic."""
MAX_EXTRA_LENGTH: Final = 8_000
"""Characters, as JSON, of what else an update tells of a dialog."""
MAX_METADATA: Final = 100
"""Entries in the metadata of one event."""
MAX_FILE_BYTES: Final = 3 << 20
MAX_FILES_BYTES: Final = 64 << 20
"""Bytes of all files together; the oldest go first."""
MAX_FILES: Final = 1_000
"""Files, those too that have only been announced; the oldest go first."""
FILE_URL_LIFE: Final = 60
"""Seconds that the signed address of a file is good for."""
MAX_EVENTS: Final = 10_000
"""Content and accept events of one dialog."""
MAX_FRAME_BYTES: Final = 4 << 20
MAX_MESSAGE_SUBSCRIPTIONS: Final = 1_000
"""Dialogs that one consumer's socket hears."""
MAX_PARTICIPANTS: Final = 100
"""Participants of one dialog, one for each role they have."""
MAX_OUTBOX_FRAMES: Final = 20_000
"""Frames that wait for one slow reader; beyond, its socket is cut."""
MAX_SKILLS: Final = 1_000
"""Skills whose working hours a script has set."""
MAX_SUBSCRIPTIONS: Final = 100
"""Subscriptions of one socket."""

# -- values known on the wire
NOTHING_DUE: Final = -1
"""The effective TTR of a conversation that waits for no answer."""
FILE_TYPES: Final = {
    "JPG": "image/jpeg",
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "PDF": "application/pdf",
}
"""Types of files that may be uploaded, with their media types."""
CLOSERS: Final = frozenset({"AGENT", "CONSUMER", "SYSTEM", "TIMEOUT"})
CSAT_STATUSES: Final = frozenset({"FILLED", "PARTIALLY_FILLED", "SKIPPED", "EMPTY"})
SURVEY_APP: Final = "0d2f6a1c-5b1e-4a57-9c38-7a8f0c4b6e21"
"""The appInstallId that a survey's dialog names."""
TTR_SECONDS: Final = {"NORMAL": 3_600, "PRIORITIZED": 600, "URGENT": 300}
"""The length of the named times to respond; CUSTOM tells its own."""
DEFAULT_SKILL: Final = "-1"
BRAND_VERSIONS: Final = frozenset({"2", "2.1"})
CONSUMER_VERSIONS: Final = frozenset({"3"})
CHANNEL_TYPES: Final = frozenset({"MESSAGING", "LIVE_CHAT", "COBROWSE"})
TTR_TYPES: Final = frozenset({"CUSTOM", "NORMAL", "PRIORITIZED", "URGENT"})
RING_ANSWERS: Final = frozenset({"ACCEPTED", "REJECTED"})
RING_ENDS: Final = ("ACCEPTED", "REJECTED", "EXPIRED", "CANCELLED")
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
    {
        "ABORTED",
        "ACCEPT",
        "ACCESS",
        "ACTION",
        "ENRICH",
        "ERROR",
        "NACK",
        "READ",
        "VIEWED",
    }
)
CHAT_STATES: Final = frozenset({"ACTIVE", "INACTIVE", "GONE", "COMPOSING", "PAUSE"})
