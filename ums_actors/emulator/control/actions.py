"""What a script may have done, as it is said over HTTP."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

__all__ = [
    "Accept",
    "Action",
    "Close",
    "Cobrowse",
    "Hours",
    "Open",
    "OpenMany",
    "Opened",
    "Read",
    "Submit",
    "Write",
]


class _Said(msgspec.Struct, tag_field="action", forbid_unknown_fields=True):
    """One action; each field has the name that it has in JSON."""


class Open(_Said, tag="open", omit_defaults=True):
    """Open a conversation."""

    skill: str | None = None
    assign: str | None = None
    text: str | None = None
    consumer: str | None = None
    survey: bool = False


class OpenMany(_Said, tag="open-many", omit_defaults=True):
    """Open many conversations."""

    count: int
    apart: int = 0
    skill: str | None = None
    assign: str | None = None
    text: str | None = None
    consumer: str | None = None


class Write(_Said, tag="write", omit_defaults=True):
    """Write a message."""

    conversation: str
    text: str = ""
    dialog: str | None = None
    metadata: list[Any] | None = None


class Accept(_Said, tag="accept"):
    """Confirm messages."""

    conversation: str
    sequences: list[int] = []
    status: str = "READ"


class Submit(_Said, tag="submit", omit_defaults=True):
    """Say that a secure form has been filled in."""

    conversation: str
    invitation: str
    submission: str | None = None


class Cobrowse(_Said, tag="cobrowse", omit_defaults=True):
    """Open a COBROWSE dialog, or go on with one."""

    conversation: str
    session: str = "INVITED"
    mode: str = "COBROWSE"


class Close(_Said, tag="close"):
    """Close a conversation."""

    conversation: str


class Read(_Said, tag="read"):
    """Look at the events of a conversation."""

    conversation: str
    since: int = 0


class Hours(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Set the working hours of a skill; times are epoch milliseconds."""

    skill: str
    on: bool
    next_on: int | None = None
    next_off: int | None = None


Action: TypeAlias = Open | OpenMany | Write | Accept | Submit | Cobrowse | Close | Read


class Opened(
    msgspec.Struct,
    frozen=True,
    rename={
        "conversation_id": "conversation",
        "dialog_id": "dialog",
        "consumer_id": "consumer",
    },
):
    """A conversation that a scripted consumer opened.

    Attributes:
        sequence: of the first message, None if there was none.
    """

    conversation_id: str
    dialog_id: str
    consumer_id: str
    sequence: int | None
