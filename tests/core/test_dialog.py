from __future__ import annotations

import pytest

from ums_actors.core.dialog import Dialog, Hole


def holding(last, *numbers):
    dialog = Dialog(last, -1)
    for number in numbers:
        dialog.hold(number, str(number), 100)
    return dialog


def test_a_dialog_without_a_hole_is_complete():
    assert not Dialog(None, -1).incomplete()
    assert not Dialog(7, -1).incomplete()
    assert holding(3, 5).incomplete()


@pytest.mark.parametrize(("promised", "missing"), [(6, False), (7, False), (8, True)])
def test_a_promise_beyond_the_last_number_is_missing(promised, missing):
    dialog = Dialog(7, -1)
    dialog.promised = promised
    assert dialog.incomplete() is missing


def test_a_run_ends_at_the_hole():
    dialog = holding(3, 4, 5, 7)
    assert dialog.take_run() == ["4", "5"]
    assert dialog.last == 5
    assert list(dialog.held) == [7]


def test_a_full_hold_drops_the_lowest_and_asks():
    dialog = holding(0, 5, 6)
    assert dialog.hold(7, "7", 2) == 1
    assert sorted(dialog.held) == [6, 7]
    assert dialog.asked


def test_a_result_is_merged_with_what_is_held():
    dialog = holding(3, 6)
    assert dialog.begin_query() == 3
    assert dialog.fill([(5, "5"), (4, "4"), (3, "3")]) == (["4", "5", "6"], 0)
    assert dialog.last == 6


def test_a_hole_below_the_highest_number_of_a_result_does_not_exist():
    dialog = holding(3, 6)
    dialog.begin_query()
    assert dialog.fill([(6, "again 6"), (8, "8")]) == (["again 6", "8"], 3)


def test_a_hole_above_a_result_is_left_to_the_next_query():
    dialog = holding(3, 6)
    dialog.begin_query()
    assert dialog.fill([(4, "4")]) == (["4"], 0)
    assert dialog.incomplete()
    assert dialog.begin_query() == 4
    assert dialog.fill([]) == (["6"], 1)


def test_what_was_said_after_the_query_went_out_is_not_skipped_by_it():
    dialog = holding(3)
    dialog.asked = True
    dialog.begin_query()
    dialog.hold(6, "6", 100)
    assert dialog.fill([]) == ([], 0)
    assert dialog.incomplete()


def test_what_was_dropped_while_the_query_was_out_is_not_skipped():
    dialog = holding(3, 5)
    dialog.begin_query()
    dialog.hold(9, "9", 1)
    assert dialog.fill([]) == ([], 0)
    assert dialog.asked


def test_what_was_dropped_before_the_query_went_out_is_in_its_result():
    dialog = holding(3, 5)
    dialog.hold(9, "9", 1)
    dialog.begin_query()
    assert dialog.fill([]) == (["9"], 5)
    assert not dialog.incomplete()


def test_a_promise_that_a_query_did_not_keep_is_not_asked_for_again():
    dialog = Dialog(3, -1)
    dialog.promised = 9
    dialog.begin_query()
    assert dialog.fill([]) == ([], 0)
    assert not dialog.incomplete()
    assert dialog.last == 3  # should it come after all, it is delivered


def test_a_promise_made_while_the_query_was_out_is_asked_for():
    dialog = Dialog(3, -1)
    dialog.asked = True
    dialog.begin_query()
    dialog.promised = 9
    assert dialog.fill([(4, "4")]) == (["4"], 0)
    assert dialog.incomplete()


def test_giving_up_takes_all_and_counts_the_holes():
    dialog = holding(3, 9, 6)
    dialog.promised = 12
    holes = [Hole(4, 5), "6", Hole(7, 8), "9", Hole(10, 12)]
    assert dialog.give_up() == (holes, 0)
    assert not dialog.incomplete()
    assert dialog.last == 12


