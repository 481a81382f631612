"""A server that stops in its tracks (SIGSTOP), and goes on later."""

from __future__ import annotations

import os
import signal
import threading

import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorProcess

GENEROUS = 20.0


@pytest.fixture
def process():
    with EmulatorProcess(users=1, tls=True) as made:
        yield made
        if made.pid is not None:
            os.kill(made.pid, signal.SIGCONT)


def test_a_halted_server_is_seen_and_nothing_is_lost_or_told_twice(
    process, start, events
):
    proxy = start(process)
    states = events(proxy, ums.StateChanged)
    heard = events(proxy, ums.MessageReceived)
    proxy.open().get(timeout=GENEROUS)
    opened = process.open_conversation(assign="bot1", text="0")
    for number in range(1, 5):
        process.write(opened.conversation_id, str(number))
    heard.wait(lambda event: event.text == "4")

    os.kill(process.pid, signal.SIGSTOP)
    doomed = [proxy.send({"type": ".GetClock", "body": {}}) for _ in range(20)]
    # said to a server that does not listen: it comes first when it goes on
    writer = threading.Thread(target=process.write, args=(opened.conversation_id, "5"))
    writer.start()
    lost = states.wait(lambda event: event.state == "BACKING_OFF")
    assert "silent" in lost.reason
    for future in doomed:
        with pytest.raises(ums.RequestError) as caught:
            future.get(timeout=GENEROUS)
        assert caught.value.delivery is ums.Delivery.UNKNOWN

    os.kill(process.pid, signal.SIGCONT)
    writer.join(GENEROUS)
    proxy.wait_ready(GENEROUS).get(timeout=GENEROUS + 1)
    assert proxy.get_clock().get(timeout=GENEROUS) > 0
    for number in range(6, 10):
        process.write(opened.conversation_id, str(number))
    heard.wait(lambda event: event.text == "9")
    said = [event for event in heard.seen if event.event_type == "ContentEvent"]
    assert [event.text for event in said] == [str(number) for number in range(10)]
    sequences = [event.sequence for event in heard.seen]
    assert sequences == sorted(set(sequences))
    proxy.close().get(timeout=GENEROUS)
