from __future__ import annotations

import math

import pytest

from ums_actors.arguments import (
    MAX_ID,
    MAX_WHOLE,
    flag,
    identifier,
    seconds,
    shown,
    whole,
)
from ums_actors.errors import LocalProtocolError


class Rude:
    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"),
        ("a\r\nb", r"'a\r\nb'"),
        ("é", r"'\xe9'"),
        ("x" * 100, "'" + "x" * 59 + "…"),
        (Rude(), "<Rude>"),
        (7, "7"),
    ],
)
def test_a_value_is_shown_on_one_line_and_short(value, text):
    assert shown(value) == text


def test_an_int_that_python_will_not_print_is_shown_as_one():
    assert shown(10**10_000) == "<int>"


@pytest.mark.parametrize("value", ["a", "a b", "日本", "x" * MAX_ID, "1.2-3_4/5"])
def test_an_id_may_have_any_form(value):
    assert identifier("id", value) == value


@pytest.mark.parametrize(
    "value", [None, "", 5, b"x", [], "a\nb", "\x00", "\ud800", "x" * (MAX_ID + 1)]
)
def test_what_cannot_be_an_id_is_named(value):
    with pytest.raises(LocalProtocolError, match=r"^what=.* printable") as caught:
        identifier("what", value)
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("value", [0, 1, MAX_WHOLE])
def test_a_whole_number_is_given_back(value):
    assert whole("n", value, 0) == value


@pytest.mark.parametrize("value", [-1, True, 1.0, "1", None, MAX_WHOLE + 1])
def test_what_is_no_whole_number_is_named(value):
    with pytest.raises(LocalProtocolError, match=r"^n=.* whole number, 0 or more!$"):
        whole("n", value, 0, "!")


def test_a_timeout_is_seconds_or_none():
    assert seconds(None) is None
    assert seconds(0) == 0.0
    assert isinstance(seconds(5), float)


@pytest.mark.parametrize("value", [-1, True, "1", math.nan, math.inf, 10**400, 1e300])
def test_what_is_no_timeout_is_named(value):
    with pytest.raises(LocalProtocolError, match=r"^timeout=.*give seconds"):
        seconds(value)


@pytest.mark.parametrize("value", [None, 0, 1, "yes", []])
def test_a_flag_is_true_or_false_and_nothing_like_it(value):
    assert flag("f", True)
    assert not flag("f", False)
    with pytest.raises(LocalProtocolError, match="must be True or False"):
        flag("f", value)
