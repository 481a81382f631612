"""Frames bent out of shape: pure changes of what is about to be written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from ums_actors.emulator.values import as_list, as_object

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "UNKNOWN",
    "add_unknown_enum",
    "add_unknown_fields",
    "malformed",
    "omit_last_content",
    "results_of",
    "unwrap_single_elements",
]

UNKNOWN: Final = "FROM_THE_FUTURE"
"""A value of an enum that nobody knows."""
_UNKNOWN_FIELD: Final = "fromTheFuture"
_OPAQUE: Final = frozenset({"content", "quickReplies", "event"})
"""What people wrote is not for the service to reshape."""
_MAPS: Final = frozenset({"participants", "participantsPId", "numberOfunreadMessages"})
"""Objects whose keys are roles or ids, not fields."""


def results_of(frame: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the ``result`` of each change that a notification tells."""
    body = as_object(frame.get("body")) or {}
    changes = map(as_object, as_list(body.get("changes")))
    results = (as_object(change.get("result")) for change in changes if change)
    return [result for result in results if result is not None]


def omit_last_content(frame: dict[str, Any]) -> bool:
    """Take lastContentEventNotification out of all changes; False if none has it."""
    name = "lastContentEventNotification"
    omitted = [result.pop(name, None) for result in results_of(frame)]
    return any(last is not None for last in omitted)


# -- enums


def add_unknown_enum(frame: dict[str, Any], which: str) -> bool:
    """Put an unknown role, state or stage into all changes; False if there is none."""
    found = False
    for result in results_of(frame):
        details = as_object(result.get("conversationDetails"))
        if details is not None:
            _ENUMS[which](details)
            found = True
    return found


def _unknown_role(details: dict[str, Any]) -> None:
    """A participant more, so that nobody who is there is missing."""
    stranger = {"id": UNKNOWN.lower(), "role": UNKNOWN}
    for name in ("participants", "participantsPId"):
        members = details.get(name)
        if (by_role := as_object(members)) is not None:
            by_role[UNKNOWN] = [stranger["id"]]
        elif isinstance(members, list):
            details[name] = [*as_list(members), stranger]
    for dialog in map(as_object, as_list(details.get("dialogs"))):
        if dialog is not None:
            members = as_list(dialog.get("participantsDetails"))
            dialog["participantsDetails"] = [*members, {**stranger, "state": "ACTIVE"}]


def _unknown_state(details: dict[str, Any]) -> None:
    details["state"] = UNKNOWN
    for dialog in map(as_object, as_list(details.get("dialogs"))):
        if dialog is not None:
            dialog["state"] = UNKNOWN


def _unknown_stage(details: dict[str, Any]) -> None:
    details["stage"] = UNKNOWN


_ENUMS: Final[dict[str, Callable[[dict[str, Any]], None]]] = {
    "role": _unknown_role,
    "state": _unknown_state,
    "stage": _unknown_stage,
}


# -- fields and lists


def add_unknown_fields(value: Any) -> None:
    """Give every object of a frame a field that nobody knows."""
    if isinstance(value, list):
        for part in as_list(value):
            add_unknown_fields(part)
    if (known := as_object(value)) is not None:
        for key, part in known.items():
            if key not in _OPAQUE | _MAPS:
                add_unknown_fields(part)
        known[_UNKNOWN_FIELD] = {"known": False, "list": [1, None, "x"]}


def unwrap_single_elements(value: Any) -> Any:
    """Give a frame with its lists of one element as the bare element."""
    if isinstance(value, list):
        parts = [unwrap_single_elements(part) for part in as_list(value)]
        return parts[0] if len(parts) == 1 else parts
    if (known := as_object(value)) is None:
        return value
    return {
        key: part if key in _OPAQUE else unwrap_single_elements(part)
        for key, part in known.items()
    }


# -- nonsense


def malformed(kind: str, text: str) -> str:
    """Give a frame of this kind of nonsense, made of a notification's text."""
    if kind in _NONSENSE:
        return _NONSENSE[kind]
    frame: dict[str, Any] = msgspec.json.decode(text)
    if kind == "cut-off":
        return text[: len(text) // 2]
    if kind == "no-kind":
        del frame["kind"]
    elif kind == "no-body":
        del frame["body"]
    else:  # bare-result
        body = as_object(frame["body"]) or {}
        frame["body"] = {**body, "changes": [{"type": "UPSERT", "result": {}}]}
    return msgspec.json.encode(frame).decode()


_NONSENSE: Final = {
    "text": "this is no JSON",
    "empty": "",
    "null": "null",
    "list": "[]",
}
