from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ums_actors.core.kept import Place
from ums_actors.core.stream import Query, Streams
from ums_actors.core.tracked import Missed
from ums_actors.errors import Delivery, RequestRejected, RequestTimedOut

LOST = ConnectionError("lost")
LINES = 8


def streams(**settings):
    return Streams(**{"dialog_limit": 100, **settings})


def live(stream, *numbers, dialog="D"):
    """Feed numbers as events that are their own numbers."""
    return [out for number in numbers for out in stream.live(dialog, number, number)]


def snapshot(stream, last, updated=1, *, dialog="D", **more):
    flags = {"baseline": False, "participating": True, **more}
    stream.snapshot(dialog, last, updated, **flags)


def result(*numbers):
    return [(number, number) for number in numbers]


def missed(first, last, why=None, *, dialog="D"):
    return Missed("", dialog, first, last, why)


def lose(stream, *, times=1, why=LOST):
    """Lose lines with what is wanted under way; give what was let go at the last."""
    for _ in range(times):
        assert stream.queries()
        out = stream.line_lost(why)
    return out


# -- live


def test_events_in_order_flow_through():
    stream = streams()
    assert live(stream, 0, 1, 2) == [0, 1, 2]
    assert stream.queries() == []


def test_a_duplicate_is_dropped_and_counted():
    stream = streams()
    assert live(stream, 0, 0, 2, 2, 1, 1) == [0, 1, 2]
    assert stream.duplicates == 3


def test_an_event_before_its_turn_is_held_and_the_missing_ones_are_queried():
    stream = streams()
    assert live(stream, 0, 3, 4) == [0]
    assert stream.queries() == [Query("D", 0)]
    assert stream.caught_up("D", result(1, 2)) == [1, 2, 3, 4]
    assert stream.queries() == []
    assert stream.gaps == 0


def test_a_hole_that_fills_by_itself_needs_no_query():
    stream = streams()
    assert live(stream, 1, 0) == [0, 1]
    assert stream.queries() == []


def test_the_first_event_of_an_unknown_dialog_asks_for_those_before_it():
    stream = streams()
    assert live(stream, 2) == []
    assert stream.queries() == [Query("D", -1)]
    assert stream.caught_up("D", result(0, 1, 2)) == [0, 1, 2]


def test_a_full_hold_drops_the_lowest_which_come_by_query():
    stream = streams(hold_limit=2)
    assert live(stream, 2, 3, 4, 5) == []
    assert stream.dropped == 2
    stream.queries()
    assert stream.caught_up("D", result(*range(6))) == [0, 1, 2, 3, 4, 5]
    assert stream.gaps == 0


def test_what_overflows_during_a_query_is_asked_for_again():
    stream = streams(hold_limit=1)
    live(stream, 1)
    stream.queries()
    live(stream, 3, 5)
    assert stream.caught_up("D", result(0, 1)) == [0, 1]
    assert stream.queries() == [Query("D", 1)]
    assert stream.caught_up("D", result(2, 3, 4, 5)) == [2, 3, 4, 5]


# -- told beside the line


def test_a_dialog_may_be_taken_up_at_any_number():
    stream = streams()
    assert not stream.knows("D")
    stream.start("D", 6)
    assert stream.knows("D")
    stream.start("D", 2)  # it is known by now
    assert stream.live("D", 7, 7, ours=False) == [7]
    assert stream.queries() == []


def test_one_whose_number_the_next_event_would_set_is_not_known():
    stream = streams()
    snapshot(stream, None, baseline=True)
    assert not stream.knows("D")
    stream.promise("D", 9)
    assert stream.queries() == []
    stream.start("D", 6)
    assert stream.live("D", 7, 7, ours=False) == [7]
    assert stream.live("D", 6, 6, ours=False) == []


def test_one_that_was_forgotten_is_known():
    stream = streams(dialog_limit=1)
    live(stream, 0, 1)
    live(stream, 0, dialog="E")
    assert stream.knows("D")
    stream.start("D", 9)
    assert live(stream, 1, 2) == [2]


def test_what_is_promised_is_asked_for_where_one_knows_from_where():
    stream = streams()
    stream.promise("D", 3)
    assert stream.queries() == []
    live(stream, 0)
    stream.promise("D", 3)
    stream.promise("D", 2)
    assert stream.queries() == [Query("D", 0)]
    assert stream.caught_up("D", result(1, 2, 3)) == [1, 2, 3]


