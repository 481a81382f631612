from __future__ import annotations

import pytest

from ums_actors.cli.top.columns import COLUMNS, fitting, ordered, wanted
from ums_actors.cli.top.fleet import Seen


@pytest.fixture
def seen(row):
    def make(number=1, rate=None, **more):
        return Seen(row(number, **more), rate, None, 0.0)

    return make


def titles(width):
    return [column.title for column in fitting(width)]


@pytest.mark.parametrize("width", [1, 60, 80, 100, 132, 200, 500])
def test_columns_fit_and_the_last_takes_what_is_left(width):
    chosen = fitting(width)
    assert chosen
    taken = sum(column.width + 1 for column in chosen)
    assert taken <= max(width, chosen[0].width + 1)
    if chosen[-1].title == COLUMNS[-1].title:
        assert taken == width


def test_what_matters_most_stays_in_a_small_terminal():
    assert titles(60)[:4] == ["ID", "USER", "STATE", "FOR"]
    assert {"ID", "USER", "STATE", "FOR", "REQ/S", "P99"} <= set(titles(80))
    assert titles(500) == [column.title for column in COLUMNS]


def test_every_column_has_a_text_for_an_empty_row(seen):
    for column in COLUMNS:
        assert isinstance(column.text(seen(user="")), str)


def test_texts_of_strangers_do_not_reach_the_terminal_as_they_are(seen):
    hostile = seen(user="\x1b[2Jx", state="\x07", reason="a\nb\x9b", kind="\r")
    for column in COLUMNS:
        assert column.text(hostile).isprintable()


@pytest.mark.parametrize("column", [column.title for column in COLUMNS])
def test_every_column_sorts_and_turns(seen, column):
    rows = [seen(3), seen(1, state="FAILED", p99=2.0), seen(2, retry_in=1.0)]
    told = ordered(rows, column, turned=False)
    assert sorted(each.row.number for each in told) == [1, 2, 3]
    assert ordered(rows, column, turned=True) != told or len(set(map(id, told))) == 3


def test_the_usual_order_shows_first_what_wants_to_be_seen(seen):
    rows = [seen(1), seen(2, state="BACKING_OFF"), seen(3, state="FAILED")]
    numbers = [each.row.number for each in ordered(rows, "STATE", turned=False)]
    assert numbers == [3, 2, 1]
    slow = [seen(1, p99=0.1), seen(2), seen(3, p99=5.0)]
    numbers = [each.row.number for each in ordered(slow, "P99", turned=False)]
    assert numbers == [3, 1, 2]
    numbers = [each.row.number for each in ordered(slow, "P99", turned=True)]
    assert numbers == [2, 1, 3]


def test_a_filter_wants_all_its_words_somewhere(seen):
    rows = [
        seen(1, user="12345.7", state="FAILED", reason="the credentials"),
        seen(2, user="12345.8", account="12345"),
    ]

    def numbers(text):
        return [each.row.number for each in wanted(rows, text)]

    assert numbers("") == numbers("  ") == [1, 2]
    assert numbers("failed") == [1]
    assert numbers("12345") == [1, 2]
    assert numbers("12345 CREDENTIALS") == [1]
    assert numbers("no such") == []
