"""Who hears which events of a fleet."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.fleet.inbox import FairInbox
from ums_actors.fleet.switchboard import Switchboard

LIMITS = ums.Limits(events=4, events_per_agent=2)
A, B = ("1", "a"), ("1", "b")
READY, LOST = ums.AgentReady(), ums.IdentityChanged(previous="x", current="y")


@pytest.fixture
def inbox():
    return FairInbox(LIMITS)


def taken(inbox):
    found = []
    while (event := inbox.take()) is not None:
        found.append((event.user, type(event.event)))
    return found


def test_each_hears_the_kinds_it_has_named_and_all_if_it_names_none(inbox):
    board, everything = Switchboard(()), FairInbox(LIMITS)
    board.add(inbox, (ums.AgentReady,))
    board.add(everything, ())
    assert board.tell(A, READY)
    assert board.tell(B, LOST)
    assert taken(inbox) == [("a", ums.AgentReady)]
    assert taken(everything) == [("a", ums.AgentReady), ("b", ums.IdentityChanged)]


def test_who_comes_later_hears_what_comes_later(inbox):
    board = Switchboard(())
    assert board.tell(A, READY)  # nobody hears it
    board.add(inbox, ())
    board.tell(A, READY)
    board.remove(inbox)
    board.remove(inbox)
    board.tell(A, READY)
    assert len(taken(inbox)) == 1


def test_what_one_of_them_has_lost_is_told_and_counted_for_good(inbox):
    board = Switchboard(())
    board.add(inbox, ())
    board.add(FairInbox(ums.Limits()), ())
    assert [board.tell(A, READY) for _ in range(4)] == [True, True, False, False]
    assert (board.dropped, board.depth, board.waiting(A)) == (2, 6, 6)
    board.remove(inbox)
    assert (board.dropped, board.depth, board.waiting(A)) == (2, 4, 4)


def test_the_loss_of_another_is_not_told_to_who_caused_it():
    crowded = FairInbox(ums.Limits(events=2, events_per_agent=2))
    assert [crowded.put(A, READY) for _ in range(2)] == [True, True]
    assert crowded.put(B, READY)
    assert (crowded.dropped, crowded.waiting(A)) == (1, 1)


def test_who_has_gone_leaves_no_count(inbox):
    board = Switchboard(())
    board.add(inbox, ())
    for _ in range(3):
        board.tell(A, READY)
    board.leave(A)
    assert [event.missed for event in iter(inbox.take, None)] == [1, 0]


def test_after_the_end_nobody_hears_anything_but_what_waits(inbox):
    board, late = Switchboard(()), FairInbox(LIMITS)
    board.add(inbox, ())
    board.tell(A, READY)
    board.end()
    board.add(late, ())
    board.tell(A, READY)
    assert (inbox.ended, late.ended) == (True, True)
    assert (len(taken(inbox)), len(taken(late))) == (1, 0)


def test_what_is_discarded_is_not_counted_as_lost(inbox):
    inbox.put(A, READY)
    inbox.discard()
    assert inbox.put(A, READY)
    assert (len(inbox), inbox.depth, inbox.dropped, inbox.take()) == (0, 0, 0, None)


def test_a_kind_that_is_no_event_is_refused():
    with pytest.raises(ums.LocalProtocolError, match="is no event class"):
        Switchboard([int])


def test_what_is_waiting_or_in_hand_is_known_agent_by_agent(inbox):
    board = Switchboard(())
    board.add(inbox, ())
    board.tell(A, READY)
    board.tell(B, LOST)
    assert (board.untaken(A), board.untaken(B)) == ([READY], [LOST])
    assert inbox.take().event is READY
    assert (board.untaken(A), board.untaken(B)) == ([READY], [LOST])
    assert inbox.take().event is LOST
    assert (board.untaken(A), board.untaken(B)) == ([], [LOST])
    inbox.discard()
    assert board.untaken(B) == []