def test_what_others_than_the_line_brought_is_not_doubted_when_it_is_lost():
    stream = streams()
    stream.start("D", -1)
    stream.live("D", 0, 0, ours=False)
    live(stream, 0, dialog="E")
    stream.line_lost()
    stream.snapshots_over()
    assert stream.queries() == [Query("E", 0)]


# -- snapshots


def test_history_is_not_replayed():
    stream = streams()
    snapshot(stream, 41, baseline=True)
    assert stream.queries() == []
    assert live(stream, 41, 42) == [42]


def test_a_baseline_without_a_number_is_set_by_the_first_event():
    stream = streams()
    snapshot(stream, None, baseline=True)
    assert stream.queries() == []
    assert live(stream, 17, 18) == [17, 18]


def test_events_that_overtook_the_baseline_are_delivered_without_history():
    stream = streams()
    assert live(stream, 5) == []
    snapshot(stream, 7, baseline=True)
    assert stream.queries() == [Query("D", 4)]
    assert stream.caught_up("D", result(5, 6, 7)) == [5, 6, 7]


def test_last_words_that_are_newer_than_the_baseline_are_no_history():
    stream = streams()
    snapshot(stream, 7, baseline=True, fresh=True)
    assert stream.queries() == [Query("D", 6)]
    assert live(stream, 7) == [7]
    assert stream.caught_up("D", result(7)) == []
    snapshot(stream, None, dialog="E", baseline=True, fresh=True)
    assert stream.queries() == []


def test_the_first_words_of_a_dialog_may_be_newer_than_the_baseline():
    stream = streams()
    snapshot(stream, 0, baseline=True, fresh=True)
    assert live(stream, 0) == [0]


def test_what_no_snapshot_has_shown_is_not_asked_for_while_it_is_to_wait():
    stream = streams()
    snapshot(stream, 0, dialog="E", baseline=True)
    stream.let_unseen_wait(True)
    assert live(stream, 0) == [0]  # nothing is missing
    assert live(stream, 57, dialog="F") == []
    assert stream.queries() == []
    assert live(stream, 5, dialog="E") == []
    assert stream.queries() == [Query("E", 0)]
    snapshot(stream, 58, dialog="F", baseline=True)
    assert stream.queries() == [Query("F", 56)]
    assert live(stream, 3, dialog="G") == []
    stream.let_unseen_wait(False)
    assert stream.queries() == [Query("G", -1)]
    assert live(stream, 3, dialog="H") == []
    assert stream.queries() == [Query("H", -1)]


def test_a_baseline_does_not_set_back_what_was_delivered():
    stream = streams()
    live(stream, 0, 1)
    snapshot(stream, 1, baseline=True)
    assert stream.queries() == []
    assert live(stream, 1, 2) == [2]


def test_what_was_said_while_the_line_was_away_is_queried():
    stream = streams()
    live(stream, 0, 1)
    snapshot(stream, 3)
    assert stream.queries() == [Query("D", 1)]
    assert stream.caught_up("D", result(2, 3)) == [2, 3]


@pytest.mark.parametrize(("updated", "asked"), [(5, False), (6, True)])
def test_without_a_number_a_newer_update_is_reason_to_ask(updated, asked):
    stream = streams()
    snapshot(stream, 0, 5, baseline=True)
    snapshot(stream, None, updated)
    assert stream.queries() == ([Query("D", 0)] if asked else [])


def test_a_dialog_that_is_new_after_the_baseline_is_queried_from_its_start():
    stream = streams()
    snapshot(stream, 2)
    assert stream.queries() == [Query("D", -1)]
    assert stream.caught_up("D", result(0, 1, 2)) == [0, 1, 2]


def test_while_the_start_is_unknown_and_queried_live_events_wait():
    stream = streams()
    snapshot(stream, None, 1, baseline=True)
    snapshot(stream, None, 2)
    assert stream.queries() == [Query("D", -1)]
    assert live(stream, 3) == []
    assert stream.caught_up("D", result(0, 1, 2)) == [0, 1, 2, 3]


def test_what_others_say_is_not_queried():
    stream = streams()
    snapshot(stream, 9, participating=False)
    assert len(stream) == 0
    snapshot(stream, 9, baseline=True, participating=False)
    snapshot(stream, 12, 2, participating=False)
    assert stream.queries() == []
    snapshot(stream, 13, 3)
    assert stream.queries() == [Query("D", -1)]


