from __future__ import annotations

import json

import pytest

from ums_actors.emulator import password_of, running_emulator

CHANGES = ".ams.aam.ExConversationChangeNotification"
MESSAGES = ".ams.ms.OnlineEventDistribution"


@pytest.fixture
def emulator():
    with running_emulator(users=1) as emulator:
        yield emulator


@pytest.fixture
def tail(program, emulator):
    def start(*more):
        where = ["--account", emulator.account, "--username", "bot1"]
        where += ["--csds", f"http://{emulator.csds}"]
        return program("tail", *where, *more, UMS_PASSWORD=password_of("bot1"))

    return start


def heard(running):
    return [json.loads(line) for line in running.seen]


def test_notifications_are_printed_until_there_were_enough(emulator, tail):
    running = tail("--json", "--count", "2")
    running.wait_for(lambda line: CHANGES in line)  # the snapshot
    emulator.open_conversation(text="hello")
    running.wait_for(lambda line: "UPSERT" in line)
    assert running.end() == (0, "")
    assert {event["event"] for event in heard(running)} == {"NotificationReceived"}


def test_types_are_chosen_by_patterns(emulator, tail):
    place = emulator.open_conversation(assign="bot1", text="hello").conversation_id
    kinds = ["--event", "StateChanged", "--event", "NotificationReceived"]
    running = tail("--json", "--type", "ms.MessagingEvent*", *kinds)
    running.wait_for(lambda line: '"READY"' in line)
    emulator.write(place, "more")
    running.wait_for(lambda line: MESSAGES in line)
    running.interrupt()
    assert running.end() == (0, "")
    types = {event["type"] for event in heard(running) if "type" in event}
    assert types == {MESSAGES}


def test_events_are_chosen_by_name_and_place(emulator, tail, eventually):
    first = emulator.open_conversation(assign="bot1", text="first").conversation_id
    second = emulator.open_conversation(assign="bot1", text="second").conversation_id
    running = tail("--event", "messagereceived", "--conversation", second, "--json")
    eventually(lambda: emulator.sockets("bot1"))
    emulator.write(first, "not this")
    emulator.write(second, "but this")
    running.wait_for(lambda line: "but this" in line)
    running.interrupt()
    assert running.end() == (0, "")
    assert {event["conversation_id"] for event in heard(running)} == {second}


def test_pretty_is_over_several_lines(tail):
    running = tail("--pretty", "--count", "1")
    running.wait_for(lambda line: line == "}")
    assert running.end() == (0, "")
    assert running.seen[0].endswith(f"{CHANGES} {{")
    assert any(line.startswith('  "') for line in running.seen)


def test_it_ends_after_so_many_seconds(tail):
    running = tail("--seconds", "0.5", "--event", "ErrorOccurred")
    assert running.end() == (0, "")


def test_it_survives_a_cut(emulator, tail):
    running = tail("--json", "--event", "StateChanged")
    ready = lambda line: json.loads(line)["state"] == "READY"  # noqa: E731
    running.wait_for(ready)
    assert emulator.cut(user="bot1") == 1
    running.wait_for(ready)
    running.interrupt()
    assert running.end() == (0, "")


def test_a_name_of_no_event_is_bad_usage(tail):
    code, error = tail("--event", "Nonsense").end()
    assert code == 2
    assert "'Nonsense' is not one of" in error
