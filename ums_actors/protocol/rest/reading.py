"""Reading the bodies of requests that are to be made by HTTP."""

from __future__ import annotations

from typing import Any

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.lenient import is_object

__all__ = ["object_in", "text_in"]


def object_in(request_type: str, value: Any, name: str) -> dict[str, Any]:
    """Give a part that must be an object.

    Raises:
        LocalProtocolError: it is none.
    """
    if is_object(value):
        return value
    raise LocalProtocolError(
        f"the request {request_type!r} has no {name} of the form of an object: build "
        "it by ums_actors.requests, or as UMS wants it"
    )


def text_in(request_type: str, parts: dict[str, Any], *names: str) -> str:
    """Give the first of these parts that is there, which must be a text.

    Raises:
        LocalProtocolError: there is none.
    """
    for name in names:
        value = parts.get(name)
        if isinstance(value, str) and value:
            return value
    raise LocalProtocolError(
        f"the request {request_type!r} names no {names[0]}: put it in, as a string"
    )