def test_what_was_said_before_one_left_with_the_line_away_is_queried():
    stream = streams()
    live(stream, 0, 1)
    stream.line_lost()
    snapshot(stream, 4, 2, participating=False)
    assert stream.queries() == [Query("D", 1)]
    assert stream.caught_up("D", result(2, 3)) == [2, 3]
    snapshot(stream, 5, 3, participating=False)
    assert stream.queries() == []


def test_who_left_on_a_good_line_has_heard_all():
    stream = streams()
    live(stream, 0, 1)
    snapshot(stream, 1, 2)
    snapshot(stream, 1, 3, participating=False)
    stream.line_lost()
    snapshot(stream, 9, 4, participating=False)
    stream.snapshots_over()
    assert stream.queries() == []


def test_a_dialog_that_is_not_shown_again_is_queried_once():
    stream = streams()
    snapshot(stream, 7, baseline=True)
    snapshot(stream, 7, dialog="E", baseline=True, participating=False)
    for _ in range(2):
        stream.line_lost()
        stream.snapshots_over()
        stream.snapshots_over()
        wanted = stream.queries()
        stream.caught_up("D", [])
    assert wanted == []


def test_a_dialog_that_is_not_shown_again_is_queried_from_where_it_was_heard():
    stream = streams()
    live(stream, 0, 1)
    stream.line_lost()
    assert stream.queries() == []
    stream.snapshots_over()
    assert stream.queries() == [Query("D", 1)]
    assert stream.caught_up("D", result(2)) == [2]


def test_a_dialog_that_is_shown_unchanged_is_not_queried():
    stream = streams()
    live(stream, 0, 1)
    snapshot(stream, 1, 5, unread=2)
    stream.line_lost()
    snapshot(stream, 1, 5, unread=2)
    stream.snapshots_over()
    assert stream.queries() == []


@pytest.mark.parametrize("change", [{"updated": 6}, {"unread": 1}])
def test_a_dialog_that_is_shown_changed_after_a_lost_line_is_queried_once(change):
    stream = streams()
    live(stream, 0, 1)
    snapshot(stream, 1, 5, unread=2)
    snapshot(stream, 1, **{"updated": 5, "unread": 2, **change})
    assert stream.queries() == []  # on a good line it would have been heard
    stream.line_lost()
    snapshot(stream, 1, 7, unread=3)
    assert stream.queries() == [Query("D", 1)]
    assert stream.caught_up("D", result(2)) == [2]
    snapshot(stream, 1, 8, unread=4)
    stream.snapshots_over()
    assert stream.queries() == []


def test_a_snapshot_older_than_the_last_is_ignored_and_counted():
    stream = streams()
    snapshot(stream, 3, 10, baseline=True)
    snapshot(stream, 9, 9)
    assert stream.outdated == 1
    assert stream.queries() == []


# -- queries


def test_few_queries_are_under_way_at_a_time():
    stream = streams(query_limit=2)
    for name in "abc":
        live(stream, 1, dialog=name)
    assert [query.dialog_id for query in stream.queries()] == ["a", "b"]
    assert stream.queries() == []
    stream.caught_up("a", result(0))
    assert [query.dialog_id for query in stream.queries()] == ["c"]


def test_five_queries_are_under_way_unless_said_otherwise():
    stream = streams()
    for name in "abcdefg":
        live(stream, 1, dialog=name)
    assert len(stream.queries()) == 5


def test_a_dialog_has_one_query_under_way():
    stream = streams()
    live(stream, 1)
    stream.queries()
    live(stream, 4)
    snapshot(stream, 9)
    assert stream.queries() == []
    stream.caught_up("D", result(0, 1))
    assert stream.queries() == [Query("D", 1)]


def test_numbers_that_do_not_exist_are_skipped_in_silence_and_counted():
    stream = streams()
    live(stream, 0, 3, 6)
    stream.queries()
    assert stream.caught_up("D", []) == [3, 6]
    assert (stream.absent, stream.gaps) == (4, 0)
    assert live(stream, 7) == [7]


def test_a_query_that_fails_is_asked_again_a_few_times():
    stream = streams()
    live(stream, 0, 3)
    for _ in range(3):
        assert stream.queries() == [Query("D", 0)]
        out = stream.query_failed("D", LOST)
    assert out == [missed(1, 2, LOST), 3]
    assert (stream.absent, stream.gaps) == (0, 2)
    assert stream.queries() == []
    assert live(stream, 2, 4) == [4]


