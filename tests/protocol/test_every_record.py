"""Reading is lenient for all records alike; here they are all."""

from __future__ import annotations

import importlib
import pkgutil
import types
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from msgspec.structs import fields

from ums_actors import protocol
from ums_actors.protocol.lenient import read_record

WRITTEN = {
    "ActionReason",
    "BotResponse",
    "BusinessCase",
    "Call",
    "ClientProperties",
    *(f"{kind}Context" for kind in ["Conversation", "Custom", "Facebook", "MobileApp"]),
    *(f"{kind}Context" for kind in ["Proactive", "SMS", "Shark", "Voice"]),
    "EscalationSummary",
    "ExternalId",
    "FileUrl",
    "FormKeys",
    "IBMWatsonInfo",
    "Intent",
    "Notification",
    "Request",
    "Response",
    "SkillShift",
    "UserRequest",
    "_LooseResponse",
}
"""What is written, or is no body."""


def records() -> list[type[msgspec.Struct]]:
    found: dict[str, type[msgspec.Struct]] = {}
    for info in pkgutil.iter_modules(protocol.__path__, "ums_actors.protocol."):
        for value in vars(importlib.import_module(info.name)).values():
            if (
                isinstance(value, type)
                and issubclass(value, msgspec.Struct)
                and value.__module__.startswith("ums_actors.protocol.")
                and value.__name__ not in WRITTEN
            ):
                found[value.__qualname__] = value
    return [found[name] for name in sorted(found)]


def sample(wanted: Any) -> Any:
    """Make JSON that fits a type."""
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return document(wanted)
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is list:
        return [sample(arguments[0])]
    if origin is dict:
        return {"key": sample(arguments[1])}
    if origin in (Union, types.UnionType):
        return sample(arguments[0])
    return {str: "7", int: 7, bool: True}.get(wanted, {"deep": [1]})


def document(record: type[msgspec.Struct]) -> dict[str, Any]:
    hints = get_type_hints(record)
    return {each.encode_name: sample(hints[each.name]) for each in fields(record)}


def read(record: type[msgspec.Struct], body: Any) -> msgspec.Struct:
    return read_record(msgspec.json.encode(body), record)


ALL = records()
EACH = pytest.mark.parametrize("record", ALL, ids=lambda record: record.__qualname__)


def of_type(*wanted: Any) -> list[Any]:
    """Give (record, field) for each field of such a type, or a list of such."""
    found = []
    for record in ALL:
        hints = get_type_hints(record)
        for each in fields(record):
            hint = hints[each.name]
            arguments = get_args(hint)
            optional = len(arguments) == 2 and arguments[1] is type(None)
            if hint in wanted or (optional and arguments[0] in wanted):
                found.append(
                    pytest.param(record, each, id=f"{record.__name__}.{each.name}")
                )
    return found


def lists() -> list[Any]:
    return [
        pytest.param(record, each, id=f"{record.__name__}.{each.name}")
        for record in ALL
        for each in fields(record)
        if get_origin(get_type_hints(record)[each.name]) is list
    ]


def test_there_are_records_at_all():
    names = {record.__name__ for record in ALL}
    assert {
        "AgentStateChanges",
        "BrandProfile",
        "ConversationChanges",
        "MessageEvent",
        "RoutingTaskChanges",
        "UserProfile",
        "_Clock",
        "_DownloadToken",
        "_FileUrl",
        "_UploadToken",
    } <= names


@EACH
def test_a_record_is_read_whole(record):
    found = read(record, document(record))
    hints = get_type_hints(record)
    for each in fields(record):
        value = getattr(found, each.name)
        told = msgspec.json.encode(sample(hints[each.name]))
        expected = msgspec.json.decode(told, type=hints[each.name])
        assert value == expected


@EACH
def test_everything_may_be_missing(record):
    assert read(record, {}) == record()


@EACH
def test_what_is_unknown_is_ignored_wherever_it_stands(record):
    body = document(record)
    more = {"newsOfTomorrow": {"deep": [1]}, **body}
    assert read(record, more) == read(record, body)


@EACH
def test_every_part_may_be_null(record):
    nulls = dict.fromkeys(document(record))
    assert read(record, nulls) == record()


@pytest.mark.parametrize(("record", "each"), lists())
def test_the_bare_element_stands_for_a_list_of_one(record, each):
    body = document(record)
    bare = body | {each.encode_name: body[each.encode_name][0]}
    assert read(record, bare) == read(record, body)


@pytest.mark.parametrize(("record", "each"), of_type(str))
def test_a_text_may_be_a_number_and_any_value(record, each):
    body = document(record)
    assert getattr(read(record, body | {each.encode_name: 7}), each.name) == "7"
    news = getattr(read(record, body | {each.encode_name: "NEWS"}), each.name)
    assert news == "NEWS"
    assert type(news) is str


@pytest.mark.parametrize(("record", "each"), of_type(int))
def test_a_number_may_be_a_text(record, each):
    body = document(record) | {each.encode_name: "12"}
    assert getattr(read(record, body), each.name) == 12


@EACH
def test_one_part_of_no_use_spoils_no_other(record):
    body = document(record)
    hints = get_type_hints(record)
    for each in fields(record):
        if hints[each.name] in (Any, msgspec.Raw):
            continue
        found = read(record, body | {each.encode_name: {"of": object.__name__}})
        for other in fields(record):
            if other.name != each.name:
                assert getattr(found, other.name) == getattr(
                    read(record, body), other.name
                )
