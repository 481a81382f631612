"""Processes that are killed, one after another, and what each of them hears."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from ums_actors.emulator import password_of, running_emulator

BOT = """
    import os, pathlib, signal, sys, threading
    import ums_actors as ums

    account, csds, password, place = sys.argv[1:]
    file = pathlib.Path(place)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())


    def say(line):  # two threads do, so each line is written as one
        os.write(1, line.encode() + b"\\n")


    def hear(message):
        if message.text:
            say(f"{message.sequence} {message.text}")


    ref = ums.BrandWebsocketConnection.start(
        account,
        auth=ums.PasswordLogin("bot1", password),
        csds=csds,
        subscribe=[(hear, ums.MessageReceived)],
        memory=file.read_bytes() if file.exists() else None,
    )
    connection = ums.proxy_of(ref)


    def remember():
        draft = file.with_suffix(".draft")
        draft.write_bytes(connection.save_conversations().get(timeout=30))
        draft.replace(file)


    connection.open(timeout=30, wait_for_ready=True).get()
    remember()
    say("ready")
    while not ended.wait(0.02):
        remember()
    connection.close().get(timeout=30)
    remember()
    ref.stop(timeout=30)
"""


@pytest.fixture
def emulator():
    with running_emulator(users=2) as running:
        yield running


@pytest.mark.slow
def test_whatever_is_killed_nothing_that_was_said_is_lost(emulator, tmp_path):
    talk = emulator.open_conversation(assign="bot1", text="history").conversation_id
    file = tmp_path / "bot1.memory"
    command = [sys.executable, "-c", textwrap.dedent(BOT), emulator.account]
    command += [f"http://{emulator.csds}", password_of("bot1"), str(file)]
    said = 0

    def say(count):
        nonlocal said
        for _ in range(count):
            emulator.write(talk, f"text {said}")
            said += 1

    heard = []
    for how in (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGTERM):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as bot:
            mine, is_ready = [], False
            for line in bot.stdout:
                if line.strip() == "ready":
                    is_ready = True
                    say(10)
                else:
                    mine.append(line.split(maxsplit=1)[1].strip())
                if is_ready and mine and mine[-1] == f"text {said - 1}":
                    break
            os.kill(bot.pid, how)
            bot.communicate(timeout=60)
        heard.append(mine)
        say(5)  # while nobody runs
    assert said == 60
    expected = [f"text {number}" for number in range(said - 5)]
    for mine in heard:  # in order, and once in each process
        first = expected.index(mine[0])
        assert mine == expected[first : first + len(mine)]
    assert sorted({text for mine in heard for text in mine}) == sorted(expected)
    # who ended in good order has left nothing to be heard again
    assert heard[3][0] == expected[expected.index(heard[2][-1]) + 1]
