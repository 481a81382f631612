from __future__ import annotations

import asyncio
import threading
import time

import pykka
import pytest

import ums_actors as ums
from ums_actors import aio


def test_time_passes_only_when_it_is_told_to(ums_connection, ums_clock):
    began = ums_clock.now()
    heard = []
    ums_connection.subscribe(heard.append, ums.StateChanged).get()
    assert ums_clock.now() == began  # nothing on a wire
    ums_connection.close()
    assert heard == []
    ums_clock.advance(5)
    assert ums_clock.now() == began + 5
    assert [event.state for event in heard] == [ums.State.CLOSING, ums.State.CLOSED]


def test_hours_pass_in_no_time(ums_connect, ums_clock):
    connection = ums_connect(options=ums.Options(refresh_interval=600))
    began = time.monotonic()
    ums_clock.advance(6 * 3600)
    status = connection.status().get()
    assert (status.state, status.generation) == (ums.State.READY, 1)
    assert time.monotonic() - began < 3600


def test_what_is_due_happens_in_its_order(ums_connection, ums_server, ums_clock):
    order = []
    for number, seconds in enumerate((3.0, 1.0, 2.0)):
        asked = ums_connection.send({"type": ".X", "body": {}}, timeout=seconds)
        asked.add_done_callback(
            lambda done, number=number: order.append((number, done.exception()))
        )
    ums_clock.advance(10)
    assert [number for number, _ in order] == [1, 2, 0]
    assert all(isinstance(error, ums.RequestTimedOut) for _, error in order)


def test_time_does_not_go_back(ums_clock):
    for seconds in (-1, float("nan")):
        with pytest.raises(ValueError, match="time does not go back"):
            ums_clock.advance(seconds)


def test_one_waits_for_a_condition(ums_connection, ums_server, ums_clock):
    heard = []
    ums_connection.subscribe(heard.append, ums.MessageReceived).get()
    ums_server.open_conversation("hello")
    ums_clock.until(lambda: heard)
    assert heard[0].text == "hello"
    with pytest.raises(AssertionError, match="does not hold after 7 virtual seconds"):
        ums_clock.until(lambda: len(heard) > 1, within=7)


@pytest.mark.parametrize("by_clock", [True, False])
def test_to_get_a_future_lets_time_pass(ums_connection, ums_clock, by_clock):
    asked = ums_connection.get_clock()
    assert not asked.done()
    value = ums_clock.get(asked) if by_clock else asked.get()
    assert value == pytest.approx(ums_clock.now() * 1000, abs=1000)


@pytest.mark.parametrize("by_clock", [True, False])
def test_who_gets_what_nobody_answers_is_told_so(ums_connection, ums_clock, by_clock):
    said = ums_connection.send_text("conversation-1", "hello")
    began = ums_clock.now()
    with pytest.raises(pykka.Timeout) as caught:
        ums_clock.get(said, timeout=3) if by_clock else said.get(timeout=3)
    text = str(caught.value)
    assert text.startswith("the future is not done after 3 virtual seconds; the test ")
    assert ".ams.ms.PublishEvent {'conversationId': 'conversation-1'" in text
    assert text.endswith("of 12345678.bot, not answered")
    assert ums_clock.now() == began + 3
    with pytest.raises(ums.RequestTimedOut):
        said.get()


def test_who_waits_for_ever_is_told_so(ums_connection):
    with pytest.raises(pykka.Timeout, match="after 3600 virtual seconds; no request"):
        ums_connection.wait_closed().get()


def test_futures_that_are_no_answers_let_time_pass_as_well(ums_connection, ums_server):
    """Those of stopping, of iterators, of what is made of others."""
    doubled = ums_connection.get_clock().map(lambda value: 2 * value)
    assert doubled.get(timeout=5) > 0
    events = ums_connection.events(ums.MessageReceived, timeout=10)
    ums_server.open_conversation("hello")
    assert [event.text for event in events] == ["hello"]
    assert ums_connection.actor_ref.stop()


def test_a_handler_may_wait_as_well(ums_connection, ums_server, ums_clock):
    """It does so on a worker thread outside of tests."""
    numbers = []

    def answer(message):
        if not message.mine:
            said = ums_connection.send_text(message.conversation_id, "and you?")
            numbers.append((message.text, said.get(timeout=5)))

    ums_connection.subscribe(answer, ums.MessageReceived).get()
    ums_server.stub("PublishEvent")
    talks = [ums_server.open_conversation(text) for text in ("hello", "hi")]
    ums_clock.advance(10)
    assert numbers == [("hello", 1), ("hi", 1)]
    assert len(set(talks)) == 2


def test_an_actor_may_not(ums_connection, ums_clock):
    caught = []

    def wait(_):
        for call in (lambda: ums_clock.advance(1), ums_connection.get_clock().get):
            with pytest.raises(ums.WouldDeadlock) as error:
                call()
            caught.append(str(error.value))

    ums_connection.get_clock().add_done_callback(wait)
    ums_clock.advance(1)
    assert len(caught) == 2
    assert "let the test do that" in caught[0]


def test_another_thread_is_refused_and_does_not_hang(ums_connection, ums_clock):
    asked, caught = ums_connection.get_clock(), []

    def wait(call):
        with pytest.raises(ums.LocalProtocolError, match="against ums_emulator") as got:
            call()
        caught.append(got.value)

    for call in (asked.get, lambda: ums_clock.advance(1)):
        thread = threading.Thread(target=wait, args=[call])
        thread.start()
        thread.join()
    assert len(caught) == 2
    assert asked.get() > 0


def test_a_coroutine_goes_on_when_time_passes(ums_connect, ums_server, ums_clock):
    async def greet():
        async with aio.connect(**ums_connect.arguments()) as bot:
            return await bot.send_text("conversation-1", "hello")

    async def play():
        greeting = asyncio.create_task(greet())
        while not greeting.done():
            ums_clock.advance(1)
            await asyncio.sleep(0)
            for request in ums_server.pending:
                request.answer({"sequence": 3})
        return await greeting

    assert asyncio.run(play()) == 3
    assert ums_server.expect("PublishEvent").body["event"]["message"] == "hello"
