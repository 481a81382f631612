"""What is kept of conversations for a later process: schema 1, field by field.

One JSON object. Ids are texts, times milliseconds since 1970 by the service's clock.
What has its default is left out, and what is not known here is ignored, so that a
later version may add to it. Nothing of a login is in it.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

__all__ = [
    "KINDS",
    "LIBRARY",
    "SCHEMA",
    "Header",
    "Kept",
    "KeptConversation",
    "KeptDialog",
    "KeptMark",
    "KeptMember",
    "KeptMessage",
    "Place",
]

LIBRARY: Final = "ums_actors"
SCHEMA: Final = 1
"""The schema that is written here; earlier ones are read, later ones are refused."""
KINDS: Final = ("connection", "conversation", "dialog")
_NULL: Final = msgspec.Raw(b"null")


class Place(Struct, frozen=True, omit_defaults=True):
    """How far the events of one dialog have been taken by those who hear them."""

    last: int | None = None
    """Number of the last event of which all before have been taken, too; -1 if none
    has been; null if that was never known."""
    updated: int = -1
    """The dialog's time of last update when it was last shown; only compared."""
    takes_part: bool = False
    """Whether its events come to the user: an agent takes part in it, a consumer's
    dialog is open."""
    behind: bool = False
    """Whether more had been said, or may have been: it is asked for at once."""
    conversation: str = ""
    """The conversation it belongs to; empty where that need not be known."""
    unread: dict[str, int] | None = None
    """How much each participant had not read; only compared."""


class KeptMember(Struct, frozen=True, omit_defaults=True):
    """Who takes part in a dialog, or is asked to."""

    user: str = ""
    """The PID of an agent, or ``account.user`` where that is not known; or the id of a
    consumer."""
    agent: str | None = None
    """``account.user`` of an agent."""
    role: str = ""
    """``ASSIGNED_AGENT``, ``CONSUMER`` …"""
    state: str = "ACTIVE"
    """``SUGGESTED`` of one who is only asked to."""


class KeptMark(Struct, frozen=True, omit_defaults=True):
    """What somebody said to have become of a message."""

    user: str = ""
    """Whose word it is."""
    role: str = ""
    """In which role that was; empty if it is not known."""
    status: str = ""
    """``ACCEPT``, ``READ`` …"""


class KeptMessage(Struct, frozen=True, omit_defaults=True):
    """One message; what follows ``digest`` is not there without bodies."""

    sequence: int | None = None
    """Its number in the dialog."""
    time: int | None = None
    """When it was said."""
    sender: str = ""
    """As the service named who said it: ``account.user`` or a consumer's id."""
    pid: str = ""
    """The PID of an agent who said it, where it was told."""
    role: str = ""
    """In which role that was said."""
    audience: str = "ALL"
    """``ALL``, or ``AGENTS_AND_MANAGERS``."""
    type: str = ""
    """``ContentEvent`` or ``RichContentEvent``."""
    content_type: str = ""
    """Such as ``text/plain``; empty for structured content."""
    dialog: str = ""
    """Only where it is not within its dialog."""
    marks: list[KeptMark] = []
    """Oldest first."""
    digest: str = ""
    """Without bodies: SHA-256 of what was said, in hexadecimal digits. That of a text
    is of its UTF-8; that of anything else of its JSON without spaces, keys sorted."""
    message: Any = None
    """The text, or the parts of a file or form."""
    content: Any = None
    """Structured content."""
    quick_replies: Any = None
    """The answers that it offers."""
    metadata: Any = None
    """What rides beside it."""
    client_properties: Any = None
    """What the application that said it said of itself."""


