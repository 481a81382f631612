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
    state: str = "ACTIVE"


class KeptMark(Struct, frozen=True, omit_defaults=True):
    """What somebody said to have become of a message."""

    user: str = ""
    role: str = ""
    status: str = ""


class KeptMessage(Struct, frozen=True, omit_defaults=True):
    """One message; what follows ``digest`` is not there without bodies."""

    sequence: int | None = None
    time: int | None = None
    sender: str = ""
    """As the service named who said it: ``account.user`` or a consumer's id."""
    pid: str = ""
    role: str = ""
    audience: str = "ALL"
    type: str = ""
    content_type: str = ""
    dialog: str = ""
    """Only where it is not within its dialog."""
    marks: list[KeptMark] = []
    """Oldest first."""
    digest: str = ""
    """Without bodies: SHA-256 of what was said, in hexadecimal digits. That of a text
    is of its UTF-8; that of anything else of its JSON without spaces, keys sorted."""
    message: Any = None
    content: Any = None
    quick_replies: Any = None
    metadata: Any = None
    client_properties: Any = None


class KeptDialog(Struct, frozen=True, omit_defaults=True):
    """One dialog, with the messages of it that were kept."""

    id: str = ""
    type: str = "MAIN"
    channel: str = "MESSAGING"
    state: str = "OPEN"
    created: int | None = None
    ended: int | None = None
    updated: int | None = None
    closed_by: str | None = None
    closed_cause: str | None = None
    meta_data: Any = None
    """Not there without bodies."""
    members: list[KeptMember] = []
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
    account: str | None = None
    skill: str | None = None
    group: str | None = None
    note: str | None = None
    note_digest: str = ""
    topic: str | None = None
    state: str = "OPEN"
    stage: str = "OPEN"
    started: int | None = None
    ended: int | None = None
    close_reason: str | None = None
    updated: int | None = None
    """``metaDataLastUpdateTs``: the newer of two states wins by it."""
    changed: int | None = None
    first: bool = False
    ttr_type: str = ""
    ttr_value: int | None = None
    effective_ttr: int | None = None
    manual_ettr: int | None = None
    delay: Any = None
    csat_rate: int | None = None
    csat_resolved: bool | None = None
    csat_status: str | None = None
    """Null if there is no CSAT at all."""
    campaign: str | None = None
    engagement: str | None = None
    handler_account: str | None = None
    handler_skill: str | None = None
    app_install: str | None = None
    context: msgspec.Raw = _NULL
    """As it came, client properties and all."""
    unread: dict[str, int] = {}
    consumer: str = ""
    """The last consumer that was seen in it."""
    webhooks: bool = False
    """Whether webhooks told of it: then no subscription need show it."""
    last_content: KeptMessage | None = None
    dialogs: list[KeptDialog] = []


class Header(Struct, frozen=True):
    """What is looked at first."""

    library: str = ""
    schema: int = 0


class Kept(Struct, frozen=True, kw_only=True):
    """The whole."""

    library: str
    """``ums_actors``."""
    schema: int
    """1."""
    kind: str
    """``connection``, ``conversation`` or ``dialog``: how much of it."""
    account: str
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
