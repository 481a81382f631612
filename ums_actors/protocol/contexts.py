"""Where a conversation comes from: a record for each type that is known.

The types are the reference's; the fields those that published clients send, all of
which may be missing. What is not among them is in ``more``, both ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import fields as struct_fields

from ums_actors.arguments import MAX_ID, identifier
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.enums import ConversationContextType
from ums_actors.protocol.lenient import is_object
from ums_actors.protocol.requests import typed_parts

__all__ = [
    "ConversationContext",
    "CustomContext",
    "FacebookContext",
    "MobileAppContext",
    "ProactiveContext",
    "SMSContext",
    "SharkContext",
    "VoiceContext",
    "context_parts",
    "read_context",
]


class ConversationContext(Struct, frozen=True, kw_only=True, rename="camel"):
    """A context of a type that is not known, and base of those that are.

    Attributes:
        lang: such as ``en-US``.
        client_properties: what the consumer's application says of itself.
        more: what else is told, under its names on the wire.
    """

    type: str = ""
    lang: str | None = None
    client_properties: Mapping[str, Any] | None = None
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        if not isinstance(self.more, Mapping) or not isinstance(
            self.client_properties, (Mapping, type(None))
        ):
            raise LocalProtocolError(
                f"more and client_properties of {type(self).__name__} must be mappings"
            )
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if name not in _PLAIN and value not in (None, _UNTOLD.get(name)):
                identifier(f"{type(self).__name__}.{name}", value)


class SharkContext(ConversationContext, frozen=True, kw_only=True):
    """A web page, with the visit and the session that are watched there."""

    type: str = ConversationContextType.SHARK
    visitor_id: str | None = None
    session_id: str | None = None
    interaction_context_id: str | None = None


class MobileAppContext(ConversationContext, frozen=True, kw_only=True):
    """An application on a telephone."""

    type: str = ConversationContextType.MOBILE_APP


class CustomContext(ConversationContext, frozen=True, kw_only=True):
    """Something of one's own."""

    type: str = ConversationContextType.CUSTOM
    name: str | None = None
    description: str | None = None


class ProactiveContext(ConversationContext, frozen=True, kw_only=True):
    """The brand began it."""

    type: str = ConversationContextType.PROACTIVE
    origin_conversation_id: str | None = None


class FacebookContext(ConversationContext, frozen=True, kw_only=True):
    """Facebook's messenger."""

    type: str = ConversationContextType.FACEBOOK


class SMSContext(ConversationContext, frozen=True, kw_only=True):
    """Short messages."""

    type: str = ConversationContextType.SMS


class VoiceContext(ConversationContext, frozen=True, kw_only=True):
    """A telephone call."""

    type: str = ConversationContextType.VOICE


_PLAIN: Final = ("client_properties", "more")
_UNTOLD: Final = {"type": ""}
"""What the service may not have told."""
_KNOWN: Final[dict[str, type[ConversationContext]]] = {
    str(each().type): each
    for each in (
        SharkContext,
        MobileAppContext,
        CustomContext,
        ProactiveContext,
        FacebookContext,
        SMSContext,
        VoiceContext,
    )
}


def read_context(told: Any) -> ConversationContext | None:
    """Make the record of a context that the service tells; None if it is none.

    A part that does not fit is in ``more``, as those are that are not known.
    """
    if not is_object(told):
        return None
    kind = told.get("type")
    record = _KNOWN.get(kind if isinstance(kind, str) else "", ConversationContext)
    names = {each.encode_name: each.name for each in struct_fields(record)}
    parts: dict[str, Any] = {}
    more: dict[str, Any] = {}
    for key, value in told.items():
        name = names.get(key, "more")
        if name == "more" or not _fits(name, value):
            more[key] = value
        else:
            parts[name] = value
    return record(**parts, more=more)


def context_parts(context: Any) -> dict[Any, Any]:
    """Check the context that a conversation is to have; give what is written.

    Raises:
        LocalProtocolError: it is neither a record nor an object with a type.
    """
    if not isinstance(context, ConversationContext):
        return typed_parts("context", context)
    if not context.type:
        raise LocalProtocolError(
            "the context has no type: give one, as in "
            "ConversationContext(type='MobileAppContext')"
        )
    told: dict[str, Any] = {
        each.encode_name: value
        for each in struct_fields(type(context))
        if each.name != "more" and (value := getattr(context, each.name)) is not None
    }
    return {**context.more, **told}


def _fits(name: str, value: Any) -> bool:
    if name == "client_properties":
        return is_object(value)
    if not isinstance(value, str) or not value.isprintable():
        return False
    return 0 < len(value) <= MAX_ID