@pytest.mark.parametrize("code", [400, 403, 404])
def test_a_query_that_is_refused_for_good_is_asked_again_but_a_few_times(code):
    stream = streams(tries=100)
    no = RequestRejected(code)
    live(stream, 0, 3)
    for _ in range(3):
        assert stream.queries() == [Query("D", 0)]
        assert stream.query_failed("D", no) == []
    assert stream.queries() == [Query("D", 0)]
    assert stream.query_failed("D", no) == [missed(1, 2, no), 3]
    assert stream.queries() == []
    assert live(stream, 4, 6) == [4]  # a new hole is a new question
    assert stream.queries() == [Query("D", 4)]
    assert stream.query_failed("D", no) == []


@pytest.mark.parametrize("between", ["an answer", "a new line"])
def test_refusals_are_counted_anew_after(between):
    stream = streams(tries=100)
    no = RequestRejected(404)
    live(stream, 0, 3)
    for _ in range(3):
        stream.queries()
        assert stream.query_failed("D", no) == []
    stream.queries()
    if between == "an answer":
        assert stream.caught_up("D", [(1, 1), (2, 2)]) == [1, 2, 3]
        live(stream, 5)
    else:
        stream.line_lost(LOST)
    for _ in range(3):
        assert stream.queries()
        assert stream.query_failed("D", no) == []


@pytest.mark.parametrize("code", [401, 429, 500, 503])
def test_a_query_that_is_refused_for_now_is_asked_again(code):
    stream = streams(tries=2)
    live(stream, 0, 3)
    assert stream.queries() == [Query("D", 0)]
    assert stream.query_failed("D", RequestRejected(code)) == []
    assert stream.queries() == [Query("D", 0)]


def test_a_promise_that_nobody_could_be_asked_for_is_given_up_as_well():
    stream = streams(tries=1)
    live(stream, 0, 3)
    snapshot(stream, 5)
    stream.queries()
    assert stream.query_failed("D") == [missed(1, 2), 3, missed(4, 5)]
    assert stream.gaps == 4
    assert stream.queries() == []
    assert live(stream, 6) == [6]


def test_what_a_query_has_shown_to_be_absent_is_not_missed_later():
    stream = streams(tries=1)
    live(stream, 0)
    snapshot(stream, 3)
    stream.queries()
    assert stream.caught_up("D", []) == []
    assert live(stream, 6) == []
    stream.queries()
    assert stream.query_failed("D") == [missed(4, 5), 6]
    assert (stream.absent, stream.gaps) == (3, 2)


def test_a_query_that_nothing_is_known_to_need_is_given_up_without_a_gap():
    stream = streams(tries=1)
    live(stream, 0)
    stream.ask("D")
    stream.queries()
    assert stream.query_failed("D") == []
    assert (stream.queries(), stream.gaps) == ([], 0)
    assert live(stream, 1) == [1]


def test_failures_on_a_line_that_was_lost_are_forgotten_with_it():
    stream = streams()
    live(stream, 0, 3)
    for _ in range(2):
        assert stream.queries() == [Query("D", 0)]
        assert stream.query_failed("D", LOST) == []
    stream.line_lost()
    for _ in range(2):
        assert stream.queries() == [Query("D", 0)]
        assert stream.query_failed("D", LOST) == []
    stream.queries()
    assert stream.query_failed("D", LOST)[-1] == 3


def test_a_query_that_was_never_written_is_asked_again_for_as_long_as_it_takes():
    stream = streams()
    unsent = RequestTimedOut("no room", delivery=Delivery.NOT_SENT)
    late = RequestTimedOut("no answer", delivery=Delivery.UNKNOWN)
    live(stream, 0, 3)
    for _ in range(9):
        assert stream.queries() == [Query("D", 0)]
        assert stream.query_failed("D", unsent) == []
    for _ in range(2):
        stream.queries()
        assert stream.query_failed("D", late) == []
    stream.queries()
    assert stream.query_failed("D", late)[-1] == 3


def test_only_failures_in_a_row_count():
    stream = streams()
    for number in (1, 3, 5):
        live(stream, number)
        stream.queries()
        assert stream.query_failed("D") == []
        stream.queries()
        assert stream.query_failed("D") == []
        stream.queries()
        assert len(stream.caught_up("D", result(number - 1))) == 2
    assert stream.gaps == 0


def test_after_giving_up_a_new_hole_has_all_its_tries():
    stream = streams()
    for number in (1, 3):
        live(stream, number)
        for _ in range(2):
            stream.queries()
            assert stream.query_failed("D") == []
        stream.queries()
        gap = missed(number - 1, number - 1)
        assert stream.query_failed("D") == [gap, number]


