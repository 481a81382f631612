"""Typed entries of the metadata that may ride beside a body, and their limits."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 msgspec may read it
from typing import Any, Final, cast

from msgspec import UNSET, Struct
from msgspec.structs import fields as struct_fields
from msgspec.structs import force_setattr

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.requests import parts_of

__all__ = [
    "ActionReason",
    "BotResponse",
    "BusinessCase",
    "EscalationSummary",
    "ExternalId",
    "IBMWatsonInfo",
    "Intent",
    "made",
]

MAX_SHORT: Final = 64
"""Characters of an id or a reason."""
MAX_NAME: Final = 256
"""Characters of the name of an intent or a business case."""
MAX_INTENTS: Final = 16
MAX_CASES: Final = 1_000
"""Business cases of one entry; the service names no limit."""


class ActionReason(
    Struct, frozen=True, kw_only=True, tag=True, rename="camel", omit_defaults=True
):
    """Why something is done, such as a transfer.

    Attributes:
        reason: 64 characters at most, such as ``escalated_by_bot``.
        reason_id: 64 characters at most.

    Raises:
        LocalProtocolError: a value is out of its bounds, here and in all entries.
    """

    reason: str | None = None
    reason_id: str | None = None

    def __post_init__(self) -> None:
        _text(self, "reason", MAX_SHORT)
        _text(self, "reason_id", MAX_SHORT)


class Intent(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What a bot thinks that the consumer wants.

    Attributes:
        id: 256 characters at most.
        name: likewise.
        confidence: in words, 64 characters at most.
        confidence_score: 0 to 1.
    """

    id: str
    name: str | None = None
    confidence: str | None = None
    confidence_score: float | None = None

    def __post_init__(self) -> None:
        _text(self, "id", MAX_NAME, needed=True)
        _text(self, "name", MAX_NAME)
        _text(self, "confidence", MAX_SHORT)
        score = self.confidence_score
        if score is None:
            return
        if not _is_number(score, (int, float)) or not 0 <= score <= 1:
            raise _bad(self, "confidence_score", "a number from 0 to 1")


class BotResponse(
    Struct, frozen=True, kw_only=True, tag=True, rename="camel", omit_defaults=True
):
    """How a bot understood the last message.

    Attributes:
        external_conversation_id: of the bot's own platform, 64 characters at most.
        business_cases: names, 256 characters each at most.
        intents: 16 at most; Structs or mappings.
    """

    external_conversation_id: str | None = None
    business_cases: list[str] = []
    intents: list[Intent] = []

    def __post_init__(self) -> None:
        _text(self, "external_conversation_id", MAX_SHORT)
        cases = _list(self, "business_cases", MAX_CASES)
        if not all(isinstance(each, str) and len(each) <= MAX_NAME for each in cases):
            raise _bad(self, "business_cases", f"strings of at most {MAX_NAME}")
        _members(self, "intents", MAX_INTENTS, Intent)


class BusinessCase(
    Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True
):
    """A topic of the conversation, and for how long it was one.

    Attributes:
        id: its name, 256 characters at most.
        time: in whatever unit the bot counts.
    """

    id: str | None = None
    time: int | None = None

    def __post_init__(self) -> None:
        _text(self, "id", MAX_NAME)
        _count(self, "time")


class EscalationSummary(
    Struct, frozen=True, kw_only=True, tag=True, rename="camel", omit_defaults=True
):
    """What went before a conversation was handed to a person.

    Attributes:
        escalation_cause: 64 characters at most, such as ``escalated_by_user``.
        business_cases: Structs or mappings.
        conversation_duration: in whatever unit the bot counts.
        escalated_during_business_case: 256 characters at most.
    """

    escalation_cause: str | None = None
    business_cases: list[BusinessCase] = []
    conversation_duration: int | None = None
    escalated_during_business_case: str | None = None

    def __post_init__(self) -> None:
        _text(self, "escalation_cause", MAX_SHORT)
        _text(self, "escalated_during_business_case", MAX_NAME)
        _count(self, "conversation_duration")
        _members(self, "business_cases", MAX_CASES, BusinessCase)


class ExternalId(Struct, frozen=True, kw_only=True, tag=True):
    """Which card or button this is, for counting; 64 characters at most."""

    id: str

    def __post_init__(self) -> None:
        _text(self, "id", MAX_SHORT, needed=True)


class IBMWatsonInfo(Struct, frozen=True, kw_only=True):
    """What IBM Watson says; its fields are not published and pass as they are."""

    info: Mapping[str, Any] = {}

    def __post_init__(self) -> None:
        if parts_of(self.info) is None:
            raise _bad(self, "info", "a mapping")


def made(record: Any, parts: dict[Any, Any]) -> Any:
    """Make an entry of a mapping, which checks it; what is not known is left out.

    Raises:
        LocalProtocolError: a value breaks a limit, or one is missing.
    """
    wire = {each.encode_name: each.name for each in struct_fields(record)}
    ours: dict[Any, Any] = {wire.get(key, key): part for key, part in parts.items()}
    known: dict[str, Any] = {
        key: part
        for key, part in ours.items()
        if key in record.__struct_fields__ and part is not None and part is not UNSET
    }
    try:
        return record(**known)
    except TypeError:
        raise LocalProtocolError(
            f"{record.__name__} in metadata lacks "
            f"{' or '.join(set(_needed(record)) - set(known))}"
        ) from None


def _needed(record: Any) -> list[str]:
    return [each.name for each in struct_fields(record) if each.required]


def _members(owner: Struct, name: str, most: int, record: Any) -> None:
    members: list[Any] = []
    for each in _list(owner, name, most):
        parts = parts_of(each)
        if parts is None:
            raise _bad(owner, name, f"a list of {record.__name__} or mappings")
        members.append(each if isinstance(each, record) else made(record, parts))
    force_setattr(owner, name, members)


def _list(owner: Struct, name: str, most: int) -> list[Any]:
    value = getattr(owner, name)
    if not isinstance(value, (list, tuple)) or len(cast("list[Any]", value)) > most:
        raise _bad(owner, name, f"a list of at most {most}")
    return list(cast("list[Any]", value))


def _text(owner: Struct, name: str, most: int, *, needed: bool = False) -> None:
    value = getattr(owner, name)
    if value is None and not needed:
        return
    if not isinstance(value, str) or len(value) > most or (needed and not value):
        least = 1 if needed else 0
        raise _bad(owner, name, f"a string of {least} to {most} characters")


def _count(owner: Struct, name: str) -> None:
    value = getattr(owner, name)
    if value is not None and (not _is_number(value, int) or value < 0):
        raise _bad(owner, name, "an int, 0 or more")


def _is_number(value: Any, kinds: Any) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


def _bad(owner: Struct, name: str, wanted: str) -> LocalProtocolError:
    return LocalProtocolError(f"{type(owner).__name__}.{name} must be {wanted}")
