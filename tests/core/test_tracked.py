from __future__ import annotations

import pytest

from ums_actors.core.kept import Place
from ums_actors.core.tracked import Missed, Tracked
from ums_actors.core.turns import Turns


class Few(Tracked):
    """As many dialogs as are allowed, with numbers and held events put in by hand."""

    def __init__(self, limit):
        super().__init__(limit, Turns(5))

    def enter(self, dialog_id, last=None, held=(), **more):
        dialog = self._enter(dialog_id, last)
        for number in held:
            dialog.hold(number, number, 100)
        for name, value in more.items():
            setattr(dialog, name, value)
        return dialog


def missed(first, last, dialog="a", why=None):
    return Missed("", dialog, first, last, why)


def test_a_dialog_is_taken_up_once_unless_its_number_is_open():
    few = Few(1)
    few.start("a", 6)
    few.start("a", 9)
    assert few.knows("a")
    assert few._dialogs["a"].last == 6
    few.enter("b")  # makes the other be forgotten
    assert few.knows("a")
    assert not few.knows("b")
    few.start("b", 3)
    assert few._dialogs["b"].last == 3
    few.start("a", 9)
    assert few._last_of["a"] == 6


def test_what_is_forgotten_lets_go_what_it_held():
    few = Few(5)
    why = ConnectionError("lost")
    few.enter("a", 0, held=(2, 5), why=why, tries=2, lines=3, barred=True)
    assert few.forget("a") == [missed(1, 1, why=why), 2, missed(3, 4, why=why), 5]
    assert few.forget("a") == []
    assert (few.gaps, len(few), few.evicted) == (3, 0, 0)


def test_all_are_abandoned_in_the_order_of_their_use_after_what_was_let_go_before():
    few = Few(2)
    for name in "abc":
        few.enter(name, 0, held=(2,))
    out = [missed(1, 1, name) if part else 2 for name in "abc" for part in (1, 0)]
    assert few.abandon() == out
    assert few.abandon() == few.spilled() == []
    assert few.enter("a", -1).last == -1  # nothing is remembered


def test_of_a_dialog_that_is_over_its_last_number_alone_is_kept():
    few = Few(5)
    few.enter("a", 7)
    few.rest("a")
    few.rest("a")
    assert (len(few), few.evicted) == (0, 0)
    assert few.enter("a").last == 7


@pytest.mark.parametrize(
    ("more", "over", "tracked_on"),
    [
        ({"querying": True}, True, True),
        ({"held": (9,)}, True, True),
        ({"ours": True}, False, True),
        ({"ours": True}, True, False),
        ({}, False, False),
    ],
)
def test_a_dialog_that_may_still_be_told_of_is_tracked_on(more, over, tracked_on):
    few = Few(5)
    few.enter("a", 7, **more)
    few.rest("a", over=over)
    assert len(few) == tracked_on


def test_a_dialog_that_is_in_doubt_is_tracked_on():
    few = Few(5)
    few.enter("a", 7)
    few._doubtful["a"] = None
    few.rest("a")
    assert len(few) == 1


def test_a_dialog_that_comes_again_goes_on_where_it_was_unless_more_is_known():
    few = Few(1)
    for name in "abab":
        few.enter(name, 7 if name == "a" else None)
    assert few.evicted == 3
    assert few.enter("a").last == 7
    few.enter("b")
    assert few.enter("a", 9).last == 9
    few.enter("b")
    assert few.enter("a", 3).last == 9


def test_the_numbers_of_forgotten_dialogs_are_bounded():
    few = Few(1)
    for name in "abc":
        few.enter(name, 1)
    assert list(few._last_of) == ["b"]


def test_the_busy_are_spared_if_there_is_an_idle_one():
    few = Few(3)
    few.enter("waits", 0, held=(2,))
    few.enter("asks", 0, querying=True)
    few.enter("idle", 0)
    few.enter("new", 0)
    assert set(few._dialogs) == {"waits", "asks", "new"}
    few.enter("another", 0)
    assert set(few._dialogs) == {"waits", "asks", "another"}


def test_if_too_many_are_busy_the_next_has_to_go():
    few = Few(10)
    for number in range(10):
        few.enter(str(number), 0, querying=True)
    few.enter("new")
    assert "8" not in few._dialogs
    assert len(few) == 10


def test_all_that_is_let_go_for_want_of_room_is_there_together():
    few = Few(1)
    for name in "abc":
        few.enter(name, 0, held=(2,))
    out = [missed(1, 1, name) if part else 2 for name in "ab" for part in (1, 0)]
    assert few.spilled() == out
    assert few.spilled() == []


def test_what_nobody_can_be_asked_for_stands_as_missing_without_an_end():
    few = Few(5)
    dialog = few.enter("a", 3, asked=True)
    assert few._give_up_poison("a", dialog) == [missed(4, None)]
    assert (dialog.barred, dialog.asked) == (True, False)
    dialog = few.enter("b")
    assert few._give_up_poison("b", dialog) == [missed(0, None, "b")]
    dialog = few.enter("c", 3, promised=5)
    assert few._give_up_poison("c", dialog) == [missed(4, 5, "c")]
    assert not dialog.barred


def test_a_dialog_of_which_nothing_else_is_known_has_no_conversation():
    assert Few(1).conversation_of("a") == ""


def test_the_place_of_a_dialog_is_what_has_been_taken_of_it():
    few = Few(5)
    few.enter("a", 7, ours=True, unread=frozenset({("u", 2)}))
    few.enter("b", 7, held=(9,))
    few.enter("c", None)
    assert few.tracked() == ["a", "b", "c"]
    assert few.place("a", None) == Place(7, -1, True, False, "", {"u": 2})
    assert few.place("a", 6) == Place(5, -1, True, True, "", {"u": 2})
    assert few.place("a", 8) == Place(7, -1, True, True, "", {"u": 2})
    assert few.place("b", None) == Place(7, behind=True)
    assert few.place("c", None) == Place(None)
    assert few.place("c", 3) == Place(2, behind=True)
    assert few.place("d", None) is few.place("d", 3) is None


def test_of_a_dialog_that_is_tracked_no_more_there_is_a_last_number():
    few = Few(5)
    for name in "ab":
        few.enter(name, 7)
        few.rest(name)
    assert few.place("a", None) == Place(7)
    assert few.place("a", 5) == Place(4, behind=True)
    assert few.finished({}) == {"a": 7, "b": 7}
    assert few.finished({"a": Place(4)}) == {"b": 7}
    assert few.history_until == -1


def test_it_goes_on_from_a_place():
    few = Few(5)
    few.resume("a", Place(7, 5, True, True, "", {"u": 2}))
    few.resume("b", Place())
    few.resumed(100)
    assert few.place("a", None) == Place(7, 5, True, True, "", {"u": 2})
    assert few.place("b", None) == Place(-1)


def test_what_is_known_goes_on_from_where_it_is_or_from_further_on():
    few = Few(5)
    dialog = few.enter("a", 7, held=(9, 11))
    few.resume("a", Place(5, 9))
    assert (dialog.last, dialog.updated, list(dialog.held)) == (7, -1, [9, 11])
    few.resume("a", Place(9, 9))
    assert (dialog.last, list(dialog.held)) == (9, [11])


def test_last_numbers_are_taken_over_as_long_as_there_is_room():
    few = Few(2)
    few.enter("a", 1)
    few.resume_finished({"a": 9, "b": 2, "c": 3, "d": 4})
    assert few.finished({}) == {"c": 3, "d": 4}
    few.resume("c", Place(1))
    assert few.place("c", None) == Place(3)
