"""What users hand to ``send``: a request without kind and id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, Generic, TypeAlias, TypeGuard, TypeVar, cast

from msgspec import UNSET, Raw, Struct
from msgspec.structs import asdict

from ums_actors.errors import LocalProtocolError

__all__ = [
    "Call",
    "Plain",
    "Request",
    "UserRequest",
    "parts_of",
    "text",
    "typed_parts",
    "user_request",
    "usual_parts",
]

T = TypeVar("T")

_ENCODED: Final = ("encodedMetadata", "encoded_metadata")
_KEYS: Final = ("type", "body", "headers", "metadata", *_ENCODED)
_USUAL: Final = 2  # keys of the usual dict
_FORM: Final = (
    "a request is a mapping or Struct {type, body, headers?, metadata?, "
    "encodedMetadata?}"
)


@dataclass(frozen=True, slots=True)
class Call:
    """A request without more: its wire type and its body."""

    type: str
    body: Any


@dataclass(frozen=True, slots=True)
class Request(Call, Generic[T]):
    """A request as the builders give it, which knows what its answer is.

    Attributes:
        type: its canonical name; each side's connection sends it under its own.
        body: what is written as JSON.
        read: makes the answer of the undecoded body; on the loop thread, so it must
            not block.
    """

    read: Callable[[Raw], T]


Plain: TypeAlias = Mapping[str, object] | Struct
"""A request as a user writes it: ``{"type": …, "body": …}``."""


class UserRequest(Struct, frozen=True):
    """The parts of a request; all after the body are None when absent."""

    type: str
    body: Any
    headers: Any = None
    metadata: Any = None
    encoded_metadata: Any = None


def parts_of(value: Any) -> dict[Any, Any] | None:
    """Give keys and values of a mapping or Struct, None if it is neither."""
    if isinstance(value, Struct):
        return {k: part for k, part in asdict(value).items() if part is not UNSET}
    if _is_mapping(value):
        return {k: part for k, part in value.items() if part is not UNSET}
    return None


def typed_parts(name: str, value: Any) -> dict[Any, Any]:
    """Check an argument that must be an object with a ``type``; give its parts.

    Raises:
        LocalProtocolError: it is not.
    """
    parts = parts_of(value)
    kind = None if parts is None else parts.get("type")
    if parts is None or not isinstance(kind, str) or not kind:
        raise LocalProtocolError(
            f"{name} must be a mapping with a type, such as "
            "{'type': 'SharkContext', 'lang': 'en-US'}"
        )
    return parts


def _is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def text(name: str, value: Any) -> str:
    """Check an argument that must be a non-empty string.

    Raises:
        LocalProtocolError: it is not.
    """
    if isinstance(value, str) and value:
        return value
    given = "an empty string" if value == "" else type(value).__name__
    raise LocalProtocolError(f"{name} must be a non-empty string, not {given}")


def usual_parts(request: Any) -> tuple[str, Any] | None:
    """Give type and body of a request of the usual forms, None if it is no such.

    That is a :class:`Call`, or a dict of a type and a body and nothing else.
    """
    form = type(request)  # pyright: ignore[reportUnknownVariableType]
    if form is dict and len(request) == _USUAL:
        try:
            kind, body = request["type"], request["body"]
        except KeyError:
            return None
        if type(kind) is str and kind and body is not None and body is not UNSET:
            return kind, body
    elif form is Call:
        return request.type, request.body
    return None


def user_request(request: Any) -> UserRequest:
    """Take apart what a user gave to ``send``.

    Raises:
        LocalProtocolError: it is no mapping or Struct, has no type, or an unknown key.
    """
    usual = usual_parts(request)
    if usual is not None:
        return UserRequest(*usual)
    if isinstance(request, Request):
        return UserRequest(request.type, request.body)
    parts = parts_of(request)
    if parts is None:
        raise LocalProtocolError(f"{_FORM}, not {type(request).__name__}")
    kind = parts.get("type")
    if not isinstance(kind, str) or not kind:
        given = ", ".join(map(repr, parts)) or "nothing"
        raise LocalProtocolError(
            f"the request has no type (given: {given}); add it, as in "
            "{'type': '.GetClock', 'body': {}}"
        )
    unknown = [key for key in parts if key not in _KEYS]
    if unknown:
        raise LocalProtocolError(_unknown_keys(kind, unknown))
    body = parts.get("body")
    return UserRequest(
        kind,
        {} if body is None else body,
        _typed_objects(kind, "headers", parts.get("headers")),
        _typed_objects(kind, "metadata", parts.get("metadata")),
        next((parts[key] for key in _ENCODED if key in parts), None),
    )


def _unknown_keys(kind: str, unknown: list[Any]) -> str:
    names = ", ".join(repr(key)[:40] for key in unknown[:5])
    way_out = f"{_FORM}; put the rest into its body"
    if any(key in ("kind", "id") for key in unknown):
        way_out = "leave out kind and id, they are added on the way"
    return f"the request {kind!r} has an unknown key {names}: {way_out}"


def _typed_objects(kind: str, key: str, value: Any) -> Any:
    if isinstance(value, (NoneType, list, tuple, Mapping, Struct)):
        return cast("Any", value)
    raise LocalProtocolError(
        f"the request {kind!r} has {key} of type {type(value).__name__}; "
        "give a list of objects with a type each"
    )
