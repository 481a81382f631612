from __future__ import annotations

import socket
import threading

import pytest

from ums_actors.emulator import EmulatorError, EmulatorThread, running_emulator


@pytest.mark.parametrize("tls", [False, True])
def test_an_emulator_on_its_own_thread_takes_calls_from_others(tls):
    with running_emulator(users=2, tls=tls) as emulator:
        assert emulator.users == ("bot1", "bot2")
        assert emulator.tls is tls
        assert (emulator.ca is None) is not tls
        opened = emulator.open_conversation(text="hi", assign="bot1")
        assert emulator.write(opened.conversation_id, "ho", metadata=[{"a": 1}]) == 1
        assert emulator.accept(opened.conversation_id, [0]) == 2
        records = emulator.transcript(opened.conversation_id)
        assert [record["sequence"] for record in records] == [0, 1, 2]
        assert emulator.wait_for_events(opened.conversation_id, 3, 0.01) == []
        emulator.close_conversation(opened.conversation_id)
        assert emulator.conversations()[0]["stage"] == "CLOSE"
        assert emulator.set_shift("s", False, next_on=7) == emulator.shifts()
        shift = {"skill": "s", "on": False, "next_on": 7, "next_off": None}
        assert shift in emulator.shifts()
        assert emulator.add_fault("mute-pings") == [{"name": "mute-pings"}]
        assert emulator.faults() == emulator.state()["faults"]
        assert emulator.clear_faults("mute-pings") == []
        assert emulator.sockets("bot1") == []
        assert (emulator.close_sockets(4401), emulator.cut(), emulator.freeze()) == (
            0,
            0,
            0,
        )
        assert emulator.expire_tokens("bot1") == 0
        assert emulator.log() == []
        assert emulator.state()["account"] == emulator.account
    assert "ums-emulator" not in {thread.name for thread in threading.enumerate()}


def test_refusals_come_as_errors_with_the_emulators_words():
    with running_emulator() as emulator:
        with pytest.raises(EmulatorError, match="Conversation not found"):
            emulator.write("nowhere", "x")
        with pytest.raises(EmulatorError, match="use one of bot1"):
            emulator.cut("nobody")


def test_calls_after_the_end_say_that_nobody_answers():
    with running_emulator() as emulator:
        pass
    with pytest.raises(EmulatorError, match=r"does not answer .* start it again$"):
        emulator.state()


def test_a_failed_start_is_raised_and_leaves_no_thread():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        thread = EmulatorThread(port=taken.getsockname()[1])
        with pytest.raises(EmulatorError, match="in use"):
            thread.start()
    assert "ums-emulator" not in {it.name for it in threading.enumerate()}
