from __future__ import annotations

from ums_actors.emulator.wire.outbox import Outbox

GAP = 0.01


def drain(outbox, now):
    texts = []
    while item := outbox.pop(now):
        text, reply = item
        texts.append(text)
        if reply is not None:
            outbox.written(reply, now)
    return texts


def test_a_notification_waits_for_the_gap_after_the_response():
    outbox = Outbox(GAP)
    reply = outbox.begin()
    outbox.notify("note")
    assert drain(outbox, 1.0) == []
    assert outbox.next_due() is None
    outbox.answer(reply, "answer", 1.0)
    assert drain(outbox, 1.0) == ["answer"]
    assert outbox.next_due() == 1.0 + GAP
    assert drain(outbox, 1.0 + GAP) == ["note"]


def test_a_notification_without_a_request_goes_at_once():
    outbox = Outbox(GAP)
    outbox.notify("note")
    assert drain(outbox, 1.0) == ["note"]


def test_a_stream_of_requests_does_not_hold_a_notification_back():
    outbox = Outbox(GAP)
    outbox.answer(outbox.begin(), "first", 1.0)
    outbox.notify("note")
    assert drain(outbox, 1.0) == ["first"]
    outbox.answer(outbox.begin(), "second", 1.009)
    assert drain(outbox, 1.0 + GAP) == ["second", "note"]


def test_a_late_response_holds_back_only_what_strictly_follows_it():
    outbox = Outbox(GAP)
    late = outbox.begin()
    outbox.answer(late, "late", 1.0, delay=2.0)
    outbox.notify("loose")
    outbox.notify("strict", strictly=True)
    assert drain(outbox, 1.1) == ["loose"]
    assert drain(outbox, 3.0) == ["late"]
    assert drain(outbox, 3.0 + GAP) == ["strict"]


def test_a_withheld_response_still_lets_notifications_go():
    outbox = Outbox(GAP)
    reply = outbox.begin()
    outbox.notify("note")
    assert outbox.unanswered == 1
    outbox.withhold(reply, 1.0)
    assert outbox.unanswered == 0
    assert drain(outbox, 1.0 + GAP) == ["note"]


def test_responses_due_at_once_keep_the_order_of_their_requests():
    outbox = Outbox(GAP)
    for name in ("a", "b", "c"):
        outbox.answer(outbox.begin(), name, 1.0)
    assert len(outbox) == 3
    assert drain(outbox, 1.0) == ["a", "b", "c"]
    assert outbox.unanswered == 0
