"""What is kept of a stopped emulator, in the form in which it is kept."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from ums_actors.emulator.tls import Certificate  # noqa: TC001 - decoded
from ums_actors.emulator.world.consumers import Consumer  # noqa: TC001 - decoded
from ums_actors.emulator.world.conversation import Details  # noqa: TC001 - decoded
from ums_actors.emulator.world.event import Event  # noqa: TC001 - decoded
from ums_actors.emulator.world.origin import Origin  # noqa: TC001 - decoded
from ums_actors.emulator.world.shifts import Shift  # noqa: TC001 - decoded

__all__ = [
    "VERSION",
    "Facts",
    "KeptConversation",
    "KeptSession",
    "KeptTokens",
]

VERSION: Final = 1
"""Of the form; a reader of an older one refuses a newer one."""


class KeptConversation(msgspec.Struct, forbid_unknown_fields=True):
    """One conversation; an event is named by its dialog and sequence."""

    conversation_id: str
    consumer: str
    details: Details
    origin: Origin
    is_first: bool
    started: int
    updated: int
    events: dict[str, list[Event]]
    last_content: tuple[str, int] | None
    last_public_content: tuple[str, int] | None
    unread: dict[str, list[tuple[str, int]]]


class KeptSession(msgspec.Struct, forbid_unknown_fields=True):
    """The live session of one brand user, by login name."""

    user: str
    bearer: str
    csrf: str
    session_id: str


class KeptTokens(msgspec.Struct, forbid_unknown_fields=True):
    """The key of the consumers' tokens, and which are live: issuer, consumer, id."""

    key: bytes
    live: list[tuple[str, str, str]]


class Facts(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """All that is kept.

    Attributes:
        users: old id by login name, for conversations name agents by old id.
        away: consumers whose sockets have all gone.
        tls: None if it was served plain.
        shifts: working hours of skills that were set.
    """

    version: int = VERSION
    account: str
    users: dict[str, str]
    conversations: list[KeptConversation]
    consumers: list[Consumer]
    away: list[str]
    profiles: dict[str, dict[str, Any]]
    client_properties: dict[str, dict[str, Any]]
    sessions: list[KeptSession]
    tokens: KeptTokens
    tls: Certificate | None
    shifts: list[Shift] = []