@pytest.mark.parametrize("end", ["query_failed", "line_lost"])
def test_a_query_without_a_known_hole_is_asked_again_as_well(end):
    stream = streams()
    snapshot(stream, 0, 5, baseline=True)
    snapshot(stream, None, 6)
    live(stream, 0, dialog="another")
    assert stream.queries() == [Query("D", 0)]
    stream.query_failed("D") if end == "query_failed" else stream.line_lost()
    assert stream.queries() == [Query("D", 0)]
    assert stream.caught_up("D", []) == []
    assert stream.queries() == []


def test_after_a_lost_line_no_event_sets_the_start_of_a_dialog():
    stream = streams()
    snapshot(stream, None, baseline=True)
    stream.line_lost()
    assert live(stream, 2) == []
    assert stream.queries() == [Query("D", -1)]
    assert stream.caught_up("D", result(0, 1, 2)) == [0, 1, 2]


def test_a_lost_line_asks_again():
    stream = streams(query_limit=2)
    for name in "abc":
        live(stream, 1, dialog=name)
    stream.queries()
    stream.line_lost()
    assert stream.caught_up("a", result(0)) == []  # of the old line
    assert stream.query_failed("b") == []
    again = [query.dialog_id for query in stream.queries()]
    assert again == ["c", "a"]
    for name in again:
        assert stream.caught_up(name, result(0)) == [0, 1]
    assert stream.queries() == [Query("b", -1)]


@pytest.mark.parametrize("asked", [False, True])
def test_a_forgotten_dialog_lets_go_what_it_held(asked):
    stream = streams()
    live(stream, 0, 4, 2)
    if asked:
        stream.queries()
    assert stream.forget("D") == [missed(1, 1), 2, missed(3, 3), 4]
    assert stream.gaps == 2
    assert stream.forget("D") == []
    assert stream.queries() == []
    assert stream.caught_up("D", result(1)) == []
    stream.line_lost()


def test_what_the_user_begins_is_never_history():
    stream = streams()
    stream.begin("C", "D")
    snapshot(stream, 3, baseline=True)
    stream.begin("C", "D")
    assert stream.queries() == [Query("D", -1)]


def test_another_user_begins_with_nothing():
    stream = streams()
    live(stream, 0, 2)
    assert stream.abandon() == [missed(1, 1), 2]
    assert (len(stream), stream.queries()) == (0, [])
    assert stream.abandon() == []


def test_a_dialog_may_be_asked_for_though_nothing_is_known_to_be_missing():
    stream = streams()
    live(stream, 0, 1)
    number = stream.ask("D")
    assert stream.answered("D") < number
    assert stream.queries() == [Query("D", 1)]
    assert stream.answered("D") < number
    assert stream.caught_up("D", result(2)) == [2]
    assert stream.answered("D") == number
    assert stream.queries() == []


def test_a_query_that_was_under_way_already_does_not_answer_who_asks():
    stream = streams()
    first = stream.ask("D")
    assert stream.queries() == [Query("D", -1)]
    second = stream.ask("D")
    stream.caught_up("D", result(0))
    assert stream.answered("D") == first < second
    assert stream.queries() == [Query("D", 0)]
    stream.caught_up("D", [])
    assert stream.answered("D") == second


def test_a_query_that_is_lost_or_fails_answers_nobody_and_a_later_one_does():
    stream = streams()
    number = stream.ask("D")
    assert stream.queries()
    stream.line_lost()
    assert stream.queries()
    stream.query_failed("D")
    assert stream.answered("D") == 0
    assert stream.queries()
    stream.caught_up("D", [])
    assert stream.answered("D") >= number


def test_nothing_was_answered_of_a_dialog_that_is_not_known():
    assert streams().answered("D") == 0


# -- bounds


def test_the_least_recently_used_dialog_is_forgotten():
    stream = streams(dialog_limit=2)
    live(stream, 0, dialog="a")
    live(stream, 0, dialog="b")
    live(stream, 1, dialog="a")
    live(stream, 0, dialog="c")
    assert (len(stream), stream.evicted, stream.dropped) == (2, 1, 0)
    assert live(stream, 2, dialog="a") == [2]
    assert live(stream, 1, dialog="c") == [1]


