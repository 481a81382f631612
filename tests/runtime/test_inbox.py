from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from ums_actors.runtime import LoopFuture
from ums_actors.runtime.envelope import Envelope
from ums_actors.runtime.inbox import Inbox


class Quiet(Inbox):
    """Counts what it tells; nobody runs it."""

    def __init__(self):
        super().__init__(
            SimpleNamespace(inboxes_lock=threading.Lock(), submit=lambda _: None)
        )
        self.told = []

    def _observe(self, event, level, error=None):
        self.told.append(event)


def put(inbox, *messages):
    for message in messages:
        inbox.put(Envelope(message))


def taken(inbox):
    found = []
    while not inbox.empty():
        found.append(inbox.get().message)
    return found


def test_messages_come_out_in_the_order_in_which_they_came():
    inbox = Quiet()
    put(inbox, 1, 2, 3)
    assert inbox.get().message == 1
    put(inbox, 4)
    assert [each.message for each in inbox.waiting()] == [2, 3, 4]
    assert len(inbox) == 3
    assert taken(inbox) == [2, 3, 4]
    assert len(inbox) == 0


def test_an_empty_inbox_is_an_inbox_all_the_same():
    inbox = Quiet()
    assert inbox
    assert inbox.empty()
    with pytest.raises(IndexError):
        inbox.get()


def test_what_is_sifted_out_is_gone_and_the_rest_keeps_its_order():
    inbox = Quiet()
    put(inbox, 1, 2, 3, 4)
    assert inbox.get().message == 1
    put(inbox, 5, 6)
    inbox.sift(lambda message: message % 2 == 0)
    assert taken(inbox) == [2, 4, 6]


def test_whoever_comes_too_late_is_answered_once_whoever_is_turning_away():
    inbox = Quiet()
    inbox.dead = True
    replies = [[LoopFuture() for _ in range(2_000)] for _ in range(4)]

    def send(futures):
        for future in futures:
            inbox.put(Envelope("late", future))

    senders = [threading.Thread(target=send, args=(some,)) for some in replies]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert all(future.done() for some in replies for future in some)
    assert inbox.empty()


def test_each_message_that_nobody_waits_for_is_one_dead_letter():
    inbox = Quiet()
    inbox.dead = True
    senders = [
        threading.Thread(target=put, args=(inbox, *range(2_000))) for _ in range(4)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert inbox.told == ["actor.dead_letter"] * 8_000
