from __future__ import annotations

import json
import logging
from types import SimpleNamespace

import pytest

import ums_actors as ums
from ums_actors.actors.catching import CatchUps
from ums_actors.actors.delivery import deliver
from ums_actors.actors.kernel import Counters
from ums_actors.core.tracked import Missed
from ums_actors.protocol.records import read_message_events

LOST = ums.ConnectionLost("lost", delivery=ums.Delivery.UNKNOWN)


class Kernel(SimpleNamespace):
    """The few things of a kernel that deliveries concern."""

    def __init__(self):
        self.heard, self.reports, self.notes = [], [], []
        super().__init__(
            own_id="me",
            place=lambda: {"connection": "c", "generation": 1},
            note=self.notes.append,
            counters=Counters(),
            loop=SimpleNamespace(clock=SimpleNamespace(now=lambda: 0.0)),
            catch_ups=CatchUps(),
            conversations=SimpleNamespace(
                heard=self._take, noted=lambda event: None, find=self._find
            ),
            streams=SimpleNamespace(conversation_of=lambda dialog_id: ""),
            subscribers=SimpleNamespace(publish=self.heard.append),
            runtime=SimpleNamespace(
                observer=SimpleNamespace(observe=lambda *it: self.reports.append(it))
            ),
        )

    def _take(self, event):
        if event.event.text == "bad":
            raise KeyError(event.sequence)

    def _find(self, conversation_id, dialog_id):
        assert not conversation_id
        return SimpleNamespace(conversation_id="C") if dialog_id == "survey" else None


@pytest.fixture
def kernel():
    return Kernel()


def record(sequence, text="hi", **more):
    said = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
    event = {"sequence": sequence, "dialogId": "D", "event": said, **more}
    (read,) = read_message_events(json.dumps([event]).encode())
    return read


def test_what_is_missing_is_told_between_what_is_not(kernel):
    missed = Missed("C", "D", 1, 3, LOST)
    deliver(kernel, [record(0), missed, record(4)])
    before, gap, after = kernel.heard
    assert (before.sequence, after.sequence) == (0, 4)
    assert gap == ums.MessagesMissed(
        conversation_id="C", dialog_id="D", first=1, last=3, error=LOST
    )
    ((event, level, fields),) = kernel.reports
    assert (event, level) == ("messages.missed", logging.WARNING)
    assert (fields["dialog_id"], fields["first"], fields["last"]) == ("D", 1, 3)
    assert (fields["connection"], fields["reason"]) == ("c", "lost")
    assert kernel.notes[0].startswith("messages.missed conversation_id=C dialog_id=D")


def test_without_an_error_there_is_no_reason(kernel):
    deliver(kernel, [Missed("C", "D", 1, None)])
    assert (kernel.heard[0].last, kernel.heard[0].error) == (None, None)
    assert kernel.reports[0][2]["reason"] == ""


@pytest.mark.parametrize(("dialog", "place"), [("D", "D"), ("survey", "C")])
def test_a_dialog_is_placed_in_its_conversation(kernel, dialog, place):
    deliver(kernel, [Missed("", dialog, 1, 1), record(2, dialogId=dialog)])
    assert [event.conversation_id for event in kernel.heard] == [place, place]


def test_what_the_streams_know_of_a_dialogs_conversation_is_believed(kernel):
    kernel.streams.conversation_of = {"D": "K"}.get
    deliver(kernel, [record(0)])
    assert kernel.heard[0].conversation_id == "K"


def test_a_message_of_our_own_is_known(kernel):
    deliver(kernel, [record(0, originatorId="me"), record(1, originatorId="you")])
    assert [event.mine for event in kernel.heard] == [True, False]


def test_one_that_fails_takes_none_of_the_others_with_it(kernel):
    deliver(kernel, [record(0), record(1, "bad"), record(2)])
    first, trouble, last = kernel.heard
    assert (first.sequence, last.sequence) == (0, 2)
    assert (trouble.context, trouble.dialog_id) == ("notification.failed", "D")
    assert isinstance(trouble.error, KeyError)
    assert kernel.counters.failed_notifications == 1


def test_who_waits_for_what_is_given_up_is_told(kernel, loop):
    waiter = kernel.catch_ups.add("D", 1, loop, 60.0)
    other = kernel.catch_ups.add("E", 1, loop, 60.0)
    deliver(kernel, [Missed("C", "D", 1, 3, LOST)])
    assert waiter.exception() is LOST
    assert not other.done()
