from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.actors.selection import selection


def message(conversation="C", dialog="D"):
    return ums.MessageReceived(
        conversation_id=conversation,
        dialog_id=dialog,
        sequence=0,
        originator_id="c",
        role="CONSUMER",
        event_type="ContentEvent",
        text="hello",
        event=None,
        metadata=None,
        mine=False,
    )


def test_no_kinds_mean_all_but_taps():
    chosen = selection(())
    assert chosen.wants(ums.MessageReceived)
    assert chosen.wants(ums.NotificationReceived)
    assert not chosen.wants(ums.RequestSent)
    assert not selection((ums.Event,)).wants(ums.ResponseReceived)


def test_taps_are_heard_by_who_names_them():
    chosen = selection((ums.RequestSent, ums.StateChanged))
    assert chosen.wants(ums.RequestSent)
    assert chosen.wants(ums.StateChanged)
    assert not chosen.wants(ums.ResponseReceived)


@pytest.mark.parametrize(
    ("narrower", "expected"),
    [
        ({}, True),
        ({"conversation_id": "C"}, True),
        ({"conversation_id": "X"}, False),
        ({"dialog_id": "D"}, True),
        ({"dialog_id": "X"}, False),
        ({"conversation_id": "C", "dialog_id": "D"}, True),
        ({"where": lambda event: event.text == "hello"}, True),
        ({"where": lambda event: event.mine}, False),
        ({"types": ["x"]}, False),
    ],
)
def test_an_event_is_heard_if_all_conditions_hold(narrower, expected):
    assert selection((), **narrower).takes(message()) is expected


@pytest.mark.parametrize(
    ("wanted", "came", "expected"),
    [
        (".ams.ms.OnlineEventDistribution", "ms.MessagingEventNotification", True),
        ("ms.OnlineEventDistribution", ".ams.ms.OnlineEventDistribution", True),
        (".ams.new.Unknown", ".ams.new.Unknown", True),
        (".ams.new.Unknown", "new.Unknown", False),
    ],
)
def test_a_type_is_meant_under_all_its_names(wanted, came, expected):
    chosen = selection((ums.NotificationReceived,), types=[wanted])
    assert chosen.takes(ums.NotificationReceived(type=came, body=None)) is expected


@pytest.mark.parametrize(
    ("kinds", "narrower", "text"),
    [
        ((int,), {}, "no event class"),
        (("MessageReceived",), {}, "no event class"),
        ((), {"where": "x"}, "where must be a function of one event, not str"),
        ((), {"conversation_id": ""}, "conversation_id=.* must be"),
        ((), {"dialog_id": 5}, "dialog_id=5 must be"),
        ((), {"types": [""]}, "no notification type"),
        ((), {"types": [5]}, "no notification type"),
    ],
)
def test_what_is_of_no_use_says_so(kinds, narrower, text):
    with pytest.raises(ums.LocalProtocolError, match=text):
        selection(kinds, **narrower)
