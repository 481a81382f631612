"""The three frames of UMS and the one encoder and decoder of them.

Incoming frames are decoded in two steps: the envelope here, the body where it is
read (:func:`decode_body`, ``records``). A body is a :class:`msgspec.Raw`, a view that
keeps its whole frame alive: who stores one for long stores ``body.copy()``.
Everything here is pure and may be called on any thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, final

import msgspec
from msgspec import Raw, Struct, field

from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol.decoders import decoder
from ums_actors.protocol.values import FREE_VALUES, check_values
from ums_actors.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "UNWRITABLE",
    "Frame",
    "Notification",
    "Request",
    "Response",
    "decode_body",
    "decode_message",
    "decode_messages",
    "decode_plain",
    "encode_part",
    "encode_request",
]

Frame: TypeAlias = bytes | bytearray | memoryview | str

_NULL: Final = Raw(b"null")
_INVALID_DATA: Final = 1007
UNWRITABLE: Final = (
    TypeError,
    ValueError,
    OverflowError,
    RecursionError,
    msgspec.MsgspecError,
)
"""What msgspec raises over what cannot be written as JSON."""


class Request(Struct, tag_field="kind", tag="req", omit_defaults=True, gc=False):
    """What the client sends; parts that are None are left out of the frame."""

    id: str
    type: str
    body: Any
    headers: Any = None
    metadata: Any = None
    encoded_metadata: str | None = field(default=None, name="encodedMetadata")


@final
class Response(Struct, tag_field="kind", tag="resp", gc=False):
    """The answer to the request whose id is ``req_id``; no code means success."""

    req_id: str = field(name="reqId")
    code: int = 200
    type: str = ""
    body: Raw = _NULL


class Notification(Struct, tag_field="kind", tag="notification", gc=False):
    """What the server says unasked."""

    type: str
    body: Raw = _NULL


class _LooseResponse(Struct, gc=False):
    """A response as some servers write it: a numeric id, nulls for defaults."""

    kind: Literal["resp"]
    req_id: str | int = field(name="reqId")
    code: int | None = None
    type: str | None = None
    body: Raw = _NULL


def _reveal(value: Any) -> str:
    """Write a secret: this is the wire."""
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"objects of type {type(value).__name__} are not supported")


_encode: Final = msgspec.json.Encoder(enc_hook=_reveal).encode
_decode: Final[Callable[[Frame], Response | Notification]] = msgspec.json.Decoder(
    Response | Notification
).decode
decode_plain: Final[Callable[[Raw | Frame], Any]] = msgspec.json.Decoder().decode
"""Reads a body as plain Python objects; raises msgspec's errors and RecursionError."""
_decode_loose: Final[Callable[[Frame], _LooseResponse]] = msgspec.json.Decoder(
    _LooseResponse, strict=False
).decode


def encode_request(  # noqa: PLR0917  (the parts of a UserRequest, in their order)
    request_id: str,
    request_type: str,
    body: Any,
    headers: Any = None,
    metadata: Any = None,
    encoded_metadata: str | None = None,
) -> bytes:
    """Write the frame of a request; a :class:`Secret` in it is written in clear.

    Raises:
        LocalProtocolError: a part of it cannot be written as JSON.
    """
    try:
        return _encode(
            Request(request_id, request_type, body, headers, metadata, encoded_metadata)
        )
    except UNWRITABLE as error:
        reason = _why_not_encoded(error)
    raise _unwritable(request_type, reason)


def encode_part(request_type: str, part: Any) -> bytes:
    """Write a body or metadata beforehand, as it will stand in the request's frame.

    Raises:
        LocalProtocolError: it cannot be written as JSON.
    """
    try:
        return _encode(part)
    except UNWRITABLE as error:
        reason = _why_not_encoded(error)
    raise _unwritable(request_type, reason)


def decode_message(data: Frame) -> Response | Notification:
    """Read a frame's envelope.

    Raises:
        RemoteProtocolError: it is not JSON, or no response or notification, or it
            holds more values than are read of its size: see ``values``.
    """
    if len(data) > FREE_VALUES:  # spares the call
        check_values(data)
    try:
        return _decode(data)
    except msgspec.ValidationError as error:
        unreadable = _unreadable("frame", error)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _unreadable("frame", error) from None
    try:  # perhaps a numeric id or a null
        loose = _decode_loose(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise unreadable from None
    code = 200 if loose.code is None else loose.code
    return Response(str(loose.req_id), code, loose.type or "", loose.body)


def decode_messages(
    frames: list[bytes], errors: list[RemoteProtocolError]
) -> list[Response | Notification]:
    """Read the envelopes of frames; what is wrong with others goes to ``errors``."""
    messages: list[Response | Notification] = []
    for frame in frames:
        try:
            messages.append(
                _decode(frame) if len(frame) <= FREE_VALUES else decode_message(frame)
            )
        except (msgspec.MsgspecError, ValueError, RecursionError, RemoteProtocolError):
            try:
                messages.append(decode_message(frame))  # perhaps it can be, after all
            except RemoteProtocolError as error:
                errors.append(error)
    return messages


def decode_body(raw: Raw | Frame, body_type: Any = Any) -> Any:
    """Read a body, as plain Python objects or as ``body_type``.

    Raises:
        RemoteProtocolError: it is not JSON, or does not fit ``body_type``.
    """
    decode = decode_plain if body_type is Any else decoder(body_type)
    try:
        return decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _unreadable("body", error) from None


def _unwritable(request_type: str, reason: str) -> LocalProtocolError:
    return LocalProtocolError(
        f"the request {request_type!r} cannot be written as JSON: {reason}; build it "
        "from dicts with str keys, lists, str, int, float, bool, None or msgspec "
        "Structs"
    )


def _why_not_encoded(error: Exception) -> str:
    """Say why, in words that hold nothing of the body but names of types."""
    if isinstance(error, UnicodeError):
        return "a string in it is not valid Unicode (a lone surrogate)"
    if isinstance(error, RecursionError):
        return "it is nested too deep, or contains itself"
    if isinstance(error, TypeError):
        return str(error)[:200]
    return f"{type(error).__name__} while writing it"


def _unreadable(what: str, error: Exception) -> RemoteProtocolError:
    """Say what is wrong in words that quote nothing of the data."""
    if isinstance(error, UnicodeError):
        return RemoteProtocolError(
            f"the server sent a {what} that is not UTF-8", close_code=_INVALID_DATA
        )
    if isinstance(error, RecursionError):
        reason = "is nested too deep"
    elif not isinstance(error, msgspec.ValidationError):
        reason = "is not JSON"
    elif "`kind`" in str(error) or "$.kind" in str(error):
        reason = "is neither a response nor a notification (its kind)"
    else:
        reason = "lacks a field or has one of a wrong type"
    return RemoteProtocolError(f"the server sent a {what} that {reason}")
