import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.lenient import fit_many, one_or_many, read_record


class Inner(Struct, frozen=True):
    name: str
    size: int = 0


class Record(Struct, frozen=True, rename="camel"):
    some_text: str = "default"
    maybe: str | None = None
    number: int = field(default=7, name="numberOf")
    flag: bool = False
    texts: list[str] = []
    inner: Inner = Inner("none")
    inners: list[Inner] = []
    counts: dict[str, int] = {}
    anything: Any = None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KEYS = [
    "someText",
    "maybe",
    "numberOf",
    "flag",
    "texts",
    "inner",
    "inners",
    "counts",
    "anything",
]


def read(**parts):
    return read_record(json.dumps(parts).encode(), Record)


def test_one_or_many_gives_a_list():
    assert one_or_many(None) == []
    assert one_or_many({"a": 1}) == [{"a": 1}]
    assert one_or_many([1, 2]) == [1, 2]
    assert one_or_many("text") == ["text"]


def test_record_as_documented_is_read():
    found = read(someText="a", numberOf=1, inner={"name": "b"}, extra=[1])
    assert found == Record("a", number=1, inner=Inner("b"))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"someText": 5}, Record("5")),
        ({"someText": None}, Record()),
        ({"someText": True}, Record()),
        ({"someText": {"a": 1}}, Record()),
        ({"maybe": 5}, Record(maybe="5")),
        ({"maybe": None, "flag": 1}, Record()),
        ({"numberOf": "12"}, Record(number=12)),
        ({"numberOf": "twelve"}, Record()),
        ({"numberOf": "9" * 5000}, Record()),
        ({"numberOf": 3.0}, Record(number=3)),
        ({"numberOf": 3.5}, Record()),
        ({"numberOf": None}, Record()),
        ({"numberOf": True}, Record()),
        ({"flag": "true", "texts": "a"}, Record(texts=["a"])),
        ({"flag": True, "texts": "a"}, Record(flag=True, texts=["a"])),
        ({"texts": ["a", 1, None, {}]}, Record(texts=["a", "1"])),
        ({"texts": None}, Record()),
        ({"inner": None}, Record()),
        ({"inner": {"size": 1}}, Record()),
        ({"inners": {"name": "a"}}, Record(inners=[Inner("a")])),
        ({"inners": [{"name": 1}, 5, {}, None]}, Record(inners=[Inner("1")])),
        ({"counts": {"a": "1", "b": []}}, Record(counts={"a": 1})),
        ({"counts": [1]}, Record()),
        ({"anything": [1], "someText": 1}, Record("1", anything=[1])),
    ],
)
def test_small_difference_is_made_to_fit(parts, expected):
    assert read(**parts) == expected


@pytest.mark.parametrize("data", [b"[]", b"null", b'"secret"', b"5", b"{", b"[" * 9999])
def test_what_is_no_object_is_a_remote_protocol_error(data):
    with pytest.raises(RemoteProtocolError) as caught:
        read_record(data, Record)
    assert "secret" not in str(caught.value)


def test_fit_many_leaves_out_what_cannot_be_a_record():
    assert fit_many({"name": "a"}, Inner) == [Inner("a")]
    assert fit_many([{"name": "a"}, 5, {}], Inner) == [Inner("a")]
    assert fit_many(None, Inner) == []


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_object_at_all_gives_a_record_of_the_right_types(parts):
    found = read(**parts)
    assert isinstance(found.some_text, str)
    assert isinstance(found.number, int)
    assert all(isinstance(each, str) for each in found.texts)
    assert all(isinstance(each, Inner) for each in found.inners)
    assert all(isinstance(each, int) for each in found.counts.values())


def test_record_with_a_field_that_cannot_be_fitted_is_a_bug_of_ours():
    class Odd(Struct):
        pair: tuple[int, int] = (0, 0)

    with pytest.raises(TypeError, match="no field of type"):
        read_record(b'{"pair":5}', Odd)
