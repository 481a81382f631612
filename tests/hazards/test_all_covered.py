"""Which test is about which hazard: a table, and that nothing is missing from it.

The numbers are those of the protocol's notes (UMS.md 12.2): mistakes of the reference
that users of this library must not meet.
"""

from __future__ import annotations

import ast
from pathlib import Path

HAZARDS = range(1, 22)

COVERED = {
    1: """
        test_a_close_code_that_may_not_be_is_a_drop_like_any_other
        test_a_bad_frame_ends_its_line_and_the_next_one_serves
    """,
    2: """
        test_who_closes_while_a_line_is_made_stays_closed
        test_who_closes_while_a_line_is_made_again_stays_closed
    """,
    3: """
        test_a_snapshot_in_the_same_read_as_its_answer_is_taken
        test_rings_in_the_same_read_as_their_answer_are_offered
        test_a_conversation_in_the_same_read_as_its_creation_is_one_and_is_heard_once
    """,
    4: """
        test_a_frame_of_nonsense_concerns_itself_alone
        test_a_change_that_lacks_a_part_is_taken_for_what_it_has
    """,
    5: """
        test_a_refused_subscription_costs_no_socket_and_not_the_other_subscriptions
        test_a_line_that_cannot_be_introduced_is_closed_before_the_next_attempt
        test_a_line_that_is_closed_while_it_is_restored_leaves_nothing_behind
    """,
    6: """
        test_a_silent_step_ends_with_its_deadline_and_is_tried_again
        test_closing_does_not_wait_for_a_silent_step
        test_many_silent_logins_do_not_hold_up_the_end_of_the_program
        test_open_ends_when_its_caller_wants_it_to_and_the_attempts_go_on
    """,
    7: "test_it_is_rung_on_the_next_line_as_well",
    8: """
        test_what_waited_is_sent_once_though_the_line_drops_again_meanwhile
        test_what_is_asked_later_does_not_overtake_what_waits
        test_a_closed_connection_answers_all_that_waited
    """,
    9: """
        test_a_drop_costs_no_login_and_leaves_the_users_token_alone
        test_a_token_that_is_refused_on_a_fresh_line_is_replaced
        test_a_consumer_whose_token_is_refused_gets_another_and_stays_who_it_is
        test_a_refused_handshake_costs_one_login
    """,
    10: """
        test_a_program_whose_connection_is_closed_ends_by_itself
        test_a_closed_connection_refreshes_no_token_any_more
        test_a_token_is_to_be_had_before_the_opening_and_during_it
    """,
    11: """
        test_no_line_is_called_ready_that_was_not_restored
        test_nobody_is_told_of_a_line_that_a_close_prevented
    """,
    12: """
        test_where_it_is_switched_off_a_full_snapshot_makes_no_further_subscription
        test_it_ends_though_too_many_have_changed_at_once
    """,
    13: """
        test_a_conversation_that_a_later_snapshot_does_not_show_is_still_heard
        test_a_conversation_that_a_full_snapshot_does_not_show_is_still_known
    """,
    14: """
        test_one_hears_of_ones_own_closing_as_of_any_other
        test_a_closing_that_is_refused_changes_nothing
        test_closing_it_oneself_is_told_once_with_its_time_and_reason
        test_a_closing_that_is_refused_leaves_it_open
    """,
    15: """
        test_a_change_of_skill_says_which_was_before_and_which_is_now
        test_an_answer_is_not_told_as_a_request
    """,
    16: """
        test_a_failing_query_hides_no_conversation_and_no_message_to_come
        test_dialogs_whose_messages_do_not_come_hold_up_no_other
    """,
    17: """
        test_who_comes_back_to_a_conversation_is_told_of_it_and_misses_nothing
        test_who_comes_back_at_once_keeps_the_conversation
        test_who_comes_back_later_is_told_of_the_conversation_anew
        test_a_drop_does_not_keep_for_ever_what_was_about_to_go
    """,
    18: """
        test_a_second_dialog_that_closes_leaves_the_main_one_in_use
        test_the_open_dialog_is_the_main_one_while_that_is_open
    """,
    19: """
        test_an_agent_who_is_suggested_is_not_taken_for_assigned
        test_being_suggested_is_no_arrival_of_the_conversation
        test_an_agent_who_accepts_is_the_same_before_and_after
    """,
    20: """
        test_a_message_seen_first_in_its_conversation_is_told_whole_and_once
        test_a_message_seen_first_in_its_conversation_has_an_author_and_an_audience
    """,
    21: """
        test_a_notification_may_be_called_what_it_likes
        test_an_answer_without_a_domain_is_asked_for_again
        test_rings_that_have_ended_count_no_longer
    """,
}


def written():
    """Give the names of all tests beside this file."""
    here = Path(__file__)
    return [
        node.name
        for path in sorted(here.parent.glob("test_*.py"))
        if path != here
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def test_every_hazard_has_a_test():
    assert list(COVERED) == list(HAZARDS)
    assert all(names.split() for names in COVERED.values())


def test_every_test_is_in_the_table_and_every_test_of_the_table_exists():
    listed = [name for names in COVERED.values() for name in names.split()]
    assert sorted(listed) == sorted(written())