def test_a_dialog_that_waits_is_spared_if_another_is_idle():
    stream = streams(dialog_limit=2)
    live(stream, 1, dialog="waits")
    live(stream, 0, dialog="idle")
    live(stream, 0, dialog="new")
    assert (stream.evicted, stream.dropped) == (1, 0)
    stream.queries()
    assert stream.caught_up("waits", result(0)) == [0, 1]


def test_if_all_wait_one_is_forgotten_all_the_same():
    stream = streams(dialog_limit=2)
    out = []
    for name in "abc":
        out += live(stream, 1, dialog=name)
        stream.queries()
    assert out == [missed(0, 0, dialog="a"), 1]
    assert (len(stream), stream.evicted, stream.dropped) == (2, 1, 0)
    stream.ask("d")
    assert stream.spilled() == [missed(0, 0, dialog="b"), 1]
    assert stream.spilled() == []
    stream.line_lost()
    assert len(stream.queries()) == 2


def test_a_forgotten_dialog_goes_on_where_it_was():
    stream = streams(dialog_limit=1)
    live(stream, 0, 1, dialog="a")
    live(stream, 0, dialog="b")
    assert live(stream, 1, 2, dialog="a") == [2]
    snapshot(stream, 1, dialog="b")
    assert stream.queries() == [Query("b", 0)]
    assert stream.evicted == 3


def test_a_forgotten_dialog_without_a_number_is_heard_from_its_start():
    stream = streams(dialog_limit=1)
    snapshot(stream, None, baseline=True, dialog="a")
    live(stream, 0, dialog="b")
    assert stream.evicted == 1
    assert live(stream, 5, dialog="a") == []
    assert stream.queries() == [Query("a", -1)]


def test_of_forgotten_dialogs_the_numbers_of_a_few_are_kept():
    stream = streams(dialog_limit=1)
    for name in "abcd":
        live(stream, 0, dialog=name)
    assert live(stream, 1, dialog="c") == [1]
    assert live(stream, 1, dialog="a") == []
    stream.abandon()
    assert live(stream, 1, dialog="d") == []


def test_of_a_dialog_that_is_over_the_last_number_alone_is_kept():
    stream = streams()
    snapshot(stream, None, 7)
    live(stream, 0, 1)
    assert stream.queries() == [Query("D", 1)]
    stream.caught_up("D", [])
    stream.rest("D")
    assert (len(stream), stream.evicted, stream.last("D")) == (0, 0, 1)
    stream.line_lost(LOST)
    stream.snapshots_over()
    assert stream.queries() == []
    assert live(stream, 1, 2) == [2]
    assert stream.duplicates == 1
    stream.rest("unknown")
    assert len(stream) == 1


def test_of_dialogs_that_are_over_no_more_numbers_are_kept_than_of_others():
    stream = streams(dialog_limit=2)
    for name in "abc":
        live(stream, 0, dialog=name)
        stream.rest(name)
    assert len(stream) == 0
    assert live(stream, 1, dialog="b") == [1]
    assert live(stream, 1, dialog="a") == []  # who knows what 0 was


def test_a_dialog_that_nothing_shows_is_tracked_as_long_as_the_user_takes_part():
    stream = streams()
    live(stream, 0)
    stream.rest("D", over=False)
    assert len(stream) == 1
    snapshot(stream, 0, participating=False)
    stream.rest("D", over=False)
    assert (len(stream), stream.last("D")) == (0, 0)


@pytest.mark.parametrize("why", ["held", "promised", "querying", "doubtful"])
def test_a_dialog_that_is_over_is_tracked_while_something_of_it_is_missing(why):
    stream = streams()
    live(stream, 0)
    if why == "held":
        live(stream, 2)
    elif why == "promised":
        snapshot(stream, 2)
    elif why == "querying":
        stream.ask("D")
        stream.queries()
    else:
        stream.line_lost(LOST)
    stream.rest("D")
    assert len(stream) == 1
    stream.snapshots_over()
    stream.queries()
    assert stream.caught_up("D", result(1, 2)) == [1, 2]
    stream.rest("D")
    assert len(stream) == 0


# -- queries that lines die over


def test_a_query_that_many_lines_die_over_is_given_up():
    stream = streams()
    live(stream, 0, 3)
    assert lose(stream, times=LINES - 1) == []
    assert lose(stream) == [missed(1, 2, LOST), 3]
    assert stream.gaps == 2
    stream.snapshots_over()
    assert stream.queries() == [Query("D", 3)]
    assert stream.caught_up("D", []) == []


