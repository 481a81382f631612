from __future__ import annotations

import threading

import pytest

from ums_actors.cli.demo.ledger import Heard, Ledger, Place


@pytest.fixture
def ledger():
    return Ledger()


def test_an_event_is_heard_once_by_each(ledger):
    for who in ("bot1", "consumer1"):
        for sequence in range(3):
            ledger.add_heard(who, Place("d", sequence))
    assert len(ledger.heard) == 6
    assert Heard("bot1", Place("d", 2)) in ledger.heard
    assert (ledger.repeated, ledger.disordered) == (0, 0)


def test_an_event_heard_again_is_repeated_and_nothing_else(ledger):
    ledger.add_heard("bot1", Place("d", 1))
    ledger.add_heard("bot1", Place("d", 1))
    assert (ledger.repeated, ledger.disordered) == (1, 0)


def test_an_event_heard_after_a_later_one_is_out_of_order(ledger):
    for sequence in (0, 3, 1, 2, 4):
        ledger.add_heard("bot1", Place("d", sequence))
    assert (ledger.repeated, ledger.disordered) == (0, 2)


def test_each_dialog_and_each_handler_has_its_own_order(ledger):
    ledger.add_heard("bot1", Place("d", 5))
    ledger.add_heard("bot1", Place("e", 0))
    ledger.add_heard("bot2", Place("d", 0))
    assert ledger.disordered == 0


def test_a_ring_offered_again_is_repeated(ledger):
    for ring in ("r1", "r2", "r1"):
        ledger.add_ring(ring)
    assert ledger.rings == {"r1", "r2"}
    assert ledger.repeated == 1


def test_what_was_acknowledged_and_is_not_there_has_vanished(ledger):
    ledger.add_said(Place("d", 0))
    ledger.add_said(Place("d", 1))
    assert ledger.vanished({Place("d", 0)}) == 1
    assert ledger.vanished({Place("d", 0), Place("d", 1), Place("d", 2)}) == 0


def test_a_refused_request_counts_until_it_is_admitted(ledger):
    ledger.add_refused()
    ledger.add_refused()
    assert ledger.refused == 2
    ledger.add_admitted()
    ledger.add_admitted()
    assert ledger.refused == 0


def test_who_is_known_by_an_id_has_a_name(ledger):
    ledger.add_identity("acc.1", "bot1")
    assert ledger.name_of("acc.1") == "bot1"
    assert ledger.name_of("acc.2") == "acc.2"


def test_notes_are_bounded(ledger):
    for number in range(1_000):
        ledger.note(str(number))
    assert len(ledger.notes) == 100


def test_counts_of_many_threads_are_right(ledger):
    def count():
        for _ in range(1_000):
            ledger.future_made()
            ledger.add_questions(1, 1)
            ledger.add_deed("transfers")
            ledger.add_visited()
            ledger.future_done()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert ledger.open_futures == 0
    assert ledger.asked == ledger.answered == ledger.visited == 4_000
    assert ledger.deeds == {"transfers": 4_000}
