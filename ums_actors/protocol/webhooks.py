"""Webhooks: HTTP bodies that say what a websocket's notification would have said.

The documented form is the notification itself, ``{"kind", "type", "body"}``; the
reference takes one that is wrapped, ``{"wsNotificationMsg": {"type", "body"}}``
(UMS.md 12.4). Types may be of either dialect, or name the kind of event as well, as
those do that a webhook is subscribed to, ``ms.MessagingEventNotification.ContentEvent``
for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, cast

import msgspec
from msgspec import Raw, Struct, field

from ums_actors.arguments import shown
from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol import brand
from ums_actors.protocol.decoders import decoder
from ums_actors.protocol.enums import EventType
from ums_actors.protocol.envelopes import UNWRITABLE, Notification
from ums_actors.protocol.names import spellings
from ums_actors.protocol.values import check_values

__all__ = ["WebhookBody", "read_webhook"]

WebhookBody: TypeAlias = bytes | bytearray | memoryview | str | Mapping[str, Any]
"""A webhook's body as it came, or decoded."""

_NULL: Final = Raw(b"null")
_WAY_OUT: Final = "a notification has a type and a body"
_MESSAGES: Final = spellings(brand.MESSAGE_NOTIFICATION)
_CONVERSATIONS: Final = spellings(brand.CONVERSATION_NOTIFICATION)
_EVENTS: Final = frozenset(f".{kind}" for kind in EventType)


class _Parcel(Struct):
    """What is looked for in a body; anything may be in any place."""

    kind: Any = None
    type: Any = None
    body: Raw = _NULL
    wrapped: Raw = field(default=_NULL, name="wsNotificationMsg")


class _Content(Struct):
    """What the body of a notification is known by."""

    changes: list[Raw] | None = None
    event: Raw = _NULL


def read_webhook(body: WebhookBody, limit: int) -> Notification:
    """Read a webhook's body as the notification that it is; of any type.

    Args:
        body: bytes or text of JSON, or what was decoded of it.
        limit: most bytes of it.

    Raises:
        RemoteProtocolError: it is no notification, or is too large.
        LocalProtocolError: it is something else than said above.
    """
    data = _bytes_of(body)
    if len(data) > limit:
        raise RemoteProtocolError(
            f"the webhook has {len(data)} bytes, more than the {limit} of "
            "Options.max_message_size"
        )
    check_values(data)
    parcel = _read(data, "the webhook")
    if parcel.wrapped != _NULL:
        parcel = _read(parcel.wrapped, "the webhook's wsNotificationMsg")
    if parcel.kind not in (None, "notification"):
        raise RemoteProtocolError(
            f"the webhook's kind is {shown(parcel.kind)}, not 'notification'"
        )
    if not isinstance(parcel.type, str) or not parcel.type:
        raise RemoteProtocolError(
            f"the webhook's type is {shown(parcel.type)}: {_WAY_OUT}"
        )
    kind = _notification_of(parcel.type)
    _check_body(kind, parcel.body)
    return Notification(kind, parcel.body)


def _bytes_of(body: Any) -> bytes | bytearray:
    if isinstance(body, (bytes, bytearray)):
        return body
    if isinstance(body, memoryview):
        return cast("memoryview[int]", body).tobytes()
    if isinstance(body, str):
        try:
            return body.encode()
        except UnicodeError:
            reason = "a string in it is not valid Unicode (a lone surrogate)"
    elif isinstance(body, Mapping):
        try:
            return msgspec.json.encode(cast("Mapping[str, Any]", body))
        except UNWRITABLE as error:
            reason = f"{type(error).__name__} while writing it as JSON"
    else:
        reason = f"it is {shown(body)}"
    raise LocalProtocolError(
        "body must be the bytes or the text of a webhook, or its decoded JSON: "
        f"{reason}"
    )


def _read(data: Any, what: str) -> _Parcel:
    try:
        return cast("_Parcel", decoder(_Parcel)(data))
    except msgspec.ValidationError:
        reason = f"is no JSON object: {_WAY_OUT}"
    except RecursionError:
        reason = "is nested too deep"
    except UnicodeError:
        reason = "is not UTF-8"
    except (msgspec.MsgspecError, ValueError):
        reason = "is not JSON" if data else "is empty"
    raise RemoteProtocolError(f"{what} {reason}")


def _notification_of(kind: str) -> str:
    """Leave out the event that a type may name besides the notification."""
    whole, dot, event = kind.rpartition(".")
    return whole if f"{dot}{event}" in _EVENTS and whole in _MESSAGES else kind


def _check_body(kind: str, body: Raw) -> None:
    """See to it that there is something to be taken, in those that are read here."""
    if body == _NULL:
        raise RemoteProtocolError(f"the webhook has no body: {_WAY_OUT}")
    if kind not in _MESSAGES and kind not in _CONVERSATIONS:
        return
    try:
        content: _Content = decoder(_Content)(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        content = _Content()
    single = kind in _MESSAGES and content.event != _NULL
    if content.changes is None and not single:
        raise RemoteProtocolError(
            f"the webhook's body is no {shown(kind)}: it has no list of changes"
        )
