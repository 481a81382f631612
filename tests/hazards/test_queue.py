from __future__ import annotations

import pytest

import ums_actors as ums

PUBLISH = ".ams.ms.PublishEvent"
COUNT = 30


# -- 8: a second drop while what waited is being sent


def texts(emulator, conversation_id):
    """Give what was said, in order."""
    events = emulator.transcript(conversation_id)
    return [each["event"]["message"] for each in events]


@pytest.mark.parametrize("code", [0, 1012])
def test_what_waited_is_sent_once_though_the_line_drops_again_meanwhile(
    emulator, opened, events, code
):
    proxy = opened(emulator, options={"backoff_base": 0.2})
    talk = emulator.open_conversation(assign="bot1")
    states = events(proxy, ums.StateChanged)
    drop = {"code": code, "after": 7, "on": PUBLISH}
    emulator.add_fault("close", count=1, value=drop)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "BACKING_OFF")
    sent = {
        str(number): proxy.send_text(talk.conversation_id, str(number))
        for number in range(COUNT)
    }
    outcomes = {text: outcome(future) for text, future in sent.items()}
    states.ready(3)
    proxy.get_clock().get(timeout=5)  # what waited then would be before it
    found = texts(emulator, talk.conversation_id)
    assert found == [str(number) for number in range(7)]
    for text, came in outcomes.items():
        allowed = {True: {"ANSWERED", "UNKNOWN"}, False: {"NOT_SENT", "UNKNOWN"}}
        assert came in allowed[text in found]


def outcome(future):
    """Tell what the sender knows of a request."""
    try:
        future.get(timeout=10)
    except ums.RequestError as error:
        return error.delivery
    return ums.Delivery.ANSWERED


def test_what_is_asked_later_does_not_overtake_what_waits(emulator, opened, events):
    proxy = opened(emulator, options={"backoff_base": 0.2})
    talk = emulator.open_conversation(assign="bot1")
    states = events(proxy, ums.StateChanged)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "BACKING_OFF")
    waiting = [proxy.send_text(talk.conversation_id, str(n)) for n in range(COUNT)]
    waiting[0].get(timeout=10)
    late = [proxy.send_text(talk.conversation_id, str(COUNT + n)) for n in range(3)]
    numbers = [future.get(timeout=10) for future in waiting + late]
    assert numbers == list(range(COUNT + 3))


def test_a_closed_connection_answers_all_that_waited(emulator, opened, events):
    proxy = opened(emulator, options={"backoff_base": 1.0})
    states = events(proxy, ums.StateChanged)
    emulator.add_fault("handshake", value=502)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "BACKING_OFF")
    waiting = [proxy.get_clock() for _ in range(COUNT)]
    proxy.close().get(timeout=5)
    assert {outcome(future) for future in waiting} == {ums.Delivery.NOT_SENT}