def test_after_giving_up_a_new_hole_has_all_its_lines():
    stream = streams()
    for number in (1, 3):
        live(stream, number)
        assert lose(stream, times=LINES - 1) == []
        gap = missed(number - 1, number - 1, LOST)
        assert lose(stream) == [gap, number]


def test_a_line_that_is_ended_on_purpose_counts_for_nothing():
    stream = streams()
    live(stream, 0, 3)
    assert lose(stream, times=3 * LINES, why=None) == []
    assert lose(stream, times=LINES - 1) == []


def test_only_lines_in_a_row_count():
    stream = streams()
    live(stream, 0, 3)
    for number in (1, 2):
        assert lose(stream, times=LINES - 1) == []
        stream.queries()
        out = stream.caught_up("D", result(number))
    assert out == [2, 3]
    assert stream.gaps == 0


def test_a_line_that_dies_while_a_query_waits_for_its_turn_does_not_count():
    stream = streams(query_limit=1)
    live(stream, 1, dialog="a")
    live(stream, 1, dialog="b")
    for _ in range(2 * LINES):
        (query,) = stream.queries()
        if query.dialog_id == "b":
            stream.caught_up("b", [])
            live(stream, 3, dialog="b")
            assert [query.dialog_id for query in stream.queries()] == ["a"]
        stream.line_lost()
    assert stream.gaps == 0


def test_those_that_lines_died_over_are_asked_for_last_and_alone():
    stream = streams()
    for name in "abc":
        live(stream, 1, dialog=name)
    lose(stream, times=2)
    live(stream, 1, dialog="d")
    assert [query.dialog_id for query in stream.queries()] == ["d"]
    assert stream.queries() == []
    stream.caught_up("d", result(0))
    for name in "abc":
        assert [query.dialog_id for query in stream.queries()] == [name]
        live(stream, 1, dialog=name * 2)
        assert stream.queries() == []
        assert stream.caught_up(name, result(0)) == [0, 1]
        assert [query.dialog_id for query in stream.queries()] == [name * 2]
        stream.caught_up(name * 2, result(0))


def test_what_kills_lines_takes_no_other_dialog_with_it():
    stream = streams()
    names = "abcPxyz"
    for name in names:
        live(stream, 1, dialog=name)
    out = []
    for _ in range(5 * LINES):
        asked = [query.dialog_id for query in stream.queries()]
        if "P" in asked:
            out += stream.line_lost(LOST)
        for name in asked if "P" not in asked else ():
            assert stream.caught_up(name, result(0)) == [0, 1]
    assert out == [missed(0, 0, LOST, dialog="P"), 1]
    assert stream.queries() == []


def test_if_it_is_not_known_what_is_missing_this_is_told_and_not_asked_for_again():
    stream = streams()
    live(stream, 0, 1)
    stream.ask("D")
    assert lose(stream, times=LINES) == [missed(2, None, LOST)]
    stream.snapshots_over()
    snapshot(stream, None, 7)
    stream.ask("D")
    assert stream.queries() == []
    assert live(stream, 2, 3) == [2, 3]
    assert stream.gaps == 0


@pytest.mark.parametrize("how", ["live", "snapshot"])
def test_it_is_missed_up_to_the_next_number_that_is_known(how):
    stream = streams()
    live(stream, 0)
    stream.ask("D")
    lose(stream, times=LINES)
    if how == "live":
        assert live(stream, 5) == [missed(1, 4, LOST), 5]
    else:
        snapshot(stream, 5)
        assert stream.spilled() == [missed(1, 5, LOST)]
        assert stream.queries() == [Query("D", 5)]
        stream.caught_up("D", [])
    assert stream.queries() == []
    assert live(stream, 6, 8) == [6]
    assert stream.queries() == [Query("D", 6)]


# -- all of it together