class KeptDialog(Struct, frozen=True, omit_defaults=True):
    """One dialog, with the messages of it that were kept."""

    id: str = ""
    """That of the main dialog is the conversation's."""
    type: str = "MAIN"
    """``MAIN``, ``POST_SURVEY`` …"""
    channel: str = "MESSAGING"
    """``MESSAGING``, ``COBROWSE`` …"""
    state: str = "OPEN"
    """``OPEN`` or ``CLOSE``."""
    created: int | None = None
    """When it began."""
    ended: int | None = None
    """When it ended."""
    updated: int | None = None
    """When it was changed last: the newer of two states wins by it."""
    closed_by: str | None = None
    """``AGENT``, ``CONSUMER`` or ``SYSTEM``."""
    closed_cause: str | None = None
    """Why it was closed."""
    meta_data: Any = None
    """Not there without bodies."""
    members: list[KeptMember] = []
    """In the order in which the service named them."""
    messages: list[KeptMessage] = []
    """By their numbers."""
    gone: bool = False
    """Whether the conversation no longer had it: then its messages alone are here."""


class KeptConversation(Struct, frozen=True, omit_defaults=True):
    """One conversation, as the service told of it last.

    Without bodies ``note``, ``topic``, ``delay`` and ``context`` are not there; of the
    note there is a digest.
    """

    id: str = ""
    """Which it is."""
    account: str | None = None
    """The brand's account."""
    skill: str | None = None
    """The skill it belongs to."""
    group: str | None = None
    """The group of agents it belongs to."""
    note: str | None = None
    """The agents' note."""
    note_digest: str = ""
    """The digest of that, as of a text."""
    topic: str | None = None
    """What it is about."""
    state: str = "OPEN"
    """Of its main dialog alone."""
    stage: str = "OPEN"
    """Of the whole: ``OPEN``, ``CLOSE`` or ``LOCKED``."""
    started: int | None = None
    """When it began."""
    ended: int | None = None
    """When it ended."""
    close_reason: str | None = None
    """Who ended it."""
    updated: int | None = None
    """``metaDataLastUpdateTs``: the newer of two states wins by it."""
    changed: int | None = None
    """When the service last told of a change."""
    first: bool = False
    """Whether it is the consumer's first."""
    ttr_type: str = ""
    """How soon an answer is wanted: ``NORMAL``, ``URGENT`` …"""
    ttr_value: int | None = None
    """The same in seconds."""
    effective_ttr: int | None = None
    """When the next answer is due."""
    manual_ettr: int | None = None
    """The same as an agent has set it."""
    delay: Any = None
    """Until when nobody is expected to answer, as it came."""
    csat_rate: int | None = None
    """How satisfied the consumer is."""
    csat_resolved: bool | None = None
    """Whether the matter is settled."""
    csat_status: str | None = None
    """Null if there is no CSAT at all."""
    campaign: str | None = None
    """The campaign it comes from."""
    engagement: str | None = None
    """The engagement it comes from."""
    handler_account: str | None = None
    """The account that handles it."""
    handler_skill: str | None = None
    """The skill that handles it."""
    app_install: str | None = None
    """The installation of an application it comes from."""
    context: msgspec.Raw = _NULL
    """As it came, client properties and all."""
    unread: dict[str, int] = {}
    """How much each participant has not read."""
    consumer: str = ""
    """The last consumer that was seen in it."""
    webhooks: bool = False
    """Whether webhooks told of it: then no subscription need show it."""
    last_content: KeptMessage | None = None
    """The last message, as the state of the whole named it."""
    dialogs: list[KeptDialog] = []
    """All its dialogs."""


class Header(Struct, frozen=True):
    """What is looked at first."""

    library: str = ""
    """``ums_actors``."""
    schema: int = 0
    """By which it was written."""


class Kept(Struct, frozen=True, kw_only=True):
    """The whole."""

    library: str
    """``ums_actors``."""
    schema: int
    """1."""
    kind: str
    """``connection``, ``conversation`` or ``dialog``: how much of it."""
    account: str
    """The brand's account: what is of another is refused."""
    user: str
    """The own user's id on the wire; empty if there has been no login."""
    side: str
    """``brand`` or ``consumer``."""
    bodies: bool
    """Whether what was said is there, and not digests of it."""
    conversations: list[msgspec.Raw] = []
    """Each a :class:`KeptConversation`; of a dialog, it has that one alone."""
    places: dict[str, Place] = {}
    """By dialog; also of dialogs of which no conversation is known."""
    finished: dict[str, int] = {}
    """The number of the last event of dialogs that are followed no more."""
    history_until: int = -1
    """Consumers: what ended before that was history when the first process began."""
