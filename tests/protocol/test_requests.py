import types

import msgspec
import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.requests import Call, UserRequest, user_request, usual_parts


class Own(msgspec.Struct):
    type: str
    body: dict | msgspec.UnsetType = msgspec.UNSET
    metadata: list | None = None


class Stranger(msgspec.Struct):
    type: str
    colour: str


def test_mapping_is_taken_apart():
    headers, metadata = [{"type": "h"}], [{"type": "m"}]
    request = {"type": ".X", "body": [1], "headers": headers, "metadata": metadata}
    taken = UserRequest(".X", [1], headers, metadata)
    assert user_request(request) == taken
    assert user_request(types.MappingProxyType(request)) == taken


@pytest.mark.parametrize("key", ["encodedMetadata", "encoded_metadata"])
def test_encoded_metadata_is_a_part_by_either_name(key):
    assert user_request({"type": ".X", key: "e30="}).encoded_metadata == "e30="


def test_body_is_an_empty_object_by_default():
    for request in ({"type": ".X"}, {"type": ".X", "body": None}, Own(".X")):
        assert user_request(request) == UserRequest(".X", {})


def test_empty_text_and_zero_are_bodies():
    assert user_request({"type": ".X", "body": ""}).body == ""
    assert user_request({"type": ".X", "body": 0}).body == 0


def test_call_and_struct_are_taken_apart():
    assert user_request(Call(".X", {"a": 1})) == UserRequest(".X", {"a": 1})
    assert user_request(Own(".X", {}, [{}])) == UserRequest(".X", {}, metadata=[{}])


@pytest.mark.parametrize(
    "unusual",
    [
        {"type": ".X"},
        {"type": ".X", "body": None},
        {"type": ".X", "metadata": []},
        {"type": "", "body": {}},
        {"type": 1, "body": {}},
        {"type": ".X", "body": msgspec.UNSET},
        {"type": ".X", "body": {}, "headers": []},
        types.MappingProxyType({"type": ".X", "body": {}}),
        Own(".X", {}),
        None,
    ],
)
def test_only_a_type_with_a_body_is_usual(unusual):
    assert usual_parts(unusual) is None
    assert usual_parts({"type": ".X", "body": 0}) == (".X", 0)
    assert usual_parts(Call(".X", None)) == (".X", None)


def test_metadata_may_be_the_bare_element():
    assert user_request({"type": ".X", "metadata": {"type": "m"}}).metadata == {
        "type": "m"
    }


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ({}, "has no type (given: nothing)"),
        ({"body": {"password": "hunter2"}}, "has no type (given: 'body')"),
        ({"type": ""}, "has no type"),
        ({"type": 5}, "has no type"),
        ({"type": None}, "has no type"),
        (".GetClock", "not str"),
        (None, "not NoneType"),
        ([{"type": ".X"}], "not list"),
        ({"type": ".X", "boddy": 1}, "unknown key 'boddy'"),
        ({"type": ".X", 5: 1}, "unknown key 5"),
        ({"type": ".X", "kind": "req"}, "leave out kind and id"),
        ({"type": ".X", "id": "7"}, "leave out kind and id"),
        (Stranger(".X", "red"), "unknown key 'colour'"),
        ({"type": ".X", "headers": "hunter2"}, "headers of type str"),
        ({"type": ".X", "metadata": 5}, "metadata of type int"),
    ],
)
def test_bad_request_is_a_clear_error(request_, text):
    with pytest.raises(LocalProtocolError) as caught:
        user_request(request_)
    assert text in str(caught.value)
    assert "hunter2" not in str(caught.value)
