"""Reading records that a server wrote a little differently than documented.

The typed decoder is the fast way and nearly always enough. Where it fails, the record
is read as plain JSON and made to fit: one element where a list is wanted, a number
where a string is, nulls and values of a wrong type give the field's default, and a
member of a list that cannot be a record is left out.
"""

from __future__ import annotations

import functools
import types
from typing import (
    TYPE_CHECKING,
    Any,
    TypeGuard,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields as struct_fields

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.decoders import decoder
from ums_actors.protocol.envelopes import Frame, decode_body

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["fit_many", "is_object", "one_or_many", "read_record"]

RecordT = TypeVar("RecordT", bound=Struct)

_UNFIT: Any = object()


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Say whether decoded JSON is an object."""
    return isinstance(value, dict)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def one_or_many(value: Any) -> list[Any]:
    """Give a list: of the members of one, of a bare element, or none of null."""
    if value is None:
        return []
    return value if _is_list(value) else [value]


def read_record(raw: msgspec.Raw | Frame, record: type[RecordT]) -> RecordT:
    """Read a JSON object into ``record``, all of whose fields have defaults.

    Raises:
        RemoteProtocolError: it is not JSON, or not an object at all.
    """
    try:
        return cast("RecordT", decoder(record)(raw))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass  # most likely a small difference; if not, decode_body says so
    value = _fit(decode_body(raw), record)
    if value is _UNFIT:
        raise RemoteProtocolError(
            f"the server sent something else where a {record.__name__} was due"
        )
    return cast("RecordT", value)


def fit_many(values: Any, record: type[RecordT]) -> list[RecordT]:
    """Make records of a list or a bare element; what cannot be one is left out."""
    return cast("list[RecordT]", _fit(values, list[record]))  # type: ignore[valid-type]


def _fit(value: Any, wanted: Any) -> Any:
    """Make ``value`` fit the type ``wanted``, or give a mark that it cannot."""
    if wanted is Any:
        return value
    if wanted is msgspec.Raw:
        return msgspec.Raw(msgspec.json.encode(value))
    if isinstance(wanted, type) and issubclass(wanted, Struct):
        return _fit_struct(value, wanted)
    scalar = _SCALARS.get(wanted)
    if scalar is not None:
        return scalar(value)
    return _fit_container(value, wanted)


def _fit_container(value: Any, wanted: Any) -> Any:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is list:
        members = (_fit(member, arguments[0]) for member in one_or_many(value))
        return [member for member in members if member is not _UNFIT]
    if origin is dict:
        if not is_object(value):
            return _UNFIT
        pairs = ((key, _fit(member, arguments[1])) for key, member in value.items())
        return {key: member for key, member in pairs if member is not _UNFIT}
    if origin in (Union, types.UnionType):  # of the form "T | None" only
        return None if value is None else _fit(value, arguments[0])
    raise TypeError(f"records have no field of type {wanted}")


def _fit_struct(value: Any, record: type[Struct]) -> Any:
    if not is_object(value):
        return _UNFIT
    parts: dict[str, Any] = {}
    for name, wire, wanted, has_default in _layout(record):
        fitted = _fit(value[wire], wanted) if wire in value else _UNFIT
        if fitted is not _UNFIT:
            parts[name] = fitted
        elif not has_default:
            return _UNFIT
    return record(**parts)


def _fit_str(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _UNFIT


def _fit_int(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and len(value) <= _DIGITS:
        try:
            return int(value)
        except ValueError:
            return _UNFIT
    return _UNFIT


def _fit_bool(value: Any) -> Any:
    return value if isinstance(value, bool) else _UNFIT


_DIGITS = 20
_SCALARS: dict[Any, Callable[[Any], Any]] = {
    str: _fit_str,
    int: _fit_int,
    bool: _fit_bool,
}


@functools.lru_cache(maxsize=128)
def _layout(record: type[Struct]) -> tuple[tuple[str, str, Any, bool], ...]:
    """Name, wire name, type and "has a default" of each field of a record."""
    hints = get_type_hints(record)
    return tuple(
        (
            each.name,
            each.encode_name,
            hints[each.name],
            each.default is not NODEFAULT or each.default_factory is not NODEFAULT,
        )
        for each in struct_fields(record)
    )