def test_a_promise_may_be_left_open():
    dialog = holding(3, 6)
    dialog.promised = 12
    assert dialog.give_up(promises=False) == ([Hole(4, 5), "6"], 0)
    assert (dialog.last, dialog.owed()) == (6, True)


@pytest.mark.parametrize(
    ("promised", "absent", "left"), [(5, 2, [Hole(6, 7), "8"]), (7, 4, ["8"])]
)
def test_what_was_shown_to_be_absent_is_in_no_hole(promised, absent, left):
    dialog = Dialog(3, -1)
    dialog.promised = promised
    dialog.begin_query()
    dialog.fill([])
    dialog.hold(8, "8", 100)
    assert dialog.give_up() == (left, absent)


def test_a_promise_beyond_what_was_shown_to_be_absent_is_a_hole_from_there():
    dialog = Dialog(3, -1)
    dialog.promised = 5
    dialog.begin_query()
    dialog.fill([])
    assert dialog.give_up() == ([], 0)
    dialog.promised = 7
    assert dialog.give_up() == ([Hole(6, 7)], 2)


def test_a_dialog_without_any_number_gives_up_nothing():
    assert Dialog(None, -1).give_up() == ([], 0)


def test_an_answer_is_known_by_what_it_repeats_if_anything_was_held():
    dialog = holding(3)
    dialog.begin_query()
    dialog.hold(6, "6", 100)
    assert not dialog.knows_answer()
    dialog.begin_query()
    assert dialog.knows_answer()


@pytest.mark.parametrize(
    ("numbers", "surely"),
    [
        ({4}, True),
        ({4, 5}, True),
        ({5}, False),
        ({8}, False),
        ({6, 8}, False),
        ({6, 7}, True),
        ({6, 7, 9}, True),
        ({3}, False),
        (set(), False),
    ],
)
def test_an_answer_has_the_next_number_or_all_that_was_held(numbers, surely):
    dialog = holding(3, 6, 7)
    dialog.begin_query()
    dialog.hold(9, "9", 100)
    assert dialog.answered_by(numbers) is surely


def test_an_event_said_twice_after_the_query_went_out_is_not_taken_for_its_answer():
    dialog = holding(3)
    dialog.promised = 6
    dialog.begin_query()
    dialog.hold(6, "6", 100)
    assert not dialog.answered_by({6})


def test_a_dialog_owes_what_was_promised_or_is_held_up_not_what_is_merely_asked_for():
    asked = Dialog(3, -1)
    asked.asked = True
    promised = Dialog(3, -1)
    promised.promised = 4
    assert (asked.owed(), promised.owed(), holding(3, 5).owed()) == (False, True, True)


def test_what_is_given_up_may_end_with_what_was_known_when_one_asked():
    dialog = holding(3, 5, 8)
    dialog.promised = 6
    dialog.begin_query()
    for number in (9, 12):
        dialog.hold(number, str(number), 100)
    dialog.promised = 20
    found, absent = dialog.give_up(known=True)
    assert (found, absent) == ([Hole(4, 4), "5", Hole(6, 7), "8"], 0)
    assert dialog.take_run() == ["9"]
    assert list(dialog.held) == [12]
    promised = holding(3)
    promised.promised = 5
    promised.begin_query()
    promised.promised = 9
    assert promised.give_up(known=True) == ([Hole(4, 5)], 0)
    assert promised.owed()


@pytest.mark.parametrize(
    ("numbers", "doubtful"), [({7}, True), ({4}, False), ({6, 7}, False)]
)
def test_one_event_that_is_not_due_is_doubted_once(numbers, doubtful):
    dialog = holding(3)
    assert dialog.doubts(numbers) is doubtful
    assert not dialog.doubts(numbers)


def test_what_was_delivered_elsewhere_is_skipped():
    dialog = holding(3, 5, 6, 9)
    dialog.skip(2)
    assert (dialog.last, sorted(dialog.held)) == (3, [5, 6, 9])
    dialog.skip(6)
    assert (dialog.last, sorted(dialog.held)) == (6, [9])
