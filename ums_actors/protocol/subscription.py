"""The query of a conversation subscription: our names to those on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from ums_actors.arguments import MAX_WHOLE, identifier, shown
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.requests import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "DEFAULT_QUERY",
    "LAST_UPDATE_BEFORE",
    "conversation_query",
    "update_body",
]

DEFAULT_QUERY: Final[Mapping[str, Any]] = {"stage": ["OPEN"]}
"""What a brand connection subscribes to unless told otherwise."""

SUBSCRIPTION_ID: Final = "subscriptionId"
"""Where an update of a subscription, to conversations or to routing tasks, names it:
beside the keys of the new one. The service has not published either body; this is the
form of its other requests."""

LAST_UPDATE_BEFORE: Final = "maxLastUpdatedTime"
"""The latest change that is shown, epoch milliseconds. Whether it is inclusive is not
published; who asks by it is right under either reading, but for hundreds that have
changed in one millisecond."""

_TEXT: Final = {
    "account_id": "brandId",
    "consumer_id": "consumerId",
    "conversation_id": "conversationId",
}
_AGENTS: Final = "agentIds"
_LIST: Final = {
    "agent_id": _AGENTS,
    "agent_ids": _AGENTS,
    "dialog_type": "dialogTypes",
    "dialog_types": "dialogTypes",
    "stage": "stage",
    "state": "convState",
}
_NUMBER: Final = {
    "last_update_after": "minLastUpdatedTime",
    "last_update_before": LAST_UPDATE_BEFORE,
    "max_ettr": "maxETTR",
}
_OURS: Final = {**_TEXT, **_LIST, **_NUMBER}
_WIRE: Final = {wire: wire for wire in _OURS.values()}
_KNOWN: Final = {**_OURS, **_WIRE}
_LISTS: Final = frozenset(_LIST.values())
_NUMBERS: Final = frozenset(_NUMBER.values())


def update_body(subscription_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """Give the body that replaces a subscription's query; both in wire form."""
    return {SUBSCRIPTION_ID: identifier("subscription_id", subscription_id), **query}


def conversation_query(
    query: Any = None, agent: Callable[[str, str], str] | None = None
) -> dict[str, Any]:
    """Give the wire form of a query; None means :data:`DEFAULT_QUERY`.

    Keys are ``account_id``, ``agent_id``, ``consumer_id``, ``conversation_id``,
    ``state``, ``stage``, ``dialog_type``, ``last_update_after``,
    ``last_update_before`` (milliseconds), or their names on the wire. Where a list is
    wanted one value will do. An empty query asks for all that the user may see.

    Args:
        query: the query.
        agent: gives ``account.user`` for an agent's id and the name of its key.

    Raises:
        LocalProtocolError: an unknown key, one given twice, or a value of no use.
    """
    if query is None:
        return {key: list(value) for key, value in DEFAULT_QUERY.items()}
    asked = parts_of(query)
    if asked is None:
        raise LocalProtocolError(
            "a subscription query is a mapping such as {'stage': ['OPEN']}, "
            f"not {type(query).__name__}"
        )
    body: dict[str, Any] = {}
    for key, value in asked.items():
        wire = _wire_name(key)
        if wire in body:
            raise LocalProtocolError(
                f"the subscription query says {wire} twice, once as {key!r}; "
                "leave one out"
            )
        body[wire] = _wire_value(key, wire, value)
        if agent is not None and wire == _AGENTS:
            body[wire] = [agent(each, key) for each in body[wire]]
    return body


def _wire_name(key: Any) -> str:
    if key in ("skill_id", "skillId", "skillIds"):
        raise LocalProtocolError(
            "the service ignores skills in a subscription query and would give all "
            "conversations; leave skill_id out and select by skill on arrival"
        )
    wire = _KNOWN.get(key)
    if wire is None:
        raise LocalProtocolError(
            f"the subscription query has an unknown key {shown(key)}; "
            f"use {', '.join(sorted(_OURS))}"
        )
    return wire


def _wire_value(key: str, wire: str, value: Any) -> Any:
    if value is None:
        raise LocalProtocolError(
            f"the subscription query has no value for {key}; leave the key out"
        )
    if wire in _NUMBERS:
        if type(value) is int and 0 <= value <= MAX_WHOLE:
            return value
        wanted = "milliseconds as an int, 0 or more"
    elif wire in _LISTS:
        members = _list_of_texts(value)
        if members:
            return [identifier(key, each) for each in members]
        wanted = "a non-empty string or a list of them"
    else:
        return identifier(key, value)
    raise LocalProtocolError(
        f"{key}={shown(value)} in the subscription query must be {wanted}"
    )


def _list_of_texts(value: Any) -> list[str]:
    """Give the members, or nothing if one of them is no text."""
    members = [value] if isinstance(value, str) else value
    if not isinstance(members, (list, tuple)):
        return []
    texts = list(cast("list[Any]", members))
    return texts if all(isinstance(each, str) and each for each in texts) else []