class Model(RuleBasedStateMachine):
    """A truthful service, a line that loses, repeats and reorders, and drops.

    Everything that was said must come out once and in order.
    """

    DIALOGS = ("a", "b")

    def __init__(self):
        super().__init__()
        self.stream = Streams(10, hold_limit=3, query_limit=2)
        self.said = dict.fromkeys(self.DIALOGS, 0)
        self.heard = {name: [] for name in self.DIALOGS}
        self.answers = {}
        self.updates = 0

    def hear(self, events):
        for name, number in events:
            self.heard[name].append(number)

    def deliver(self, name, number):
        self.hear(self.stream.live(name, number, (name, number)))

    def truth(self, query):
        numbers = range(query.newer_than, self.said[query.dialog_id])
        pairs = [(n, (query.dialog_id, n)) for n in numbers if n >= 0]
        return pairs[::-1]

    @rule(name=st.sampled_from(DIALOGS), arrive=st.lists(st.integers(0, 3)))
    def say(self, name, arrive):
        """Say four things, of which some arrive, some twice, in any order."""
        first = self.said[name]
        self.said[name] += 4
        for offset in arrive:
            self.deliver(name, first + offset)

    @rule(name=st.sampled_from(DIALOGS), back=st.integers(1, 6))
    def repeat(self, name, back):
        if self.said[name] >= back:
            self.deliver(name, self.said[name] - back)

    @rule(name=st.sampled_from(DIALOGS), numbered=st.booleans())
    def notify(self, name, numbered):
        self.updates += 1
        last = self.said[name] - 1
        self.stream.snapshot(
            name,
            last if numbered and last >= 0 else None,
            self.updates,
            baseline=False,
            participating=True,
        )

    @precondition(lambda self: len(self.answers) < 2)
    @rule(early=st.booleans())
    def ask(self, early):
        for query in self.stream.queries():
            assert query.dialog_id not in self.answers
            answer = self.truth(query) if early else None
            self.answers[query.dialog_id] = (query, answer)
        assert len(self.answers) <= 2

    @precondition(lambda self: self.answers)
    @rule(pick=st.integers(0, 1))
    def answer(self, pick):
        name = sorted(self.answers)[pick % len(self.answers)]
        query, answer = self.answers.pop(name)
        answer = self.truth(query) if answer is None else answer
        self.hear(self.stream.caught_up(name, answer))

    @rule(name=st.sampled_from(DIALOGS), over=st.booleans())
    def rest(self, name, over):
        self.stream.rest(name, over=over)

    @rule()
    def cut(self):
        self.stream.line_lost()
        self.answers.clear()

    @invariant()
    def nothing_comes_twice_or_out_of_order(self):
        for numbers in self.heard.values():
            assert numbers == list(range(len(numbers)))
        assert self.stream.gaps == 0

    def teardown(self):
        for name in self.DIALOGS:
            self.notify(name, numbered=True)
        for _ in range(20):
            self.ask(early=False)
            while self.answers:
                self.answer(0)
        assert {name: len(heard) for name, heard in self.heard.items()} == self.said
        assert self.stream.queries() == []


TestModel = Model.TestCase


def test_the_last_number_of_a_dialog_is_known_once_it_is():
    streams = Streams(10)
    assert streams.last("d") == -1
    streams.live("d", 0, "a")
    streams.live("d", 1, "b")
    assert streams.last("d") == 1


# -- what an earlier process knew


def test_a_dialog_goes_on_from_its_place_and_what_was_missed_is_queried():
    stream = streams()
    stream.resume("D", Place(4, 1, takes_part=True))
    snapshot(stream, 6, 2, baseline=True)
    assert stream.queries() == [Query("D", 4)]
    assert live(stream, 7) == []
    assert stream.caught_up("D", result(5, 6)) == [5, 6, 7]


def test_what_overtakes_the_first_snapshot_waits_for_what_was_missed():
    stream = streams()
    stream.resume("D", Place(-1, 1, takes_part=True))
    assert live(stream, 3) == []
    snapshot(stream, 3, 2, baseline=True)
    assert stream.queries() == [Query("D", -1)]
    assert stream.caught_up("D", result(0, 1, 2, 3)) == [0, 1, 2, 3]


def test_one_that_has_not_changed_meanwhile_is_not_queried():
    stream = streams()
    stream.resume("D", Place(4, 1, takes_part=True, unread={"u": 1}))
    unread = frozenset({("u", 1)})
    snapshot(stream, 4, 1, baseline=True, unread=unread)
    assert stream.queries() == []
    stream.snapshots_over()
    assert stream.queries() == []


def test_one_that_is_not_shown_is_queried_once():
    stream = streams()
    stream.resume("D", Place(4, 1, takes_part=True))
    stream.resume("E", Place(4, 1))
    assert stream.queries() == []
    stream.snapshots_over()
    assert stream.queries() == [Query("D", 4)]


def test_one_of_which_something_waited_to_be_heard_is_queried_at_once():
    stream = streams()
    stream.resume("D", Place(4, 1, behind=True))
    assert stream.queries() == [Query("D", 4)]
