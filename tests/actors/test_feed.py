from __future__ import annotations

import json

import ums_actors as ums
from ums_actors.actors.asking import AskedDialogs
from ums_actors.actors.messages import FramesReceived
from ums_actors.protocol.envelopes import Notification


def test_a_frame_that_cannot_be_read_concerns_itself_alone(emulator, start, events):
    proxy = start(emulator)
    heard = events(proxy, ums.NotificationReceived)
    proxy.open().get(timeout=10)
    bad = {
        "kind": "notification",
        "type": ".ams.aam.ExConversationChangeNotification",
        "body": 5,
    }
    good = {"kind": "notification", "type": "x", "body": {}}
    for frame in (bad, good):
        proxy._on_ums_message(json.dumps(frame)).get(timeout=5)
    heard.wait(lambda event: event.type == "x")
    status = proxy.status().get(timeout=5)
    assert status.failed_notifications == 1
    assert (status.state, status.restarts) == ("READY", {})


def test_what_was_said_during_an_outage_comes_in_order_and_once(
    emulator, start, events
):
    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    heard = events(proxy, ums.MessageReceived)
    proxy.open().get(timeout=10)
    opened = emulator.open_conversation(assign="bot1", text="0")
    heard.wait(lambda event: event.text == "0")
    for line in (2, 3):
        emulator.add_fault("handshake", count=1, value=502)
        emulator.cut("bot1")
        for number in range(3):
            emulator.write(opened.conversation_id, f"{line}.{number}")
        states.wait(
            lambda event, line=line: event.state == "READY" and event.generation > line
        )
        heard.wait(lambda event, line=line: event.text == f"{line}.2")
    texts = [event.text for event in heard.seen if event.text is not None]
    expected = ["0"] + [f"{line}.{number}" for line in (2, 3) for number in range(3)]
    assert texts == expected


def test_to_ask_how_it_is_doing_makes_nothing(emulator, start):
    proxy = start(emulator)
    proxy.open(wait_for_ready=True).get(timeout=10)
    kernel = proxy.actor_ref.actor_inbox.keep
    status = proxy.status().get(timeout=5)
    assert (status.duplicates, status.absent, status.gaps) == (0, 0, 0)
    assert not kernel.made("streams")


def test_what_is_missing_is_asked_for_once_for_all_that_came_together(
    emulator, start, monkeypatch
):
    proxy = start(emulator)
    proxy.open(wait_for_ready=True).get(timeout=10)
    correlator = proxy.child("correlator").get(timeout=5)
    asked = []
    monkeypatch.setattr(AskedDialogs, "_ask", lambda _: asked.append(1))
    together = [Notification("x") for _ in range(50)]
    correlator.ask(FramesReceived(1, together), timeout=5)
    assert not asked  # nothing is followed yet
    assert correlator.actor_inbox.actor._kernel.streams.gaps == 0  # now there may be
    correlator.ask(FramesReceived(1, together), timeout=5)
    assert len(asked) == 1
    correlator.ask(FramesReceived(1, []), timeout=5)
    assert len(asked) == 1
