from __future__ import annotations

import pytest

import ums_actors as ums

KINDS = ["brand", "consumer"]
PUBLISH = {"brand": ".ams.ms.PublishEvent", "consumer": "ms.PublishEvent"}


@pytest.fixture
def talk(emulator, start, events):
    """Open a conversation, with a connection of one side in it."""

    def begin(kind):
        if kind == "consumer":
            proxy = start(
                emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous()
            )
            proxy.open().get(timeout=10)
            heard = events(proxy, ums.MessageReceived)
            return proxy, heard, proxy.create_conversation().get(timeout=5)
        proxy = start(emulator)
        proxy.open().get(timeout=10)
        heard = events(proxy, ums.MessageReceived)
        return proxy, heard, emulator.open_conversation(assign="bot1").conversation_id

    return begin


def texts(heard):
    """Give what has been handed out by now."""
    found = []
    while not heard.queue.empty():
        found.append(heard.queue.get_nowait().text)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_said_before_it_was_called_has_been_handed_out(emulator, talk, kind):
    proxy, heard, conversation = talk(kind)
    for number in range(20):
        emulator.write(conversation, str(number))
    proxy.catch_up(conversation).get(timeout=10)
    assert texts(heard) == [str(number) for number in range(20)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_silent_dialog_is_caught_up_with_as_well(talk, kind):
    proxy, heard, conversation = talk(kind)
    for _ in range(3):
        proxy.catch_up(conversation).get(timeout=10)
    assert texts(heard) == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_shows_whether_a_message_was_taken_whose_answer_was_lost(
    emulator, talk, eventually, kind
):
    proxy, heard, conversation = talk(kind)
    fault = {"count": 1, "value": PUBLISH[kind]}
    emulator.add_fault("process-then-disconnect", **fault)
    with pytest.raises(ums.ConnectionLost) as lost:
        proxy.send_text(conversation, "taken").get(timeout=10)
    assert lost.value.delivery is ums.Delivery.UNKNOWN
    proxy.catch_up(conversation).get(timeout=10)
    assert texts(heard) == ["taken"]
    emulator.add_fault("half-open", count=1)
    lost = proxy.send_text(conversation, "not taken")
    eventually(lambda: not emulator.faults())
    emulator.cut()
    with pytest.raises(ums.ConnectionLost):
        lost.get(timeout=10)
    proxy.catch_up(conversation).get(timeout=10)
    assert texts(heard) == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_outlasts_the_loss_of_the_line(emulator, talk, kind):
    proxy, heard, conversation = talk(kind)
    emulator.write(conversation, "one")
    proxy.catch_up(conversation).get(timeout=10)
    emulator.cut()
    emulator.write(conversation, "two")
    waiting = [proxy.catch_up(conversation) for _ in range(3)]
    for future in waiting:
        future.get(timeout=10)
    assert texts(heard) == ["one", "two"]


def test_a_dialog_that_cannot_be_had_is_an_error(talk):
    proxy, _, _ = talk("brand")
    with pytest.raises(ums.RequestRejected):
        proxy.catch_up("nonsense").get(timeout=10)


@pytest.mark.parametrize("kind", KINDS)
def test_a_closed_connection_answers_who_waits(emulator, talk, kind):
    proxy, _, conversation = talk(kind)
    emulator.add_fault("drop")
    waiting = proxy.catch_up(conversation)
    proxy.close().get(timeout=10)
    with pytest.raises(ums.ConnectionLost):
        waiting.get(timeout=10)
    with pytest.raises(ums.ConnectionLost):
        proxy.catch_up(conversation).get(timeout=10)
