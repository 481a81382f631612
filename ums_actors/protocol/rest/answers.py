"""The answers of REST calls, as a websocket would give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.lenient import is_object
from ums_actors.protocol.values import check_values

if TYPE_CHECKING:
    from ums_actors.protocol.rest.exchange import Exchange

__all__ = ["MISSED", "PASSED", "REFUSED", "response_body"]

PASSED: Final = 300
"""The first HTTP status that is none of success."""
REFUSED: Final = 400
MISSED: Final = 412
"""HTTP status of a call whose ETag is not that of what there is any more."""


def response_body(exchange: Exchange, status: int, body: bytes) -> msgspec.Raw:
    """Give the body of the response that stands for an HTTP answer.

    Of one that refuses it is a sentence where the service says one.

    Raises:
        RemoteProtocolError: it neither grants nor refuses, or is made to fill memory.
    """
    if PASSED <= status < REFUSED or status < _FIRST_SUCCESS:
        raise RemoteProtocolError(
            f"the REST service answered with HTTP status {status}, which neither "
            "grants nor refuses: is its host right?"
        )
    if status < PASSED:
        if exchange.text is not None:
            return msgspec.Raw(msgspec.json.encode(exchange.text))
        check_values(body)
        return msgspec.Raw(body or b"null")
    return msgspec.Raw(msgspec.json.encode(_sentence(body)))


_FIRST_SUCCESS: Final = 200


def _sentence(body: bytes) -> Any:
    """Give what a refusal says, None if that cannot be read."""
    try:
        check_values(body)
        told = msgspec.json.decode(body)
    except (RemoteProtocolError, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if is_object(told) and isinstance(told.get("error"), str):
        return told["error"]
    return told
